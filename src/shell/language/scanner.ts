import type { Dialect } from './dialect.ts';
import { Incomplete, SyntaxFault } from './fault.ts';
import type { List, Word } from './syntax.ts';

/** Nesting of compound commands and substitutions: far beyond any script, far below the stack. */
export const maximumNesting = 60;

interface PendingHereDocument {
  readonly delimiter: string;
  readonly quoted: boolean;
  readonly stripTabs: boolean;
  readonly target: { parts: Word['parts'] };
  /** Line of its operator. */
  readonly line: number;
}

/** A cursor over the text of a script, shared by the reader of words and the parser of commands. */
export class Scanner {
  readonly text: string;
  position: number;
  /** True where no more text can follow: an open here-document then ends at the end. */
  readonly final: boolean;
  readonly dialect: Dialect;
  /** True for the additions of bash. */
  readonly bash: boolean;
  nesting = 0;
  /** How many `$(` are open. */
  substitutions = 0;
  /** Lines that the shell has read before this text. */
  linesBefore = 0;
  /** Line of the command whose here-document is read; 0 outside of one. */
  bodyLine = 0;
  /** Set by the parser: reads a list up to the `)` that ends a substitution, and that `)`. */
  substitution: (scanner: Scanner, bracket?: string) => List = () => ({ items: [] });
  /** Set by the parser: reads all lines to the end of the text. */
  lines: (scanner: Scanner) => List = () => ({ items: [] });
  /** What bash says of here-documents that the end of the text ended. */
  readonly warnings: { line: number; text: string }[] = [];
  /** Set by the reader of words: the parts of a here-document's body. */
  hereBody: (text: string, scanner: Scanner) => Word['parts'] = () => [];
  readonly #pending: PendingHereDocument[] = [];
  #countedTo = 0;
  #countedLines = 1;

  constructor(text: string, position: number, final: boolean, dialect: Dialect) {
    this.text = text;
    this.position = position;
    this.final = final;
    this.dialect = dialect;
    this.bash = dialect === 'bash';
  }

  get ended(): boolean {
    return this.position >= this.text.length;
  }

  peek(offset = 0): string {
    return this.text.charAt(this.position + offset);
  }

  starts(prefix: string): boolean {
    return this.text.startsWith(prefix, this.position);
  }

  /** The line of a position, from 1. Counts on from the last answer, so that a script is counted once. */
  line(at: number = this.position): number {
    return this.linesBefore + this.#lineOf(at);
  }

  #lineOf(at: number): number {
    if (at < this.#countedTo) {
      this.#countedTo = 0;
      this.#countedLines = 1;
    }
    for (;;) {
      const index = this.text.indexOf('\n', this.#countedTo);
      if (index < 0 || index >= at) return this.#countedLines;
      this.#countedLines += 1;
      this.#countedTo = index + 1;
    }
  }

  fault(token: string, expected = ''): SyntaxFault {
    return new SyntaxFault(token, this.line(), expected);
  }

  /** Blanks, escaped line ends and comments; not line ends. */
  skipBlanks(): void {
    for (;;) {
      const character = this.peek();
      if (character === ' ' || character === '\t' || character === '\r') this.position += 1;
      else if (character === '\\' && this.peek(1) === '\n') {
        this.position += 2;
        if (this.ended && !this.final) throw new Incomplete('newline');
      } else if (character === '#') {
        const end = this.text.indexOf('\n', this.position);
        this.position = end < 0 ? this.text.length : end;
      } else return;
    }
  }

  /** Takes a line end, and with it the bodies of the here-documents that its line announced. */
  takeNewline(): boolean {
    if (this.peek() !== '\n') return false;
    this.position += 1;
    this.#readHereDocuments();
    return true;
  }

  skipLines(): void {
    for (;;) {
      this.skipBlanks();
      if (!this.takeNewline()) return;
    }
  }

  enter(): void {
    this.nesting += 1;
    if (this.nesting > maximumNesting) throw this.fault('(');
  }

  leave(): void {
    this.nesting -= 1;
  }

  announce(document: PendingHereDocument): void {
    this.#pending.push(document);
  }

  /** The text's end: here-documents without a body are empty in a final text, open in another. */
  finishHereDocuments(): void {
    if (this.#pending.length > 0) this.#readHereDocuments();
  }

  /** bash reads the substitutions of a body when its command runs, and counts their lines from there. */
  #bodyParts(body: string, line: number): Word['parts'] {
    if (!this.bash) return this.hereBody(body, this);
    const place = this.bodyLine;
    this.bodyLine = line;
    try {
      return this.hereBody(body, this);
    } finally {
      this.bodyLine = place;
    }
  }

  #readHereDocuments(): void {
    for (const document of this.#pending.splice(0)) {
      const lines: string[] = [];
      for (;;) {
        if (this.ended) {
          if (!this.final) throw new Incomplete('here-document', document.delimiter);
          this.warnings.push({
            line: this.line(this.text.length),
            text: `warning: here-document at line ${document.line} delimited by end-of-file (wanted \`${document.delimiter}')`,
          });
          break;
        }
        const end = this.text.indexOf('\n', this.position);
        let line = this.text.slice(this.position, end < 0 ? this.text.length : end);
        if (end < 0 && !this.final) throw new Incomplete('here-document', document.delimiter);
        this.position = end < 0 ? this.text.length : end + 1;
        if (document.stripTabs) line = line.slice(leadingTabs(line));
        if (line === document.delimiter) break;
        if (this.bash && this.substitutions > 0 && line.startsWith(`${document.delimiter})`)) {
          // In a substitution bash also ends it at a line that goes on with the parenthesis.
          const rest = line.length - document.delimiter.length;
          this.position = (end < 0 ? this.text.length : end) - rest;
          this.warnings.push({
            line: this.line(),
            text: `warning: here-document at line ${document.line} delimited by end-of-file (wanted \`${document.delimiter}')`,
          });
          break;
        }
        lines.push(end < 0 && !this.bash ? line : `${line}\n`);
      }
      const body = lines.join('');
      document.target.parts = document.quoted
        ? [{ kind: 'text', text: body, quoted: true }]
        : this.#bodyParts(body, document.line);
    }
  }
}

function leadingTabs(line: string): number {
  let count = 0;
  while (line[count] === '\t') count += 1;
  return count;
}
