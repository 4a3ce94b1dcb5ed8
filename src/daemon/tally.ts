/** How often each of many things was seen, by its name. The first so many things are held; what comes past them is only counted. */

export interface Counted<Thing> {
  readonly thing: Thing;
  readonly count: number;
  /** Sources that it was seen of; no more than 1,000 are told apart. */
  readonly sources: number;
}

interface Entry<Thing> {
  readonly thing: Thing;
  readonly sources: Set<string>;
  count: number;
}

const sourcesToldApart = 1_000;

export class Tally<Thing> {
  readonly #limit: number;
  readonly #entries = new Map<string, Entry<Thing>>();
  /** Sightings of things that were not held. */
  leftOut = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(name: string, source: string, thing: () => Thing): void {
    let entry = this.#entries.get(name);
    if (entry === undefined) {
      if (this.#entries.size >= this.#limit) {
        this.leftOut += 1;
        return;
      }
      entry = { thing: thing(), sources: new Set(), count: 0 };
      this.#entries.set(name, entry);
    }
    entry.count += 1;
    if (entry.sources.size < sourcesToldApart) entry.sources.add(source);
  }

  /** The most frequent first; of equals the one that was seen first. */
  most(limit: number): Counted<Thing>[] {
    return [...this.#entries.values()]
      .toSorted((left, right) => right.count - left.count)
      .slice(0, limit)
      .map(({ thing, count, sources }) => ({ thing, count, sources: sources.size }));
  }
}
