import { Unsupported } from '../script/unsupported.ts';

const pairs: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' };

/** The text of a program and a place in it: blanks, words and quotes. */
export class TextReader {
  readonly text: string;
  at = 0;
  /** Here-documents that begin at the next line. */
  readonly #documents: {
    readonly mark: string;
    readonly indented: boolean;
    readonly take: (text: string) => void;
  }[] = [];

  constructor(text: string) {
    this.text = text;
  }

  get line(): number {
    return this.text.slice(0, this.at).split('\n').length;
  }

  fail(what = 'syntax'): never {
    throw new Unsupported(what);
  }

  skip(): void {
    for (;;) {
      const character = this.text.charAt(this.at);
      if (character === '\n') {
        this.at += 1;
        this.#readDocuments();
        if (this.text.startsWith('=', this.at) && /^=[a-z]/.test(this.text.slice(this.at, this.at + 2))) {
          const end = this.text.indexOf('\n=cut', this.at);
          this.at = end < 0 ? this.text.length : end + 5;
        }
      } else if (character !== '' && /\s/.test(character)) this.at += 1;
      else if (character === '#') {
        const end = this.text.indexOf('\n', this.at);
        this.at = end < 0 ? this.text.length : end;
      } else return;
    }
  }

  document(mark: string, indented: boolean, take: (text: string) => void): void {
    this.#documents.push({ mark, indented, take });
  }

  #readDocuments(): void {
    for (const { mark, indented, take } of this.#documents.splice(0)) {
      const lines: string[] = [];
      for (;;) {
        if (this.at >= this.text.length) this.fail('document');
        const end = this.text.indexOf('\n', this.at);
        const line = this.text.slice(this.at, end < 0 ? this.text.length : end);
        this.at = end < 0 ? this.text.length : end + 1;
        if ((indented ? line.trim() : line) === mark) break;
        lines.push(line);
      }
      if (indented) this.fail('document');
      take(lines.map((line) => `${line}\n`).join(''));
    }
  }

  /** True where this stands next; it is passed. */
  take(text: string): boolean {
    this.skip();
    if (!this.text.startsWith(text, this.at)) return false;
    if (/\w$/.test(text) && /\w/.test(this.text.charAt(this.at + text.length))) return false;
    this.at += text.length;
    return true;
  }

  peek(pattern: RegExp): RegExpExecArray | null {
    this.skip();
    return pattern.exec(this.text.slice(this.at, this.at + 200));
  }

  expect(text: string): void {
    if (!this.take(text)) this.fail(`expected ${text}`);
  }

  /** What stands between delimiters, which may nest; the place is at the first of them. */
  delimited(): { readonly text: string; readonly open: string } {
    const open = this.text.charAt(this.at);
    const close = pairs[open] ?? open;
    let depth = 1;
    let at = this.at + 1;
    for (; at < this.text.length; at += 1) {
      const character = this.text.charAt(at);
      if (character === '\\') at += 1;
      else if (character === close) {
        depth -= 1;
        if (depth === 0) break;
      } else if (character === open) depth += 1;
    }
    if (at >= this.text.length) this.fail('quote');
    const text = this.text.slice(this.at + 1, at);
    this.at = at + 1;
    return { text, open };
  }
}
