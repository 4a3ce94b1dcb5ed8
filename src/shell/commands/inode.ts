import { seededRandom } from '../../core/random.ts';
import { FileSystem } from '../files/file-system.ts';
import { childrenOf, type Node } from '../files/node.ts';
import type { Process } from '../process.ts';

/** The number of a file on this machine's disk: the same at every look, and another on another machine. */
export function inodeOf(process: Process, path: string): number {
  const { machine } = process.state;
  const absolute = FileSystem.absolute(path, process.folder);
  if (absolute === '/') return 2;
  const most = machine.busybox ? 4_000 : 1_900_000;
  return 131 + (seededRandom(`${machine.persona.seed}:inode:${absolute}`).next() % most);
}

/** Names of a file; of a directory, those that ext4 counts. */
export function linksOf(files: FileSystem, node: Node): number {
  if (node.kind !== 'directory') return files.namesOf(node);
  let links = 2;
  for (const child of childrenOf(node).values()) if (child.kind === 'directory') links += 1;
  return links;
}
