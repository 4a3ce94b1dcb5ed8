/**
 * Life tables (Kaplan and Meier 1958): of those that were still away when a span of their pause began, how many came within it. Many of
 * them by name, bounded: the one that was made first goes.
 */

/** A count of single precision stands still at sixteen million; and what was long ago should weigh less. */
const mostCounted = 2 ** 20;

export interface LifeTable {
  readonly hits: Float32Array;
  /** That many were still away when the span began. */
  readonly away: Float32Array;
}

export function newLifeTable(spans: number): LifeTable {
  return { hits: new Float32Array(spans), away: new Float32Array(spans) };
}

/** Those who were away from `first` to before `end` did not come but in the span `hit` (-1: in none of these). */
export function countPause(table: LifeTable, first: number, end: number, hit: number): void {
  for (let span = first; span < end; span += 1) table.away[span] = (table.away[span] ?? 0) + 1;
  if (hit >= 0) table.hits[hit] = (table.hits[hit] ?? 0) + 1;
  if ((table.away[first] ?? 0) > mostCounted) fade(table, 0.5);
}

/** What is old counts less. */
export function fade({ hits, away }: LifeTable, kept: number): void {
  for (let span = 0; span < hits.length; span += 1) {
    hits[span] = (hits[span] ?? 0) * kept;
    away[span] = (away[span] ?? 0) * kept;
  }
}

export class LifeTables {
  readonly #tables = new Map<string, LifeTable>();
  readonly #spans: number;
  readonly #maximum: number;

  constructor(spans: number, maximum: number) {
    this.#spans = spans;
    this.#maximum = maximum;
  }

  find(name: string): LifeTable | undefined {
    return this.#tables.get(name);
  }

  of(name: string): LifeTable {
    let table = this.#tables.get(name);
    if (table === undefined) {
      if (this.#tables.size >= this.#maximum) {
        const oldest = this.#tables.keys().next().value;
        if (oldest !== undefined) this.#tables.delete(oldest);
      }
      table = newLifeTable(this.#spans);
      this.#tables.set(name, table);
    }
    return table;
  }
}
