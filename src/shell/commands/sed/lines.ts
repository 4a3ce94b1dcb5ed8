import type { Reading } from '../../stream.ts';

/** A line without its end; `ended` is false for a last one that has none. */
export interface Line {
  readonly text: string;
  readonly ended: boolean;
}

/** Reads a file whole, or null after a complaint. */
export type ReadFile = (path: string) => Reading<string | null>;

/** The lines of several files, as one stream or each for itself. */
export class Lines {
  readonly #paths: readonly string[];
  readonly #separator: string;
  readonly #separate: boolean;
  readonly #read: ReadFile;
  readonly #budget: { spend(units: number): void };
  #next = 0;
  #text = '';
  #position = 0;
  #path = '-';
  /** Of the stream, or of the file where each is for itself; from 1. */
  number = 0;

  constructor(
    paths: readonly string[],
    how: { readonly separator: string; readonly separate: boolean; readonly read: ReadFile },
    budget: { spend(units: number): void },
  ) {
    this.#paths = paths;
    this.#separator = how.separator;
    this.#separate = how.separate;
    this.#read = how.read;
    this.#budget = budget;
  }

  /** The file of the line that was taken last. */
  get path(): string {
    return this.#path;
  }

  /** Makes sure that a file with lines is open; false at the end of all. */
  *#fill(): Reading<boolean> {
    while (this.#position >= this.#text.length) {
      const path = this.#paths[this.#next];
      if (path === undefined) return false;
      this.#next += 1;
      const text = yield* this.#read(path);
      if (text === null) continue;
      [this.#text, this.#position, this.#path] = [text, 0, path];
      if (this.#separate) this.number = 0;
    }
    return true;
  }

  /** Whether the line that was taken last is the last of the stream, or of its file where each is for itself. */
  *last(): Reading<boolean> {
    if (this.#position < this.#text.length) return false;
    return this.#separate || !(yield* this.#fill());
  }

  *take(): Reading<Line | null> {
    if (!(yield* this.#fill())) return null;
    const end = this.#text.indexOf(this.#separator, this.#position);
    const text = this.#text.slice(this.#position, end < 0 ? this.#text.length : end);
    this.#position = end < 0 ? this.#text.length : end + 1;
    this.number += 1;
    this.#budget.spend(text.length >> 10);
    return { text, ended: end >= 0 };
  }
}
