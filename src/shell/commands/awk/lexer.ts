import { SyntaxFault } from './syntax.ts';

export type TokenKind =
  | 'number'
  | 'string'
  | 'name'
  | 'call'
  | 'word'
  | 'built-in'
  | 'sign'
  | 'newline'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly line: number;
}

const words: ReadonlySet<string> = new Set([
  'BEGIN',
  'END',
  'function',
  'func',
  'if',
  'else',
  'while',
  'do',
  'for',
  'in',
  'break',
  'continue',
  'next',
  'nextfile',
  'exit',
  'return',
  'delete',
  'print',
  'printf',
  'getline',
]);

const builtIns: ReadonlySet<string> = new Set([
  'length',
  'index',
  'substr',
  'split',
  'sub',
  'gsub',
  'match',
  'sprintf',
  'sin',
  'cos',
  'atan2',
  'exp',
  'log',
  'sqrt',
  'int',
  'rand',
  'srand',
  'tolower',
  'toupper',
  'system',
  'close',
  'fflush',
  'systime',
  'mktime',
  'strftime',
]);

const sign = /\*\*=|>>|\|\||&&|\+\+|--|[-+*/%^=!<>]=|\*\*|!~|[-+*/%^!<>|?:~$(){}[\];,=]/y;
const numeral = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|0[xX][0-9a-fA-F]+/y;
const identifier = /[A-Za-z_]\w*/y;

const letters: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** The escapes of a string: letters, one to three octal digits; what is none stays as it is. */
export function unescapeText(text: string): string {
  return text.replaceAll(/\\([0-7]{1,3}|[\s\S])/g, (whole, escape: string) =>
    escape === '\n'
      ? ''
      : /^[0-7]/.test(escape)
        ? String.fromCharCode(Number.parseInt(escape, 8) & 255)
        : Object.hasOwn(letters, escape)
          ? (letters[escape] ?? '')
          : whole,
  );
}

/** Parts a program into tokens, one after the other: whether a slash begins an expression is the parser's to say. */
export class Lexer {
  readonly #source: string;
  #at = 0;
  #line = 1;

  constructor(source: string) {
    this.#source = source;
  }

  get line(): number {
    return this.#line;
  }

  next(): Token {
    this.#skip();
    const source = this.#source;
    const start = this.#at;
    const line = this.#line;
    const character = source.charAt(start);
    if (character === '') return { kind: 'end', text: 'end of file', start, line };
    if (character === '\n') {
      this.#at += 1;
      this.#line += 1;
      return { kind: 'newline', text: '\n', start, line };
    }
    if (character === '"') return { kind: 'string', text: this.#string(), start, line };
    for (const [expression, kind] of [
      [identifier, 'name'],
      [numeral, 'number'],
      [sign, 'sign'],
    ] as const) {
      expression.lastIndex = start;
      const text = expression.exec(source)?.[0];
      if (text === undefined) continue;
      this.#at += text.length;
      if (kind !== 'name') return { kind, text, start, line };
      if (words.has(text)) return { kind: 'word', text, start, line };
      if (builtIns.has(text)) return { kind: 'built-in', text, start, line };
      return { kind: source.charAt(this.#at) === '(' ? 'call' : 'name', text, start, line };
    }
    throw new SyntaxFault(`${line}: unexpected character '${character}'`);
  }

  /** The expression whose slash is at `start`, without its slashes. */
  pattern(start: number): string {
    let inside = false;
    for (let at = start + 1; at < this.#source.length; at += 1) {
      const character = this.#source.charAt(at);
      if (character === '\n') break;
      if (character === '\\') at += 1;
      else if (inside) inside = character !== ']';
      else if (character === '[') {
        inside = true;
        if (this.#source.charAt(at + 1) === '^') at += 1;
        if (this.#source.charAt(at + 1) === ']') at += 1;
      } else if (character === '/') {
        this.#at = at + 1;
        return this.#source.slice(start + 1, at).replaceAll('\\/', '/');
      }
    }
    throw new SyntaxFault(
      `line ${this.#line}: runaway regular expression /${shortened(this.#source.slice(start + 1))} ...`,
    );
  }

  /** Whether this word comes next. */
  meets(word: string): boolean {
    this.#skip();
    return new RegExp(String.raw`^${word}\b`).test(this.#source.slice(this.#at, this.#at + word.length + 1));
  }

  #skip(): void {
    for (;;) {
      const character = this.#source.charAt(this.#at);
      if (character === ' ' || character === '\t' || character === '\r') this.#at += 1;
      else if (character === '\\' && /^\r?\n/.test(this.#source.slice(this.#at + 1, this.#at + 3))) {
        this.#at = this.#source.indexOf('\n', this.#at) + 1;
        this.#line += 1;
      } else if (character === '#') {
        const end = this.#source.indexOf('\n', this.#at);
        this.#at = end < 0 ? this.#source.length : end;
      } else return;
    }
  }

  #string(): string {
    for (let at = this.#at + 1; at < this.#source.length; at += 1) {
      const character = this.#source.charAt(at);
      if (character === '\\') {
        at += 1;
        if (this.#source.charAt(at) === '\n') this.#line += 1;
      } else if (character === '\n') break;
      else if (character === '"') {
        const text = this.#source.slice(this.#at + 1, at);
        this.#at = at + 1;
        return unescapeText(text);
      }
    }
    throw new SyntaxFault(
      `line ${this.#line}: runaway string constant "${shortened(this.#source.slice(this.#at + 1))} ...`,
    );
  }
}

const shortened = (text: string): string => (text.split('\n', 1)[0] ?? '').slice(0, 10);
