/** The text ends in the middle of something: an interactive shell prompts for more. */
export class Incomplete extends Error {
  /** What the text still lacks: `"`, `done`, `)` … */
  readonly expected: string;
  /** The line that ends an open here-document; nothing else can complete the text. Empty for none. */
  readonly delimiter: string;
  /** Line on which the open construct began, where bash names it; 0 for the last. */
  readonly line: number;

  constructor(expected: string, delimiter = '', line = 0) {
    super(`incomplete: ${expected}`);
    this.expected = expected;
    this.delimiter = delimiter;
    this.line = line;
  }
}

/** The text cannot be the shell's language. */
export class SyntaxFault extends Error {
  /** The token that cannot stand here, `newline` for the end of a line. */
  readonly token: string;
  /** Line of the text, from 1. */
  readonly line: number;
  /** What dash and ash say that they expected instead; empty for nothing. */
  readonly expected: string;

  /** It was met within `$(…)`: bash then ends with another status. */
  substituted = false;
  /** A message of its own; empty where the token says it all. */
  readonly text: string;

  constructor(token: string, line: number, expected = '', text = '') {
    super(`unexpected ${token}`);
    this.token = token;
    this.line = line;
    this.expected = expected;
    this.text = text;
  }
}

/** What lacks its end, in the words of dash. */
export const openTexts: Readonly<Record<string, string>> = {
  '"': 'Unterminated quoted string',
  "'": 'Unterminated quoted string',
  '`': 'EOF in backquote substitution',
  '${}': "Missing '}'",
  '$(())': "Missing '))'",
};
