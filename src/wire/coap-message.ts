/**
 * Constrained Application Protocol messages (RFC 7252 §3).
 *
 *     uint8    version 1 (2 bits), type (2 bits), token length (4 bits)
 *     uint8    code: class (3 bits), detail (5 bits)       uint16 message id
 *     byte[]   token, 0 to 8
 *     { uint8 delta of the number and length, 4 bits each: 13 adds a uint8, 14 a uint16; value } …
 *     uint8    0xff, and a payload of at least one octet
 */

import { octets, uint16 } from './big-endian.ts';
import { ByteCursor } from './byte-cursor.ts';

export interface CoapOption {
  readonly number: number;
  readonly value: Uint8Array;
}

export interface CoapMessage {
  /** 0 confirmable, 1 not, 2 acknowledgement, 3 reset. */
  readonly type: number;
  readonly code: number;
  readonly id: number;
  readonly token: Uint8Array;
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
}

const optionLimit = 64;

/** Null where there is no header; 'format' where what follows it is malformed. */
export function readCoapMessage(
  bytes: Uint8Array,
): CoapMessage | { readonly fault: 'format'; readonly type: number; readonly id: number } | null {
  const cursor = new ByteCursor(bytes);
  const first = cursor.uint8();
  const code = cursor.uint8();
  const id = cursor.uint16();
  if (cursor.failed || first >> 6 !== 1) return null;
  const type = (first >> 4) & 3;
  const fault = { fault: 'format', type, id } as const;
  const token = (first & 15) > 8 ? null : cursor.take(first & 15);
  if (token === null || cursor.failed) return fault;
  if (code === 0 && bytes.length > 4) return fault;
  const options: CoapOption[] = [];
  let number = 0;
  let payload: Uint8Array = new Uint8Array(0);
  while (cursor.left > 0) {
    const head = cursor.uint8();
    if (head === 0xff) {
      payload = cursor.rest();
      if (payload.length === 0) return fault;
      break;
    }
    const extended = (nibble: number): number =>
      nibble < 13 ? nibble : nibble === 13 ? 13 + cursor.uint8() : nibble === 14 ? 269 + cursor.uint16() : -1;
    const delta = extended(head >> 4);
    const length = extended(head & 15);
    if (delta < 0 || length < 0 || options.length >= optionLimit) return fault;
    number += delta;
    const value = cursor.take(length);
    if (cursor.failed) return fault;
    options.push({ number, value });
  }
  return { type, code, id, token, options, payload };
}

/** Options in the order of their numbers. */
export function writeCoapMessage(message: CoapMessage): Uint8Array {
  const parts: Uint8Array[] = [];
  let number = 0;
  const nibble = (value: number): readonly [number, readonly number[]] =>
    value < 13
      ? [value, []]
      : value < 269
        ? [13, [value - 13]]
        : [14, [(value - 269) >> 8, (value - 269) & 0xff]];
  for (const option of message.options) {
    const [delta, more] = nibble(option.number - number);
    const [length, rest] = nibble(option.value.length);
    parts.push(octets((delta << 4) | length, ...more, ...rest, option.value));
    number = option.number;
  }
  const payload = message.payload.length > 0 ? octets(0xff, message.payload) : new Uint8Array(0);
  return octets(
    0x40 | (message.type << 4) | message.token.length,
    message.code,
    uint16(message.id),
    message.token,
    ...parts,
    payload,
  );
}
