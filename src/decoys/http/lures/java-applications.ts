/** Applications in Java whose exploits ask first and strike then: XWiki, Oracle E-Business Suite, PaperCut, Metabase, Mirth, Nexus. */

import { grant, returns, cookie } from '../created-account.ts';
import type { Answer, Lure } from '../lure.ts';
import { groovyCommand, nestedCommand } from '../nested-payload.ts';
import { arithmetic } from '../php-evaluation.ts';
import { runOnce } from '../uploaded-file.ts';
import { html, json, redirect, text, traversedFile, xml } from './answers.ts';

const escapeXml = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const xwiki: Lure = {
  product: 'xwiki',
  summary: 'XWiki: the title of a search’s feed is wiki text, and Groovy in it runs',
  signatures: ['xwiki-solrsearch-groovy'],
  answer: (visit) => {
    const source = (visit.request.parameter('text') ?? '').slice(0, 16_384);
    const groovy = /\{\{groovy\}\}([^\0]*?)\{\{\/groovy\}\}/.exec(source)?.[1] ?? '';
    const said = /print(?:ln)?\s{0,4}\(?\s{0,4}["']([^"'\r\n]{1,1024})["']\s{0,4}\)?\s{0,4}$/.exec(
      groovy.trim(),
    )?.[1];
    const sum = arithmetic(/print(?:ln)?\s{0,4}\(([\d\s*+-]{1,40})\)/.exec(groovy)?.[1] ?? '');
    const output = said ?? sum ?? runOnce(visit, groovyCommand(groovy)).trimEnd();
    return {
      status: 200,
      headers: [['Content-Type', 'application/rss+xml;charset=UTF-8']],
      body: `<?xml version="1.0" encoding="UTF-8"?>\n<rss xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">\n  <channel>\n    <title>RSS feed for search on [}}}${escapeXml(output)}]</title>\n    <link>http://${visit.persona.hostname}/xwiki/bin/view/Main/SolrSearch</link>\n    <description>RSS feed for search on [}}}${escapeXml(output)}]</description>\n  </channel>\n</rss>\n`,
    };
  },
};

/** The public exploit: a token against forgery, then UiServlet is made to ask its own server for a page that loads a style sheet. */
const oracleEbs: Lure = {
  product: 'oracle-ebs',
  summary:
    'Oracle E-Business Suite: pages behind help/.. need no login, a return address reaches the server’s own ports',
  remembers: 'the token against forgery and the session',
  signatures: ['oracle-ebs-forwarded-ssrf'],
  answer: (visit) => {
    const { path, rawPath } = visit.request;
    if (path.endsWith('/javascriptservlet')) {
      return text(`OA_CSRF_TOKEN:${grant(visit, 'oracle-ebs', 64).toUpperCase()}`);
    }
    if (path.endsWith('/runforms.jsp')) {
      return redirect(`http://${visit.persona.hostname}:8000/OA_HTML/AppsLocalLogin.jsp`, [
        ['Set-Cookie', `JSESSIONID=${visit.token(`oracle visit of ${visit.source}`, 44)}; path=/; HttpOnly`],
      ]);
    }
    if (/ieshostedsurvey\.jsp/i.test(rawPath))
      return html(
        '\n<!-- $Header: ieshostedsurvey.jsp 120.4.12020000.3 2016/12/01 09:50:30 ship $ -->\n<html>\n<head><title>Hosted Survey</title></head>\n<body></body>\n</html>\n',
      );
    if (path.endsWith('/uiservlet')) {
      // What lies behind the return address is recorded; this server asks nobody.
      const command = nestedCommand(visit.request.request.body);
      runOnce(visit, command);
      return html('<html><head></head><body onload="document.forms[0].submit()"></body></html>');
    }
    return html('<html><head><title>Oracle Applications</title></head><body></body></html>');
  },
  follows: ({ request }) =>
    request.path === '/oa_html/runforms.jsp' ||
    (request.path === '/oa_html/javascriptservlet' && request.header('csrf-xhr') !== null),
};

const papercutPage = (body: string): Answer =>
  html(
    `<!DOCTYPE html>\n<html lang="en">\n<head>\n<title>PaperCut NG : Printers</title>\n</head>\n<body>\n${body}\n</body>\n</html>\n`,
  );

const papercut: Lure = {
  product: 'papercut',
  summary:
    'PaperCut: the page that ends the setup logs in; who is in allows scripts of printers, and gives one',
  remembers: 'that the visitor is in, the settings changed',
  signatures: ['papercut-setup-completed'],
  answer: (visit) => {
    const { request, memory } = visit;
    const service = request.parameter('service') ?? '';
    const printer = `l${1001 + (Number.parseInt(visit.token('papercut printer', 3), 16) % 400)}`;
    if (/setupcompleted/i.test(service)) {
      if (request.method !== 'POST')
        return papercutPage(
          '<form method="post" name="Form0" action="/app"><input type="hidden" name="service" value="direct/1/SetupCompleted/$Form"/><input type="submit" name="$Submit" value="Login"/></form>Congratulations! Configuration Wizard Complete.',
        );
      return redirect('/app?service=page/Dashboard', [
        ['Set-Cookie', `JSESSIONID=${grant(visit, 'papercut', 32)}.node0; Path=/; HttpOnly`],
      ]);
    }
    const words = [...request.parameters.values()].flat().join('\n');
    const setting = /(print-and-device\.script\.enabled|print\.script\.sandboxed)/.exec(words)?.[1];
    if (setting !== undefined) memory.set('papercut setting', setting);
    if (/configeditor\/\$form/i.test(service)) {
      memory.set(`papercut ${memory.get('papercut setting') ?? ''}`, request.parameter('$textfield$0') ?? '');
      return papercutPage('<div class="infoMessage">Successfully updated.</div>');
    }
    if (/printerlist/i.test(service))
      return papercutPage(
        `<a href="/app?service=direct/1/PrinterList/selectPrinterCost&amp;sp=${printer}">[Template printer]</a>`,
      );
    if (/printerdetailsscript/i.test(service)) {
      const allowed = memory.get('papercut print-and-device.script.enabled') === 'Y';
      if (allowed) runOnce(visit, groovyCommand(request.parameter('scriptbody') ?? ''));
      return papercutPage(
        `<div class="infoMessage">${allowed ? 'Saved successfully' : 'Scripting is disabled'}</div>`,
      );
    }
    return papercutPage('<div id="dashboard">Advanced scripting</div>');
  },
  follows: (visit) =>
    visit.request.path === '/app' && returns(visit, 'papercut', cookie(visit, 'JSESSIONID')),
};

const metabase: Lure = {
  product: 'metabase',
  summary:
    'Metabase: the token of the setup stays in the properties, and with it a database is checked whose address runs code',
  remembers: 'that the token was read',
  signatures: ['metabase-setup-validate'],
  pages: {
    '/api/session/properties': (visit) => {
      visit.memory.set('metabase token', 'read');
      const id = visit.token('metabase setup', 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
      return json({
        engines: {},
        'has-user-setup': true,
        'setup-token': id,
        version: { date: '2023-06-29', tag: 'v0.46.6', branch: 'release-x.46.x', hash: '1bb88f5' },
      });
    },
  },
  answer: (visit) => {
    const { body } = visit.request.request;
    const given = /"token"\s{0,8}:\s{0,8}"([^"]{1,64})"/.exec(body)?.[1]?.replaceAll('-', '');
    if (given !== visit.token('metabase setup', 32))
      return json({ errors: { token: 'Token does not match the setup token.' } }, 400);
    const command = nestedCommand(body);
    runOnce(
      visit,
      command.replace(/^(?:bash -c )?\{echo,([A-Za-z0-9+/=]{4,4096})\}[^\0]*$/, (_whole, text: string) =>
        Buffer.from(text, 'base64').toString('latin1'),
      ),
    );
    return json(
      {
        message:
          'Error creating or initializing trigger "PWNSHELL" object, class "..source..", cause: "javax.script.ScriptException"; see root cause for details; SQL statement:\nSyntax error in SQL statement',
      },
      400,
    );
  },
};

const mirth: Lure = {
  product: 'mirth-connect',
  summary:
    'Mirth Connect: users are read as XML, and what it builds runs before anybody is asked who they are',
  signatures: ['mirth-connect-xstream'],
  pages: {
    '/api/server/version': ({ request }) =>
      request.header('x-requested-with') === null
        ? text("All requests must have 'X-Requested-With' header", 400)
        : text('4.4.0'),
  },
  answer: (visit) => {
    const command =
      /<string>((?:[^<]{0,512}(?:cmd|sh|curl|wget|ping|nslookup|powershell|id|whoami)[^<]{0,512}))<\/string>/.exec(
        visit.request.request.body,
      )?.[1];
    runOnce(visit, command ?? '');
    return xml(
      '<html><head><meta http-equiv="Content-Type" content="text/html;charset=utf-8"/><title>Error 500 Request failed.</title></head><body><h2>HTTP ERROR 500</h2></body></html>',
      500,
    );
  },
};

const nexus: Lure = {
  product: 'nexus',
  summary: 'Nexus Repository: encoded slashes walk to any file',
  signatures: ['nexus-path-traversal'],
  answer: (visit) => {
    const file = traversedFile(visit);
    return file === null
      ? null
      : { status: 200, headers: [['Content-Type', 'application/octet-stream']], body: file };
  },
};

export const javaApplications: readonly Lure[] = [xwiki, oracleEbs, papercut, metabase, mirth, nexus];
