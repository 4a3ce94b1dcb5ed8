/** Lines of a stream of bytes, however it is cut. Memory is bounded: a command's excess is dropped, a message's long line comes in pieces. */

import { Buffer } from 'node:buffer';

/** `line_length_limit` of Postfix. */
const longestCommand = 2_048;
const longestPiece = 65_536;

export interface Line {
  /** Without its end. */
  readonly bytes: Buffer;
  /** How it ended; a piece is a part of a line that goes on. */
  readonly end: 'crlf' | 'lf' | 'piece';
}

export class LineReader {
  #held: Buffer[] = [];
  #length = 0;
  #offset = 0;
  #input: Buffer = Buffer.alloc(0);

  feed(bytes: Uint8Array): void {
    this.#input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#offset = 0;
  }

  /** Bytes of this call that nobody has read. */
  rest(): Uint8Array {
    const rest = new Uint8Array(this.#input.subarray(this.#offset));
    this.#offset = this.#input.length;
    return rest;
  }

  /** At most this many bytes as they are. */
  take(count: number): Buffer {
    const bytes = this.#input.subarray(this.#offset, this.#offset + count);
    this.#offset += bytes.length;
    return bytes;
  }

  /** The next line; null where the bytes at hand have no more. */
  next(kind: 'command' | 'data'): Line | null {
    while (this.#offset < this.#input.length) {
      const most = kind === 'command' ? Number.POSITIVE_INFINITY : longestPiece - this.#length;
      const found = this.#input.indexOf(10, this.#offset);
      const available = (found < 0 ? this.#input.length : found + 1) - this.#offset;
      const count = Math.min(available, most);
      const part = this.#input.subarray(this.#offset, this.#offset + count);
      this.#offset += count;
      if (part.at(-1) === 10) return this.#finish(part, kind);
      this.#hold(part, kind);
      if (kind === 'data' && this.#length >= longestPiece) return { bytes: this.#gathered(), end: 'piece' };
    }
    return null;
  }

  #hold(part: Buffer, kind: 'command' | 'data'): void {
    if (kind === 'data') {
      this.#held.push(Buffer.from(part));
      this.#length += part.length;
      if (this.#held.length >= 256) {
        const whole = Buffer.concat(this.#held);
        this.#held = [whole];
      }
      return;
    }
    // The last octet is kept beside the bound: it may be the CR of the line's end.
    const whole = Buffer.concat([...this.#held, part]);
    this.#held = [
      whole.length > longestCommand
        ? Buffer.concat([whole.subarray(0, longestCommand), whole.subarray(-1)])
        : whole,
    ];
    this.#length = this.#held[0]?.length ?? 0;
  }

  #finish(part: Buffer, kind: 'command' | 'data'): Line {
    this.#hold(part.subarray(0, -1), kind);
    const whole = this.#gathered();
    const end = whole.at(-1) === 13 ? 'crlf' : 'lf';
    const bytes = end === 'crlf' ? whole.subarray(0, -1) : whole;
    return { bytes: kind === 'command' ? bytes.subarray(0, longestCommand) : bytes, end };
  }

  #gathered(): Buffer {
    const whole = this.#held.length === 1 ? (this.#held[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#held);
    this.#held = [];
    this.#length = 0;
    return whole;
  }
}
