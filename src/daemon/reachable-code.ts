/**
 * A checkout in a folder that other users can't enter, such as root's home: a process that has given up root could load no
 * worker thread and no library from there any more. It then gets its code at a second path, in a mount namespace of its own.
 */

import { mkdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import process from 'node:process';

/** Where the code is seen at; only the process itself sees it there. */
const secondPath = '/run/picket';
const othersMayEnter = 0o001;

const codeFolder = resolve(import.meta.dirname, '../..');

/** True where every folder on the way can be entered by any user. */
export function isReachable(folder: string): boolean {
  for (let path = folder; ; path = dirname(path)) {
    if ((statSync(path).mode & othersMayEnter) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

/** Program and arguments that start a file of ours with this very Node, so that it can read its code whoever it becomes. */
export function startOf(
  file: string,
  options: readonly string[],
  words: readonly string[],
): { readonly program: string; readonly words: readonly string[] } {
  if (process.getuid?.() !== 0 || isReachable(codeFolder)) {
    return { program: process.execPath, words: [...options, file, ...words] };
  }
  mkdirSync(secondPath, { recursive: true, mode: 0o755 });
  const seen = (path: string): string => {
    const inside = relative(codeFolder, path);
    return inside.startsWith('..') ? path : join(secondPath, inside);
  };
  // `unshare` and `sh` replace themselves: the process keeps its id, its descriptors and its channel to us. It works in the folder
  // that it was started in, seen by the second path: chDB refuses to open in one that it can't enter.
  const script = 'mount --bind "$1" "$2" && cd "$3" && shift 3 && exec "$@"';
  const command = [seen(process.execPath), ...options, seen(file), ...words];
  return {
    program: 'unshare',
    words: [
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-c',
      script,
      'picket',
      codeFolder,
      secondPath,
      seen(process.cwd()),
      ...command,
    ],
  };
}
