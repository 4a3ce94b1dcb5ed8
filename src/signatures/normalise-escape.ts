/** Escapes other than the percent sign: HTML character references, JavaScript and JSON escapes, CSS escapes. */

/** The named references that matter to an attacker's text (HTML Living Standard §13.5), lower case. */
const named: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
  ['lpar', '('],
  ['rpar', ')'],
  ['lbrace', '{'],
  ['lcub', '{'],
  ['rbrace', '}'],
  ['rcub', '}'],
  ['lbrack', '['],
  ['lsqb', '['],
  ['rbrack', ']'],
  ['rsqb', ']'],
  ['equals', '='],
  ['colon', ':'],
  ['semi', ';'],
  ['comma', ','],
  ['period', '.'],
  ['sol', '/'],
  ['bsol', '\\'],
  ['grave', '`'],
  ['diacriticalgrave', '`'],
  ['excl', '!'],
  ['num', '#'],
  ['dollar', '$'],
  ['percnt', '%'],
  ['plus', '+'],
  ['ast', '*'],
  ['quest', '?'],
  ['commat', '@'],
  ['lowbar', '_'],
  ['verbar', '|'],
  ['vert', '|'],
  ['tab', '\t'],
  ['newline', '\n'],
  ['nbsp', ' '],
]);

// "&" then "#x" and up to 24 hex digits, "#" and up to 24 digits (leading zeros pad an evasion), or a name; ";" is optional
// for numeric ones, as in browsers.
const reference = /&(?:#x([0-9a-f]{1,24});?|#([0-9]{1,24});?|([a-z]{2,16});)/gi;

function fromPoint(digits: string, radix: number, whole: string): string {
  const point = Number.parseInt(digits, radix);
  if (point === 0) return '';
  return point <= 0x10_ffff && !(point >= 0xd800 && point <= 0xdfff) ? String.fromCodePoint(point) : whole;
}

/** Replaces character references. What is none stays as it is. */
export function decodeReferences(text: string): string {
  return text.replace(reference, (whole, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return fromPoint(hex, 16, whole);
    if (decimal !== undefined) return fromPoint(decimal, 10, whole);
    return named.get((name ?? '').toLowerCase()) ?? whole;
  });
}

const escape = /\\(?:u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|x([0-9a-f]{2})|([0-3][0-7]{2}))/gi;

/** Replaces the escapes of JavaScript and JSON strings that name a character by its number (ECMA-262 §12.9.4). */
export function decodeEscapes(text: string): string {
  return text.replace(escape, (whole, braced?: string, four?: string, two?: string, octal?: string) => {
    if (octal !== undefined) return fromPoint(octal, 8, whole);
    return fromPoint(braced ?? four ?? two ?? '', 16, whole);
  });
}

const cssEscape = /\\([0-9a-f]{1,6}) ?/gi;

/** Replaces the escapes of CSS (CSS Syntax Level 3 §4.3.7): `\6A` and one space after it. */
export function decodeCssEscapes(text: string): string {
  return text.replace(cssEscape, (whole, digits: string) => fromPoint(digits, 16, whole));
}
