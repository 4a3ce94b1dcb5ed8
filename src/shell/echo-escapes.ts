const single: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/** Backslash escapes of `echo -e`, `printf` and `printf %b`. `stopped`: `\c` ended all output. `zeroOctal`: octal needs a leading 0 (echo, %b). */
export function expandEscapes(text: string, zeroOctal: boolean): { text: string; stopped: boolean } {
  let out = '';
  let index = 0;
  while (index < text.length) {
    const slash = text.indexOf('\\', index);
    if (slash < 0 || slash === text.length - 1) return { text: out + text.slice(index), stopped: false };
    out += text.slice(index, slash);
    const escape = text.charAt(slash + 1);
    index = slash + 2;
    if (escape === 'c') return { text: out, stopped: true };
    if (escape === 'x') {
      const hex = /^[0-9a-fA-F]{1,2}/.exec(text.slice(index, index + 2));
      out += hex === null ? '\\x' : String.fromCharCode(Number.parseInt(hex[0], 16));
      index += hex?.[0].length ?? 0;
    } else if (escape >= '0' && escape <= '7' && (!zeroOctal || escape === '0')) {
      const octal = (zeroOctal ? /^[0-7]{0,3}/ : /^[0-7]{0,2}/).exec(text.slice(index, index + 3))?.[0] ?? '';
      out += String.fromCharCode(Number.parseInt((zeroOctal ? '0' : escape) + octal, 8) & 255);
      index += octal.length;
    } else out += single[escape] ?? `\\${escape}`;
  }
  return { text: out, stopped: false };
}

/** Escapes as dash's `echo` has them: no `\x`, no `\e`, and octal with or without a leading 0. */
export function expandDashEscapes(text: string): { text: string; stopped: boolean } {
  let out = '';
  let index = 0;
  while (index < text.length) {
    const character = text.charAt(index);
    const next = text.charAt(index + 1);
    if (character !== '\\' || next === '') {
      out += character;
      index += 1;
    } else if (next === 'c') return { text: out, stopped: true };
    else if (next >= '0' && next <= '7') {
      const digits = /^(?:0[0-7]{0,3}|[1-7][0-7]{0,2})/.exec(text.slice(index + 1, index + 5))?.[0] ?? '';
      out += String.fromCharCode(Number.parseInt(digits, 8) & 255);
      index += 1 + digits.length;
    } else {
      out += next !== 'e' && next !== 'E' ? (single[next] ?? `\\${next}`) : `\\${next}`;
      index += 2;
    }
  }
  return { text: out, stopped: false };
}
