/**
 * Finds which groups of literals occur in a text in one pass. The text is expected in lower case.
 *
 * Every analyser names the literals without which it can find nothing; ordinary requests call for none of them, and cost
 * this one pass.
 */

import { buildLiteralAutomaton } from '../literal-automaton.ts';

export interface LiteralGroup {
  /** The bit that stands for the group in the result. */
  readonly bit: number;
  readonly literals: readonly string[];
}

/** What the narrow table can number: half the memory, and twice as much of it in the processor's cache. */
const mostStates = 65_535;

export class LiteralScanner {
  readonly #classes: Uint8Array;
  readonly #shift: number;
  readonly #next: Uint16Array;
  readonly #found: Int32Array;

  /** At most 65,535 states and 127 different ASCII characters over all literals. */
  constructor(groups: readonly LiteralGroup[]) {
    const { classes, shift, next, order, fallback, endOf } = buildLiteralAutomaton(
      groups.flatMap(({ literals }) => literals),
    );
    if (fallback.length > mostStates) throw new RangeError(`too many literals: ${fallback.length} states`);
    this.#classes = classes;
    this.#shift = shift;
    this.#next = Uint16Array.from(next);
    this.#found = new Int32Array(fallback.length);
    const bits = groups.flatMap(({ bit, literals }) => literals.map(() => bit));
    for (const [index, bit] of bits.entries()) this.#mark(endOf[index] ?? 0, bit);
    for (const state of order) this.#mark(state, this.#found[fallback[state] ?? 0] ?? 0);
  }

  #mark(state: number, bits: number): void {
    this.#found[state] = (this.#found[state] ?? 0) | bits;
  }

  /** The OR of the bits of every group that has a literal in the text. About 2 ns a character. */
  scan(text: string): number {
    const classes = this.#classes;
    const next = this.#next;
    const found = this.#found;
    const shift = this.#shift;
    let state = 0;
    let bits = 0;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      state = next[(state << shift) | (code < 128 ? (classes[code] ?? 0) : 0)] ?? 0;
      bits |= found[state] ?? 0;
    }
    return bits;
  }
}
