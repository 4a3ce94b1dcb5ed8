/**
 * Microsoft SharePoint. ToolShell (CVE-2025-53770, 53771): a referrer passes the login of ToolPane.aspx, whose web part is
 * deserialised and writes a page; the page tells the machine keys, which sign view states that are deserialised anywhere.
 */

import { createHmac } from 'node:crypto';
import type { Answer, Lure, Visit } from '../lure.ts';
import { nestedCommand, nestedTexts } from '../nested-payload.ts';
import { callsFile, fileAnswer, keepFile, runOnce } from '../uploaded-file.ts';
import { html, json } from './answers.ts';

const guid = (digits: string): string =>
  digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

/** What every answer of the farm carries. */
const farm = (visit: Visit, answer: Answer): Answer => ({
  ...answer,
  headers: [
    ...(answer.headers ?? [['Content-Type', 'text/html; charset=utf-8']]),
    ['SPRequestGuid', guid(visit.token(`sharepoint request ${visit.now()}`, 32))],
    ['request-id', guid(visit.token(`sharepoint request ${visit.now()}`, 32))],
    ['X-SharePointHealthScore', '0'],
    ['MicrosoftSharePointTeamServices', '16.0.0.10337'],
    ['X-AspNet-Version', '4.0.30319'],
    ['X-MS-InvokeApp', '1; RequireReadOnly'],
  ],
});

const validationKey = (visit: Visit): string => visit.token('sharepoint validation key', 64).toUpperCase();

/** As the web shell of July 2025 prints them: a line with bars between. */
const keys = (visit: Visit): Answer => {
  visit.memory.set('sharepoint keys', 'read');
  return html(
    `${validationKey(visit)}|HMACSHA256|${visit.token('sharepoint decryption key', 64).toUpperCase()}|Auto|Framework20SP1`,
  );
};

/** Pages that the payload writes: where to, by a folder `LAYOUTS`, and the source, which stands beside it in Base64. */
function written(visit: Visit, texts: readonly string[]): void {
  for (const text of texts) {
    for (const found of text.matchAll(/LAYOUTS\\([\w.-]{1,64}\.as[phm]x)/gi)) {
      const name = found[1] ?? '';
      const source = texts.find((each) => each.includes('<%')) ?? '';
      const path = `/_layouts/15/${name}`;
      for (const each of [path, `/_layouts/16/${name}`])
        keepFile(visit, each, source.slice(Math.max(0, source.indexOf('<%'))));
      if (/MachineKey|GetApplicationConfig/i.test(source) || source === '')
        visit.memory.set(`sharepoint keys at ${name.toLowerCase()}`, 'yes');
    }
  }
}

/** ToolPane.aspx: the web part is in `MSOTlPn_DWP`, its data set compressed in `CompressedDataTable`. */
function toolPane(visit: Visit): Answer {
  const dwp = visit.request.parameter('msotlpn_dwp') ?? visit.request.request.body;
  const table =
    /CompressedDataTable="([A-Za-z0-9+/=\s]{16,65536})"/i.exec(dwp)?.[1]?.replaceAll(/\s/g, '') ?? dwp;
  const texts = nestedTexts(table);
  written(visit, texts);
  runOnce(visit, nestedCommand(table));
  return html(
    '<!DOCTYPE html>\r\n<html dir="ltr" lang="en-US">\r\n<head><meta name="GENERATOR" content="Microsoft SharePoint" /><title>\r\n\tTool Pane\r\n</title></head>\r\n<body></body>\r\n</html>\r\n',
  );
}

/**
 * A view state: the serialised state, then HMAC-SHA-256 of it and of the page's generator (four octets, little-endian) under the
 * machine's validation key. Only who read the key can sign it.
 */
function isSigned(visit: Visit, state: string): boolean {
  const bytes = Buffer.from(state, 'base64');
  const generator =
    /^[0-9A-F]{8}$/i.exec(visit.request.parameter('__viewstategenerator') ?? '')?.[0] ?? '00000000';
  if (bytes.length < 36) return false;
  const key = Buffer.from(validationKey(visit), 'hex');
  const wanted = createHmac('sha256', key)
    .update(bytes.subarray(0, -32))
    .update(Buffer.from(generator, 'hex').reverse())
    .digest();
  return wanted.equals(bytes.subarray(-32));
}

function viewState(visit: Visit): Answer {
  const state = visit.request.parameter('__viewstate') ?? '';
  if (isSigned(visit, state)) {
    runOnce(visit, nestedCommand(state));
    return html(
      '<html><head><title>Error</title></head><body>Sorry, something went wrong</body></html>',
      500,
    );
  }
  return html(
    '<html><head><title>Error</title></head><body>The state information is invalid for this page and might be corrupted.</body></html>',
    500,
  );
}

const toolShell: Lure = {
  product: 'sharepoint',
  summary:
    'SharePoint: ToolPane.aspx takes a web part from whoever was signed out; its page tells the keys that sign view states',
  remembers: 'the pages written below _layouts, the keys read, by which view states are then signed',
  signatures: ['sharepoint-toolshell'],
  pages: {
    '/_layouts/15/start.aspx': (visit) =>
      farm(
        visit,
        html(
          '<!DOCTYPE html><html><head><meta name="GENERATOR" content="Microsoft SharePoint" /><title>Home</title></head><body></body></html>',
        ),
      ),
    '/_layouts/15/error.aspx': (visit) =>
      farm(
        visit,
        html(
          '<!DOCTYPE html><html><head><meta name="GENERATOR" content="Microsoft SharePoint" /><title>Error</title></head><body>Sorry, something went wrong</body></html>',
        ),
      ),
  },
  answer: (visit) => {
    const { path } = visit.request;
    if (visit.memory.has(`sharepoint keys at ${path.split('/').at(-1) ?? ''}`))
      return farm(visit, keys(visit));
    const file = fileAnswer(visit);
    if (file !== null) return farm(visit, file);
    if (path.endsWith('/toolpane.aspx')) return farm(visit, toolPane(visit));
    return visit.request.method === 'POST' ? farm(visit, viewState(visit)) : null;
  },
  follows: (visit) =>
    callsFile(visit) ||
    (visit.request.method === 'POST' &&
      visit.request.path.startsWith('/_layouts/') &&
      visit.request.parameter('__viewstate') !== null),
};

const api: Lure = {
  product: 'sharepoint',
  summary: 'SharePoint: a token that nobody signed is an administrator, whose metadata model is compiled',
  remembers: 'the token, the metadata model uploaded',
  signatures: ['sharepoint-jwt-none'],
  answer: (visit) => {
    const { path, method } = visit.request;
    const odata = (value: unknown): Answer =>
      farm(visit, {
        ...json(value),
        headers: [['Content-Type', 'application/json;odata=verbose;charset=utf-8']],
      });
    if (visit.matched.has('sharepoint-jwt-none')) visit.memory.set('sharepoint administrator', 'yes');
    if (path.includes('/processquery')) {
      // The model's method runs what its definition names.
      const output = runOnce(visit, visit.memory.get('sharepoint model') ?? '');
      return odata([
        { SchemaVersion: '15.0.0.0', LibraryVersion: '16.0.10337.12109', ErrorInfo: null },
        1,
        output,
      ]);
    }
    if (method === 'POST' && /businessdatametadatacatalog/.test(path)) {
      visit.memory.set('sharepoint model', nestedCommand(visit.request.request.body));
      return odata({
        d: {
          Name: 'BDCMetadata.bdcm',
          ServerRelativeUrl: '/BusinessDataMetadataCatalog/BDCMetadata.bdcm',
          Exists: true,
        },
      });
    }
    const user = {
      Id: 1,
      IsHiddenInUI: false,
      LoginName: 'SHAREPOINT\\system',
      Title: 'System Account',
      IsSiteAdmin: true,
    };
    if (path.includes('/siteusers')) return odata({ d: { results: [user] } });
    if (path.includes('/currentuser')) return odata({ d: user });
    return odata({ d: { Title: 'Home', Url: `https://${visit.persona.hostname}`, WebTemplate: 'STS' } });
  },
  follows: ({ memory, request }) =>
    memory.has('sharepoint administrator') &&
    (request.path.startsWith('/_api/') || request.path.startsWith('/_vti_bin/client.svc/')),
};

export const sharepoint: readonly Lure[] = [toolShell, api];
