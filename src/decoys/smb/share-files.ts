/** The files of a share: a folder of the persona's tree, with names that know no case. */

import type { DecoyContext } from '../../core/decoy.ts';
import { bytesToText, textToBytes } from '../../shell/byte-text.ts';
import { FileFault } from '../../shell/files/fault.ts';
import type { FileSystem } from '../../shell/files/file-system.ts';
import { childrenOf, contentOf, type Node } from '../../shell/files/node.ts';
import { layerOf, visitMachine } from '../../shell/files/visit.ts';

export class ShareFiles {
  readonly #files: FileSystem;
  readonly #context: DecoyContext;

  constructor(context: DecoyContext) {
    this.#context = context;
    const { persona, source, sourcePort } = context;
    const layer = layerOf(persona, source);
    const now = (): number => context.now();
    this.#files = visitMachine({ persona, source, sourcePort, now, layer }, now).files;
  }

  /** The path in the tree of a name such as `folder\file`; the names that exist are taken as they are spelled there. */
  resolve(folder: string, name: string): string {
    let path = folder;
    for (const part of name.split(/[\\/]/)) {
      if (part === '' || part === '.' || part === '..') continue;
      const here = this.#files.find(path, '/');
      let spelled = part;
      if (here?.kind === 'directory') {
        const children = childrenOf(here);
        if (!children.has(part)) {
          const lower = part.toLowerCase();
          spelled = [...children.keys()].find((each) => each.toLowerCase() === lower) ?? part;
        }
      }
      path += `/${spelled}`;
    }
    return path;
  }

  /** Makes the share's own folder where the machine has none. */
  prepare(folder: string): void {
    let path = '';
    for (const name of folder.split('/').filter((part) => part !== '')) {
      path += `/${name}`;
      this.#attempt(() => {
        if (this.#files.find(path, '/') === null) this.#files.makeDirectory(path, '/');
      });
    }
  }

  find(path: string): Node | null {
    return this.#files.find(path, '/');
  }

  list(path: string): readonly (readonly [string, Node])[] {
    const node = this.find(path);
    if (node?.kind !== 'directory') return [];
    return [...childrenOf(node)].sort(([left], [right]) => (left < right ? -1 : 1));
  }

  /** False where it could not be made. */
  make(path: string, kind: 'file' | 'directory'): boolean {
    return this.#attempt(() => {
      if (kind === 'directory') this.#files.makeDirectory(path, '/');
      else this.#files.open(path, '/', 'truncate');
    });
  }

  remove(path: string): boolean {
    return this.#attempt(() => this.#files.remove(path, '/'));
  }

  rename(from: string, to: string): boolean {
    return this.#attempt(() => this.#files.rename(from, to, '/'));
  }

  read(path: string, offset: number, count: number): Uint8Array {
    const node = this.find(path);
    if (node?.kind !== 'file') return new Uint8Array();
    return textToBytes(contentOf(node).slice(offset, offset + count));
  }

  /** The whole content, as it stands after a visitor's writes. */
  put(path: string, bytes: Uint8Array): boolean {
    return this.#attempt(() => {
      const node = this.#files.open(path, '/', 'append');
      if (node.kind === 'file') this.#files.setContent(node, bytesToText(bytes), 'smb');
    });
  }

  get now(): number {
    return this.#context.now();
  }

  #attempt(act: () => void): boolean {
    try {
      act();
      return true;
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      return false;
    }
  }
}
