/** The bounded table of the sources that are remembered. */

import { SourceRecord } from './source-record.ts';

/**
 * A map in order of entry. When it is full, the oldest entries are looked at: one that is in force or still
 * weighs something is given another round, another goes; so a flood of new sources cannot wash out the bad ones.
 */
export class SourceTable {
  readonly #records = new Map<string, SourceRecord>();
  readonly #maximum: number;
  /** Told of each that is forgotten. */
  onForgotten: ((record: SourceRecord) => void) | null = null;
  #evicted = 0;

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  get size(): number {
    return this.#records.size;
  }

  get evicted(): number {
    return this.#evicted;
  }

  find(source: string): SourceRecord | undefined {
    return this.#records.get(source);
  }

  touch(source: string, at: number): SourceRecord {
    let record = this.#records.get(source);
    if (record === undefined) {
      if (this.#records.size >= this.#maximum) this.#makeRoom();
      record = new SourceRecord(source, at);
      this.#records.set(source, record);
    }
    return record;
  }

  values(): Iterable<SourceRecord> {
    return this.#records.values();
  }

  #makeRoom(): void {
    let looked = 0;
    for (const [source, record] of this.#records) {
      looked += 1;
      this.#records.delete(source);
      const worthKeeping = record.standing !== null || record.score >= 1;
      if (!worthKeeping || looked > 64) {
        this.#evicted += 1;
        this.onForgotten?.(record);
        return;
      }
      this.#records.set(source, record);
    }
  }
}
