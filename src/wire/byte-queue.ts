/** Bytes that wait to be read: adding costs its own length and no more, however small the pieces are. */

import { Buffer } from 'node:buffer';

export class ByteQueue {
  #memory: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  append(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#memory.length) {
      const grown = Buffer.allocUnsafe(Math.max(256, (this.length + bytes.length) * 2));
      this.#memory.copy(grown, 0, this.#start, this.#end);
      this.#memory = grown;
      this.#end -= this.#start;
      this.#start = 0;
    }
    this.#memory.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  at(index: number): number | undefined {
    return index < this.length ? this.#memory[this.#start + index] : undefined;
  }

  /** A view that holds until the next `append`. */
  view(from: number, to: number): Uint8Array {
    return this.#memory.subarray(this.#start + from, this.#start + Math.min(to, this.length));
  }

  drop(count: number): void {
    this.#start += Math.min(count, this.length);
    if (this.#start < this.#end) return;
    this.#start = 0;
    this.#end = 0;
  }
}
