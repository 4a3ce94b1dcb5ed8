/**
 * Progress MOVEit Transfer (CVE-2023-34362): a session variable set from outside is put into SQL, which the guest page runs. It
 * makes a session, the session a token of the REST API, and that an upload whose state is deserialised.
 */

import { bearerToken, cookie, grant, returns } from '../created-account.ts';
import type { Answer, Lure, Visit } from '../lure.ts';
import { nestedCommand } from '../nested-payload.ts';
import { callsFile, fileAnswer, runOnce, shellCommand } from '../uploaded-file.ts';
import { isFront, json } from './answers.ts';

const product = 'moveit';

const page = (visit: Visit, title: string, body: string): Answer => ({
  status: 200,
  headers: [
    ['Content-Type', 'text/html; charset=utf-8'],
    [
      'Set-Cookie',
      `ASP.NET_SessionId=${visit.token(`moveit visit of ${visit.source}`, 24)}; path=/; secure; HttpOnly; SameSite=Lax`,
    ],
    ['Set-Cookie', 'siLockLongTermInstID=0; path=/; secure; HttpOnly'],
    ['X-AspNet-Version', '4.0.30319'],
  ],
  body: `<!DOCTYPE html>\r\n<html lang="en">\r\n<head>\r\n<title>${title}</title>\r\n<link href="/templates/dmz_green_css.aspx?Ver=15.0.0.36" rel="stylesheet" />\r\n</head>\r\n<body>\r\n${body}\r\n</body>\r\n</html>\r\n`,
});

/** Each session variable is a header `X-siLock-SessVarN: Name: value`. */
function sessionVariables({ request }: Visit): string {
  return request.request.headers
    .filter(([name]) => /^x-silock-sessvar\d{1,2}$/i.test(name))
    .map(([, value]) => value)
    .join('\n')
    .slice(0, 16_384);
}

function transact(visit: Visit): Answer {
  const variables = sessionVariables(visit);
  if (variables !== '') {
    const known = visit.memory.get('moveit variables') ?? '';
    visit.memory.set('moveit variables', `${known}\n${variables}`.slice(-16_384));
  }
  return {
    status: 200,
    headers: [
      ['Content-Type', 'text/html; charset=utf-8'],
      ['X-siLock-ErrorCode', '0'],
      ['X-siLock-ErrorDescription', ''],
      ['X-siLock-SessionID', visit.token(`moveit visit of ${visit.source}`, 24)],
    ],
    body: '',
  };
}

/** The guest page shows its token first; with the token it sends the package, and so runs what the variables brought. */
function guest(visit: Visit): Answer {
  const token = visit.token(`moveit csrf of ${visit.source}`, 40);
  const variables = visit.memory.get('moveit variables') ?? '';
  if (visit.request.parameter('csrftoken') === token) {
    const sessions = [
      ...variables.matchAll(/activesessions[^;]{0,400}?values\s{0,4}\(\s{0,4}'([^']{1,128})'/gi),
    ];
    const session = sessions.at(-1)?.[1];
    if (session !== undefined) visit.memory.set('moveit session', session);
    if (/userexternaltokens|trustedexternaltokenproviders/i.test(variables))
      visit.memory.set('moveit provider', 'yes');
  }
  return page(
    visit,
    'MOVEit Transfer',
    `<form method="post" action="guestaccess.aspx"><input type="hidden" name="csrftoken" value="${token}"><input type="hidden" name="transaction" value="secmsgpost"><input type="text" name="Arg08"><textarea name="Arg04"></textarea></form>`,
  );
}

function token(visit: Visit): Answer {
  const { request, memory } = visit;
  const kind = request.parameter('grant_type');
  const session = memory.get('moveit session');
  const passes =
    (kind === 'session' && session !== undefined && cookie(visit, 'ASP.NET_SessionId') === session) ||
    (kind === 'external_token' && memory.has('moveit provider'));
  if (!passes)
    return json(
      {
        error: 'invalid_grant',
        error_description: 'Could not log in the specified user. Unable to log on: Invalid session',
      },
      400,
    );
  return json({
    access_token: `${visit.token('moveit key', 48)}${grant(visit, product, 64)}`,
    token_type: 'bearer',
    expires_in: 1199,
    refresh_token: visit.token(`moveit refresh of ${visit.source}`, 64),
  });
}

function api(visit: Visit): Answer {
  const { path, method } = visit.request;
  const folder = 100_000_000 + (Number.parseInt(visit.token('moveit folder', 7), 16) % 899_999_999);
  if (!returns(visit, product, bearerToken(visit)))
    return json(
      { errorCode: 401, detail: 'The access token was missing or incorrect', title: 'Unauthorized' },
      401,
    );
  if (method === 'PUT') {
    // The state of the upload comes out of the database and is deserialised.
    runOnce(visit, visit.memory.get('moveit payload') ?? nestedCommand(visit.request.request.body));
    return json({ errorCode: 500, detail: 'Internal server error', title: 'Internal Server Error' }, 500);
  }
  if (method === 'POST' && /\/folders\/\d+\/files$/.test(path))
    return json({ fileId: String(folder + 17), fileName: 'upload', uploadType: 'resumable' });
  if (/\/folders(?:\/|$)/.test(path)) {
    const item = {
      id: folder,
      name: 'users',
      path: '/Home',
      permission: { canListFiles: true },
      folderType: 'Home',
    };
    return json({
      items: [item],
      paging: { page: 1, perPage: 25, totalItems: 1, totalPages: 1 },
      sorting: [],
    });
  }
  if (path.endsWith('/users/self'))
    return json({
      id: visit.token('moveit user', 16),
      username: 'sysadmin',
      permission: 'SysAdmin',
      orgID: 0,
    });
  return json({ items: [], paging: { page: 1, perPage: 25, totalItems: 0, totalPages: 0 }, sorting: [] });
}

const signOn = (visit: Visit): Answer =>
  page(
    visit,
    'MOVEit Transfer Sign On',
    '<form method="post" action="human.aspx"><input type="text" name="Username"><input type="password" name="Password"></form>',
  );

export const moveit: Lure = {
  product,
  summary:
    'MOVEit Transfer: session variables carry SQL, the guest page runs it; its session earns a token, and an upload is deserialised',
  remembers:
    'the session variables, the session that their SQL made, the token, what the upload’s state runs',
  signatures: ['moveit-guestaccess-sqli'],
  pages: {
    '/': (visit) => (isFront(visit, product) ? signOn(visit) : null),
    '/human.aspx': signOn,
  },
  answer: (visit) => {
    const { path } = visit.request;
    if (callsFile(visit)) return fileAnswer(visit);
    const payload = nestedCommand(sessionVariables(visit));
    if (payload !== '') visit.memory.set('moveit payload', payload);
    if (path === '/moveitisapi/moveitisapi.dll') return transact(visit);
    if (path === '/guestaccess.aspx') return guest(visit);
    if (path === '/api/v1/auth/token' || path === '/api/v1/token') return token(visit);
    if (path.startsWith('/api/v1/')) return api(visit);
    // The known web shell wants its password and says nothing without.
    return visit.memory.has('moveit payload') && shellCommand(visit) !== '' ? json({}) : null;
  },
  follows: ({ request }) =>
    request.path === '/guestaccess.aspx' ||
    (request.path.startsWith('/api/v1/') && request.method !== 'OPTIONS'),
};
