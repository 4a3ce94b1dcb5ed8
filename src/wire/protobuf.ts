/**
 * Messages of Protocol Buffers by field numbers, without a schema (https://protobuf.dev/programming-guides/encoding/).
 *
 *     field   <number << 3 | wire type: varint> <value>
 *     0 varint; 1 eight octets; 2 <length: varint> <octets>; 5 four octets; groups (3, 4) are of the past and make a message broken
 *     varint  7 bits an octet, low ones first, bit 7 set but for the last
 */

import { Buffer } from 'node:buffer';
import { octets } from './big-endian.ts';
import { ByteCursor } from './byte-cursor.ts';

/** A message's fields in their order; those of wire types 1 and 5 are passed over. */
export interface ProtobufField {
  readonly number: number;
  /** Octets of wire type 2; the number of wire type 0. */
  readonly value: Uint8Array | bigint;
}

/** Fields of one message, so that a message of empty fields costs no more than its octets. */
const mostFields = 1_024;
const longestVarint = 10;

function readVarint(cursor: ByteCursor): bigint {
  let value = 0n;
  for (let read = 0; read < longestVarint; read += 1) {
    const octet = cursor.uint8();
    value |= BigInt(octet & 0x7f) << BigInt(7 * read);
    if (octet < 128) return BigInt.asUintN(64, value);
  }
  cursor.failed = true;
  return 0n;
}

/** Null for bytes that are no message, or one of more than 1,024 fields. */
export function readProtobuf(bytes: Uint8Array): ProtobufField[] | null {
  const cursor = new ByteCursor(bytes);
  const fields: ProtobufField[] = [];
  while (cursor.left > 0) {
    const key = readVarint(cursor);
    const number = Number(key >> 3n);
    if (number === 0 || number > 0x1fff_ffff || fields.length >= mostFields) return null;
    switch (key & 7n) {
      case 0n:
        fields.push({ number, value: readVarint(cursor) });
        break;
      case 1n:
        cursor.take(8);
        break;
      case 2n: {
        const length = readVarint(cursor);
        fields.push({
          number,
          value: cursor.take(length > 0xff_ff_ff_ffn ? Number.MAX_SAFE_INTEGER : Number(length)),
        });
        break;
      }
      case 5n:
        cursor.take(4);
        break;
      default:
        return null;
    }
    if (cursor.failed) return null;
  }
  return fields;
}

/** The octets of a field; of one that comes more than once, the last. */
export function octetsOf(fields: readonly ProtobufField[], number: number): Uint8Array | null {
  const value = fields.findLast((field) => field.number === number)?.value;
  return value instanceof Uint8Array ? value : null;
}

/** The text of a field; empty where it is not there. */
export function textOf(fields: readonly ProtobufField[], number: number): string {
  const value = octetsOf(fields, number);
  return value === null ? '' : Buffer.from(value).toString('utf8');
}

function varint(value: number): Uint8Array {
  const written: number[] = [];
  let left = value;
  while (left >= 128) {
    written.push((left % 128) | 128);
    left = Math.floor(left / 128);
  }
  return Uint8Array.from([...written, left]);
}

/** A field of a message: a number that is not negative, text as UTF-8, or octets (of a message inside). */
export function protobufField(number: number, value: number | string | Uint8Array): Uint8Array {
  if (typeof value === 'number') return octets(varint(number * 8), varint(value));
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  return octets(varint(number * 8 + 2), varint(bytes.length), bytes);
}
