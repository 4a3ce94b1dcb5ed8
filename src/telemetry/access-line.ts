/**
 * One line of a web server's access log:
 *
 *     [vhost[:port] ]address ident user [dd/Mmm/yyyy:hh:mm:ss +zzzz] "request" status bytes["referrer" "user agent"] …
 *
 * The address stands ahead of all that the client chooses. Quotes inside a quoted part come as `\"` or `\x22`.
 */

import { accessTime } from './log-time.ts';

export interface AccessLine {
  readonly at: number;
  readonly address: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly referrer: string;
  readonly userAgent: string;
}

const quote = 34;
const comma = 44;

/** Index of the quote that ends a quoted part beginning behind `from`, or -1. */
function closingQuote(text: string, from: number): number {
  let index = text.indexOf('"', from);
  while (index > 0) {
    let slashes = 0;
    while (text.charCodeAt(index - 1 - slashes) === 92) slashes += 1;
    if (slashes % 2 === 0) return index;
    index = text.indexOf('"', index + 1);
  }
  return index;
}

const named: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', v: '\v', f: '\f' };

/** The text as the client sent it: `\xHH`, `\"`, `\\` and the C escapes undone. */
export function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\(?:x([0-9a-fA-F]{2})|(.))/g, (whole, hex: string | undefined, other: string) =>
    hex === undefined ? (named[other] ?? other) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** `METHOD path HTTP/x` as method and path; a request that is no HTTP comes back as path alone. */
export function requestParts(request: string): { method: string; path: string } {
  const first = request.indexOf(' ');
  const method = first < 0 ? '' : request.slice(0, first);
  if (!/^[A-Za-z-]{2,24}$/.test(method)) return { method: '', path: request };
  const version = request.lastIndexOf(' HTTP/');
  return { method, path: version > first ? request.slice(first + 1, version) : request.slice(first + 1) };
}

/** The client's address: the first word, or the second behind a virtual host. */
function addressOf(head: string, isAddress: (text: string) => boolean): string | null {
  let from = 0;
  for (let words = 0; words < 2; words += 1) {
    const space = head.indexOf(' ', from);
    const end = space < 0 ? head.length : space;
    const bare = head.slice(from, head.charCodeAt(end - 1) === comma && end > from ? end - 1 : end);
    if (isAddress(bare)) return bare;
    if (space < 0) break;
    from = space + 1;
  }
  return null;
}

/** Reads a line; null where it has not the form. */
export function accessLine(line: string, isAddress: (text: string) => boolean): AccessLine | null {
  let open = line.indexOf('[');
  let time = null;
  while (open >= 0) {
    time = accessTime(line, open + 1);
    if (time !== null) break;
    open = line.indexOf('[', open + 1);
    // A user name may hold brackets; a dozen are enough.
    if (open > 2_000) return null;
  }
  if (time === null || open < 1) return null;
  const address = addressOf(line.slice(0, open), isAddress);
  if (address === null) return null;
  const begin = line.indexOf('"', time.end);
  if (begin < 0) return null;
  const end = closingQuote(line, begin + 1);
  if (end < 0) return null;
  const { method, path } = requestParts(unescaped(line.slice(begin + 1, end)));
  const status = Number.parseInt(line.slice(end + 1, end + 6).trim(), 10);
  // The two quoted parts that follow, where they are there.
  const quoted: string[] = [];
  let index = end + 1;
  while (quoted.length < 2) {
    const next = line.indexOf('"', index);
    if (next < 0) break;
    const close = closingQuote(line, next + 1);
    if (close < 0) break;
    quoted.push(line.slice(next + 1, close));
    index = close + 1;
    if (index < line.length && line.charCodeAt(index) === quote) break;
  }
  const [referrer = '-', userAgent = '-'] = quoted;
  return {
    at: time.at,
    address,
    method,
    path,
    status: status >= 100 && status <= 999 ? status : 0,
    referrer: referrer === '-' ? '' : unescaped(referrer),
    userAgent: userAgent === '-' ? '' : unescaped(userAgent),
  };
}
