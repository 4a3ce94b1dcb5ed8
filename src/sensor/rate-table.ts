/** Answers a second, for each source and for all: a table that is emptied every second and so is bounded by what a second brings. */

const maximumSources = 65_536;

export class RateTable {
  readonly #perSource: number;
  readonly #total: number;
  readonly #counts = new Map<string, number>();
  #second = 0;
  #all = 0;

  constructor(perSource: number, total: number) {
    this.#perSource = perSource;
    this.#total = total;
  }

  /** Counts one and says whether it is within both rates. */
  take(source: string, now: number): boolean {
    const second = Math.floor(now / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#all = 0;
      this.#counts.clear();
    }
    const count = this.#counts.get(source) ?? 0;
    if (this.#all >= this.#total || count >= this.#perSource || this.#counts.size >= maximumSources)
      return false;
    this.#all += 1;
    this.#counts.set(source, count + 1);
    return true;
  }
}
