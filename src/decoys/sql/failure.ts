/** What ends a statement: where its text stops making sense, or an error that the database names. */

/** The text does not parse. `at` is the offset of the token that does not fit. */
export class SyntaxFailure extends Error {
  override readonly name = 'SyntaxFailure';
  readonly at: number;
  /** The kind of quote that was not closed, where that is what is wrong. */
  readonly unterminated: string;

  constructor(at: number, unterminated = '') {
    super('syntax');
    this.at = at;
    this.unterminated = unterminated;
  }
}

/** An error of the database, in its own words. */
export class StatementFailure extends Error {
  override readonly name = 'StatementFailure';
  /** The vendor's number; 0 where it has none. */
  readonly code: number;
  /** SQLSTATE, five characters. */
  readonly state: string;
  /** Offset in the statement that the error points at; -1 for none. */
  readonly at: number;
  readonly hint: string;
  readonly detail: string;

  constructor(
    code: number,
    state: string,
    message: string,
    more: { readonly at?: number; readonly hint?: string; readonly detail?: string } = {},
  ) {
    super(message);
    this.code = code;
    this.state = state;
    this.at = more.at ?? -1;
    this.hint = more.hint ?? '';
    this.detail = more.detail ?? '';
  }
}
