/**
 * Frames between Picket's processes, over a Unix socket:
 *
 *     uint32  length of what follows, big endian, at most 4 MiB
 *     uint8   version of the record format, 1
 *     byte[]  one JSON value, UTF-8
 *
 * A sensor is not trusted: a longer frame, another version or bytes that are no JSON end the connection with
 * PICKET_FRAME_INVALID, and nothing of the frame is used.
 */

import { Buffer } from 'node:buffer';
import { PicketError } from '../core/errors.ts';

const maximumFrameBytes = 4 * 1024 * 1024;
const frameVersion = 1;
const headBytes = 5;

/** One frame around a JSON text that is made already. */
export function encodeFrame(json: string): Buffer {
  const length = Buffer.byteLength(json);
  const frame = Buffer.allocUnsafe(headBytes + length);
  frame.writeUInt32BE(length + 1, 0);
  frame[4] = frameVersion;
  frame.write(json, headBytes);
  return frame;
}

/** Reads frames from any split of the bytes. Holds at most one frame. */
export class FrameReader {
  #held: Buffer = Buffer.alloc(0);
  readonly #maximum: number;

  constructor(maximum: number = maximumFrameBytes) {
    this.#maximum = maximum;
  }

  /** The JSON values of the frames that are whole now; throws PicketError PICKET_FRAME_INVALID. */
  *push(bytes: Uint8Array): Iterable<unknown> {
    this.#held =
      this.#held.length === 0
        ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        : Buffer.concat([this.#held, bytes]);
    let offset = 0;
    try {
      while (this.#held.length - offset >= 4) {
        const length = this.#held.readUInt32BE(offset);
        if (length < 2 || length > this.#maximum) {
          throw new PicketError(
            'PICKET_FRAME_INVALID',
            `a frame of ${length} bytes; 2 to ${this.#maximum} are allowed`,
          );
        }
        if (this.#held.length - offset > 4 && this.#held[offset + 4] !== frameVersion) {
          throw new PicketError(
            'PICKET_FRAME_INVALID',
            `record format version ${this.#held[offset + 4]}; this engine reads version ${frameVersion}`,
          );
        }
        if (this.#held.length - offset < 4 + length) break;
        const body = this.#held.toString('utf8', offset + headBytes, offset + 4 + length);
        offset += 4 + length;
        let value: unknown;
        try {
          value = JSON.parse(body);
        } catch {
          throw new PicketError('PICKET_FRAME_INVALID', 'a frame that is no JSON');
        }
        yield value;
      }
    } finally {
      this.#held = offset === this.#held.length ? Buffer.alloc(0) : Buffer.from(this.#held.subarray(offset));
    }
  }
}
