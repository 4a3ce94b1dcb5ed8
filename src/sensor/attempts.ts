/** How often each source has tried to log in: what `LoginPolicy.acceptAfter` counts. The 65,536 sources that tried last are remembered. */

const maximumSources = 65_536;

export class Attempts {
  readonly #counts = new Map<string, number>();

  /** Counts an attempt of this source key and returns how many there were before it. */
  count(source: string): number {
    const before = this.#counts.get(source) ?? 0;
    this.#counts.delete(source);
    this.#counts.set(source, before + 1);
    if (this.#counts.size > maximumSources) {
      const oldest = this.#counts.keys().next();
      if (oldest.done !== true) this.#counts.delete(oldest.value);
    }
    return before;
  }
}
