/** The text is no Python. */
export class SyntaxFault extends Error {
  readonly type: 'SyntaxError' | 'IndentationError';
  readonly line: number;
  /** Characters before the token, and before its end. */
  readonly column: number;
  readonly end: number;

  constructor(
    message: string,
    line: number,
    column: number,
    end: number = column + 1,
    type: 'SyntaxError' | 'IndentationError' = 'SyntaxError',
  ) {
    super(message);
    this.type = type;
    this.line = line;
    this.column = column;
    this.end = end;
  }
}
