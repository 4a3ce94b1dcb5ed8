/** The handshake bytes of an Initial packet number space, put in order (RFC 9000 §7.5, §19.6). */

import { helloLimit } from './tls-client-hello.ts';
import { readVarint } from './quic-packet.ts';

interface CryptoFrame {
  readonly offset: number;
  readonly data: Uint8Array;
}

const frameTypes = { padding: 0, ping: 1, ack: 2, ackWithCounts: 3, crypto: 6, close: 0x1c } as const;
/** A client cuts its hello into a dozen pieces at most; more is an attempt to make us hold scraps. */
const heldPieces = 64;

/** CRYPTO frames of one packet; those of an octet each would cost far more than they bring. */
const framesRead = 256;

/** The end of an ACK frame's body, or null. `ranges` of RFC 9000 §19.3.1, then three counts where it has them. */
function afterAcknowledgement(payload: Uint8Array, at: number, hasCounts: boolean): number | null {
  let end = at;
  let ranges = 0;
  for (let index = 0; index < 4; index += 1) {
    const field = readVarint(payload, end);
    if (field === null) return null;
    if (index === 2) ranges = field.value;
    end = field.end;
  }
  for (let left = ranges * 2 + (hasCounts ? 3 : 0); left > 0; left -= 1) {
    const field = readVarint(payload, end);
    if (field === null) return null;
    end = field.end;
  }
  return end;
}

/** The CRYPTO frames of an Initial packet's payload; it may hold PADDING, PING, ACK and CONNECTION_CLOSE besides. Ends at what is damaged, and at the 256th. */
export function cryptoFrames(payload: Uint8Array): CryptoFrame[] {
  const frames: CryptoFrame[] = [];
  for (let at = 0; at < payload.length && frames.length < framesRead;) {
    const type = payload[at];
    at += 1;
    if (type === frameTypes.padding || type === frameTypes.ping) continue;
    if (type === frameTypes.ack || type === frameTypes.ackWithCounts) {
      const end = afterAcknowledgement(payload, at, type === frameTypes.ackWithCounts);
      if (end === null) return frames;
      at = end;
      continue;
    }
    if (type !== frameTypes.crypto) return frames;
    const offset = readVarint(payload, at);
    const length = offset === null ? null : readVarint(payload, offset.end);
    if (offset === null || length === null || length.end + length.value > payload.length) return frames;
    frames.push({ offset: offset.value, data: payload.subarray(length.end, length.end + length.value) });
    at = length.end + length.value;
  }
  return frames;
}

export class CryptoStream {
  /** Bytes in order from the start. */
  #joined: Uint8Array = new Uint8Array(0);
  /** Pieces that wait for what lies before them, by their offset. */
  #waiting: CryptoFrame[] = [];

  /** What has come without a gap, after this piece too. Pieces past 64 KiB and past the 64th that waits are dropped. */
  add(frame: CryptoFrame): Uint8Array {
    if (frame.offset + frame.data.length > helloLimit || this.#waiting.length >= heldPieces)
      return this.#joined;
    this.#waiting.push({ offset: frame.offset, data: Uint8Array.from(frame.data) });
    this.#waiting.sort((left, right) => left.offset - right.offset);
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (first.offset > this.#joined.length) break;
      this.#waiting.shift();
      const fresh = first.data.subarray(this.#joined.length - first.offset);
      if (fresh.length > 0) this.#joined = Buffer.concat([this.#joined, fresh]);
    }
    return this.#joined;
  }
}
