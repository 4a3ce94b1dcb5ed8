/**
 * Captured payloads, by the SHA-256 of their bytes, in a container that no loader takes for a program:
 *
 *     bytes  16  "PICKET-PAYLOAD-1"
 *     bytes  32  SHA-256 of the payload
 *     uint64 be  length of the payload
 *     bytes  …   the payload as a raw DEFLATE stream (RFC 1951)
 */

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflateRaw, inflateRawSync } from 'node:zlib';

const deflate = promisify(deflateRaw);
const magic = Buffer.from('PICKET-PAYLOAD-1', 'latin1');
const headerLength = 56;
const maximumWaitingBytes = 67_108_864;

/** The payload inside a stored container. Throws where it is none, or was altered. */
export function openContainer(container: Uint8Array): Uint8Array {
  const bytes = Buffer.from(container);
  if (bytes.length < headerLength || !bytes.subarray(0, 16).equals(magic)) {
    throw new Error('not a payload container');
  }
  const length = Number(bytes.readBigUInt64BE(48));
  const payload = inflateRawSync(bytes.subarray(headerLength), { maxOutputLength: Math.max(1, length) });
  if (!createHash('sha256').update(payload).digest().equals(bytes.subarray(16, 48))) {
    throw new Error('the payload is not the one that was stored');
  }
  return payload;
}

export class PayloadStore {
  readonly #folder: string;
  readonly #maximumBytes: number;
  #bytes = 0;
  #waiting = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(folder: string, maximumBytes: number) {
    this.#folder = folder;
    this.#maximumBytes = maximumBytes;
  }

  start(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(this.#folder)) this.#bytes += statSync(join(this.#folder, name)).size;
  }

  /** Hashes at once, stores behind; `stored` hears whether the payload is kept. Returns the SHA-256 in hex. */
  add(payload: Uint8Array, stored: (kept: boolean) => void): string {
    const digest = createHash('sha256').update(payload).digest();
    const name = digest.toString('hex');
    if (this.#waiting + payload.length > maximumWaitingBytes) stored(false);
    else {
      const copy = payload.slice();
      this.#waiting += copy.length;
      this.#work = this.#work
        .then(() => this.#store(name, digest, copy))
        .then(stored, () => stored(false))
        .finally(() => {
          this.#waiting -= copy.length;
        });
    }
    return name;
  }

  /** Waits for what is being stored. */
  async stop(): Promise<void> {
    await this.#work;
  }

  async #store(name: string, digest: Buffer, payload: Uint8Array): Promise<boolean> {
    const path = join(this.#folder, `${name}.payload`);
    const present = await stat(path).then(
      () => true,
      () => false,
    );
    if (present) return true;
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(payload.length));
    const container = Buffer.concat([magic, digest, length, await deflate(payload)]);
    if (this.#bytes + container.length > this.#maximumBytes) return false;
    try {
      await writeFile(`${path}.new`, container, { mode: 0o400, flag: 'wx' });
      await rename(`${path}.new`, path);
    } catch (error) {
      await rm(`${path}.new`, { force: true });
      throw error;
    }
    this.#bytes += container.length;
    return true;
  }
}
