/** A place in a statement's words. */

import { SyntaxFailure } from './failure.ts';
import type { Query } from './syntax.ts';
import type { Dialect, Token } from './token.ts';

/** Nesting beyond this is no client's. */
const depthLimit = 60;

const nothing: Token = { kind: 'end', text: '', start: 0, end: 0 };

export class Cursor {
  readonly text: string;
  readonly dialect: Dialect;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  /** Parameters without a number that were met so far. */
  parameters = 0;

  readonly #parseQuery: (cursor: Cursor) => Query;

  /** `parseQuery` is given, since expressions hold queries and queries expressions. */
  constructor(
    text: string,
    tokens: readonly Token[],
    dialect: Dialect,
    parseQuery: (cursor: Cursor) => Query,
  ) {
    this.#parseQuery = parseQuery;
    this.text = text;
    this.dialect = dialect;
    this.#tokens = tokens;
  }

  get token(): Token {
    return this.#tokens[this.#at] ?? this.#tokens.at(-1) ?? nothing;
  }

  get isAtEnd(): boolean {
    return this.token.kind === 'end';
  }

  /** The end of the word before this one. */
  get before(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0;
  }

  peek(ahead: number): Token {
    return this.#tokens[this.#at + ahead] ?? this.#tokens.at(-1) ?? nothing;
  }

  next(): Token {
    const token = this.token;
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  /** Remembers the place, to come back to it. */
  mark(): number {
    return this.#at;
  }

  back(mark: number): void {
    this.#at = mark;
  }

  fail(): SyntaxFailure {
    return new SyntaxFailure(this.token.start);
  }

  is(...words: readonly string[]): boolean {
    return words.every((word, index) => {
      const token = this.peek(index);
      return token.kind === 'word' && token.text.length === word.length && token.text.toLowerCase() === word;
    });
  }

  /** Takes these words where they come next. */
  take(...words: readonly string[]): boolean {
    if (!this.is(...words)) return false;
    this.#at += words.length;
    return true;
  }

  takeOneOf(...words: readonly string[]): string {
    const found = words.find((word) => this.is(word));
    if (found === undefined) return '';
    this.#at += 1;
    return found;
  }

  expect(...words: readonly string[]): void {
    for (const word of words) if (!this.take(word)) throw this.fail();
  }

  isOperator(text: string): boolean {
    return this.token.kind === 'operator' && this.token.text === text;
  }

  takeOperator(text: string): boolean {
    if (!this.isOperator(text)) return false;
    this.#at += 1;
    return true;
  }

  expectOperator(text: string): void {
    if (!this.takeOperator(text)) throw this.fail();
  }

  expectEnd(): void {
    if (!this.isAtEnd) throw this.fail();
  }

  /** A name, quoted or not; PostgreSQL folds what is not quoted. */
  name(): string {
    const token = this.token;
    if (token.kind !== 'word' && token.kind !== 'quoted') throw this.fail();
    this.#at += 1;
    return token.kind === 'word' && this.dialect === 'postgres' ? token.text.toLowerCase() : token.text;
  }

  /** `a.b.c` */
  path(): string[] {
    const parts = [this.name()];
    while (this.isOperator('.') && parts.length < 4) {
      this.next();
      parts.push(this.name());
    }
    return parts;
  }

  /** A quoted text. */
  string(): string {
    const token = this.token;
    if (token.kind !== 'string') throw this.fail();
    this.#at += 1;
    return token.text;
  }

  query(): Query {
    return this.#parseQuery(this);
  }

  /** Whether a query stands here, in parentheses or not. */
  startsQuery(): boolean {
    if (this.is('select') || this.is('with')) return true;
    if (this.is('values') && (this.dialect === 'postgres' || this.peek(1).text !== '(')) return true;
    if (!this.isOperator('(')) return false;
    let ahead = 1;
    while (this.peek(ahead).text === '(' && ahead < 32) ahead += 1;
    const word = this.peek(ahead);
    return word.kind === 'word' && /^(?:select|with)$/i.test(word.text);
  }

  rest(): string {
    return this.text.slice(this.token.start);
  }

  /** Skips to the end. */
  finish(): void {
    while (!this.isAtEnd) this.next();
  }

  /** Goes one level deeper for the time of `inside`. */
  nested<Result>(inside: () => Result): Result {
    if (this.#depth >= depthLimit) throw this.fail();
    this.#depth += 1;
    try {
      return inside();
    } finally {
      this.#depth -= 1;
    }
  }
}
