/** The ordinary site of a persona: what its server says to those who try no weakness. */

import type { LoginAttempt } from './login-attempt.ts';
import type { Answer, Visit } from './lure.ts';
import { type Exchange, escapeHtml, type ServerFamily } from './server-family.ts';

const day = 86_400_000;

function indexPage(visit: Visit, family: ServerFamily): string {
  const title = escapeHtml(visit.persona.http?.title ?? '');
  if (/login|router|camera|dvr|gateway|nas\b/i.test(title)) {
    return `<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>${title}</title>\n</head>\n<body>\n<h2>${title}</h2>\n<form method="post" action="/login">\n<input type="text" name="username" placeholder="Username">\n<input type="password" name="password" placeholder="Password">\n<input type="submit" value="Login">\n</form>\n</body>\n</html>\n`;
  }
  if (family.name === 'nginx' && /nginx/i.test(title)) {
    return `<!DOCTYPE html>\n<html>\n<head>\n<title>${title}</title>\n<style>\n    body {\n        width: 35em;\n        margin: 0 auto;\n        font-family: Tahoma, Verdana, Arial, sans-serif;\n    }\n</style>\n</head>\n<body>\n<h1>${title}</h1>\n<p>If you see this page, the nginx web server is successfully installed and\nworking. Further configuration is required.</p>\n\n<p>For online documentation and support please refer to\n<a href="http://nginx.org/">nginx.org</a>.<br/>\nCommercial support is available at\n<a href="http://nginx.com/">nginx.com</a>.</p>\n\n<p><em>Thank you for using nginx.</em></p>\n</body>\n</html>\n`;
  }
  return `<!DOCTYPE html>\n<html>\n<head>\n<title>${title}</title>\n</head>\n<body>\n<h1>${title}</h1>\n</body>\n</html>\n`;
}

/** One byte range of a page (RFC 9110 §14.2); null where the header asks for none that can be served. */
function ranged(header: string | null, body: string): { from: number; to: number } | 'unsatisfiable' | null {
  const parts = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  if (parts === null || (parts[1] === '' && parts[2] === '')) return null;
  const size = body.length;
  const from = parts[1] === '' ? Math.max(0, size - Number(parts[2])) : Number(parts[1]);
  const to = parts[1] === '' || parts[2] === '' ? size - 1 : Math.min(size - 1, Number(parts[2]));
  if (from >= size) return 'unsatisfiable';
  return to < from ? null : { from, to };
}

/** The answer of the server itself. */
export function siteAnswer(
  family: ServerFamily,
  exchange: Exchange,
  visit: Visit,
  attempt: LoginAttempt | null,
  accepted: boolean,
): Answer {
  const { persona, request } = visit;
  const { path, method } = request;
  const index = path === '/' || path === '/index.html' || path === '/index.htm';
  const known = index || path === '/login';
  if (method === 'OPTIONS' && family.name !== 'nginx')
    return { status: 200, headers: [['Allow', 'GET,POST,OPTIONS,HEAD']], body: '' };
  if (!['GET', 'HEAD', 'POST'].includes(method))
    return family.errorPage(family.methodNotAllowed, exchange, persona);
  if (attempt !== null && accepted) {
    return {
      status: 302,
      headers: [
        ['Location', '/'],
        ['Set-Cookie', `session=${visit.token('session', 32)}; path=/; HttpOnly`],
      ],
      body: '',
    };
  }
  if (attempt !== null && method === 'POST' && known) return { status: 200, body: indexPage(visit, family) };
  if (attempt !== null && known) {
    const page = family.errorPage(401, exchange, persona);
    return {
      ...page,
      headers: [['WWW-Authenticate', `Basic realm="${persona.hostname.replaceAll('"', '')}"`]],
    };
  }
  if (method === 'POST' && index) return family.errorPage(family.methodNotAllowed, exchange, persona);
  if (!index) return family.errorPage(404, exchange, persona);
  const body = indexPage(visit, family);
  // The file is older than the machine's last start by a few weeks, the same each time.
  const modified = persona.bootedAt - (3 + (Number.parseInt(visit.token('index', 2), 16) % 40)) * day;
  const tag = `"${Math.floor(modified / 1_000).toString(16)}-${body.length.toString(16)}"`;
  const validators: readonly (readonly [string, string])[] = [
    ['Last-Modified', new Date(modified).toUTCString()],
    ['ETag', tag],
    ['Accept-Ranges', 'bytes'],
  ];
  if (request.header('if-none-match') === tag) {
    // nginx repeats the date, Apache leaves it out beside an ETag.
    return {
      status: 304,
      headers: family.name === 'nginx' ? validators.slice(0, 2) : [['ETag', tag]],
      body: '',
    };
  }
  const range = ranged(request.header('range'), body);
  if (range === 'unsatisfiable')
    return {
      ...family.errorPage(416, exchange, persona),
      headers: [['Content-Range', `bytes */${body.length}`]],
    };
  if (range === null) return { status: 200, headers: validators, body };
  return {
    status: 206,
    headers: [
      ...(family.name === 'nginx' ? validators.slice(0, 2) : validators),
      ['Content-Range', `bytes ${range.from}-${range.to}/${body.length}`],
    ],
    body: body.slice(range.from, range.to + 1),
  };
}
