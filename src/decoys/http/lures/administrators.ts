/** Products whose weakness makes an administrator, or sets one’s password, who then logs in. */

import { cookie, createAccount, grant, knowsAccount, returns } from '../created-account.ts';
import { formParts } from '../form-parts.ts';
import type { Lure } from '../lure.ts';
import { callsFile, fileAnswer, keepFile, runOnce } from '../uploaded-file.ts';
import { html, json, redirect } from './answers.ts';

const jsonField = (body: string, name: string): string =>
  new RegExp(`"${name}"\\s{0,8}:\\s{0,8}"([^"]{0,128})"`, 'i').exec(body)?.[1] ?? '';

const telerik: Lure = {
  product: 'telerik-report-server',
  summary:
    'Telerik Report Server: the first administrator’s registration stays open; a report that is previewed is deserialised',
  remembers: 'administrators registered, their token, the report uploaded',
  signatures: ['telerik-report-server-register'],
  answer: (visit) => {
    const { request } = visit;
    const [user, password] = [request.parameter('username') ?? '', request.parameter('password') ?? ''];
    if (request.path === '/startup/register') {
      createAccount(visit, 'telerik', user, password);
      return redirect('/Report/Index');
    }
    if (request.path === '/token') {
      if (!knowsAccount(visit, 'telerik', user, password))
        return json(
          { error: 'invalid_grant', error_description: 'The user name or password is incorrect.' },
          400,
        );
      const token = Buffer.from(grant(visit, 'telerik', 96), 'latin1').toString('base64url');
      return json({
        access_token: token,
        token_type: 'bearer',
        expires_in: 1_209_599,
        userName: user,
        '.issued': new Date(visit.now()).toUTCString(),
        '.expires': new Date(visit.now() + 1_209_599_000).toUTCString(),
      });
    }
    return json(request.method === 'POST' ? visit.token(`telerik report ${visit.now()}`, 11) : []);
  },
  follows: ({ request, memory }) =>
    (request.path === '/token' && request.method === 'POST') ||
    (request.path.startsWith('/api/reportserver/') && memory.has('granted telerik')),
};

const vtm: Lure = {
  product: 'ivanti-vtm',
  summary:
    'Ivanti vTM: the wizard of local users answers an error without asking who calls; its administrator logs in',
  remembers: 'administrators made, their login',
  signatures: ['ivanti-vtm-wizard-bypass'],
  answer: (visit) => {
    const { request } = visit;
    if (visit.matched.has('ivanti-vtm-wizard-bypass')) {
      createAccount(
        visit,
        'ivanti-vtm',
        request.parameter('newusername') ?? '',
        request.parameter('password1') ?? '',
      );
      return html(
        '<html><head><title>2. Summary</title></head><body class="wizard"><div id="wizardtitletext">2. Summary</div></body></html>',
      );
    }
    if (
      !knowsAccount(
        visit,
        'ivanti-vtm',
        request.parameter('form_username') ?? '',
        request.parameter('form_password') ?? '',
      )
    )
      return html(
        '<html><head><title>Login (Virtual Traffic Manager)</title></head><body>Error: Login failed</body></html>',
      );
    return redirect('/apps/zxtm/', [
      ['Set-Cookie', `ZeusTMZAUTH=${grant(visit, 'ivanti-vtm', 64)}; path=/; secure; HttpOnly`],
      ['Set-Cookie', `ZeusTMZAUTHTIME=${Math.floor(visit.now() / 1_000)}; path=/; secure`],
    ]);
  },
  follows: ({ request }) => request.path === '/apps/zxtm/login.cgi' && request.method === 'POST',
};

const smartermail: Lure = {
  product: 'smartermail',
  summary:
    'SmarterMail: an administrator’s password is set without the old one; who is in mounts a volume by a command',
  remembers: 'the password set, the login, the files uploaded',
  signatures: ['smartermail-unauthenticated'],
  answer: (visit) => {
    const { request } = visit;
    const { body } = request.request;
    if (callsFile(visit)) return fileAnswer(visit);
    if (request.path.endsWith('/force-reset-password')) {
      createAccount(visit, 'smartermail', jsonField(body, 'username'), jsonField(body, 'newpassword'));
      return json({
        username: '',
        errorCode: '',
        errorData: '',
        debugInfo:
          'check1\r\ncheck2\r\ncheck3\r\ncheck4.2\r\ncheck5.2\r\ncheck6.2\r\ncheck7.2\r\ncheck8.2\r\n',
        success: true,
        resultCode: 200,
      });
    }
    if (request.path.endsWith('/authenticate-user')) {
      const isIn = knowsAccount(
        visit,
        'smartermail',
        jsonField(body, 'username'),
        jsonField(body, 'password'),
      );
      if (!isIn) return json({ success: false, resultCode: 401, message: 'Authentication failed' }, 401);
      visit.memory.set('smartermail in', 'yes');
      return json({
        success: true,
        resultCode: 200,
        isAdmin: true,
        accessToken: grant(visit, 'smartermail', 96),
        refreshToken: visit.token(`smartermail refresh of ${visit.source}`, 64),
      });
    }
    if (request.path === '/api/upload') {
      const parts = formParts(body);
      const file = parts.find((part) => part.file !== null);
      const place =
        /"guid"\s{0,8}:\s{0,8}"([^"]{1,256})"/i.exec(
          parts
            .map((part) => part.content)
            .join('\n')
            .replaceAll('\\"', '"'),
        )?.[1] ?? '';
      const name = place.replaceAll('\\', '/').split('/').at(-1) ?? '';
      const type = /\.as[phm]x$/i.exec(file?.file ?? '')?.[0] ?? '';
      if (file !== undefined && name !== '')
        keepFile(visit, `/${name.endsWith(type) ? name : `${name}${type}`}`, file.content);
      return json({ success: true, resultCode: 200 });
    }
    const command = jsonField(body, 'commandmount') || jsonField(body, 'mountcommand');
    runOnce(visit, command);
    return json({ success: true, resultCode: 200 });
  },
  follows: (visit) =>
    callsFile(visit) ||
    (visit.request.path === '/api/v1/auth/authenticate-user' && visit.request.method === 'POST') ||
    (visit.request.path.startsWith('/api/v1/settings/sysadmin/') && visit.memory.has('smartermail in')),
};

const expedition: Lure = {
  product: 'pan-expedition',
  summary: 'Expedition: a leftover page sets the administrator’s password back, and tables are read by SQL',
  remembers: 'that the password was set back, the login',
  signatures: ['expedition-admin-reset', 'expedition-sqli-checkpoint'],
  answer: (visit) => {
    const { request } = visit;
    if (visit.matched.has('expedition-admin-reset')) {
      createAccount(visit, 'pan-expedition', 'admin', 'paloalto');
      return html("Admin user found<br>Admin password restored to: 'paloalto'<br>");
    }
    if (visit.matched.has('expedition-sqli-checkpoint') && request.path !== '/bin/cronjobs.php') {
      runOnce(visit, visit.command);
      return html('');
    }
    if (request.path === '/bin/auth.php') {
      const isIn = knowsAccount(
        visit,
        'pan-expedition',
        request.parameter('user') ?? '',
        request.parameter('password') ?? '',
      );
      if (!isIn) return json({ success: false, msg: 'Wrong credentials' });
      return {
        ...json({ success: true, csrfToken: visit.token(`expedition csrf of ${visit.source}`, 64) }),
        headers: [
          ['Content-Type', 'application/json'],
          ['Set-Cookie', `PHPSESSID=${grant(visit, 'pan-expedition', 26)}; path=/`],
        ],
      };
    }
    if (!returns(visit, 'pan-expedition', cookie(visit, 'PHPSESSID')))
      return json({ success: false, msg: 'Session expired' });
    // CVE-2024-9464: the start time of a job is put into a crontab's command.
    runOnce(visit, /[;|&`]\s{0,4}([^;|&`]{1,1024})/.exec(request.parameter('start_time') ?? '')?.[1] ?? '');
    return json({ success: true });
  },
  follows: (visit) =>
    (visit.request.path === '/bin/auth.php' && visit.request.method === 'POST') ||
    (visit.request.path === '/bin/cronjobs.php' &&
      returns(visit, 'pan-expedition', cookie(visit, 'PHPSESSID'))),
};

const wordpressUsers: Lure = {
  product: 'wordpress',
  summary: 'WordPress: SureTriggers makes administrators for whoever sends an empty key; they log in',
  remembers: 'administrators made, their login',
  signatures: ['wordpress-suretriggers-bypass'],
  answer: (visit) => {
    const { request } = visit;
    const { body } = request.request;
    if (visit.matched.has('wordpress-suretriggers-bypass')) {
      const name = jsonField(body, 'user_name') || jsonField(body, 'user_email');
      createAccount(visit, 'wordpress', name, jsonField(body, 'password'));
      const registered = new Date(visit.now()).toISOString().slice(0, 19).replace('T', ' ');
      return json({
        success: true,
        data: {
          ID: 2 + [...visit.memory.keys()].filter((key) => key.startsWith('account wordpress')).length,
          user_login: name,
          user_email: jsonField(body, 'user_email'),
          user_registered: registered,
          roles: ['administrator'],
        },
      });
    }
    const user = request.parameter('log') ?? '';
    if (!knowsAccount(visit, 'wordpress', user, request.parameter('pwd') ?? '')) return null;
    const hash = visit.token('wordpress cookie', 32);
    const value = `${encodeURIComponent(user)}%7C${Math.floor(visit.now() / 1_000) + 172_800}%7C${grant(visit, 'wordpress', 43)}`;
    return redirect(`http://${visit.persona.hostname}/wp-admin/`, [
      ['Set-Cookie', `wordpress_${hash}=${value}; path=/wp-admin; HttpOnly`],
      ['Set-Cookie', `wordpress_logged_in_${hash}=${value}; path=/; HttpOnly`],
    ]);
  },
  follows: ({ request }) => request.path === '/wp-login.php' && request.method === 'POST',
};

export const administrators: readonly Lure[] = [telerik, vtm, smartermail, expedition, wordpressUsers];
