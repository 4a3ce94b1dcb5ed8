import { Lexer, type Token } from './lexer.ts';
import { SyntaxFault } from './syntax.ts';

/** Statements and expressions within each other. */
const deepest = 100;

/** The tokens of a program with one that is looked at ahead. */
export class TokenReader {
  readonly lexer: Lexer;
  token: Token;
  #depth = 0;

  constructor(source: string) {
    this.lexer = new Lexer(source);
    this.token = this.lexer.next();
  }

  take(): Token {
    const { token } = this;
    this.token = this.lexer.next();
    return token;
  }

  is(text: string): boolean {
    const { kind } = this.token;
    return (kind === 'sign' || kind === 'word' || kind === 'newline') && this.token.text === text;
  }

  accept(text: string): boolean {
    const accepted = this.is(text);
    if (accepted) this.take();
    return accepted;
  }

  expect(text: string): void {
    if (!this.accept(text)) this.refuse(text === ')' || text === '}' || text === ']' ? text : '');
  }

  newlines(): void {
    while (this.token.kind === 'newline') this.take();
  }

  /** Reads something that may hold its like. */
  nested<Read>(read: () => Read): Read {
    this.#depth += 1;
    if (this.#depth > deepest) throw new SyntaxFault(`line ${this.token.line}: memory exhausted`);
    const value = read();
    this.#depth -= 1;
    return value;
  }

  refuse(missing = ''): never {
    const { kind, text, line } = this.token;
    const near = kind === 'newline' ? 'end of line' : kind === 'string' ? `"${text}"` : text;
    throw new SyntaxFault(
      `line ${line}: ${missing === '' ? 'syntax error at or' : `missing ${missing}`} near ${near}`,
    );
  }
}
