import type { Node } from '../files/node.ts';

/** A file that a walk has met. */
export interface Found {
  /** As it is shown: the starting point, then the names below it. */
  readonly path: string;
  readonly node: Node;
  readonly depth: number;
  readonly start: string;
}

/** The last name of a path, as basename(1) gives it. */
export function baseOf(path: string): string {
  const bare = path.replace(/\/+$/, '');
  return bare === '' ? (path === '' ? '' : '/') : bare.slice(bare.lastIndexOf('/') + 1);
}
