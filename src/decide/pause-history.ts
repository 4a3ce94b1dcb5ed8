/** The last pauses of one source, and what followed the last time that it paused as it does now. */

const pausesKept = 32;
/** Pauses are alike when their logarithms differ by less than this: within an eighth of each other. */
const alike = 0.12;
/** Pauses in a row that are compared. */
const longestRun = 4;
/** Differences of logarithms up to which two memories agree, from the best. */
const agreements: readonly number[] = [0.05, 0.12, 0.3, 0.8];

export interface Memory {
  /** The pause that followed, in seconds. */
  readonly seconds: number;
  /** How many pauses in a row were alike, and how well the next best memory agrees (0 best, 5: there is none). */
  readonly run: number;
  readonly agreement: number;
}

export class PauseHistory {
  /** Logarithms of the pauses in seconds, each one second longer, so that there is one of zero. */
  readonly #logs = new Float32Array(pausesKept);
  #held = 0;

  add(seconds: number): void {
    if (this.#held === pausesKept) {
      this.#logs.copyWithin(0, 1);
      this.#held -= 1;
    }
    this.#logs[this.#held] = Math.log1p(seconds);
    this.#held += 1;
  }

  /** What followed the place in the past that is most like now, of several the latest; null where there is none. */
  recall(): Memory | null {
    const best = this.#mostAlike(this.#held - 1);
    if (best.at < 0) return null;
    const followed = this.#logs[best.at + 1] ?? 0;
    const second = this.#mostAlike(best.at);
    let agreement = agreements.length + 1;
    if (second.at >= 0) {
      const difference = Math.abs((this.#logs[second.at + 1] ?? 0) - followed);
      const found = agreements.findIndex((most) => difference < most);
      agreement = found < 0 ? agreements.length : found;
    }
    return { seconds: Math.round(Math.expm1(followed)), run: best.run, agreement };
  }

  #mostAlike(before: number): { readonly at: number; readonly run: number } {
    let at = -1;
    let longest = 0;
    for (let candidate = before - 1; candidate >= 0; candidate -= 1) {
      let run = 0;
      while (run < longestRun && run <= candidate && this.#isAlike(candidate - run, this.#held - 1 - run))
        run += 1;
      if (run > longest) {
        longest = run;
        at = candidate;
      }
    }
    return { at, run: longest };
  }

  #isAlike(left: number, right: number): boolean {
    return Math.abs((this.#logs[left] ?? 0) - (this.#logs[right] ?? 0)) < alike;
  }
}
