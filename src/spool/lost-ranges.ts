/** The sequence numbers that are not in the spool, as ranges. Bounded: past 1,000 ranges the two that lie closest become one. */

import type { LostRange } from './spool-message.ts';

const maximumRanges = 1_000;

export class LostRanges {
  #ranges: LostRange[] = [];
  #unwritten: LostRange[] = [];
  #count = 0;

  /** Numbers lost altogether. */
  get count(): number {
    return this.#count;
  }

  /** The highest number lost, 0 for none. */
  get last(): number {
    return this.#ranges.reduce((highest, range) => Math.max(highest, range.last), 0);
  }

  get ranges(): readonly LostRange[] {
    return this.#ranges;
  }

  get hasUnwritten(): boolean {
    return this.#unwritten.length > 0;
  }

  /** What the database states already. */
  load(ranges: readonly LostRange[]): void {
    for (const range of ranges) {
      this.#put(this.#ranges, range);
      this.#count += range.last - range.first + 1;
    }
  }

  add(first: number, last: number, at: number, reason: LostRange['reason']): void {
    const range = { first, last, at, reason };
    this.#count += last - first + 1;
    this.#put(this.#ranges, range);
    this.#put(this.#unwritten, range);
  }

  /** Ranges that the database does not state yet; they count as written from now on. */
  takeUnwritten(): LostRange[] {
    const taken = this.#unwritten;
    this.#unwritten = [];
    return taken;
  }

  #put(ranges: LostRange[], range: LostRange): void {
    const before = ranges.at(-1);
    if (before !== undefined && before.last + 1 === range.first && before.reason === range.reason) {
      ranges[ranges.length - 1] = { ...before, last: range.last };
      return;
    }
    ranges.push(range);
    if (ranges.length <= maximumRanges) return;
    // The figure stays right to the count; the range then claims numbers between that are in the spool, never fewer than were lost.
    let closest = 1;
    for (let index = 2; index < ranges.length; index += 1) {
      const gapOf = (at: number): number => (ranges[at]?.first ?? 0) - (ranges[at - 1]?.last ?? 0);
      if (gapOf(index) < gapOf(closest)) closest = index;
    }
    const left = ranges[closest - 1];
    const right = ranges[closest];
    if (left !== undefined && right !== undefined)
      ranges.splice(closest - 1, 2, { ...left, last: right.last });
  }
}
