import { Unsupported } from '../script/unsupported.ts';

const simple: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** The characters that a literal's text stands for. Null for an escape that is cut off. */
export function unescapeLiteral(text: string, bytes: boolean): string | null {
  if (!text.includes('\\')) return text;
  let out = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character !== '\\') {
      out += character;
      continue;
    }
    at += 1;
    const next = text.charAt(at);
    const known = simple[next];
    if (known !== undefined) {
      out += known;
      continue;
    }
    const octal = /^[0-7]{1,3}/.exec(text.slice(at, at + 3))?.[0];
    if (octal !== undefined) {
      const code = Number.parseInt(octal, 8);
      out += String.fromCharCode(bytes ? code & 255 : code);
      at += octal.length - 1;
      continue;
    }
    const digits = next === 'x' ? 2 : bytes ? 0 : next === 'u' ? 4 : next === 'U' ? 8 : 0;
    if (digits > 0) {
      const hex = text.slice(at + 1, at + 1 + digits);
      if (hex.length < digits || !/^[0-9a-fA-F]+$/.test(hex)) return null;
      const code = Number.parseInt(hex, 16);
      if (code > 0x10ffff) return null;
      out += String.fromCodePoint(code);
      at += digits;
      continue;
    }
    if (next === 'N' && !bytes) throw new Unsupported('\\N');
    out += `\\${next}`;
  }
  return out;
}
