/** What a client of the SFTP subsystem has open. */

import { Buffer } from 'node:buffer';
import type { Node } from '../../shell/files/node.ts';

const handlesLimit = 200;

export interface OpenFile {
  readonly kind: 'file';
  readonly path: string;
  readonly node: Node;
  readonly flags: number;
  /** Of a file that is made when read: made once a handle. */
  content: string | null;
}

export interface OpenFolder {
  readonly kind: 'folder';
  readonly path: string;
  readonly entries: (readonly [name: string, node: Node])[];
}

export class SftpHandles {
  readonly #open = new Map<number, OpenFile | OpenFolder>();

  get all(): Iterable<OpenFile | OpenFolder> {
    return this.#open.values();
  }

  clear(): void {
    this.#open.clear();
  }

  /** The lowest number that is free, as four octets; null where too many are open. */
  add(handle: OpenFile | OpenFolder): Buffer | null {
    let number = 0;
    while (this.#open.has(number)) number += 1;
    if (number >= handlesLimit) return null;
    this.#open.set(number, handle);
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(number);
    return bytes;
  }

  get(bytes: Buffer): OpenFile | OpenFolder | null {
    return bytes.length === 4 ? (this.#open.get(bytes.readUInt32BE(0)) ?? null) : null;
  }

  /** Closes it, and gives what it was. */
  remove(bytes: Buffer): OpenFile | OpenFolder | null {
    const handle = this.get(bytes);
    if (handle !== null) this.#open.delete(bytes.readUInt32BE(0));
    return handle;
  }
}
