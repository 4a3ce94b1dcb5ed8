import { Exhausted, limits } from '../../limits.ts';

/** What goes to one place: a line end that a last line lacks is written only once more follows. */
export class Sink {
  readonly #write: (text: string) => void;
  readonly #separator: string;
  #pieces: string[] = [];
  #held = 0;
  #length = 0;
  #lacks = false;

  constructor(write: (text: string) => void, separator: string) {
    this.#write = write;
    this.#separator = separator;
  }

  /** Text as it is. Throws `Exhausted`. */
  raw(text: string): void {
    if (text === '') return;
    const all = this.#lacks && text !== this.#separator ? this.#separator + text : text;
    this.#lacks = false;
    this.#length += all.length;
    this.#held += all.length;
    if (this.#length > limits.oneFileBytes) throw new Exhausted();
    this.#pieces.push(all);
    if (this.#held > 65_536) this.flush();
  }

  /** Writes the line end that the last line lacks. */
  endLine(): void {
    if (this.#lacks) this.raw(this.#separator);
  }

  line(text: string, ended: boolean): void {
    this.raw(ended ? text + this.#separator : text);
    if (ended) return;
    if (text === '' && this.#lacks) this.raw(this.#separator);
    this.#lacks = true;
  }

  flush(): void {
    if (this.#held === 0) return;
    const text = this.#pieces.join('');
    [this.#pieces, this.#held] = [[], 0];
    this.#write(text);
  }
}
