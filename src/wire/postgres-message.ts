/**
 * Messages of PostgreSQL's frontend/backend protocol 3.0 (https://www.postgresql.org/docs/current/protocol-message-formats.html).
 *
 *     Byte1  type (absent ahead of the login)
 *     Int32  length of what follows, itself included, big-endian
 */

import { Buffer } from 'node:buffer';

export type PostgresInput =
  | { readonly kind: 'message'; readonly type: string; readonly body: Buffer }
  | { readonly kind: 'invalid'; readonly length: number };

/** Reads messages out of bytes that arrive in any pieces. */
export class PostgresReader {
  /** False ahead of the login, where messages have no type. */
  typed = false;
  limit: number;
  #held: Buffer = Buffer.alloc(0);
  #pieces: Buffer[] = [];
  #size = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  push(bytes: Uint8Array): void {
    this.#pieces.push(Buffer.from(bytes));
    this.#size += bytes.length;
  }

  rest(): Buffer {
    const rest = Buffer.concat([this.#held, ...this.#pieces]);
    this.#held = Buffer.alloc(0);
    this.#pieces = [];
    this.#size = 0;
    return rest;
  }

  next(): PostgresInput | null {
    const head = this.typed ? 5 : 4;
    if (this.#held.length + this.#size < head) return null;
    if (this.#held.length < head) this.#join();
    const length = this.#held.readInt32BE(head - 4);
    if (length < 4 || length > this.limit) return { kind: 'invalid', length };
    const total = head - 4 + length;
    if (this.#held.length + this.#size < total) return null;
    if (this.#held.length < total) this.#join();
    const type = this.typed ? String.fromCharCode(this.#held[0] ?? 0) : '';
    const body = this.#held.subarray(head, total);
    this.#held = this.#held.subarray(total);
    return { kind: 'message', type, body };
  }

  #join(): void {
    this.#held = Buffer.concat([this.#held, ...this.#pieces]);
    this.#pieces = [];
    this.#size = 0;
  }
}

export function postgresMessage(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

export const zeroText = (text: string): Buffer => Buffer.from(`${text.replaceAll('\0', '')}\0`, 'latin1');

export function int16(value: number): Buffer {
  const octets = Buffer.alloc(2);
  octets.writeInt16BE(value);
  return octets;
}

export function int32(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeInt32BE(value | 0);
  return octets;
}

/** Reads fields of a body; what is beyond the end reads as nothing, and `failed` says so. */
export class PostgresFields {
  readonly #body: Buffer;
  #at = 0;
  failed = false;

  constructor(body: Buffer) {
    this.#body = body;
  }

  get left(): number {
    return this.#body.length - this.#at;
  }

  octets(count: number): Buffer {
    if (count < 0 || count > this.left) {
      this.failed = true;
      this.#at = this.#body.length;
      return Buffer.alloc(0);
    }
    this.#at += count;
    return this.#body.subarray(this.#at - count, this.#at);
  }

  int16(): number {
    const octets = this.octets(2);
    return octets.length === 2 ? octets.readInt16BE() : 0;
  }

  int32(): number {
    const octets = this.octets(4);
    return octets.length === 4 ? octets.readInt32BE() : 0;
  }

  text(): string {
    const end = this.#body.indexOf(0, this.#at);
    if (end < 0) {
      this.failed = true;
      this.#at = this.#body.length;
      return '';
    }
    const text = this.#body.toString('latin1', this.#at, end);
    this.#at = end + 1;
    return text;
  }
}
