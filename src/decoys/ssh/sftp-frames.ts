/** The messages of the SFTP subsystem, out of a stream in any pieces. */

import { Buffer } from 'node:buffer';

/** SFTP_MAX_MSG_LENGTH. */
const messageBytes = 262_144;

// uint32   length
// byte     type
// uint32   request-id
// ...      type specific fields
export class SftpFrames {
  #chunks: Buffer[] = [];
  #held = 0;
  /** sftp-server looks at a message once there are five octets. */
  #needed = 5;

  push(bytes: Uint8Array): void {
    this.#chunks.push(Buffer.from(bytes));
    this.#held += bytes.length;
  }

  /** The next message without its length; null where it is not whole yet, or why there is none. */
  next(): Buffer | 'empty' | 'too-long' | null {
    if (this.#held < this.#needed) return null;
    const whole =
      this.#chunks.length === 1 ? (this.#chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#chunks);
    const length = whole.readUInt32BE(0);
    if (length > messageBytes || length < 1) return length < 1 ? 'empty' : 'too-long';
    this.#needed = 4 + length;
    this.#chunks = [whole];
    if (whole.length < this.#needed) return null;
    const rest = whole.subarray(this.#needed);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#held = rest.length;
    this.#needed = 5;
    return whole.subarray(4, 4 + length);
  }
}
