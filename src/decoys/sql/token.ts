/** Words of SQL text. The text is Latin-1, so that every octet that a client sent survives. */

import { SyntaxFailure } from './failure.ts';

export type Dialect = 'mysql' | 'postgres';

export interface Token {
  readonly kind:
    | 'word'
    | 'quoted'
    | 'string'
    | 'number'
    | 'hex'
    | 'variable'
    | 'parameter'
    | 'operator'
    | 'end';
  /** A word as written; of a quoted name and a string what is inside; of `hex` the digits. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** More words than any client sends in one statement that is not a load of rows. */
const tokenLimit = 60_000;

const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13) || code === 0xa0;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isHex = (code: number): boolean => isDigit(code) || ((code | 32) >= 97 && (code | 32) <= 102);
const isWordStart = (code: number): boolean =>
  ((code | 32) >= 97 && (code | 32) <= 122) || code === 95 || code >= 0x80;
const isWordPart = (code: number): boolean => isWordStart(code) || isDigit(code) || code === 36;

const mysqlEscapes: Readonly<Record<string, string>> = {
  '0': '\0',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  Z: '\x1a',
};

const operators: Readonly<Record<Dialect, readonly string[]>> = {
  mysql: ['<=>', '->>', '||', '&&', '<>', '!=', '<=', '>=', ':=', '<<', '>>', '->'],
  postgres: [
    '!~~*',
    '->>',
    '#>>',
    '!~*',
    '!~~',
    '~~*',
    '||',
    '<>',
    '!=',
    '<=',
    '>=',
    '::',
    ':=',
    '=>',
    '->',
    '#>',
    '~*',
    '!~',
    '~~',
    '<<',
    '>>',
    '@>',
    '<@',
    '..',
    '&&',
  ],
};

/** Reads the words one after the other; throws `SyntaxFailure` where a quote is not closed. Linear in the text. */
export function tokensOf(text: string, dialect: Dialect): Token[] {
  const tokens: Token[] = [];
  const add = (kind: Token['kind'], word: string, start: number, end: number): number => {
    if (tokens.length >= tokenLimit) throw new SyntaxFailure(start);
    tokens.push({ kind, text: word, start, end });
    return end;
  };
  let at = 0;
  let inExecutableComment = false;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    const next = text.charCodeAt(at + 1);
    if (isSpace(code) && (code !== 0xa0 || dialect === 'mysql')) at += 1;
    else if (
      (code === 45 &&
        next === 45 &&
        (dialect === 'postgres' || at + 2 >= text.length || text.charCodeAt(at + 2) <= 32)) ||
      (code === 35 && dialect === 'mysql')
    ) {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end + 1;
    } else if (code === 47 && next === 42) {
      if (dialect === 'mysql' && (text[at + 2] === '!' || text.startsWith('M!', at + 2))) {
        // A comment that the server executes: /*!40101 SET … */
        at += text[at + 2] === '!' ? 3 : 4;
        while (isDigit(text.charCodeAt(at))) at += 1;
        inExecutableComment = true;
      } else at = commentEnd(text, at, dialect);
    } else if (inExecutableComment && code === 42 && next === 47) {
      inExecutableComment = false;
      at += 2;
    } else if (dialect === 'postgres' && (code | 32) === 101 && next === 39) {
      at = string(text, at, at + 1, true, add);
    } else if (((code | 32) === 120 || (code | 32) === 98) && next === 39) {
      const end = text.indexOf("'", at + 2);
      if (end < 0) throw new SyntaxFailure(at, 'quoted string');
      const digits = text.slice(at + 2, end);
      at = add('hex', (code | 32) === 120 ? digits : binaryToHex(digits), at, end + 1);
    } else if (code === 39 || (code === 34 && dialect === 'mysql')) {
      at = string(text, at, at, dialect === 'mysql', add);
    } else if (code === 96 || code === 34) {
      at = quotedName(text, at, add);
    } else if (code === 48 && next === 120 && dialect === 'mysql' && isHex(text.charCodeAt(at + 2))) {
      let end = at + 2;
      while (isHex(text.charCodeAt(end))) end += 1;
      at = add('hex', text.slice(at + 2, end), at, end);
    } else if (isDigit(code) || (code === 46 && isDigit(next))) at = number(text, at, add);
    else if (code === 36 && dialect === 'postgres') at = dollar(text, at, add);
    else if (isWordStart(code)) {
      let end = at + 1;
      while (isWordPart(text.charCodeAt(end))) end += 1;
      at = add('word', text.slice(at, end), at, end);
    } else if (code === 64 && dialect === 'mysql') {
      let end = at + 1;
      if (text[end] === '@') end += 1;
      if (text[end] === '`' || text[end] === "'" || text[end] === '"') {
        const close = text.indexOf(text[end] ?? '', end + 1);
        if (close < 0) throw new SyntaxFailure(at, 'quoted string');
        at = add('variable', `${text.slice(at, end)}${text.slice(end + 1, close)}`, at, close + 1);
      } else {
        while (isWordPart(text.charCodeAt(end)) || text[end] === '.') end += 1;
        at = add('variable', text.slice(at, end), at, end);
      }
    } else if (code === 63 && dialect === 'mysql') at = add('parameter', '?', at, at + 1);
    else {
      const longer = operators[dialect].find((each) => text.startsWith(each, at)) ?? text[at] ?? '';
      at = add('operator', longer, at, at + longer.length);
    }
  }
  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length });
  return tokens;
}

type Add = (kind: Token['kind'], word: string, start: number, end: number) => number;

function commentEnd(text: string, start: number, dialect: Dialect): number {
  // PostgreSQL's comments nest, as the standard wants.
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const open = dialect === 'postgres' || depth === 0 ? text.indexOf('/*', at) : -1;
    const close = text.indexOf('*/', at);
    if (open >= 0 && (close < 0 || open < close)) {
      depth += 1;
      at = open + 2;
      if (close < 0) break;
    } else if (close >= 0) {
      depth -= 1;
      at = close + 2;
      if (depth === 0) return at;
    } else break;
  }
  if (dialect === 'postgres') throw new SyntaxFailure(start, '/* comment');
  return text.length;
}

function binaryToHex(digits: string): string {
  const bits = digits.slice(0, 65_536).replaceAll(/[^01]/g, '');
  return (bits.padStart(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g) ?? [])
    .map((octet) => Number.parseInt(octet, 2).toString(16).padStart(2, '0'))
    .join('');
}

function string(text: string, start: number, open: number, escapes: boolean, add: Add): number {
  const quote = text[open] ?? "'";
  const pieces: string[] = [];
  let at = open + 1;
  let from = at;
  while (at < text.length) {
    const character = text[at];
    if (character === quote) {
      pieces.push(text.slice(from, at));
      if (text[at + 1] !== quote) return add('string', pieces.join(''), start, at + 1);
      pieces.push(quote);
      at += 2;
      from = at;
    } else if (character === '\\' && escapes) {
      const next = text[at + 1] ?? '';
      pieces.push(text.slice(from, at));
      // LIKE wants its own escapes left in place.
      if ((next === '%' || next === '_') && quote !== '`') pieces.push('\\');
      pieces.push(mysqlEscapes[next] ?? next);
      at += 2;
      from = at;
    } else at += 1;
  }
  throw new SyntaxFailure(start, 'quoted string');
}

function quotedName(text: string, start: number, add: Add): number {
  const quote = text[start] ?? '"';
  let name = '';
  let from = start + 1;
  for (;;) {
    const end = text.indexOf(quote, from);
    if (end < 0) throw new SyntaxFailure(start, 'quoted identifier');
    name += text.slice(from, end);
    if (text[end + 1] !== quote) return add('quoted', name, start, end + 1);
    name += quote;
    from = end + 2;
  }
}

function number(text: string, start: number, add: Add): number {
  let end = start;
  while (isDigit(text.charCodeAt(end))) end += 1;
  // A name may begin with digits (MySQL's `1st`): then it is a word.
  if (isWordStart(text.charCodeAt(end)) && (text.charCodeAt(end) | 32) !== 101) {
    while (isWordPart(text.charCodeAt(end))) end += 1;
    return add('word', text.slice(start, end), start, end);
  }
  if (text[end] === '.' && text[end + 1] !== '.') {
    end += 1;
    while (isDigit(text.charCodeAt(end))) end += 1;
  }
  if ((text.charCodeAt(end) | 32) === 101) {
    const sign = text[end + 1] === '+' || text[end + 1] === '-' ? 1 : 0;
    if (isDigit(text.charCodeAt(end + 1 + sign))) {
      end += 1 + sign;
      while (isDigit(text.charCodeAt(end))) end += 1;
    }
  }
  return add('number', text.slice(start, end), start, end);
}

/** `$1`, or `$tag$ … $tag$`. */
function dollar(text: string, start: number, add: Add): number {
  let end = start + 1;
  if (isDigit(text.charCodeAt(end))) {
    while (isDigit(text.charCodeAt(end))) end += 1;
    return add('parameter', text.slice(start + 1, end), start, end);
  }
  while (isWordPart(text.charCodeAt(end)) && text[end] !== '$') end += 1;
  if (text[end] !== '$') return add('operator', '$', start, start + 1);
  const tag = text.slice(start, end + 1);
  const close = text.indexOf(tag, end + 1);
  if (close < 0) throw new SyntaxFailure(start, 'dollar-quoted string');
  return add('string', text.slice(end + 1, close), start, close + tag.length);
}

/** The statements of a text, each as its range of words without the semicolon. */
export function statementsOf(tokens: readonly Token[]): Token[][] {
  const statements: Token[][] = [];
  let current: Token[] = [];
  for (const token of tokens) {
    const ends = token.kind === 'end' || (token.kind === 'operator' && token.text === ';');
    if (!ends) current.push(token);
    else {
      if (current.length > 0) {
        statements.push([...current, { kind: 'end', text: '', start: token.start, end: token.start }]);
      }
      current = [];
    }
  }
  return statements;
}
