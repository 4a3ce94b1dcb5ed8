/**
 * What engine and store say to each other over a Unix socket:
 *
 *     uint32  length of what follows, big endian, at most 64 MiB
 *     byte[]  one JSON value, UTF-8: { id, call, arguments } there, { id, result } or { id, error } back
 */

import { Buffer } from 'node:buffer';
import { PicketError } from '../core/errors.ts';

export const mostFrameBytes: number = 64 * 1024 * 1024;

export function encodeMessage(value: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(value));
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length, 0);
  return Buffer.concat([head, body]);
}

/** Reads messages from any split of the bytes. */
export class MessageReader<Message> {
  #parts: Buffer[] = [];
  #held = 0;

  /** The values that are whole now. Throws `PICKET_FRAME_INVALID` for one that is too long or no JSON. */
  push(bytes: Buffer): Message[] {
    this.#parts.push(bytes);
    this.#held += bytes.length;
    const values: Message[] = [];
    for (;;) {
      if (this.#held < 4) return values;
      if ((this.#parts[0]?.length ?? 0) < 4) this.#parts = [Buffer.concat(this.#parts)];
      const length = this.#parts[0]?.readUInt32BE(0) ?? 0;
      if (length > mostFrameBytes) {
        throw new PicketError(
          'PICKET_FRAME_INVALID',
          `a store message of ${length} bytes; ${mostFrameBytes} are allowed`,
        );
      }
      if (this.#held < 4 + length) return values;
      const all = Buffer.concat(this.#parts);
      this.#parts = [all.subarray(4 + length)];
      this.#held = all.length - 4 - length;
      try {
        values.push(JSON.parse(all.toString('utf8', 4, 4 + length)));
      } catch (error) {
        throw new PicketError('PICKET_FRAME_INVALID', 'a store message that is no JSON', { cause: error });
      }
    }
  }
}
