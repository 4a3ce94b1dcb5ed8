import { Unsupported } from '../script/unsupported.ts';
import { SyntaxFault } from './syntax-fault.ts';

export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'operator' | 'newline' | 'indent' | 'dedent' | 'end';
  readonly text: string;
  /** Letters before the quote of a string, in lower case. */
  readonly prefix: string;
  readonly line: number;
  readonly column: number;
  readonly end: number;
}

const mostTokens = 40_000;
const operators =
  /(?:\*\*=|\/\/=|>>=|<<=|\.\.\.|\*\*|\/\/|>>|<<|<=|>=|==|!=|->|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|@=|:=|[-+*/%@&|^~<>()[\]{},:.;=])/y;
const numbers =
  /(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*)?\.\d(?:_?\d)*(?:[eE][-+]?\d+)?[jJ]?|\d(?:_?\d)*\.?(?:[eE][-+]?\d+)?[jJ]?)/y;
const names = /[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*/y;
const quotes = /([A-Za-z]{0,2})('''|"""|'|")/y;

function at(pattern: RegExp, text: string, position: number): RegExpExecArray | null {
  pattern.lastIndex = position;
  return pattern.exec(text);
}

/** Reads a program into its tokens, with the indents of its blocks. Throws `SyntaxFault`. */
export class Tokenizer {
  readonly #text: string;
  readonly #version: number;
  readonly tokens: Token[] = [];
  #position = 0;
  #line = 1;
  #lineStart = 0;
  #depth = 0;
  #indents: number[] = [0];

  /** `version` is the minor version of Python 3; `line` is where the text stands. */
  constructor(text: string, version: number, line = 1) {
    this.#line = line;
    this.#text = text.replaceAll('\r\n', '\n');
    this.#version = version;
  }

  #add(kind: Token['kind'], text: string, start: number, prefix = ''): void {
    if (this.tokens.length > mostTokens) throw new Unsupported('long');
    const column = start - this.#lineStart;
    this.tokens.push({ kind, text, prefix, line: this.#line, column, end: this.#position - this.#lineStart });
  }

  read(): Token[] {
    const text = this.#text;
    let atStart = true;
    while (this.#position < text.length) {
      if (atStart && this.#depth === 0) {
        atStart = false;
        if (this.#indent()) {
          atStart = true;
          continue;
        }
      }
      const character = text.charAt(this.#position);
      if (character === '\n') {
        if (this.#depth === 0) {
          this.#add('newline', '\n', this.#position);
          atStart = true;
        }
        this.#position += 1;
        this.#newLine();
      } else if (character === ' ' || character === '\t' || character === '\f') this.#position += 1;
      else if (character === '#') this.#skipComment();
      else if (character === '\\') this.#join();
      else this.#token();
    }
    const last = this.tokens.at(-1);
    if (last !== undefined && last.kind !== 'newline') this.#add('newline', '', this.#position);
    while (this.#indents.length > 1) {
      this.#indents.pop();
      this.#add('dedent', '', this.#position);
    }
    this.#add('end', '', this.#position);
    return this.tokens;
  }

  #newLine(): void {
    this.#line += 1;
    this.#lineStart = this.#position;
  }

  #skipComment(): void {
    const end = this.#text.indexOf('\n', this.#position);
    this.#position = end < 0 ? this.#text.length : end;
  }

  #join(): void {
    if (this.#text.charAt(this.#position + 1) !== '\n') {
      if (this.#position + 1 >= this.#text.length)
        throw new SyntaxFault(
          'unexpected EOF while parsing',
          this.#line,
          this.#position - this.#lineStart + 1,
        );
      throw new SyntaxFault(
        'unexpected character after line continuation character',
        this.#line,
        this.#position + 1 - this.#lineStart,
      );
    }
    this.#position += 2;
    this.#newLine();
  }

  /** The indent at the start of a line; true where the line is empty. */
  #indent(): boolean {
    let width = 0;
    const text = this.#text;
    while (' \t\f'.includes(text.charAt(this.#position)) && this.#position < text.length) {
      width = text.charAt(this.#position) === '\t' ? (Math.floor(width / 8) + 1) * 8 : width + 1;
      this.#position += 1;
    }
    const character = text.charAt(this.#position);
    if (character === '#') this.#skipComment();
    if (this.#position >= text.length) return true;
    if (text.charAt(this.#position) === '\n') {
      this.#position += 1;
      this.#newLine();
      return true;
    }
    const current = this.#indents.at(-1) ?? 0;
    if (width > current) {
      if (this.#indents.length > 90) throw new Unsupported('deep');
      this.#indents.push(width);
      this.#add('indent', '', this.#position);
    }
    while (width < (this.#indents.at(-1) ?? 0)) {
      this.#indents.pop();
      this.#add('dedent', '', this.#position);
    }
    if (width !== this.#indents.at(-1)) {
      const end = text.indexOf('\n', this.#position);
      throw new SyntaxFault(
        'unindent does not match any outer indentation level',
        this.#line,
        (end < 0 ? text.length : end) - this.#lineStart,
        undefined,
        'IndentationError',
      );
    }
    return false;
  }

  #token(): void {
    const text = this.#text;
    const start = this.#position;
    const quote = at(quotes, text, start);
    if (quote !== null && /^(?:|[bruf]|[bf]r|r[bf])$/i.test(quote[1] ?? '')) {
      this.#string(start, (quote[1] ?? '').toLowerCase(), quote[2] ?? '"');
      return;
    }
    const number = at(numbers, text, start);
    if (number !== null && /[\d.]/.test(text.charAt(start))) {
      this.#position += number[0].length;
      this.#number(number[0], start);
      return;
    }
    const name = at(names, text, start);
    if (name !== null) {
      this.#position += name[0].length;
      this.#add('name', name[0], start);
      return;
    }
    const operator = at(operators, text, start)?.[0];
    if (operator === undefined) {
      if (text.charAt(start) === '<' || text.charAt(start) > '~') throw new Unsupported('character');
      throw new SyntaxFault('invalid syntax', this.#line, start - this.#lineStart);
    }
    if ('([{'.includes(operator)) this.#depth += 1;
    else if (')]}'.includes(operator)) this.#depth = Math.max(0, this.#depth - 1);
    if (this.#depth > 90) throw new Unsupported('deep');
    this.#position += operator.length;
    this.#add('operator', operator, start);
  }

  #number(text: string, start: number): void {
    const after = this.#text.charAt(this.#position);
    if (
      /[A-Za-z_]/.test(after) &&
      !/^(?:if|or|and|else|in|is|for|not)\b/.test(this.#text.slice(this.#position, this.#position + 5))
    )
      throw new SyntaxFault('invalid syntax', this.#line, this.#position - this.#lineStart);
    if (/^0\d/.test(text) && !/[.eEjJ]/.test(text) && !/^0[0_]*$/.test(text)) {
      const old =
        'leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers';
      throw new SyntaxFault(this.#version >= 8 ? old : 'invalid token', this.#line, start - this.#lineStart);
    }
    this.#add('number', text.replaceAll('_', ''), start);
  }

  #string(start: number, prefix: string, quote: string): void {
    const text = this.#text;
    const [line, column] = [this.#line, start - this.#lineStart];
    let at = start + prefix.length + quote.length;
    for (;;) {
      const character = text.charAt(at);
      if (character === '' || (character === '\n' && quote.length === 1)) {
        const triple = quote.length === 3;
        throw new SyntaxFault(
          this.#version >= 10
            ? `unterminated ${triple ? 'triple-quoted ' : ''}string literal (detected at line ${this.#line})`
            : triple
              ? 'EOF while scanning triple-quoted string literal'
              : 'EOL while scanning string literal',
          line,
          this.#version >= 10 ? column : at - this.#lineStart,
        );
      }
      if (character === '\\') {
        if (text.charAt(at + 1) === '\n') {
          this.#line += 1;
          this.#lineStart = at + 2;
        }
        at += 2;
        continue;
      }
      if (text.startsWith(quote, at)) break;
      at += 1;
      if (character === '\n') {
        this.#line += 1;
        this.#lineStart = at;
      }
    }
    this.#position = at + quote.length;
    const content = text.slice(start + prefix.length + quote.length, at);
    if (this.tokens.length > mostTokens) throw new Unsupported('long');
    const end = this.#line === line ? this.#position - this.#lineStart : column + 1;
    this.tokens.push({ kind: 'string', text: content, prefix, line, column, end });
  }
}
