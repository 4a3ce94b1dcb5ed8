/** The data types of SSH, RFC 4251 §5. */

import { Buffer } from 'node:buffer';
import { PicketError } from '../core/errors.ts';

/** Reads one payload. Every method throws PICKET_PROTOCOL_VIOLATION where the bytes end too early. */
export class SshReader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  #take(count: number): number {
    const start = this.#offset;
    if (count > this.#bytes.length - start) {
      throw new PicketError('PICKET_PROTOCOL_VIOLATION', 'SSH message is shorter than its fields say');
    }
    this.#offset = start + count;
    return start;
  }

  uint8(): number {
    return this.#bytes.readUInt8(this.#take(1));
  }

  boolean(): boolean {
    return this.uint8() !== 0;
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  /** `count` octets without a length; a view, not a copy. */
  octets(count: number): Buffer {
    const start = this.#take(count);
    return this.#bytes.subarray(start, start + count);
  }

  /** `string`: uint32 length, octets; a view, not a copy. */
  string(): Buffer {
    return this.octets(this.uint32());
  }

  /** `string` as UTF-8 text; what is no UTF-8 becomes U+FFFD. */
  text(): string {
    return this.string().toString('utf8');
  }

  /** `name-list`: a string of names between commas; an empty string is an empty list. */
  nameList(): string[] {
    const text = this.string().toString('latin1');
    return text === '' ? [] : text.split(',');
  }
}

/** `mpint`: the octets of a number without sign, as a string with no needless zeros and none that reads as a sign. */
export function sshInteger(magnitude: Uint8Array): Buffer {
  let start = 0;
  while (start < magnitude.length && magnitude[start] === 0) start += 1;
  const length = magnitude.length - start;
  const sign = length > 0 && (magnitude[start] ?? 0) >= 0x80 ? 1 : 0;
  const bytes = Buffer.alloc(4 + sign + length);
  bytes.writeUInt32BE(sign + length, 0);
  bytes.set(magnitude.subarray(start), 4 + sign);
  return bytes;
}

/** `string`: uint32 length, octets. */
export function sshString(value: Uint8Array | string): Buffer {
  const length = typeof value === 'string' ? Buffer.byteLength(value) : value.length;
  const bytes = Buffer.allocUnsafe(4 + length);
  bytes.writeUInt32BE(length, 0);
  if (typeof value === 'string') bytes.write(value, 4, 'utf8');
  else bytes.set(value, 4);
  return bytes;
}

/** Writes one payload, field by field. */
export class SshWriter {
  #bytes = Buffer.allocUnsafe(256);
  #length = 0;

  #grow(count: number): number {
    const start = this.#length;
    const needed = start + count;
    if (needed > this.#bytes.length) {
      const bytes = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(bytes, 0, 0, start);
      this.#bytes = bytes;
    }
    this.#length = needed;
    return start;
  }

  uint8(value: number): this {
    const start = this.#grow(1);
    this.#bytes[start] = value;
    return this;
  }

  boolean(value: boolean): this {
    return this.uint8(value ? 1 : 0);
  }

  uint32(value: number): this {
    const start = this.#grow(4);
    this.#bytes.writeUInt32BE(value, start);
    return this;
  }

  octets(value: Uint8Array): this {
    const start = this.#grow(value.length);
    this.#bytes.set(value, start);
    return this;
  }

  string(value: Uint8Array | string): this {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
    return this.uint32(bytes.length).octets(bytes);
  }

  nameList(names: readonly string[]): this {
    return this.string(names.join(','));
  }

  /** The payload; the writer is spent. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}
