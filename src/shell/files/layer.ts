import type { DirectoryNode, Node } from './node.ts';

/** What one visitor has changed of the machine's files. Several sessions may see the same layer. */
export class FileLayer {
  /** The base's root until something changes. */
  root: DirectoryNode;
  /** The nodes that belong to this layer. */
  readonly own: WeakSet<Node> = new WeakSet();
  /** How many names a file has, where there is more than one. */
  readonly names: WeakMap<Node, number> = new WeakMap();
  files = 0;
  bytes = 0;

  constructor(base: DirectoryNode) {
    this.root = base;
  }

  /** Bytes of memory that it may hold, roughly: a copied `/usr/bin` is some 20 KiB, a node some 300 bytes. */
  cost(base: DirectoryNode): number {
    return this.root === base ? 0 : 32_768 + this.files * 512 + this.bytes;
  }
}
