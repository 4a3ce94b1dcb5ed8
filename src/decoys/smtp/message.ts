/** A message on its way in: its beginning is kept, the rest is counted. */

import { Buffer } from 'node:buffer';

/** Enough for any text with a document attached; a sensor full of visitors cannot hold more of each. */
const mostKept = 1_048_576;

export class Message {
  readonly #pieces: Buffer[] = [];
  #kept = 0;
  size = 0;
  /** True where the last line has no end yet. */
  endsOpen = false;

  add(bytes: Uint8Array): void {
    this.size += bytes.length;
    if (bytes.length > 0) this.endsOpen = bytes.at(-1) !== 10;
    const room = mostKept - this.#kept;
    if (room <= 0 || bytes.length === 0) return;
    const piece = Buffer.from(bytes.subarray(0, room));
    this.#pieces.push(piece);
    this.#kept += piece.length;
    // Many short lines would cost more in objects than in bytes.
    if (this.#pieces.length >= 1_024)
      this.#pieces.splice(0, this.#pieces.length, Buffer.concat(this.#pieces));
  }

  bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#pieces));
  }
}
