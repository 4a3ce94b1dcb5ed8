/**
 * MQTT control packets (OASIS MQTT 3.1.1 §2, 5.0 §2) out of a stream.
 *
 *     uint8    type (4 bits), flags (4 bits)
 *     varint   remaining length: seven bits an octet, lowest first, at most four octets
 *     byte[]   variable header and payload
 */

import { Buffer } from 'node:buffer';
import { octets, uint16 } from './big-endian.ts';
import type { ByteCursor } from './byte-cursor.ts';
import { ByteQueue } from './byte-queue.ts';

export interface MqttPacket {
  readonly type: number;
  readonly flags: number;
  /** A view that holds until more is pushed. */
  readonly body: Uint8Array;
}

export const mqttType = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
  auth: 15,
} as const;

export function encodeVariable(value: number): Uint8Array {
  const digits: number[] = [];
  let rest = value;
  do {
    const digit = rest % 128;
    rest = Math.floor(rest / 128);
    digits.push(rest > 0 ? digit | 0x80 : digit);
  } while (rest > 0);
  return Uint8Array.from(digits);
}

export function mqttPacket(
  type: number,
  flags: number,
  ...parts: readonly (number | string | Uint8Array)[]
): Uint8Array {
  const body = octets(...parts);
  return octets((type << 4) | flags, encodeVariable(body.length), body);
}

/** UTF-8 text behind a uint16 length. */
export function mqttText(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8');
  return octets(uint16(bytes.length), bytes);
}

/** The same read; null where it is no UTF-8 or holds a zero (§1.5.4). */
export function readMqttText(cursor: ByteCursor): string | null {
  const bytes = cursor.take(cursor.uint16());
  if (cursor.failed) return null;
  const text = Buffer.from(bytes).toString('utf8');
  return text.includes('\0') || text.includes('\ufffd') ? null : text;
}

/** Variable byte integer inside a packet; -1 where it is malformed. */
export function readVariable(cursor: ByteCursor): number {
  let value = 0;
  for (let index = 0, scale = 1; index < 4; index += 1, scale *= 128) {
    const digit = cursor.uint8();
    value += (digit & 0x7f) * scale;
    if (digit < 0x80) return cursor.failed ? -1 : value;
  }
  return -1;
}

/** How each property of MQTT 5 (§2.2.2.2) is written. */
const propertyForm: Readonly<
  Record<number, 'uint8' | 'uint16' | 'uint32' | 'variable' | 'binary' | 'text' | 'pair'>
> = {
  1: 'uint8',
  2: 'uint32',
  3: 'text',
  8: 'text',
  9: 'binary',
  11: 'variable',
  17: 'uint32',
  18: 'text',
  19: 'uint16',
  21: 'text',
  22: 'binary',
  23: 'uint8',
  24: 'uint32',
  25: 'uint8',
  26: 'text',
  28: 'text',
  31: 'text',
  33: 'uint16',
  34: 'uint16',
  35: 'uint16',
  36: 'uint8',
  37: 'uint8',
  38: 'pair',
  39: 'uint32',
  40: 'uint8',
  41: 'uint8',
  42: 'uint8',
};

/** Properties by their number; null where they are malformed. Of a property that may repeat, the last is kept. */
export function readProperties(cursor: ByteCursor): Map<number, number | string | Uint8Array> | null {
  const length = readVariable(cursor);
  if (length < 0 || length > cursor.left) return null;
  const end = cursor.offset + length;
  const found = new Map<number, number | string | Uint8Array>();
  while (cursor.offset < end) {
    const id = readVariable(cursor);
    const form = propertyForm[id];
    if (form === undefined) return null;
    if (form === 'uint8') found.set(id, cursor.uint8());
    else if (form === 'uint16') found.set(id, cursor.uint16());
    else if (form === 'uint32') found.set(id, cursor.uint32());
    else if (form === 'variable') found.set(id, readVariable(cursor));
    else if (form === 'binary') found.set(id, cursor.take(cursor.uint16()));
    else {
      const text = readMqttText(cursor);
      const second = form === 'pair' ? readMqttText(cursor) : '';
      if (text === null || second === null) return null;
      found.set(id, form === 'pair' ? `${text}=${second}` : text);
    }
    if (cursor.failed || cursor.offset > end) return null;
  }
  return found;
}

/** Cuts packets out of a stream; a length beyond `limit` or in five octets ends it with 'bad'. */
export class MqttReader {
  readonly #limit: number;
  readonly #held = new ByteQueue();
  #dead = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  *push(bytes: Uint8Array): Generator<MqttPacket | 'bad', void, undefined> {
    if (this.#dead) return;
    this.#held.append(bytes);
    while (this.#held.length >= 2) {
      let length = 0;
      let next = 1;
      for (let scale = 1; ; scale *= 128) {
        const digit = this.#held.at(next);
        if (digit === undefined) return;
        next += 1;
        length += (digit & 0x7f) * scale;
        if (digit < 0x80) break;
        if (next > 4) {
          this.#dead = true;
          yield 'bad';
          return;
        }
      }
      if (length > this.#limit) {
        this.#dead = true;
        yield 'bad';
        return;
      }
      if (this.#held.length < next + length) return;
      const first = this.#held.at(0) ?? 0;
      yield { type: first >> 4, flags: first & 15, body: this.#held.view(next, next + length) };
      this.#held.drop(next + length);
    }
  }
}
