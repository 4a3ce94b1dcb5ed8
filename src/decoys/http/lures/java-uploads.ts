/** Java servers to which an exploit brings a page that then takes commands: Tomcat, Struts, SAP NetWeaver, ActiveMQ, Zimbra, SysAid. */

import { inflateSync } from 'node:zlib';
import { archiveEntries } from '../../../wire/archive-entries.ts';
import { formParts } from '../form-parts.ts';
import type { Lure, Visit } from '../lure.ts';
import { nestedCommand } from '../nested-payload.ts';
import { callsFile, fileAnswer, keepFile, runOnce } from '../uploaded-file.ts';
import { activemq } from './activemq.ts';
import { html, text, xml } from './answers.ts';
import { servedPath } from './served-path.ts';

const tomcat: Lure = {
  product: 'tomcat',
  summary: 'Tomcat: PUT writes a JSP, or a session, which is deserialised when it is named',
  remembers: 'the JSPs and sessions put',
  signatures: ['tomcat-put-jsp', 'tomcat-partial-put-session'],
  answer: (visit) => {
    const { request } = visit;
    if (visit.matched.has('tomcat-partial-put-session')) {
      visit.memory.set(
        `tomcat session ${
          request.path
            .split('/')
            .at(-1)
            ?.replace(/\.session$/, '') ?? ''
        }`,
        nestedCommand(request.request.body) || ' ',
      );
      return { status: 201, body: '' };
    }
    if (request.method === 'PUT') {
      const again = callsFile(visit);
      keepFile(visit, request.path.replace(/(?:\/|::\$data| )$/, ''), request.request.body);
      return { status: again ? 204 : 201, body: '' };
    }
    const session = sessionCookie(visit);
    if (session === null) return fileAnswer(visit);
    runOnce(visit, session.trim());
    return html(
      '<!doctype html><html lang="en"><head><title>HTTP Status 500 – Internal Server Error</title></head><body><h1>HTTP Status 500 – Internal Server Error</h1><hr class="line" /><p><b>Type</b> Exception Report</p><p><b>Description</b> The server encountered an unexpected condition that prevented it from fulfilling the request.</p></body></html>',
      500,
    );
  },
  follows: (visit) => callsFile(visit) || sessionCookie(visit) !== null,
};

/** What the session that `JSESSIONID=.NAME` names would run; null where this visitor put none of that name. */
function sessionCookie({ memory, request }: Visit): string | null {
  const name = /jsessionid=\.([\w-]{1,64})/.exec(request.header('cookie') ?? '')?.[1];
  return name === undefined ? null : (memory.get(`tomcat session ${name}`) ?? null);
}

const strutsUpload: Lure = {
  product: 'struts',
  summary:
    'Struts: the name under which an upload is kept can be given beside it, and walks out of its folder',
  remembers: 'the pages uploaded',
  signatures: ['struts-upload-traversal'],
  answer: (visit) => {
    if (callsFile(visit)) return fileAnswer(visit);
    const parts = formParts(visit.request.request.body);
    const file = parts.find((part) => part.file !== null);
    const named =
      parts.find((part) => /filename$/i.test(part.name) && part.file === null)?.content.trim() ?? '';
    if (file === undefined) return html('<html><body>No file</body></html>');
    const name = named.replaceAll('\\', '/').split('/').at(-1) ?? '';
    const below =
      servedPath(named) ?? `/${named.replace(/^(?:\.\.\/){1,16}/, '').replace(/^(?:ROOT)\//, '')}`;
    for (const path of [below, `/${name}`]) keepFile(visit, path, file.content);
    return html(
      `<html>\n<head>\n<title>Upload</title>\n</head>\n<body>\n<h2>File uploaded successfully</h2>\n</body>\n</html>\n`,
    );
  },
  follows: callsFile,
};

const sap: Lure = {
  product: 'sap-netweaver',
  summary: 'SAP NetWeaver: the metadata uploader takes any file, and a JSP among them then takes commands',
  remembers: 'the JSPs uploaded',
  signatures: ['sap-metadata-uploader'],
  answer: (visit) => {
    const { request } = visit;
    if (!request.path.endsWith('/metadatauploader')) return fileAnswer(visit);
    if (request.method !== 'POST') return xml('<metadata/>');
    for (const part of formParts(request.request.body)) {
      const name = part.file?.split(/[\\/]/).at(-1) ?? '';
      for (const path of /\.jspx?$/i.test(name)
        ? [`/irj/${name}`, `/irj/root/${name}`, `/irj/servlet_jsp/irj/root/${name}`]
        : [])
        keepFile(visit, path, part.content);
    }
    runOnce(visit, nestedCommand(request.request.body));
    // The upload ends in an error, and the file stays.
    return text('FAILED');
  },
  follows: callsFile,
};

const zimbra: Lure = {
  product: 'zimbra',
  summary:
    'Zimbra: mboximport unpacks an archive wherever its names lead, though it says that nobody is logged in',
  remembers: 'the JSPs unpacked',
  signatures: ['zimbra-mboximport', 'zimbra-servlet-include'],
  answer: (visit) => {
    if (callsFile(visit)) return fileAnswer(visit);
    const { request } = visit;
    if (visit.matched.has('zimbra-servlet-include'))
      return xml(
        visit.file('/opt/zimbra/jetty/webapps/zimbra/WEB-INF/web.xml') ??
          '<?xml version="1.0" encoding="UTF-8"?>\n<web-app xmlns="http://java.sun.com/xml/ns/javaee" version="3.0">\n<display-name>Zimbra</display-name>\n</web-app>\n',
      );
    const { body } = request.request;
    const entries = archiveEntries(body.slice(Math.max(0, body.indexOf('PK\x03\x04'))));
    for (const { name, content } of entries) {
      const path = servedPath(name);
      if (path === null) continue;
      keepFile(visit, path, content);
      if (path.startsWith('/zimbra/')) keepFile(visit, path.slice('/zimbra'.length), content);
    }
    return html(
      '<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>\n<title>Error 401 no valid authtoken present</title>\n</head>\n<body><h2>HTTP ERROR 401 no valid authtoken present</h2>\n</body>\n</html>\n',
      401,
    );
  },
  follows: callsFile,
};

/** The body is a WAR, compressed once more; it is unpacked into the folder that `accountId` walks to. */
function unpacked(body: string): string {
  try {
    return inflateSync(Buffer.from(body, 'latin1'), { maxOutputLength: 1_048_576 }).toString('latin1');
  } catch {
    return body;
  }
}

const sysaid: Lure = {
  product: 'sysaid',
  summary: 'SysAid: userentry unpacks an archive into any folder; a JSP among its files takes commands',
  remembers: 'the files unpacked',
  signatures: ['sysaid-upload-userentry'],
  answer: (visit) => {
    if (callsFile(visit)) return fileAnswer(visit);
    const folder = /webapps[\\/]([\w.-]{1,64})/i.exec(visit.request.parameter('accountid') ?? '')?.[1] ?? '';
    for (const entry of archiveEntries(unpacked(visit.request.request.body)))
      keepFile(
        visit,
        `${folder === '' || folder === 'ROOT' ? '' : `/${folder}`}/${entry.name.replace(/^\/{1,8}/, '')}`,
        entry.content,
      );
    return html('');
  },
  follows: callsFile,
};

export const javaUploads: readonly Lure[] = [tomcat, strutsUpload, sap, activemq, zimbra, sysaid];
