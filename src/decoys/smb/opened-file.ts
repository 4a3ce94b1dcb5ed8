/** What a visitor has open: a file or folder of a share, or a pipe. What he writes is gathered until he closes it. */

import { Buffer } from 'node:buffer';
import type { Pipe } from './pipe.ts';
import type { Share } from './server.ts';

/** Bytes that one conversation may have gathered in files that are not closed. */
export const mostGathered = 8_388_608;

export class OpenedFile {
  readonly share: Share;
  /** In the persona's tree. */
  path: string;
  /** As the visitor named it. */
  readonly name: string;
  readonly pipe: Pipe | null;
  isDeletedOnClose = false;
  /** Where a listing of the folder goes on; -1 where it has not begun. */
  listed = -1;
  pattern = '*';
  #gathered: Buffer | null = null;
  #length = 0;

  constructor(share: Share, path: string, name: string, pipe: Pipe | null) {
    this.share = share;
    this.path = path;
    this.name = name;
    this.pipe = pipe;
  }

  get gathered(): Uint8Array | null {
    return this.#gathered === null ? null : this.#gathered.subarray(0, this.#length);
  }

  /** How much more memory a write to here takes. */
  growth(end: number): number {
    return Math.max(0, end - (this.#gathered?.length ?? 0));
  }

  /** `before` is what the file holds where nothing was written yet. */
  write(offset: number, bytes: Uint8Array, before: () => Uint8Array): void {
    if (this.#gathered === null) {
      this.#gathered = Buffer.from(before());
      this.#length = this.#gathered.length;
    }
    const end = offset + bytes.length;
    if (end > this.#gathered.length) {
      const larger = Buffer.alloc(Math.min(mostGathered, Math.max(end, this.#gathered.length * 2)));
      this.#gathered.copy(larger, 0, 0, this.#length);
      this.#gathered = larger;
    }
    this.#gathered.set(bytes, offset);
    this.#length = Math.max(this.#length, end);
  }
}
