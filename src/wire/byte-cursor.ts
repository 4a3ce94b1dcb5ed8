/** Reads numbers and octets one after another. Past the end it yields zeros and remembers that it did: a caller asks `failed` once. */

export class ByteCursor {
  readonly bytes: Uint8Array;
  offset: number;
  failed = false;

  constructor(bytes: Uint8Array, offset = 0) {
    this.bytes = bytes;
    this.offset = offset;
  }

  get left(): number {
    return this.bytes.length - this.offset;
  }

  uint8(): number {
    const value = this.bytes[this.offset];
    if (value === undefined) {
      this.failed = true;
      return 0;
    }
    this.offset += 1;
    return value;
  }

  uint16(): number {
    return this.uint8() * 256 + this.uint8();
  }

  uint32(): number {
    return this.uint16() * 65_536 + this.uint16();
  }

  /** A view of the next octets; empty where there are not so many. */
  take(count: number): Uint8Array {
    if (count > this.left) {
      this.failed = true;
      return new Uint8Array(0);
    }
    const taken = this.bytes.subarray(this.offset, this.offset + count);
    this.offset += count;
    return taken;
  }

  /** What is left. */
  rest(): Uint8Array {
    return this.take(this.left);
  }
}
