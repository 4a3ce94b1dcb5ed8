/**
 * Packets of the MySQL client/server protocol.
 *
 *     int<3>  length of the payload, little-endian; 0xffffff where more packets continue it
 *     int<1>  sequence number
 *     byte[]  payload
 */

import { Buffer } from 'node:buffer';

export type MysqlPacket =
  | { readonly kind: 'packet'; readonly sequence: number; readonly payload: Buffer }
  /** Longer than is taken. */
  | { readonly kind: 'too-long'; readonly sequence: number };

export const longestPart = 0xffffff;

/** Reads packets out of bytes that arrive in any pieces. Holds at most `limit` octets of one. */
export class MysqlPacketReader {
  limit: number;
  #pieces: Buffer[] = [];
  #held = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pieces.push(Buffer.from(bytes));
    this.#held += bytes.length;
  }

  /** What has come and was not read; the reader is empty then. */
  rest(): Buffer {
    const rest = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#held = 0;
    return rest;
  }

  next(): MysqlPacket | null {
    let at = 0;
    const payloads: [number, number][] = [];
    let total = 0;
    for (;;) {
      if (this.#held < at + 4) return null;
      const header = this.#peek(at, 4);
      const length = header.readUIntLE(0, 3);
      const sequence = header[3] ?? 0;
      total += length;
      if (total > this.limit) return { kind: 'too-long', sequence };
      if (this.#held < at + 4 + length) return null;
      payloads.push([at + 4, at + 4 + length]);
      at += 4 + length;
      if (length < longestPart) {
        const whole = this.rest();
        this.push(whole.subarray(at));
        const parts = payloads.map(([start, end]) => whole.subarray(start, end));
        const [first] = parts;
        return {
          kind: 'packet',
          sequence,
          payload: parts.length === 1 && first !== undefined ? first : Buffer.concat(parts),
        };
      }
    }
  }

  /** So many octets from an offset, across pieces; the caller knows that they are there. */
  #peek(offset: number, count: number): Buffer {
    const [first] = this.#pieces;
    if (first !== undefined && first.length >= offset + count) return first.subarray(offset, offset + count);
    const found = Buffer.alloc(count);
    let start = 0;
    let filled = 0;
    for (const piece of this.#pieces) {
      const from = Math.max(0, offset + filled - start);
      if (from < piece.length)
        filled += piece.copy(found, filled, from, Math.min(piece.length, from + count - filled));
      if (filled === count) break;
      start += piece.length;
    }
    return found;
  }
}

/** A payload as one packet or several. */
export function mysqlPacket(payload: Uint8Array, sequence: number): Buffer {
  const parts: Buffer[] = [];
  let number = sequence;
  for (let start = 0; ; start += longestPart) {
    const part = payload.subarray(start, start + longestPart);
    const header = Buffer.alloc(4);
    header.writeUIntLE(part.length, 0, 3);
    header[3] = number & 0xff;
    parts.push(header, Buffer.from(part));
    number += 1;
    if (part.length < longestPart) return Buffer.concat(parts);
  }
}

/** Length-encoded integer: one octet, or 0xfc and two, 0xfd and three, 0xfe and eight. */
export function lengthInteger(value: number): Buffer {
  if (value < 251) return Buffer.of(value);
  if (value < 0x10000) return Buffer.of(0xfc, value & 0xff, value >> 8);
  if (value < 0x1000000) return Buffer.of(0xfd, value & 0xff, (value >> 8) & 0xff, value >> 16);
  const long = Buffer.alloc(9);
  long[0] = 0xfe;
  long.writeBigUInt64LE(BigInt(value), 1);
  return long;
}

/** Length-encoded text; Latin-1, so that each octet survives. */
export function lengthText(text: string): Buffer {
  return Buffer.concat([lengthInteger(text.length), Buffer.from(text, 'latin1')]);
}

/** Reads fields of a payload. What is beyond the end reads as nothing, and `failed` says so. */
export class MysqlFields {
  readonly #payload: Buffer;
  #at = 0;
  failed = false;

  constructor(payload: Buffer, at = 0) {
    this.#payload = payload;
    this.#at = at;
  }

  get left(): number {
    return this.#payload.length - this.#at;
  }

  octets(count: number): Buffer {
    if (count > this.left) {
      this.failed = true;
      this.#at = this.#payload.length;
      return Buffer.alloc(0);
    }
    this.#at += count;
    return this.#payload.subarray(this.#at - count, this.#at);
  }

  integer(count: 1 | 2 | 3 | 4): number {
    const octets = this.octets(count);
    return octets.length === 0 ? 0 : octets.readUIntLE(0, count);
  }

  lengthInteger(): number {
    const first = this.integer(1);
    if (first < 0xfb) return first;
    if (first === 0xfc) return this.integer(2);
    if (first === 0xfd) return this.integer(3);
    const octets = this.octets(8);
    const value = octets.length === 8 ? Number(octets.readBigUInt64LE()) : 0;
    return value;
  }

  /** Text up to a zero octet, or to the end. */
  zeroText(): string {
    const end = this.#payload.indexOf(0, this.#at);
    const text = this.#payload.toString('latin1', this.#at, end < 0 ? this.#payload.length : end);
    this.#at = end < 0 ? this.#payload.length : end + 1;
    return text;
  }

  rest(): Buffer {
    return this.octets(this.left);
  }
}
