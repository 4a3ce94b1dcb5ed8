import type { Expression } from '../../regular-expression.ts';
import type { Budget } from '../../limits.ts';
import { DeviceInput, type Input, type Reading } from '../../stream.ts';

/** How records end: by a character, by empty lines, by an expression. */
export type Separator =
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'paragraph' }
  | { readonly kind: 'expression'; readonly expression: Expression };

/** The records of one input. Lines are taken one by one, so that others may read on from there. */
export class RecordReader {
  readonly #input: Input;
  readonly #budget: Budget;
  /** What was read beyond lines; null as long as lines are enough. */
  #text: string | null = null;
  #at = 0;
  /** A device that has no lines is not looked through for one again and again. */
  readonly #endless: boolean;

  constructor(input: Input, budget: Budget) {
    this.#input = input;
    this.#endless = input instanceof DeviceInput;
    this.#budget = budget;
  }

  /** Null at the end. */
  *next(separator: Separator): Reading<string | null> {
    if (
      separator.kind === 'character' &&
      separator.character === '\n' &&
      !this.#endless &&
      this.#text === null
    ) {
      const line = yield* this.#input.line();
      this.#budget.spend(2 + ((line?.length ?? 0) >> 6));
      return line?.endsWith('\n') === true ? line.slice(0, -1) : line;
    }
    if (this.#text === null) {
      this.#text = yield* this.#input.all();
      this.#budget.spendBytes(this.#text.length);
    }
    const text = this.#text;
    if (separator.kind === 'paragraph') while (text.charAt(this.#at) === '\n') this.#at += 1;
    if (this.#at >= text.length) return null;
    const end = this.#end(text, separator);
    const record = text.slice(this.#at, end.start);
    this.#at = end.end;
    this.#budget.spend(2 + (record.length >> 6));
    // The end of the text is no part of the last record where one line ends it.
    return end.end >= text.length && separator.kind !== 'character' && end.start === text.length
      ? record.replace(/\n$/, '')
      : record;
  }

  #end(text: string, separator: Separator): { start: number; end: number } {
    const end = { start: text.length, end: text.length };
    if (separator.kind === 'expression') {
      const match = separator.expression.find(text, this.#at, this.#budget);
      return match === null || match.end === match.start ? end : match;
    }
    const mark = separator.kind === 'paragraph' ? '\n\n' : separator.character;
    const start = text.indexOf(mark, this.#at);
    return start < 0 ? end : { start, end: start + mark.length };
  }
}
