import { ScriptFault, type Source } from './script.ts';

/** A place in one part of a script, with the complaints that name it. */
export class Cursor {
  readonly #source: Source;
  readonly #number: number;
  readonly #busybox: boolean;
  index = 0;

  /** `number` counts the `-e`, from 1. */
  constructor(source: Source, number: number, busybox: boolean) {
    this.#source = source;
    this.#number = number;
    this.#busybox = busybox;
  }

  get text(): string {
    return this.#source.text;
  }

  get ended(): boolean {
    return this.index >= this.#source.text.length;
  }

  /** The next character, empty at the end. */
  peek(): string {
    return this.#source.text.charAt(this.index);
  }

  take(): string {
    const character = this.peek();
    if (character !== '') this.index += 1;
    return character;
  }

  /** The next character that is no blank within the line. */
  takeDark(): string {
    for (;;) {
      const character = this.take();
      if (character !== ' ' && character !== '\t') return character;
    }
  }

  /** Steps back ahead of a character that was taken. */
  giveBack(character: string): void {
    this.index -= character.length;
  }

  /** A decimal number, or null. */
  takeNumber(): number | null {
    const start = this.index;
    while (/^\d$/.test(this.peek())) this.index += 1;
    return this.index === start ? null : Number(this.text.slice(start, Math.min(this.index, start + 15)));
  }

  /** What is left of the line; its end is taken too. */
  takeLine(): string {
    const end = this.text.indexOf('\n', this.index);
    const line = this.text.slice(this.index, end < 0 ? this.text.length : end);
    this.index = end < 0 ? this.text.length : end + 1;
    return line;
  }

  /** A label: up to a blank, a semicolon or a brace. */
  takeLabel(): string {
    this.giveBack(this.takeDark());
    const start = this.index;
    while (!this.ended && !' \t\n\r\f\v;}'.includes(this.peek())) this.index += 1;
    return this.text.slice(start, this.index);
  }

  /** `busybox` is what its applet says, where it says anything. `at` is a place other than the present one. */
  fault(gnu: string, busybox: string = gnu, at: number = this.index): ScriptFault {
    if (this.#busybox) return new ScriptFault(busybox);
    if (this.#source.file === null)
      return new ScriptFault(`-e expression #${this.#number}, char ${at}: ${gnu}`);
    const line = this.text.slice(0, this.index).split('\n').length;
    return new ScriptFault(`file ${this.#source.file} line ${line}: ${gnu}`);
  }

  /** The end of a command: a line's end, a semicolon, or what is left for the next command to see. */
  endCommand(): void {
    const character = this.takeDark();
    if (character === '}' || character === '#') this.giveBack(character);
    else if (character !== '' && character !== '\n' && character !== ';' && character !== '\r') {
      if (this.#busybox) this.giveBack(character);
      else throw this.fault('extra characters after command');
    }
  }

  /**
   * Text up to an unescaped delimiter, which is taken too; null where none comes. In an expression a delimiter within a set is one of
   * its characters.
   */
  takeDelimited(delimiter: string, expression: boolean): string | null {
    let text = '';
    let setAt = -1;
    while (!this.ended) {
      const character = this.take();
      const inSet = setAt >= 0;
      if (character === delimiter && !inSet) return text;
      if (character === '\n') {
        this.index -= 1;
        return null;
      }
      if (expression && character === '[' && !inSet && delimiter !== '[') {
        setAt = this.index + (this.peek() === '^' ? 1 : 0);
      } else if (inSet && character === '[' && this.peek() !== '' && ':.='.includes(this.peek())) {
        const close = this.text.indexOf(`${this.peek()}]`, this.index + 1);
        if (close > 0 && close < this.index + 32) {
          text += this.text.slice(this.index - 1, close + 2);
          this.index = close + 2;
          continue;
        }
      } else if (inSet && character === ']' && this.index - 1 > setAt) setAt = -1;
      if (character !== '\\' || inSet) {
        text += character;
        continue;
      }
      const next = this.take();
      if (next === '') break;
      if (next === delimiter && !(next === '&' && !expression)) text += next;
      else text += next === '\n' && expression ? '\n' : `\\${next}`;
    }
    return null;
  }
}
