/**
 * Frames of the Stream Processing Offload Protocol 2.0 (HAProxy's doc/SPOE.txt, section 3.2).
 *
 *     uint32  length of what follows, big endian
 *     uint8   type
 *     uint32  flags: bit 0 the last fragment, bit 1 aborted
 *     varint  stream
 *     varint  frame within the stream
 *     …       payload
 */

import { octets, uint32 } from './big-endian.ts';
import { ByteCursor } from './byte-cursor.ts';
import { ByteQueue } from './byte-queue.ts';
import { readText, readValue, readVarint, text, varint, writeValue, type SpopValue } from './spop-value.ts';

export const spopType = {
  haproxyHello: 1,
  haproxyDisconnect: 2,
  notify: 3,
  agentHello: 101,
  agentDisconnect: 102,
  acknowledge: 103,
} as const;

export const lastFragment = 1;

export interface SpopFrame {
  readonly type: number;
  readonly flags: number;
  readonly stream: bigint;
  readonly frame: bigint;
  readonly payload: Uint8Array;
}

export interface SpopMessage {
  readonly name: string;
  /** Of a name that comes twice, the last. */
  readonly values: ReadonlyMap<string, SpopValue>;
}

/** Messages in one NOTIFY, and values beside a message name: HAProxy's are few. */
const mostMessages = 64;
/** Values of a HELLO or DISCONNECT. */
const mostValues = 64;

export function writeFrame(frame: SpopFrame): Uint8Array {
  const body = octets(
    frame.type,
    uint32(frame.flags),
    varint(frame.stream),
    varint(frame.frame),
    frame.payload,
  );
  return octets(uint32(body.length), body);
}

/** Takes a stream apart into frames. Once a frame is too large or too short, nothing more is read. */
export class SpopFrames {
  readonly #queue = new ByteQueue();
  readonly #largest: number;
  fault: 'too large' | 'invalid' | null = null;

  /** `largest` in octets, without the length ahead of it. */
  constructor(largest: number) {
    this.#largest = largest;
  }

  *push(bytes: Uint8Array): Iterable<SpopFrame> {
    if (this.fault !== null) return;
    this.#queue.append(bytes);
    while (this.#queue.length >= 4) {
      const length = new ByteCursor(this.#queue.view(0, 4)).uint32();
      if (length > this.#largest) {
        this.fault = 'too large';
        return;
      }
      if (this.#queue.length < 4 + length) return;
      const cursor = new ByteCursor(new Uint8Array(this.#queue.view(4, 4 + length)));
      this.#queue.drop(4 + length);
      const frame = {
        type: cursor.uint8(),
        flags: cursor.uint32(),
        stream: readVarint(cursor),
        frame: readVarint(cursor),
        payload: cursor.rest(),
      };
      if (cursor.failed) {
        this.fault = 'invalid';
        return;
      }
      yield frame;
    }
  }
}

/**
 * The payload of HELLO and DISCONNECT; null where it is broken.
 *
 *     *( <name: string> <value: typed data> )
 */
export function readValues(payload: Uint8Array): ReadonlyMap<string, SpopValue> | null {
  const cursor = new ByteCursor(payload);
  const values = new Map<string, SpopValue>();
  for (let count = 0; cursor.left > 0; count += 1) {
    const name = readText(cursor);
    const value = readValue(cursor);
    if (cursor.failed || count >= mostValues) return null;
    values.set(name, value);
  }
  return values;
}

export const writeValues = (
  values: readonly (readonly [name: string, value: Parameters<typeof writeValue>[0]])[],
): Uint8Array => octets(...values.flatMap(([name, value]) => [text(name), writeValue(value)]));

/**
 * The payload of NOTIFY; null where it is broken.
 *
 *     *( <message name: string> <count: uint8> count*( <name: string> <value: typed data> ) )
 */
export function readMessages(payload: Uint8Array): SpopMessage[] | null {
  const cursor = new ByteCursor(payload);
  const messages: SpopMessage[] = [];
  while (cursor.left > 0) {
    const name = readText(cursor);
    const values = new Map<string, SpopValue>();
    for (let left = cursor.uint8(); left > 0 && !cursor.failed; left -= 1) {
      const key = readText(cursor);
      values.set(key, readValue(cursor));
    }
    if (cursor.failed || messages.length >= mostMessages) return null;
    messages.push({ name, values });
  }
  return messages;
}

const setVariable = 1;
const transactionScope = 2;

/**
 * An action of ACK: a variable for the rest of the transaction.
 *
 *     <1: set-var> <3: arguments> <2: transaction> <name: string> <value: typed data>
 */
export const setTransactionText = (name: string, value: string): Uint8Array =>
  octets(setVariable, 3, transactionScope, text(name), writeValue({ type: 'string', value }));
