/**
 * Numbers and typed data of the Stream Processing Offload Protocol, by which HAProxy asks its agents
 * (HAProxy's doc/SPOE.txt, section 3.1).
 *
 *     varint      below 240 one octet; else 1111xxxx with the low 4 bits, then 7 bits an octet of what is left, low ones first
 *     string      <length: varint> <octets>
 *     typed data  <type: low 4 bits, flags: high 4 bits> <value>
 */

import { formatAddress, formatIpv4 } from '../core/address.ts';
import { latin1, octets } from './big-endian.ts';
import type { ByteCursor } from './byte-cursor.ts';

export type SpopValue =
  | { readonly type: 'null' }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'int32' | 'uint32' | 'int64' | 'uint64'; readonly value: bigint }
  /** Canonical text. */
  | { readonly type: 'address'; readonly value: string }
  /** Latin-1. */
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'binary'; readonly value: Uint8Array };

const numbers = { 2: 'int32', 3: 'uint32', 4: 'int64', 5: 'uint64' } as const;
const codes = { int32: 2, uint32: 3, int64: 4, uint64: 5 } as const;
const trueFlag = 0x10;
/** 4 bits and nine times 7: all of 64. */
const longestVarint = 10;

/** Modulo 2⁶⁴. Fails the cursor where it does not end. */
export function readVarint(cursor: ByteCursor): bigint {
  const first = cursor.uint8();
  if (first < 240) return BigInt(first);
  let value = BigInt(first);
  let shift = 4n;
  for (let read = 1; read < longestVarint; read += 1) {
    const octet = cursor.uint8();
    value += BigInt(octet) << shift;
    shift += 7n;
    if (octet < 128) return BigInt.asUintN(64, value);
  }
  cursor.failed = true;
  return 0n;
}

export function varint(value: bigint | number): Uint8Array {
  let left = BigInt.asUintN(64, BigInt(value));
  if (left < 240n) return Uint8Array.of(Number(left));
  const written = [Number((left & 0x0fn) | 0xf0n)];
  left = (left - 240n) >> 4n;
  while (left >= 128n) {
    written.push(Number((left & 0x7fn) | 0x80n));
    left = (left - 128n) >> 7n;
  }
  written.push(Number(left));
  return Uint8Array.from(written);
}

function readOctets(cursor: ByteCursor): Uint8Array {
  const length = readVarint(cursor);
  // A length beyond what is there fails the cursor by itself; made small first, so that it is a plain number.
  return cursor.take(length > 0xff_ff_ff_ffn ? Number.MAX_SAFE_INTEGER : Number(length));
}

/** Latin-1. */
export const readText = (cursor: ByteCursor): string => latin1(readOctets(cursor));

/** `text` is Latin-1. */
export const text = (value: string): Uint8Array => octets(varint(value.length), value);

/** Types that are reserved fail the cursor: their length is not known. */
export function readValue(cursor: ByteCursor): SpopValue {
  const head = cursor.uint8();
  const type = head & 0x0f;
  switch (type) {
    case 0:
      return { type: 'null' };
    case 1:
      return { type: 'boolean', value: (head & trueFlag) !== 0 };
    case 2:
    case 3:
    case 4:
    case 5:
      return { type: numbers[type], value: readVarint(cursor) };
    case 6:
      return { type: 'address', value: formatIpv4(cursor.uint32()) };
    case 7: {
      const octetsOfAddress = cursor.take(16);
      const value = octetsOfAddress.reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n);
      const isMapped = value >> 32n === 0xffffn;
      return {
        type: 'address',
        value: isMapped ? formatIpv4(Number(value & 0xff_ff_ff_ffn)) : formatAddress({ family: 6, value }),
      };
    }
    case 8:
      return { type: 'string', value: readText(cursor) };
    case 9:
      return { type: 'binary', value: readOctets(cursor) };
    default:
      cursor.failed = true;
      return { type: 'null' };
  }
}

/** What an agent has to say: it names no addresses. */
export function writeValue(value: Exclude<SpopValue, { type: 'address' }>): Uint8Array {
  switch (value.type) {
    case 'null':
      return Uint8Array.of(0);
    case 'boolean':
      return Uint8Array.of(value.value ? 1 | trueFlag : 1);
    case 'string':
      return octets(8, text(value.value));
    case 'binary':
      return octets(9, varint(value.value.length), value.value);
    default:
      return octets(codes[value.type], varint(value.value));
  }
}
