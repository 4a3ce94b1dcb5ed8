/** Web servers that do not name themselves, or by a name of their own: those of products. They are told by the persona's products. */

import { below } from '../../core/random.ts';
import type { Persona } from '../../core/persona.ts';
import type { Answer } from './lure.ts';
import {
  apachePage,
  contentTypeOf,
  escapeHtml,
  extraOf,
  length,
  reasons,
  serverLine,
  type Exchange,
  type ServerFamily,
} from './server-family.ts';

const pathOf = (exchange: Exchange): string => exchange.target.split('?', 1)[0]?.slice(0, 512) ?? '';

const closing = (exchange: Exchange): readonly [string, string] | null =>
  exchange.keepAlive ? null : ['Connection', 'close'];

const tomcatStyle =
  'body {font-family:Tahoma,Arial,sans-serif;} h1, h2, h3, b {color:white;background-color:#525D76;} h1 {font-size:22px;} h2 {font-size:16px;} h3 {font-size:14px;} p {font-size:12px;} a {color:black;} .line {height:1px;background-color:#525D76;border:none;}';
const tomcatSays: Readonly<Record<number, string>> = {
  401: 'The request has not been applied because it lacks valid authentication credentials for the target resource.',
  403: 'The server understood the request but refuses to authorize it.',
  404: 'The origin server did not find a current representation for the target resource or is not willing to disclose that one exists.',
  405: 'The method received in the request-line is known by the origin server but not supported by the target resource.',
  413: 'The server is refusing to process a request because the request payload is larger than the server is willing or able to process.',
};

/** As the report valve shows text of a visitor. */
const escapeSlashes = (text: string): string => escapeHtml(text).replaceAll('/', '&#47;');

function tomcatVersion(persona: Persona): string {
  const title = persona.http?.title ?? '';
  return title.startsWith('Apache Tomcat/')
    ? title
    : `Apache Tomcat/9.0.${20 + below(persona.random('tomcat'), 20)}`;
}

/** Apache Tomcat 8.5 and 9, with the report valve that it comes with. */
export const tomcat: ServerFamily = {
  name: 'tomcat',
  version: '1.1',
  methodNotAllowed: 405,
  // It writes no reason phrase since 8.5.
  reason: () => '',
  lines: (answer, exchange) => [
    ...extraOf(answer),
    [
      'Content-Type',
      contentTypeOf(answer, answer.status >= 400 ? 'text/html;charset=utf-8' : 'text/html;charset=UTF-8'),
    ],
    answer.status >= 400 ? ['Content-Language', 'en'] : null,
    length(answer),
    ['Date', exchange.date],
    closing(exchange),
  ],
  errorPage(status, exchange, persona): Answer {
    const title = `HTTP Status ${status} \u00e2\u0080\u0093 ${reasons[status] ?? ''}`;
    const says = tomcatSays[status];
    const message =
      status === 404
        ? `The requested resource [${escapeSlashes(pathOf(exchange))}] is not available`
        : status === 405
          ? `HTTP method ${escapeSlashes(exchange.method)} is not supported by this URL`
          : '';
    const told = message === '' ? '' : `<p><b>Message</b> ${message}</p>`;
    // What the connector refuses by itself is told without the report.
    const report =
      says === undefined
        ? ''
        : `<hr class="line" /><p><b>Type</b> Status Report</p>${told}<p><b>Description</b> ${says}</p><hr class="line" /><h3>${tomcatVersion(persona)}</h3>`;
    return {
      status,
      ...(status === 405 ? { headers: [['Allow', 'GET, HEAD, POST, OPTIONS']] } : {}),
      body: `<!doctype html><html lang="en"><head><title>${title}</title><style type="text/css">${tomcatStyle}</style></head><body><h1>${title}</h1>${report}</body></html>`,
    };
  },
};

const weblogicSays: Readonly<Record<number, readonly [section: string, text: string]>> = {
  400: [
    '10.4.1 400 Bad Request',
    'The request could not be understood by the server due to malformed syntax. The client SHOULD NOT repeat the request without modifications.',
  ],
  403: [
    '10.4.4 403 Forbidden',
    'The server understood the request, but is refusing to fulfill it. Authorization will not help and the request SHOULD NOT be repeated. If the request method was not HEAD and the server wishes to make public why the request has not been fulfilled, it SHOULD describe the reason for the refusal in the entity. This status code is commonly used when the server does not wish to reveal exactly why the request has been refused, or when no other response is applicable.',
  ],
  404: [
    '10.4.5 404 Not Found',
    'The server has not found anything matching the Request-URI. No indication is given of whether the condition is temporary or permanent.</p><p>If the server does not wish to make this information available to the client, the status code 403 (Forbidden) can be used instead. The 410 (Gone) status code SHOULD be used if the server knows, through some internally configurable mechanism, that an old resource is permanently unavailable and has no forwarding address.',
  ],
  405: [
    '10.4.6 405 Method Not Allowed',
    'The method specified in the Request-Line is not allowed for the resource identified by the Request-URI. The response MUST include an Allow header containing a list of valid methods for the requested resource.',
  ],
};

/** Oracle WebLogic Server, whose pages quote RFC 2068. */
export const weblogic: ServerFamily = {
  name: 'weblogic',
  version: '1.1',
  methodNotAllowed: 405,
  lines: (answer, exchange) => [
    closing(exchange),
    ['Date', exchange.date],
    length(answer),
    ['Content-Type', contentTypeOf(answer, 'text/html; charset=UTF-8')],
    ...extraOf(answer),
  ],
  errorPage(status): Answer {
    const title = `Error ${status}--${reasons[status] ?? ''}`;
    const [section, text] = weblogicSays[status] ?? ['', ''];
    const quote =
      section === ''
        ? ''
        : `<TABLE border=0 width=100% cellpadding=10><TR><TD VALIGN=top WIDTH=100% BGCOLOR=white><FONT FACE="Courier New"><FONT FACE="Helvetica" SIZE="3"><H3>From RFC 2068 <i>Hypertext Transfer Protocol -- HTTP/1.1</i>:</H3>\n</FONT><FONT FACE="Helvetica" SIZE="3"><H4>${section}</H4>\n</FONT><P><FONT FACE="Courier New">${text}</FONT></P>\n</FONT></TD></TR>\n</TABLE>\n`;
    return {
      status,
      body: `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.0 Draft//EN">\n<HTML>\n<HEAD>\n<TITLE>${title}</TITLE>\n</HEAD>\n<BODY bgcolor="white">\n<FONT FACE=Helvetica><BR CLEAR=all>\n<TABLE border=0 cellspacing=5><TR><TD><BR CLEAR=all>\n<FONT FACE="Helvetica" COLOR="black" SIZE="3"><H2>${title}</H2>\n</FONT></TD></TR>\n</TABLE>\n${quote}\n</BODY>\n</HTML>\n`,
    };
  },
};

const uhttpdSays: Readonly<Record<number, string>> = {
  400: 'Malformed request received',
  403: 'Access to this resource is forbidden',
  404: 'No such file or directory',
  405: 'Method not allowed',
};

/** The small server of OpenWrt 12.09, on whose sources TP-Link builds: it closes after each answer. */
export const uhttpd: ServerFamily = {
  name: 'uhttpd',
  version: '1.0',
  statusVersion: '1.1',
  methodNotAllowed: 405,
  isChunked: (answer, exchange) => answer.status >= 400 && exchange.version === '1.1',
  lines(answer, exchange) {
    const type = [
      'Content-Type',
      contentTypeOf(answer, answer.status >= 400 ? 'text/plain' : 'text/html'),
    ] as const;
    if (answer.status >= 400)
      return [
        ['Connection', 'close'],
        ...extraOf(answer),
        type,
        exchange.version === '1.1' ? ['Transfer-Encoding', 'chunked'] : null,
      ];
    const extra = extraOf(answer);
    const of = (wanted: string): (readonly [string, string])[] =>
      extra.filter(([name]) => name.toLowerCase() === wanted);
    const others = extra.filter(([name]) => !/^(?:etag|last-modified|accept-ranges)$/i.test(name));
    return [
      ['Connection', 'close'],
      ...of('etag'),
      ...of('last-modified'),
      ['Date', exchange.date],
      ...others,
      type,
      length(answer),
    ];
  },
  errorPage: (status): Answer => ({ status, body: uhttpdSays[status] ?? reasons[status] ?? '' }),
};

/** The daemon of FortiOS: Apache's pages, unsigned, and headers of its own. */
export const fortinet: ServerFamily = {
  name: 'fortios',
  version: '1.1',
  methodNotAllowed: 405,
  lines: (answer, exchange, persona) => [
    ['Date', exchange.date],
    serverLine(persona),
    ['X-Frame-Options', 'SAMEORIGIN'],
    ['Content-Security-Policy', "frame-ancestors 'self'"],
    ['X-XSS-Protection', '1; mode=block'],
    ...extraOf(answer),
    length(answer),
    closing(exchange),
    [
      'Content-Type',
      contentTypeOf(answer, answer.status >= 400 ? 'text/html; charset=iso-8859-1' : 'text/html'),
    ],
  ],
  errorPage: (status, exchange): Answer => ({ status, body: apachePage(status, exchange, '') }),
};

/** Embedthis Appweb 2, which Hikvision calls `App-webs/`. */
export const appweb: ServerFamily = {
  name: 'appweb',
  version: '1.1',
  methodNotAllowed: 405,
  lines(answer, exchange, persona) {
    const extra = extraOf(answer).filter(([name]) => !/^accept-ranges$/i.test(name));
    const late = extra.filter(([name]) => /^last-modified$/i.test(name));
    return [
      ['Date', exchange.date],
      serverLine(persona),
      ...extra.filter((line) => !late.includes(line)),
      length(answer),
      ['Content-Type', contentTypeOf(answer, 'text/html')],
      ['Connection', exchange.keepAlive ? 'keep-alive' : 'close'],
      exchange.keepAlive ? ['Keep-Alive', `timeout=60, max=${exchange.left}`] : null,
      ...late,
    ];
  },
  errorPage(status): Answer {
    const reason = reasons[status] ?? '';
    return {
      status,
      body: `<HTML><HEAD><TITLE>Document Error: ${reason}</TITLE></HEAD>\n<BODY><H2>Access Error: ${status} -- ${reason}</H2>\n</BODY></HTML>\n`,
    };
  },
};

/** The configuration pages of MikroTik's RouterOS. */
export const routerOs: ServerFamily = {
  name: 'routeros',
  version: '1.1',
  methodNotAllowed: 405,
  lines: (answer, exchange) => [
    ['Connection', exchange.keepAlive ? 'Keep-Alive' : 'close'],
    length(answer),
    ['Content-Type', contentTypeOf(answer, 'text/html')],
    ['Date', exchange.date],
    ...extraOf(answer).filter(([name]) => !/^(?:etag|accept-ranges)$/i.test(name)),
  ],
  errorPage(status): Answer {
    const title = `Error ${status}: ${reasons[status] ?? ''}`;
    return {
      status,
      body: `<html>\n<head><title>${title}</title></head>\n<body>\n<h1>${title}</h1>\n</body>\n</html>\n`,
    };
  },
};

/** The gateway of Ivanti, formerly Pulse Secure: whatever is asked for by one who is not in leads to the login. */
export const ivanti: ServerFamily = {
  name: 'ivanti',
  version: '1.1',
  methodNotAllowed: 405,
  lines: (answer, exchange) => [
    ['Content-Type', contentTypeOf(answer, 'text/html; charset=utf-8')],
    ...extraOf(answer),
    ['Connection', exchange.keepAlive ? 'Keep-Alive' : 'close'],
    ['Pragma', 'no-cache'],
    ['Cache-Control', 'no-store'],
    ['Expires', '-1'],
    length(answer),
    ['Strict-Transport-Security', 'max-age=31536000'],
  ],
  errorPage(status): Answer {
    if (status === 404)
      return { status: 302, headers: [['Location', '/dana-na/auth/url_default/welcome.cgi']], body: '' };
    const title = `${status} ${reasons[status] ?? ''}`;
    return {
      status,
      body: `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
    };
  },
};

/** A device of which no more is known than that it does not say what it is. */
export const nameless: ServerFamily = {
  name: 'nameless',
  version: '1.1',
  methodNotAllowed: 405,
  lines: (answer, exchange) => [
    ['Content-Type', contentTypeOf(answer, 'text/html')],
    length(answer),
    ...extraOf(answer),
    ['Connection', exchange.keepAlive ? 'keep-alive' : 'close'],
    ['Date', exchange.date],
  ],
  errorPage(status): Answer {
    const title = `${status} ${reasons[status] ?? ''}`;
    return {
      status,
      body: `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
    };
  },
};
