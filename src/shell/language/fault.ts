/** The text ends in the middle of something: an interactive shell prompts for more. */
export class Incomplete extends Error {
  /** What the text still lacks: `"`, `done`, `)` … */
  readonly expected: string;
  /** The line that ends an open here-document; nothing else can complete the text. Empty for none. */
  readonly delimiter: string;

  constructor(expected: string, delimiter = '') {
    super(`incomplete: ${expected}`);
    this.expected = expected;
    this.delimiter = delimiter;
  }
}

/** The text cannot be the shell's language. */
export class SyntaxFault extends Error {
  /** The token that cannot stand here, `newline` for the end of a line. */
  readonly token: string;
  /** Line of the text, from 1. */
  readonly line: number;

  constructor(token: string, line: number) {
    super(`unexpected ${token}`);
    this.token = token;
    this.line = line;
  }
}
