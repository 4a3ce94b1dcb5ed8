import { encodeText } from '../../../byte-text.ts';

/** The quote that a text stands in; empty for a heredoc. */
export type Escapes = '"' | '`' | '';

const letters: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  v: '\v',
  e: '\x1b',
  f: '\f',
  '\\': '\\',
  $: '$',
};

/** A text between double quotes with its escapes resolved. */
export function escapedText(text: string, quote: Escapes): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(
    /\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|u\{[0-9a-fA-F]{1,6}\}|[\s\S])/g,
    (all, escape: string) => {
      if (escape.length > 1 && escape.startsWith('x'))
        return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
      if (escape.startsWith('u{')) {
        const code = Number.parseInt(escape.slice(2, -1), 16);
        return code > 0x10ffff ? all : encodeText(String.fromCodePoint(code));
      }
      if (/^[0-7]/.test(escape)) return String.fromCharCode(Number.parseInt(escape, 8) & 255);
      if (escape === quote && quote !== '') return escape;
      return Object.hasOwn(letters, escape) ? (letters[escape] ?? all) : all;
    },
  );
}
