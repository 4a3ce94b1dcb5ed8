/**
 * How much came within the last while, of which an attacker chooses the amount: a count keeps 33 pairs of numbers at most, a set of
 * values one pair for each up to the threshold.
 */

/** Observations nearer to each other than this part of the window are kept as one entry. */
const parts = 32;

export class SlidingCount {
  readonly #window: number;
  /** Time of the first of an entry, ascending, and how many it stands for. */
  #times: number[] = [];
  #counts: number[] = [];
  #sum = 0;

  constructor(windowMilliseconds: number) {
    this.#window = windowMilliseconds;
  }

  /** Counts one; answers with how many there are in the window that ends now. A late one counts with the last. */
  add(at: number): number {
    const last = this.#times.length - 1;
    const newest = this.#times[last] ?? -Infinity;
    if (at - newest < this.#window / parts) this.#counts[last] = (this.#counts[last] ?? 0) + 1;
    else {
      this.#times.push(at);
      this.#counts.push(1);
    }
    this.#sum += 1;
    const now = Math.max(at, newest);
    let old = 0;
    while (old < this.#times.length && now - (this.#times[old] ?? 0) > this.#window) {
      this.#sum -= this.#counts[old] ?? 0;
      old += 1;
    }
    if (old > 0) {
      this.#times.splice(0, old);
      this.#counts.splice(0, old);
    }
    return this.#sum;
  }

  clear(): void {
    this.#times = [];
    this.#counts = [];
    this.#sum = 0;
  }
}

export class SlidingSet {
  readonly #window: number;
  readonly #most: number;
  /** Hash of a value → when it came last; the one that came longest ago comes first. */
  readonly #values = new Map<number, number>();

  constructor(windowMilliseconds: number, most: number) {
    this.#window = windowMilliseconds;
    this.#most = most;
  }

  /** Adds a value; answers with how many different ones there are in the window that ends now, at most the threshold. */
  add(hash: number, at: number): number {
    this.#values.delete(hash);
    this.#values.set(hash, at);
    for (const [held, time] of this.#values) {
      if (at - time <= this.#window && this.#values.size <= this.#most) break;
      this.#values.delete(held);
    }
    return this.#values.size;
  }

  clear(): void {
    this.#values.clear();
  }
}
