/** The bytes of a connection that wait to be read. Grows by doubling, so that one byte at a time costs no more than one write. */

export class HttpBuffer {
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  /** No line feed lies before this offset: what was searched is not searched again. */
  #searched = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  append(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#bytes.length) {
      const grown = Buffer.alloc(Math.max(1_024, 2 * (this.length + bytes.length)));
      this.#bytes.copy(grown, 0, this.#start, this.#end);
      this.#searched = Math.max(0, this.#searched - this.#start);
      this.#end -= this.#start;
      this.#start = 0;
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** The next byte, or -1. */
  peek(): number {
    return this.length === 0 ? -1 : (this.#bytes[this.#start] ?? -1);
  }

  /** The next line without its CRLF or LF, Latin-1; undefined where its end has not come; null where it is longer than the limit. */
  line(limit: number): string | null | undefined {
    const from = Math.max(this.#start, this.#searched);
    const found = this.#bytes.subarray(0, this.#end).indexOf(10, from);
    if (found < 0) {
      this.#searched = this.#end;
      return this.length > limit + 1 ? null : undefined;
    }
    const end = found > this.#start && this.#bytes[found - 1] === 13 ? found - 1 : found;
    if (end - this.#start > limit) return null;
    const text = this.#bytes.toString('latin1', this.#start, end);
    this.#start = found + 1;
    return text;
  }

  /** At most this many bytes; the result is only good until the next append. */
  take(count: number): Buffer {
    const end = Math.min(this.#end, this.#start + count);
    const piece = this.#bytes.subarray(this.#start, end);
    this.#start = end;
    return piece;
  }

  clear(): void {
    this.#bytes = Buffer.alloc(0);
    this.#start = 0;
    this.#end = 0;
    this.#searched = 0;
  }
}
