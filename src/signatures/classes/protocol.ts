/** The request as HTTP: methods, encodings, headers and multipart that no client sends (RFC 9110, RFC 9112, RFC 7578). */

import { targets, type RequestFields } from '../normalise-request.ts';
import { traits } from '../normalise-percent.ts';
import type { WebRequest } from '../request.ts';
import { matchPatterns, type Analyser, type Findings, type Pattern } from './analyser.ts';

const methods = new Set(
  (
    'GET HEAD POST PUT DELETE OPTIONS PATCH TRACE CONNECT PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT MKACTIVITY ' +
    'CHECKOUT MERGE MKCALENDAR SEARCH BIND UNBIND REBIND ACL VERSION-CONTROL CHECKIN UNCHECKOUT MKWORKSPACE UPDATE LABEL ' +
    'BASELINE-CONTROL ORDERPATCH MKREDIRECTREF UPDATEREDIRECTREF LINK UNLINK SOURCE PURGE QUERY PRI SUBSCRIBE UNSUBSCRIBE NOTIFY M-SEARCH'
  ).split(' '),
);

const patterns: readonly Pattern[] = [
  {
    name: 'protocol-smuggled-request',
    class: 'protocol',
    confidence: 0.85,
    targets: targets.value | targets.name | targets.query | targets.body | targets.header,
    pattern:
      /(?:^|[\r\n\s])(?:get|post|head|options|connect|put|delete|trace|track|patch|propfind|propatch|mkcol|copy|move|lock|unlock) (?:\/|https?:\/\/)[^\s]{0,400} (?:http\/\d|$)/,
  },
  {
    name: 'protocol-method-override',
    class: 'protocol',
    confidence: 0.6,
    targets: targets.header,
    pattern: /^(?:connect|trace|track|delete|put)$/,
  },
];

/** Those that must see line breaks, over the lower-case text. */
const linePatterns: readonly Pattern[] = [
  {
    name: 'protocol-header-injection',
    class: 'protocol',
    confidence: 0.85,
    targets: targets.value | targets.name | targets.path | targets.cookie | targets.header | targets.query,
    pattern:
      /[\r\n]\s{0,4}(?:\d?(?:content-(?:type|length|disposition|encoding|location|security-policy)|set-cookie|location|host|transfer-encoding|x-[\w-]{2,40}|refresh|via|referer|cookie|user-agent|authorization|access-control-[\w-]{3,30}|cache-control|server|link|remote-addr|accept|connection|status|date|expires|origin|p3p|keep-alive))[\r\n]{0,8}\s{0,4}:/,
  },
  {
    name: 'protocol-response-splitting',
    class: 'protocol',
    confidence: 0.85,
    targets: targets.value | targets.name | targets.path | targets.cookie | targets.query,
    pattern:
      /(?:[\r\n]\W{0,8}?(?:content-(?:type|length)|set-cookie|location):\s{0,4}\w|(?:\bhttp\/\d|<(?:html|meta)\b)[^\r\n]{0,40}\r?\n\r?\n|[\r\n]http\/[12])/,
  },
  {
    name: 'protocol-line-break-in-name',
    class: 'protocol',
    confidence: 0.6,
    targets: targets.name,
    pattern: /[\r\n][^\r\n]{0,80}[:=]|^[^\r\n]{0,60}\r\n[^\r\n]/,
  },
];

export const protocol: Analyser = {
  name: 'protocol',
  targets:
    targets.value |
    targets.name |
    targets.path |
    targets.cookie |
    targets.header |
    targets.query |
    targets.body,
  literals: [
    'get ',
    'post ',
    'head ',
    'options ',
    'put ',
    'delete ',
    'connect',
    'trace',
    'track',
    'patch ',
    'propfind ',
    'http/',
    'content-',
    'set-cookie',
    'location:',
    'location :',
    'transfer-encoding',
    'remote-addr',
    'x-',
    'host:',
    'refresh:',
    'referer:',
  ],
  marks: [],
  inspect(field, findings) {
    if (
      field.target === targets.header &&
      /^(?:accept|link|via|user-agent|x-forwarded-proto|content-type|content-disposition|sec-)/.test(
        field.name,
      )
    )
      return;
    for (const pattern of patterns) {
      if (pattern.name === 'protocol-method-override' && !/method/.test(field.name)) continue;
      matchPatterns([pattern], field, findings);
    }
    if (!/[\r\n]/.test(field.text)) return;
    matchPatterns(linePatterns, { ...field, folded: field.text.slice(0, 65_536).toLowerCase() }, findings);
  },
};

function inspectMethod(request: WebRequest, findings: Findings): void {
  const { method } = request;
  if (method === '' || method === '-') return;
  if (!/^[A-Za-z-]{1,20}$/.test(method)) findings.add('protocol-method', 'protocol', 0.7, method);
  else if (!methods.has(method)) {
    findings.add('protocol-method', 'protocol', methods.has(method.toUpperCase()) ? 0.5 : 0.6, method);
  } else if (method === 'TRACE') findings.add('protocol-trace', 'protocol', 0.5, method);
}

function inspectRange(value: string, findings: Findings): void {
  const ranges = value.split(',', 64).length;
  if (ranges >= 6 || /\d{16}/.test(value)) findings.add('protocol-range', 'protocol', 0.65, value);
  const reversed = /bytes=(\d{1,12})-(\d{1,12})/.exec(value);
  if (reversed !== null && Number(reversed[1]) > Number(reversed[2]))
    findings.add('protocol-range', 'protocol', 0.65, value);
}

const charsets =
  /^(?:utf-8|utf8|us-ascii|ascii|iso-8859-\d{1,2}|windows-12\d{2}|shift[_-]jis|euc-(?:jp|kr)|gb2312|gbk|gb18030|big5|koi8-[ru]|utf-16(?:le|be)?|latin1)$/i;

function inspectContentType(value: string, findings: Findings): void {
  const types =
    value.match(/(?:application|text|multipart|image|audio|video|message|model|font)\/[\w.+*-]{1,60}/gi) ??
    [];
  const head = /^\s{0,4}([^;\s,]{0,120})/.exec(value)?.[1] ?? '';
  if (types.length > 1 && !/^multipart\/related/i.test(value))
    findings.add('protocol-content-type', 'protocol', 0.7, value);
  else if (
    /;\s{0,4}(?:boundary|charset)\s{0,4}=\s{0,4}"?[\w.+-]{1,40}\/[\w.+-]{1,40}/i.test(value) &&
    !/^multipart/i.test(value)
  )
    findings.add('protocol-content-type', 'protocol', 0.65, value);
  else if (head !== '' && !/^[\w!#$&^.+*-]{1,80}\/[\w!#$&^.+*-]{1,80}$/.test(head))
    findings.add('protocol-content-type', 'protocol', 0.6, value);
  else if (
    /^application\/(?:x-amf|octet-stream-injection|x-httpd-php\w{0,8})|^multipart\/(?:related|mixed)$/i.test(
      head,
    )
  )
    findings.add('protocol-content-type', 'protocol', 0.5, value);
  const charset = /charset\s{0,4}=\s{0,4}["']?([^"';\s]{0,60})/gi;
  const found = [...value.slice(0, 512).matchAll(charset)];
  if (found.length > 1) findings.add('protocol-charset', 'protocol', 0.7, value);
  const name = found[0]?.[1] ?? '';
  if (name !== '' && (!charsets.test(name) || /^utf-?(?:7|32)|ibm|cp\d/i.test(name)))
    findings.add('protocol-charset', 'protocol', 0.65, value);
  if ((value.match(/boundary\s{0,4}=/gi) ?? []).length > 1)
    findings.add('protocol-boundary', 'protocol', 0.7, value);
}

function inspectMultipart(body: string, findings: Findings): void {
  const head = body.slice(0, 65_536);
  if (/content-transfer-encoding ?:/i.test(head))
    findings.add('protocol-multipart-encoding', 'protocol', 0.65, 'Content-Transfer-Encoding');
  const partCharset = /content-type ?:[^\r\n]{0,200}charset ?= ?"?([^"';\s]{1,60})/gi;
  let count = 0;
  for (const match of head.matchAll(partCharset)) {
    count += 1;
    if (count > 32) break;
    if (!/^(?:utf-8|us-ascii|iso-8859-1|windows-1252)$/i.test(match[1] ?? ''))
      findings.add('protocol-multipart-charset', 'protocol', 0.65, match[0]);
  }
  for (const match of head.matchAll(/content-disposition ?:[^\r\n]{0,1000}/gi)) {
    count += 1;
    if (count > 128) break;
    const line = match[0];
    const names = [...line.matchAll(/[;\s](?:file)?name\*?="([^"]{0,400})"/gi)].map(
      (found) => found[1] ?? '',
    );
    // A semicolon or an equals sign in a name is how a parser is made to see another file; character references are browsers' own.
    const odd = names.find((name) => /[;=\\']/.test(name.replaceAll(/&[a-zA-Z]{2,12};|&#\d{1,7};/g, '')));
    if (odd !== undefined) findings.add('protocol-multipart-name', 'protocol', 0.65, line);
    if (
      /filename ?= ?[^"\s][^\r\n]{0,200};|name="[^"]{0,200}\\x0d|(?:file)?name="[^"]{0,200}"[^\s;"][^\r\n]{0,100}$/i.test(
        line,
      )
    )
      findings.add('protocol-multipart-disposition', 'protocol', 0.6, line);
  }
  if (
    /[\r\n][\x20-\x39\x3b-\x7e]{1,60}:[^\r\n]{0,100}\r?\n(?:[^:\r\n]{0,40}[^\x20-\x7e][^:\r\n]{0,40}):/.test(
      head,
    )
  )
    findings.add('protocol-multipart-header', 'protocol', 0.6, 'part header');
}

/** Looks at the request as a whole: method, request line, framing headers, encodings, multipart. */
export function inspectProtocol(request: WebRequest, parts: RequestFields, findings: Findings): void {
  inspectMethod(request, findings);
  if (parts.isBare) inspectParts(request, parts, findings);
  else inspectHeaders(request, parts, findings);
  if (parts.fields.length > 255)
    findings.add('protocol-many-fields', 'protocol', 0.5, `${parts.fields.length} fields`);
  for (const field of parts.fields) {
    if (field.raw.length > 4000 && field.target === targets.path)
      findings.add('protocol-long-path', 'protocol', 0.6, field.raw);
    inspectTraits(field, findings);
  }
}

/** Looks at what a request of any headers may have: a body of parts, line breaks in values. */
function inspectParts(request: WebRequest, parts: RequestFields, findings: Findings): void {
  if (parts.shape === 'multipart') inspectMultipart(request.body, findings);
  for (const [name, value] of request.headers) {
    if (!parts.isBare && name.length > 0 && !/^[!#$%&'*+.^_`|~\w-]{1,200}$/.test(name))
      findings.add('protocol-header-name', 'protocol', 0.6, name);
    if (/[\r\n\0]/.test(value) || /[\r\n\0]/.test(name))
      findings.add('protocol-header-line-break', 'protocol', 0.75, value);
  }
}

/** Looks at the headers that frame a request or say how it is to be read. */
function inspectHeaders(request: WebRequest, parts: RequestFields, findings: Findings): void {
  const { headers } = parts;
  const encoding = headers.get('transfer-encoding');
  const lengths = request.headers.filter(([name]) => name.toLowerCase() === 'content-length');
  if (encoding !== undefined) {
    if (lengths.length > 0)
      findings.add('protocol-smuggling', 'protocol', 0.75, 'Content-Length with Transfer-Encoding');
    if (!/^(?:chunked|gzip, ?chunked|identity|deflate, ?chunked)$/i.test(encoding.trim()))
      findings.add('protocol-smuggling', 'protocol', 0.7, encoding);
  }
  if (lengths.length > 1) findings.add('protocol-smuggling', 'protocol', 0.7, 'two Content-Length');
  if (lengths.some(([, value]) => !/^\d{1,15}$/.test(value.trim()) && value.trim() !== ''))
    findings.add('protocol-content-length', 'protocol', 0.65, String(lengths[0]?.[1]));
  if (
    (request.method === 'GET' || request.method === 'HEAD') &&
    encoding === undefined &&
    request.body !== '' &&
    lengths.some(([, value]) => Number(value) > 0)
  )
    findings.add('protocol-body-without-meaning', 'protocol', 0.5, request.method);
  // Netscape's name for Range, which no client sends any more.
  if (headers.has('request-range')) findings.add('protocol-range', 'protocol', 0.55, 'Request-Range');
  const range = headers.get('range') ?? headers.get('request-range');
  if (range !== undefined) inspectRange(range, findings);
  const type = headers.get('content-type');
  if (type !== undefined && type !== '') inspectContentType(type, findings);
  inspectParts(request, parts, findings);
  const cookie = headers.get('cookie');
  if (cookie !== undefined && /^\s?\$version ?=/i.test(cookie))
    findings.add('protocol-cookie-version', 'protocol', 0.6, cookie);
  if (
    headers.has('content-encoding') &&
    /,|^(?!gzip|deflate|br|zstd|identity|compress|amz-1|aws-chunked)/i.test(
      headers.get('content-encoding') ?? '',
    )
  )
    findings.add('protocol-content-encoding', 'protocol', 0.55, headers.get('content-encoding') ?? '');
  const accept = headers.get('accept-charset');
  if (accept !== undefined && (accept.length > 100 || accept.split(',').length > 8))
    findings.add('protocol-accept', 'protocol', 0.55, accept);
  const host = headers.get('host');
  if (host !== undefined && /[\s@/\\,<>"']/.test(host.trim()))
    findings.add('protocol-host', 'protocol', 0.65, host);
  const connection = headers.get('connection') ?? '';
  if (/(?:keep-alive|close) ?, ?(?:keep-alive|close)/i.test(connection))
    findings.add('protocol-connection', 'protocol', 0.55, connection);
  for (const name of [
    'lock-token',
    'if',
    'translate',
    'content-range',
    'x-http-method-override',
    'x-http-method',
    'x-method-override',
    'x-middleware-subrequest',
    'proxy',
  ]) {
    const value = headers.get(name);
    if (value === undefined) continue;
    if (name === 'x-middleware-subrequest')
      findings.add('auth-bypass-header', 'auth-bypass', 0.85, `${name}: ${value}`);
    else if (name === 'proxy') findings.add('protocol-proxy-header', 'protocol', 0.7, value);
    else if ((name === 'translate' && value.trim().toLowerCase() === 'f') || name === 'lock-token')
      findings.add('protocol-restricted-header', 'protocol', 0.5, `${name}: ${value}`);
    else if (name === 'if' && !value.includes('<') && !value.includes('('))
      findings.add('protocol-restricted-header', 'protocol', 0.5, `${name}: ${value}`);
  }
}

function inspectTraits(field: RequestFields['fields'][number], findings: Findings): void {
  const { traits: found, target, folded } = field;
  if (found === 0) return;
  const free = (target & (targets.value | targets.name | targets.path)) !== 0;
  if (!free) return;
  if ((found & traits.overlong) !== 0) findings.add('protocol-overlong-utf8', 'protocol', 0.8, folded);
  if ((found & traits.zeroByte) !== 0 && field.raw.length < 2048)
    findings.add('protocol-zero-byte', 'protocol', 0.65, folded);
  if ((found & traits.widened) !== 0 && (found & traits.percentU) !== 0)
    findings.add('protocol-widened', 'protocol', 0.65, folded);
  else if ((found & traits.percentU) !== 0 && /%u(?:ff|00)[0-9a-f]{2}/i.test(field.raw))
    findings.add('protocol-widened', 'protocol', 0.6, folded);
  // Two layers over letters that needed none: no link and no library writes that.
  if (
    (found & traits.doubleEncoded) !== 0 &&
    /%25(?:[3-7][0-9a-f]|%[3-7][0-9a-f]|%3\d%3\d)/i.test(field.raw) &&
    /(?:%25(?:%3\d){2}){2}|(?:%25[4-7][0-9a-f]){4}/i.test(field.raw)
  ) {
    findings.add('protocol-double-encoding', 'protocol', 0.6, folded);
  }
}
