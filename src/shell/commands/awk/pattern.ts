import { unescapeText } from './lexer.ts';

const quoted = (character: string): string =>
  /[\\^$.[\]|()*+?{}]/.test(character) ? `\\${character}` : character;

/** A bracket of awk, where a backslash quotes, as one of POSIX, where it does not; `at` is behind `[`. */
function bracket(source: string, start: number): { text: string; end: number } | null {
  let at = start;
  const negated = source.charAt(at) === '^';
  if (negated) at += 1;
  let text = '';
  let closes = '';
  let last = '';
  for (let first = true; at < source.length; first = false) {
    const character = source.charAt(at);
    if (character === ']' && !first)
      return { text: `[${negated ? '^' : ''}${closes}${text}${last}]`, end: at + 1 };
    if (character === '[' && source.charAt(at + 1) === ':') {
      const end = source.indexOf(':]', at + 2);
      if (end > 0 && end - at < 12) {
        text += source.slice(at, end + 2);
        at = end + 2;
        continue;
      }
    }
    let meant = character;
    at += 1;
    if (character === '\\' && at < source.length) {
      const escape = /^(?:[0-7]{1,3}|[\s\S])/.exec(source.slice(at, at + 3))?.[0] ?? '';
      meant = unescapeText(`\\${escape}`);
      if (meant.startsWith('\\') && meant.length > 1) meant = escape;
      at += escape.length;
      if (meant === '-') {
        last = '-';
        continue;
      }
    }
    if (meant === ']') closes = ']';
    else if (meant === '^' && text === '' && closes === '') last = `^${last}`;
    else text += meant;
  }
  return null;
}

/** An expression of mawk as one of POSIX: escapes are letters, braces are themselves. */
export function posixPattern(source: string): string {
  let out = '';
  let at = 0;
  while (at < source.length) {
    const character = source.charAt(at);
    at += 1;
    if (character === '\\' && at < source.length) {
      const escape = /^(?:[0-7]{1,3}|[\s\S])/.exec(source.slice(at, at + 3))?.[0] ?? '';
      at += escape.length;
      const meant = unescapeText(`\\${escape}`);
      out += quoted(meant.length === 1 ? meant : escape);
    } else if (character === '[') {
      const read = bracket(source, at);
      if (read === null) {
        out += character;
        continue;
      }
      out += read.text;
      at = read.end;
    } else out += character === '{' || character === '}' ? `\\${character}` : character;
  }
  return out;
}

/** What mawk says is wrong with an expression that does not compile. */
export function wrongPattern(source: string): string {
  const plain = source.replaceAll(/\\[\s\S]/g, '');
  const opened = plain.split('(').length;
  const closed = plain.split(')').length;
  return opened > closed
    ? "missing ')'"
    : opened < closed
      ? "missing '('"
      : plain.includes('[')
        ? "missing ']'"
        : 'missing operand';
}
