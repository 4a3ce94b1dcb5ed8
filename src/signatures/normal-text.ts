/**
 * Undoing what evades literal comparison: percent-encoding in several layers, overlong UTF-8, IIS `%u` escapes, JSON
 * `\u` escapes, case, backslashes, doubled slashes, dot segments and path parameters. All linear, all total.
 */

const rounds = 3;

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 65 && code <= 70) return code - 55;
  if (code >= 97 && code <= 102) return code - 87;
  return -1;
}

/** One layer of percent-decoding to Latin-1; what is not an escape stays as it is. */
function percentDecodeOnce(text: string): string {
  let at = text.indexOf('%');
  if (at < 0) return text;
  let out = '';
  let from = 0;
  while (at >= 0) {
    const next = text.charCodeAt(at + 1);
    // %uXXXX, as IIS reads it.
    if (next === 117 || next === 85) {
      const value = hexAt(text, at + 2, 4);
      if (value >= 0 && value < 256) {
        out += text.slice(from, at) + String.fromCharCode(value);
        from = at + 6;
      }
    } else {
      const value = hexAt(text, at + 1, 2);
      if (value >= 0) {
        out += text.slice(from, at) + String.fromCharCode(value);
        from = at + 3;
      }
    }
    at = text.indexOf('%', Math.max(from, at + 1));
  }
  return out + text.slice(from);
}

function hexAt(text: string, at: number, digits: number): number {
  let value = 0;
  for (let index = at; index < at + digits; index += 1) {
    const digit = hexDigit(text.charCodeAt(index));
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** Percent-decoding until it changes nothing, at most three layers; overlong dots and slashes (`%c0%ae`) become plain. */
export function percentDecode(text: string): string {
  let decoded = text;
  for (let round = 0; round < rounds && decoded.includes('%'); round += 1) {
    const next = percentDecodeOnce(decoded);
    if (next === decoded) break;
    decoded = next;
  }
  if (!decoded.includes('\u00c0')) return decoded;
  return decoded.replaceAll('\u00c0\u00ae', '.').replaceAll('\u00c0\u00af', '/');
}

/** JSON and OGNL escapes `\u0027` → `'`, for code points below 256. */
export function unicodeUnescape(text: string): string {
  let at = text.indexOf('\\u');
  if (at < 0) return text;
  let out = '';
  let from = 0;
  while (at >= 0) {
    const value = hexAt(text, at + 2, 4);
    if (value >= 0 && value < 256) {
      out += text.slice(from, at) + String.fromCharCode(value);
      from = at + 6;
    }
    at = text.indexOf('\\u', Math.max(from, at + 2));
  }
  return out + text.slice(from);
}

/** A path in lower case with every escape undone, slashes the right way and single, `/./` gone; `..` and `;` still stand. */
export function lexicalPath(rawPath: string): string {
  let path = percentDecode(rawPath).toLowerCase();
  if (path.includes('\\')) path = path.replaceAll('\\', '/');
  if (path.includes('//')) path = path.replaceAll(/\/{2,}/g, '/');
  while (path.includes('/./')) path = path.replaceAll('/./', '/');
  return path;
}

/** The path that a server ends up with: path parameters (`;x`) dropped, dot segments resolved (RFC 3986 §5.2.4). */
export function resolvePath(lexical: string): string {
  if (!lexical.includes(';') && !lexical.includes('/.')) return lexical;
  const kept: string[] = [];
  const segments = lexical.split('/');
  for (const [index, segment] of segments.entries()) {
    const semicolon = segment.indexOf(';');
    const name = semicolon < 0 ? segment : segment.slice(0, semicolon);
    if (name === '..') {
      kept.pop();
      if (index === segments.length - 1) kept.push('');
    } else if (name !== '.' && (index === 0 || name !== '' || index === segments.length - 1)) kept.push(name);
  }
  return kept[0] === '' ? kept.join('/') : `/${kept.join('/')}`;
}

const defaultLookup = /\$\{[^${}]{0,64}:-([^${}]{0,256})\}/g;
const caseLookup = /\$\{(?:lower|upper):([^${}]{0,256})\}/g;

/** Log4j lookups that only hide letters (`${lower:j}`, `${::-j}`, `${env:NaN:-j}`) replaced by what they yield. Expects lower case. */
export function collapseLookups(text: string): string {
  let collapsed = text;
  for (let round = 0; round < 6; round += 1) {
    const next = collapsed.replaceAll(caseLookup, '$1').replaceAll(defaultLookup, '$1');
    if (next === collapsed) break;
    collapsed = next;
  }
  return collapsed;
}
