/** Applications in PHP whose exploits have steps: Roundcube, Magento, FreePBX. */

import { createHash } from 'node:crypto';
import { cookie, createAccount, grant, knowsAccount, returns } from '../created-account.ts';
import { formParts } from '../form-parts.ts';
import { loginAccepted } from '../login-attempt.ts';
import type { Answer, Lure, Visit } from '../lure.ts';
import { callsFile, fileAnswer, keepFile, runOnce } from '../uploaded-file.ts';
import { html, isFront, json, redirect } from './answers.ts';
import { craftCms } from './craft-cms.ts';

/** Whoever exploits Roundcube holds a login already: the third try of a source is believed, where the machine does not believe it sooner. */
function isBelieved(visit: Visit, user: string, password: string): boolean {
  const tries = Number(visit.memory.get('roundcube tries') ?? '0') + 1;
  visit.memory.set('roundcube tries', String(tries));
  const policy = { ...visit.persona.login, acceptAfter: 3 };
  return (
    user !== '' && password !== '' && loginAccepted(policy, { user, password, method: 'password' }, tries)
  );
}

function roundcubeLogin(visit: Visit): Answer {
  const token = visit.token(`roundcube token of ${visit.source}`, 32);
  return {
    ...html(
      `<!DOCTYPE html>\n<html lang="en">\n<head>\n<title>Roundcube Webmail :: Welcome to Roundcube Webmail</title>\n<script>\nvar rcmail = new rcube_webmail();\nrcmail.set_env({"task":"login","standard_windows":false,"locale":"en_US","devel_mode":null,"rcversion":10610,"cookie_domain":"","request_token":"${token}","skin":"elastic"});\n</script>\n</head>\n<body class="task-login">\n<form id="login-form" name="login-form" method="post" action="./?_task=login">\n<input type="hidden" name="_token" value="${token}">\n<input type="hidden" name="_task" value="login"><input type="hidden" name="_action" value="login">\n<input name="_user" type="text"><input name="_pass" type="password">\n</form>\n</body>\n</html>\n`,
    ),
    headers: [
      ['Content-Type', 'text/html; charset=UTF-8'],
      [
        'Set-Cookie',
        `roundcube_sessid=${visit.token(`roundcube visit of ${visit.source}`, 26)}; path=/; HttpOnly`,
      ],
    ],
  };
}

const roundcube: Lure = {
  product: 'roundcube',
  summary:
    'Roundcube: who is logged in uploads a picture, and the name of where it came from is unserialised',
  remembers: 'the session of who logged in',
  signatures: ['roundcube-upload-from'],
  pages: {
    '/': (visit) => (isFront(visit, 'roundcube') ? roundcubeLogin(visit) : null),
    '/roundcube/': roundcubeLogin,
    '/webmail/': roundcubeLogin,
  },
  answer: (visit) => {
    const { request } = visit;
    if (!visit.matched.has('roundcube-upload-from')) {
      if (!isBelieved(visit, request.parameter('_user') ?? '', request.parameter('_pass') ?? ''))
        return {
          ...html(
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<title>Roundcube Webmail :: Welcome to Roundcube Webmail</title>\n<script>rcmail.display_message("Login failed.","warning");</script>\n</head>\n</html>\n',
          ),
          status: 401,
        };
      const id = grant(visit, 'roundcube', 26);
      return redirect(`/?_task=mail&_token=${visit.token(`roundcube token of ${visit.source}`, 32)}`, [
        ['Set-Cookie', `roundcube_sessid=${id}; path=/; HttpOnly`],
        ['Set-Cookie', `roundcube_sessauth=${visit.token(`roundcube key ${id}`, 26)}; path=/; HttpOnly`],
      ]);
    }
    if (!returns(visit, 'roundcube', cookie(visit, 'roundcube_sessid'))) return redirect('/?_task=login');
    // Crypt_GPG starts what stands for gpgconf; what it prints goes nowhere.
    const field =
      /_gpgconf";s:\d{1,5}:"([^\0]{1,2048}?)";/.exec(decode(request.rawQuery) + request.request.body)?.[1] ??
      '';
    runOnce(visit, field.replace(/[;#]\s{0,8}#?$/, ''));
    return html(
      '<!DOCTYPE html>\n<html lang="en">\n<head><title>Roundcube Webmail</title></head>\n<body>\n<script>\nif (window.parent && parent.rcmail) parent.rcmail.iframe_loaded("parent.rcmail.remove_from_attachment_list");\n</script>\n</body>\n</html>\n',
    );
  },
  follows: ({ request }) => request.method === 'POST' && request.parameter('_task') === 'login',
};

function decode(query: string): string {
  try {
    return decodeURIComponent(query.slice(0, 16_384).replaceAll('+', ' '));
  } catch {
    return query;
  }
}

const magento: Lure = {
  product: 'magento',
  summary:
    'Magento: a session is uploaded as a customer’s file, an order names its folder, and its objects write a page',
  remembers: 'the file uploaded, the page that its objects write',
  signatures: ['magento-session-reaper', 'magento-cosmicsting-xxe'],
  answer: (visit) => {
    const { request } = visit;
    if (callsFile(visit)) return fileAnswer(visit);
    if (request.path.endsWith('/customer/address_file/upload')) {
      const part = formParts(request.request.body).find((each) => each.file !== null);
      if (part === undefined) return json({ error: 'The file was not uploaded.', errorcode: 0 });
      const name =
        part.file
          ?.split(/[\\/]/)
          .at(-1)
          ?.replaceAll(/[^\w.-]/g, '_') ?? 'file';
      visit.memory.set('magento session', part.content.slice(0, 16_384));
      const place = `/${name.charAt(0)}/${name.charAt(1) || '_'}/${name}`;
      return json({
        name,
        full_path: name,
        type: 'application/octet-stream',
        error: 0,
        size: part.content.length,
        file: place,
        url: `https://${visit.persona.hostname}/customer/address/viewfile/file/${Buffer.from(place).toString('base64url')}/`,
      });
    }
    const missing = json(
      {
        message: 'No such entity with %fieldName = %fieldValue',
        parameters: { fieldName: 'cartId', fieldValue: null },
      },
      404,
    );
    if (visit.matched.has('magento-cosmicsting-xxe')) return { ...missing, status: 400 };
    const session = visit.memory.get('magento session') ?? '';
    const place = /s:\d{1,4}:"(?:[^"]{0,200}\/)?(?:pub\/)?([\w/.-]{1,80}\.php)"/.exec(session)?.[1];
    const source = /(<\?(?:php|=)[^\0]{1,4096}?\?>)/.exec(session.replaceAll('\\"', '"'))?.[1];
    if (place !== undefined && source !== undefined) keepFile(visit, place, source);
    return session === ''
      ? missing
      : {
          ...missing,
          status: 500,
          body:
            '{"message":"Internal Error. Details are available in Magento log file. Report ID: webapi-' +
            visit.token(`magento report ${visit.now()}`, 13) +
            '"}',
        };
  },
  follows: callsFile,
};

const freepbx: Lure = {
  product: 'freepbx',
  summary:
    'FreePBX: the endpoint module puts brand into SQL, which makes administrators and jobs that write pages',
  remembers: 'administrators and jobs made, the pages that the jobs write',
  signatures: ['control-web-freepbx-ajax'],
  answer: (visit) => {
    const { request } = visit;
    if (callsFile(visit)) return fileAnswer(visit);
    if (request.path === '/admin/config.php') {
      const [user, password] = [request.parameter('username') ?? '', request.parameter('password') ?? ''];
      // The table of administrators holds SHA-1 of their passwords.
      const digest = createHash('sha1').update(password).digest('hex');
      if (!knowsAccount(visit, 'freepbx', user, digest) && !knowsAccount(visit, 'freepbx', user, password))
        return html(
          '<!DOCTYPE html>\n<html>\n<head>\n<title>FreePBX Administration</title>\n</head>\n<body><div class="alert">Invalid Login Credentials</div></body>\n</html>\n',
        );
      return {
        ...html(
          '<!DOCTYPE html>\n<html>\n<head>\n<title>FreePBX Administration</title>\n</head>\n<body><div id="dashboard-content"></div></body>\n</html>\n',
        ),
        headers: [
          ['Content-Type', 'text/html'],
          ['Set-Cookie', `PHPSESSID=${grant(visit, 'freepbx', 26)}; path=/`],
        ],
      };
    }
    const brand = request.parameter('brand') ?? '';
    const user =
      /into\s{1,8}ampusers[^;]{0,300}?values\s{0,4}\(\s{0,4}'([^']{1,64})'\s{0,4},\s{0,4}'?([^',)]{1,128})/i.exec(
        brand,
      );
    if (user !== null) createAccount(visit, 'freepbx', user[1] ?? '', user[2] ?? '');
    const job =
      /into\s{1,8}cron_jobs[^;]{0,300}?values\s{0,4}\(\s{0,4}'[^']{0,64}'\s{0,4},\s{0,4}'[^']{0,64}'\s{0,4},\s{0,4}'([^']{1,4096})'/i.exec(
        brand,
      )?.[1];
    if (job !== undefined) runOnce(visit, job);
    if (/extractvalue|updatexml/i.test(brand)) {
      const marks = [...brand.matchAll(/'([^']{1,16})'/g)].map((found) => found[1] ?? '');
      return html(
        `{"error":{"type":"Exception","message":"SQLSTATE[HY000]: General error: 1105 XPATH syntax error: '${marks.find((mark) => mark.startsWith('~')) ?? '~'}freepbxuser@localhost~'","file":"\\/var\\/www\\/html\\/admin\\/libraries\\/utility.functions.php","line":124}}`,
        500,
      );
    }
    return html(
      '<!DOCTYPE html><html><head><title>Whoops! There was an error.</title></head><body></body></html>',
      500,
    );
  },
  follows: (visit) =>
    callsFile(visit) || (visit.request.path === '/admin/config.php' && visit.request.method === 'POST'),
};

export const phpApplications: readonly Lure[] = [...craftCms, roundcube, magento, freepbx];
