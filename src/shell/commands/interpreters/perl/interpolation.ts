import { Buffer } from 'node:buffer';
import type { TextReader } from './text-reader.ts';
import type { Expression } from './syntax.ts';

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  0: '\0',
  a: '\x07',
  e: '\x1b',
  f: '\f',
  b: '\b',
};

/** The text of single quotes: only the backslash and the quote are escaped. */
export const plainText = (text: string): string => text.replaceAll(/\\([\\'])/g, '$1');

/** Reads one escape behind its backslash; gives the text and how far it goes. */
function escapeAt(text: string, at: number): { readonly shown: string; readonly end: number } {
  const letter = text.charAt(at);
  if (letter === 'x') {
    const match = /^\{([0-9a-fA-F]{1,6})\}|^([0-9a-fA-F]{0,2})/.exec(text.slice(at + 1, at + 10));
    const code = Number.parseInt(match?.[1] ?? match?.[2] ?? '0', 16) || 0;
    return {
      shown:
        code < 256
          ? String.fromCharCode(code)
          : Buffer.from(String.fromCodePoint(Math.min(code, 0x10ffff)), 'utf8').toString('latin1'),
      end: at + 1 + (match?.[0].length ?? 0),
    };
  }
  const octal = /^[0-7]{1,3}/.exec(text.slice(at, at + 3))?.[0];
  if (octal !== undefined)
    return { shown: String.fromCharCode(Number.parseInt(octal, 8) & 255), end: at + octal.length };
  return { shown: escapes[letter] ?? letter, end: at + 1 };
}

interface Parser {
  readonly reader: TextReader;
  /** A variable with what may follow it inside of text. */
  interpolated(): Expression;
}

/** The pieces of double quotes, or of a pattern (whose backslashes stay). */
export function piecesOf(text: string, pattern: boolean, parserOf: (text: string) => Parser): Expression[] {
  const pieces: Expression[] = [];
  let plain = '';
  const flush = (): void => {
    if (plain !== '') pieces.push({ kind: 'constant', value: plain });
    plain = '';
  };
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === '\\') {
      if (pattern) {
        plain += text.slice(at, at + 2);
        at += 2;
      } else {
        if (/[ULQEulN]/.test(text.charAt(at + 1))) parserOf('').reader.fail('case escape');
        const { shown, end } = escapeAt(text, at + 1);
        plain += shown;
        at = end;
      }
      continue;
    }
    const rest = text.slice(at, at + 3);
    const begins = pattern
      ? /^(?:\$(?:[A-Za-z_]\w*|\{\w|\$\w)|@(?:[A-Za-z_]|\{))/
      : /^(?:\$(?:[A-Za-z_0-9&!@,;.]|\{|\$|#[\w{$])|@(?:[A-Za-z_]|\{|\$))/;
    if (begins.test(rest)) {
      flush();
      const parser = parserOf(text);
      parser.reader.at = at;
      const value = parser.interpolated();
      const list =
        value.kind === 'array' ||
        value.kind === 'slice' ||
        value.kind === 'entries' ||
        (value.kind === 'dereference' && value.sigil === '@');
      pieces.push(
        list
          ? {
              kind: 'call',
              name: 'join',
              items: [{ kind: 'constant', value: ' ' }, value],
              block: null,
              handle: null,
              line: 0,
            }
          : value,
      );
      at = parser.reader.at;
    } else {
      plain += character;
      at += 1;
    }
  }
  flush();
  return pieces;
}
