/** How the web servers that personas claim to be put an answer together: header order, error pages, what they say of themselves. */

import type { Persona } from '../../core/persona.ts';
import type { Answer } from './lure.ts';

export interface Exchange {
  readonly method: string;
  /** As sent. */
  readonly target: string;
  readonly version: '0.9' | '1.0' | '1.1' | '2';
  readonly host: string;
  readonly userAgent: string;
  /** The client asked for `keep-alive` in so many words. */
  readonly asksKeepAlive: boolean;
  readonly keepAlive: boolean;
  readonly port: number;
  /** IMF-fixdate. */
  readonly date: string;
  /** Requests that may still follow. */
  readonly left: number;
}

export type Line = readonly [name: string, value: string];

export interface ServerFamily {
  readonly name: string;
  /** The HTTP version that it keeps to: of 1.0, connections end with the answer. */
  readonly version: '1.0' | '1.1';
  /** Of its status lines, where that is another. */
  readonly statusVersion?: '1.0' | '1.1';
  readonly methodNotAllowed: number;
  /** The header in its order; null where a line is left out. */
  lines(answer: Answer, exchange: Exchange, persona: Persona): readonly (Line | null)[];
  /** Its own words for a status. */
  reason?(status: number): string | undefined;
  /** True where it sends this answer in chunks (RFC 9112 §7.1). */
  isChunked?(answer: Answer, exchange: Exchange): boolean;
  errorPage(status: number, exchange: Exchange, persona: Persona): Answer;
}

export const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Long',
  // The wording of RFC 2616, which nginx, Apache and IIS keep.
  416: 'Requested Range Not Satisfiable',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  505: 'HTTP Version Not Supported',
};

/** Text from a visitor as a page may show it. */
export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export const contentTypeOf = (answer: Answer, otherwise: string): string =>
  answer.headers?.find((header) => header[0].toLowerCase() === 'content-type')?.[1] ?? otherwise;

export const extraOf = (answer: Answer): Line[] =>
  (answer.headers ?? [])
    .filter((header) => !['content-type', 'server', 'connection'].includes(header[0].toLowerCase()))
    .map(([name, value]) => [name, value.replaceAll(/[\r\n\0]/g, ' ')]);

/** RFC 9110 §15.3.5 and §15.4.5: answers that have no content do not describe it. */
const isEmpty = (answer: Answer): boolean => answer.status === 204 || answer.status === 304;

function sentLines(family: ServerFamily, answer: Answer, exchange: Exchange, persona: Persona): Line[] {
  return family
    .lines(answer, exchange, persona)
    .filter((line) => line !== null)
    .filter(([name]) => !(isEmpty(answer) && /^content-(?:type|length)$/i.test(name)));
}

const bodyOf = (answer: Answer, exchange: Exchange): string =>
  exchange.method === 'HEAD' || isEmpty(answer) ? '' : answer.body;

/** The complete head and body over HTTP/1.x, Latin-1. */
export function writeAnswer(
  family: ServerFamily,
  answer: Answer,
  exchange: Exchange,
  persona: Persona,
): string {
  const body = bodyOf(answer, exchange);
  if (exchange.version === '0.9') return body;
  const head = sentLines(family, answer, exchange, persona).map(([name, value]) => `${name}: ${value}\r\n`);
  const reason = family.reason?.(answer.status) ?? reasons[answer.status] ?? 'Unknown';
  const version = family.statusVersion ?? family.version;
  const content =
    body !== '' && family.isChunked?.(answer, exchange) === true
      ? `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
      : body;
  return `HTTP/${version} ${answer.status} ${reason}\r\n${head.join('')}\r\n${content}`;
}

/** RFC 9113 §8.2.2: what speaks of a connection has no place in HTTP/2. */
const ofConnection = /^(?:connection|keep-alive|transfer-encoding|upgrade|proxy-connection)$/i;

/** The same over HTTP/2: names in lower case, and the body, Latin-1. */
export function http2Answer(
  family: ServerFamily,
  answer: Answer,
  exchange: Exchange,
  persona: Persona,
): { readonly fields: readonly Line[]; readonly body: string } {
  const fields = sentLines(family, answer, exchange, persona)
    .filter(([name]) => !ofConnection.test(name))
    .map(([name, value]): Line => [name.toLowerCase(), value]);
  return { fields, body: bodyOf(answer, exchange) };
}

export const serverLine = (persona: Persona): Line | null => {
  const server = persona.http?.server ?? '';
  return server === '' ? null : ['Server', server];
};

export const length = (answer: Answer): Line => ['Content-Length', String(answer.body.length)];

/** nginx pads its own error pages for browsers that replace short ones. */
const padding = '<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n'.repeat(6);
const nginxReasons: Readonly<Record<number, string>> = {
  405: 'Not Allowed',
  408: 'Request Time-out',
  414: 'Request-URI Too Large',
  503: 'Service Temporarily Unavailable',
};
/** Its own titles of error pages, where they differ from the status line's words. */
const nginxTitles: Readonly<Record<number, string>> = { ...nginxReasons, 401: 'Authorization Required' };
/** What nginx's header filter writes ahead of `Connection`; all others follow it. */
const nginxEarly: ReadonlySet<string> = new Set(['last-modified', 'location']);

export const nginx: ServerFamily = {
  name: 'nginx',
  version: '1.1',
  methodNotAllowed: 405,
  lines(answer, exchange, persona) {
    const extra = extraOf(answer);
    const early = extra.filter(([name]) => nginxEarly.has(name.toLowerCase()));
    return [
      serverLine(persona),
      ['Date', exchange.date],
      ['Content-Type', contentTypeOf(answer, 'text/html')],
      length(answer),
      ...early,
      ['Connection', exchange.keepAlive ? 'keep-alive' : 'close'],
      ...extra.filter((line) => !early.includes(line)),
    ];
  },
  reason: (status) => nginxReasons[status],
  errorPage(status, exchange, persona) {
    const shown = status === 431 ? 400 : status;
    const server = persona.http?.server ?? 'nginx';
    // The page names the server without the distribution unless the build says so, as the header does.
    const title =
      status === 431
        ? '400 Request Header Or Cookie Too Large'
        : `${shown} ${nginxTitles[shown] ?? reasons[shown] ?? ''}`;
    const detail =
      status === 431
        ? '<center><h1>400 Bad Request</h1></center>\r\n<center>Request Header Or Cookie Too Large</center>'
        : `<center><h1>${title}</h1></center>`;
    const pad = status >= 400 && /Chrome\/|MSIE /.test(exchange.userAgent) ? padding : '';
    return {
      status: shown,
      body: `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n${detail}\r\n<hr><center>${server}</center>\r\n</body>\r\n</html>\r\n${pad}`,
    };
  },
};

const apacheSays: Readonly<Record<number, string>> = {
  400: '<p>Your browser sent a request that this server could not understand.<br />\n</p>',
  403: "<p>You don't have permission to access this resource.</p>",
  404: '<p>The requested URL was not found on this server.</p>',
  413: '<p>The requested resource does not allow request data with the requested method, or the amount of data provided in\nthe request exceeds the capacity limit.</p>',
  414: "<p>The requested URL's length exceeds the capacity\nlimit for this server.<br />\n</p>",
  431: "<p>The number of request header fields exceeds this server's limit.</p>",
  500: '<p>The server encountered an internal error or\nmisconfiguration and was unable to complete\nyour request.</p>',
};

/** Apache's own page; `signature` is what it says of itself at the end, empty where it was told to be silent. */
export function apachePage(status: number, exchange: Exchange, signature: string): string {
  const reason = reasons[status] ?? '';
  const says =
    apacheSays[status] ??
    (status === 405
      ? `<p>The requested method ${escapeHtml(exchange.method)} is not allowed for this URL.</p>`
      : status === 401
        ? "<p>This server could not verify that you\nare authorized to access the document\nrequested.  Either you supplied the wrong\ncredentials (e.g., bad password), or your\nbrowser doesn't understand how to supply\nthe credentials required.</p>"
        : '<p></p>');
  return `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${status} ${reason}</title>\n</head><body>\n<h1>${reason}</h1>\n${says}\n${signature}</body></html>\n`;
}

export const apache: ServerFamily = {
  name: 'apache',
  version: '1.1',
  methodNotAllowed: 405,
  lines(answer, exchange, persona) {
    const alive: (Line | null)[] = exchange.keepAlive
      ? exchange.asksKeepAlive
        ? [
            ['Keep-Alive', `timeout=5, max=${exchange.left}`],
            ['Connection', 'Keep-Alive'],
          ]
        : []
      : [['Connection', 'close']];
    return [
      ['Date', exchange.date],
      serverLine(persona),
      ...extraOf(answer),
      length(answer),
      ...alive,
      [
        'Content-Type',
        contentTypeOf(answer, answer.status >= 400 ? 'text/html; charset=iso-8859-1' : 'text/html'),
      ],
    ];
  },
  errorPage(status, exchange, persona) {
    const host = exchange.host.replace(/:\d+$/, '');
    const place = host === '' ? persona.hostname : escapeHtml(host);
    const address = `<hr>\n<address>${persona.http?.server ?? 'Apache'} Server at ${place} Port ${exchange.port}</address>\n`;
    return { status, body: apachePage(status, exchange, address) };
  },
};

export const lighttpd: ServerFamily = {
  name: 'lighttpd',
  version: '1.1',
  methodNotAllowed: 405,
  lines(answer, exchange, persona) {
    return [
      ['Content-Type', contentTypeOf(answer, 'text/html')],
      ...extraOf(answer),
      length(answer),
      exchange.keepAlive ? null : ['Connection', 'close'],
      ['Date', exchange.date],
      serverLine(persona),
    ];
  },
  errorPage(status) {
    const title = `${status} ${reasons[status] ?? ''}`;
    return {
      status,
      body: `<?xml version="1.0" encoding="iso-8859-1"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"\n         "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">\n <head>\n  <title>${title}</title>\n </head>\n <body>\n  <h1>${title}</h1>\n </body>\n</html>\n`,
    };
  },
};

export const boa: ServerFamily = {
  name: 'boa',
  version: '1.0',
  methodNotAllowed: 501,
  lines(answer, exchange, persona) {
    return [
      ['Date', exchange.date],
      serverLine(persona),
      ['Accept-Ranges', 'bytes'],
      ['Connection', 'close'],
      ...extraOf(answer),
      answer.status < 300 ? length(answer) : null,
      [
        'Content-Type',
        contentTypeOf(answer, answer.status < 300 ? 'text/html' : 'text/html; charset=ISO-8859-1'),
      ],
    ];
  },
  errorPage(status, exchange) {
    const reason = reasons[status] ?? '';
    const says: Readonly<Record<number, string>> = {
      404: `The requested URL ${escapeHtml(exchange.target.slice(0, 512))} was not found on this server.`,
      400: 'Your client has issued a malformed or illegal request.',
      501: 'POST to non-script is not supported in Boa.',
    };
    return {
      status,
      body: `<HTML><HEAD><TITLE>${status} ${reason}</TITLE></HEAD>\n<BODY><H1>${status} ${reason}</H1>\n${says[status] ?? ''}\n</BODY></HTML>\n`,
    };
  },
};

export const goahead: ServerFamily = {
  name: 'goahead',
  version: '1.1',
  methodNotAllowed: 405,
  lines(answer, exchange, persona) {
    return [
      serverLine(persona),
      ['Date', exchange.date],
      length(answer),
      ['Connection', exchange.keepAlive ? 'keep-alive' : 'close'],
      ...extraOf(answer),
      ['Content-Type', contentTypeOf(answer, 'text/html')],
    ];
  },
  errorPage(status, exchange) {
    const reason = reasons[status] ?? '';
    const says =
      status === 404
        ? 'Cannot open document for: ' + escapeHtml(exchange.target.split('?')[0]?.slice(0, 512) ?? '')
        : reason;
    return {
      status,
      body: `<!DOCTYPE html>\r\n<html><head><title>Document Error: ${reason}</title></head>\r\n<body><h2>Access Error: ${reason}</h2>\r\n<p>${says}</p>\r\n</body></html>\r\n`,
    };
  },
};

export const iis: ServerFamily = {
  name: 'iis',
  version: '1.1',
  methodNotAllowed: 405,
  lines(answer, exchange, persona) {
    return [
      ['Content-Type', contentTypeOf(answer, 'text/html')],
      serverLine(persona),
      ...extraOf(answer),
      ['Date', exchange.date],
      exchange.keepAlive ? null : ['Connection', 'close'],
      length(answer),
    ];
  },
  errorPage(status) {
    const reason = reasons[status] ?? '';
    const body =
      status === 400
        ? '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN""http://www.w3.org/TR/html4/strict.dtd">\r\n<HTML><HEAD><TITLE>Bad Request</TITLE>\r\n<META HTTP-EQUIV="Content-Type" Content="text/html; charset=us-ascii"></HEAD>\r\n<BODY><h2>Bad Request - Invalid URL</h2>\r\n<hr><p>HTTP Error 400. The request URL is invalid.</p>\r\n</BODY></HTML>\r\n'
        : `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">\r\n<html xmlns="http://www.w3.org/1999/xhtml">\r\n<head>\r\n<title>${status} - ${reason}.</title>\r\n</head>\r\n<body>\r\n<h2>${status} - ${reason}.</h2>\r\n</body>\r\n</html>\r\n`;
    return { status, body };
  },
};

export const miniHttpd: ServerFamily = {
  name: 'mini_httpd',
  version: '1.1',
  statusVersion: '1.0',
  methodNotAllowed: 501,
  lines(answer, exchange, persona) {
    return [
      serverLine(persona),
      ['Date', exchange.date],
      ['Content-Type', contentTypeOf(answer, 'text/html; charset=%s'.replace('%s', 'utf-8'))],
      ...extraOf(answer),
      length(answer),
      ['Connection', 'close'],
    ];
  },
  errorPage(status, _exchange, persona) {
    const reason = reasons[status] ?? '';
    const says = status === 404 ? 'File not found.' : reason;
    return {
      status,
      body: `<HTML>\n<HEAD><TITLE>${status} ${reason}</TITLE></HEAD>\n<BODY BGCOLOR="#cc9999" TEXT="#000000" LINK="#2020ff" VLINK="#4040cc">\n<H4>${status} ${reason}</H4>\n${says}\n<HR>\n<ADDRESS>${persona.http?.server ?? ''}</ADDRESS>\n</BODY>\n</HTML>\n`,
    };
  },
};
