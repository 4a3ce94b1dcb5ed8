/** Fields of protocols that count from the little end, as Microsoft's do. */

import { Buffer } from 'node:buffer';
import { utf16Text } from './utf16-text.ts';

/** Reads fields by offset; what lies outside is zero or empty, so that a short message is one with zeros. */
export class LittleReader {
  readonly bytes: Buffer;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.length;
  }

  uint8(at: number): number {
    return this.bytes[at] ?? 0;
  }

  uint16(at: number): number {
    return at >= 0 && at + 2 <= this.bytes.length ? this.bytes.readUInt16LE(at) : 0;
  }

  uint32(at: number): number {
    return at >= 0 && at + 4 <= this.bytes.length ? this.bytes.readUInt32LE(at) : 0;
  }

  uint64(at: number): bigint {
    return at >= 0 && at + 8 <= this.bytes.length ? this.bytes.readBigUInt64LE(at) : 0n;
  }

  slice(at: number, count: number): Buffer {
    return this.bytes.subarray(Math.min(at, this.bytes.length), Math.min(at + count, this.bytes.length));
  }

  /** UTF-16 text of this many octets. */
  wide(at: number, count: number): string {
    return utf16Text(this.slice(at, count));
  }
}

export class LittleWriter {
  readonly #parts: Buffer[] = [];
  length = 0;

  octets(bytes: Uint8Array): this {
    this.#parts.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    this.length += bytes.length;
    return this;
  }

  uint8(value: number): this {
    return this.octets(Uint8Array.of(value & 0xff));
  }

  uint16(value: number): this {
    return this.octets(Uint8Array.of(value & 0xff, (value >>> 8) & 0xff));
  }

  uint32(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value >>> 0);
    return this.octets(bytes);
  }

  uint64(value: bigint): this {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
    return this.octets(bytes);
  }

  zeros(count: number): this {
    return this.octets(Buffer.alloc(count));
  }

  wide(text: string): this {
    return this.octets(Buffer.from(text, 'utf16le'));
  }

  /** Zeros up to a multiple of this many octets. */
  align(to: number): this {
    return this.zeros((to - (this.length % to)) % to);
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** FILETIME: 100 nanoseconds since 1601 ([MS-DTYP] §2.3.3), of milliseconds since the epoch. */
export function fileTime(milliseconds: number): bigint {
  return (BigInt(Math.floor(milliseconds)) + 11_644_473_600_000n) * 10_000n;
}
