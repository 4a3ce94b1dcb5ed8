/** Observations that wait to be written, oldest first. */

export class WriteQueue {
  #sequences: number[] = [];
  #records: string[] = [];
  #bytes = 0;
  #takenBytes = 0;

  get length(): number {
    return this.#records.length;
  }

  /** Bytes of text that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes of the group that was taken last: they are in memory until it is written. */
  get takenBytes(): number {
    return this.#takenBytes;
  }

  push(sequence: number, record: string): void {
    this.#sequences.push(sequence);
    this.#records.push(record);
    this.#bytes += record.length;
  }

  /** Takes the oldest, at most this many. */
  take(limit: number): { readonly sequences: number[]; readonly records: string[] } {
    let sequences = this.#sequences;
    let records = this.#records;
    if (records.length > limit) {
      sequences = sequences.splice(0, limit);
      records = records.splice(0, limit);
    } else {
      this.#sequences = [];
      this.#records = [];
    }
    this.#takenBytes = 0;
    for (const record of records) this.#takenBytes += record.length;
    this.#bytes -= this.#takenBytes;
    return { sequences, records };
  }
}
