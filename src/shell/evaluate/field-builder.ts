import { escapePattern } from '../language/pattern.ts';
import { Exhausted, limits } from '../limits.ts';

interface Segment {
  readonly text: string;
  readonly quoted: boolean;
}

export interface Field {
  readonly segments: readonly Segment[];
}

export const fieldText = (field: Field): string => field.segments.map((segment) => segment.text).join('');

/** The field as a pattern: what was quoted means itself. */
export const fieldPattern = (field: Field): string =>
  field.segments.map((segment) => (segment.quoted ? escapePattern(segment.text) : segment.text)).join('');

export const fieldMayBePattern = (field: Field): boolean =>
  field.segments.some((segment) => !segment.quoted && /[*?[]/.test(segment.text));

/** Builds the fields of one word; splits the results of unquoted expansions at IFS (POSIX §2.6.5). */
export class FieldBuilder {
  readonly fields: Field[] = [];
  readonly #separators: string;
  #segments: Segment[] = [];
  #length = 0;
  /** White space of IFS ended the last field and no other separator was seen since. */
  #closedByBlank = false;

  constructor(separators: string) {
    this.#separators = separators;
  }

  add(text: string, quoted: boolean): void {
    if (text === '' && !quoted) return;
    this.#length += text.length;
    if (this.#length > limits.wordBytes * 4) throw new Exhausted();
    this.#segments.push({ text, quoted });
    this.#closedByBlank = false;
  }

  /** Begins a new field: between the elements of `"$@"`. */
  break(): void {
    this.fields.push({ segments: this.#segments });
    this.#segments = [];
  }

  /** Between the elements of a list: where nothing is quoted, what is empty is no field. */
  separate(quoted: boolean): void {
    if (quoted || this.#segments.length > 0) this.break();
  }

  addSplit(value: string): void {
    let start = 0;
    for (let index = 0; index <= value.length; index += 1) {
      const character = value.charAt(index);
      const atEnd = index === value.length;
      if (!atEnd && !this.#separators.includes(character)) continue;
      if (index > start) this.add(value.slice(start, index), false);
      start = index + 1;
      if (atEnd) return;
      const filled = this.#segments.length > 0;
      if (character === ' ' || character === '\t' || character === '\n') {
        if (filled) {
          this.break();
          this.#closedByBlank = true;
        }
      } else if (filled || !this.#closedByBlank) {
        this.break();
        this.#closedByBlank = false;
      } else this.#closedByBlank = false;
      if (this.fields.length > 20_000) throw new Exhausted();
    }
  }

  done(): Field[] {
    if (this.#segments.length > 0) this.break();
    return this.fields;
  }
}
