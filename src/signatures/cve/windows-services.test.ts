/** What stands in a log of the exploits' later steps, and what WSUS clients send every day. */

import { expect, it } from 'vitest';
import type { WebRequest } from '../request.ts';
import { matchCveSignatures } from './index.ts';

const cves = (method: string, path: string, body = '', headers: WebRequest['headers'] = []): string[] =>
  matchCveSignatures({ method, path, headers, body }).flatMap((match) => match.cves);

it.each([
  ['CVE-2025-53770', 'GET', '/_layouts/15/spinstall1.aspx'],
  ['CVE-2025-53770', 'GET', '/_layouts/15/info3.aspx'],
  ['CVE-2025-31324', 'GET', '/irj/helper.jsp?cmd=id'],
  ['CVE-2025-31324', 'GET', '/irj/servlet_jsp/irj/root/x.jsp'],
  ['CVE-2021-21972', 'GET', '/ui/resources/shell.jsp?cmd=id'],
  ['CVE-2025-24813', 'PUT', '/abc123.session'],
  ['CVE-2024-27198', 'POST', '/hax?jsp=/app/rest/users;.jsp'],
  ['CVE-2023-22515', 'GET', '/setup/setupadministrator-start.action'],
  ['CVE-2024-1709', 'GET', '/SetupWizard.aspx/x'],
  ['CVE-2025-64446', 'POST', '/api/v2.0/cmdb/system/admin%3f/../../../../../cgi-bin/fwbcgi'],
  [
    'CVE-2024-4040',
    'GET',
    '/WebInterface/function/?command=zip&path=<INCLUDE>/etc/passwd</INCLUDE>&names=/bbb',
  ],
])('%s is named from a line of a log alone: %s %s', (cve, method, path) => {
  expect(cves(method, path)).toContain(cve);
});

it('a setup page of Triofox is one for whom it calls localhost', () => {
  const path = '/management/AdminDatabase.aspx';
  expect(cves('GET', path, '', [['Host', 'localhost']])).toContain('CVE-2025-12480');
  expect(cves('GET', path, '', [['Host', 'files.a.example']])).toEqual([]);
});

it.each([
  [
    '/ReportingWebService/ReportingWebService.asmx',
    '<ReportEventBatch><MiscData><string>Administrator=SYSTEM</string></MiscData></ReportEventBatch>',
  ],
  ['/ClientWebService/Client.asmx', `<GetCookie><CookieData>${'A'.repeat(400)}</CookieData></GetCookie>`],
  [
    '/SimpleAuthWebService/SimpleAuth.asmx',
    '<GetAuthorizationCookie><clientId>a</clientId></GetAuthorizationCookie>',
  ],
])('a client of WSUS is taken for none: %s', (path, body) => {
  expect(cves('POST', path, body)).toEqual([]);
});
