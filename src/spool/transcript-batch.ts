/** Gathers raw bytes of conversations for the next write, copied at once: the caller's buffers may be used again. */

import type { PackedTranscript } from './spool-message.ts';

const initialBytes = 65_536;

export class TranscriptBatch {
  #sessions: string[] = [];
  #directions: number[] = [];
  #offsets: number[] = [];
  #times: number[] = [];
  #ends: number[] = [];
  #bytes = new Uint8Array(initialBytes);
  #length = 0;

  /** Bytes gathered, with an allowance for each piece. */
  get size(): number {
    return this.#length + this.#sessions.length * 100;
  }

  get pieces(): number {
    return this.#sessions.length;
  }

  add(session: string, direction: number, offset: number, at: number, bytes: Uint8Array): void {
    const end = this.#length + bytes.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = end;
    this.#sessions.push(session);
    this.#directions.push(direction);
    this.#offsets.push(offset);
    this.#times.push(at);
    this.#ends.push(end);
  }

  /** What was gathered, in a buffer of its own; the batch begins anew. */
  take(): PackedTranscript | null {
    if (this.#sessions.length === 0) return null;
    const packed = {
      sessions: this.#sessions,
      directions: this.#directions,
      offsets: this.#offsets,
      times: this.#times,
      ends: this.#ends,
      bytes: this.#bytes.slice(0, this.#length),
    };
    this.#sessions = [];
    this.#directions = [];
    this.#offsets = [];
    this.#times = [];
    this.#ends = [];
    this.#length = 0;
    if (this.#bytes.length > 4_194_304) this.#bytes = new Uint8Array(initialBytes);
    return packed;
  }
}
