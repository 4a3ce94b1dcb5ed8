import { FileFault } from '../files/fault.ts';
import { childrenOf } from '../files/node.ts';
import { isPattern, Pattern, unescapePattern } from '../language/pattern.ts';
import { limits } from '../limits.ts';
import type { Shell } from './shell.ts';

/** Path names that a pattern matches, in order of bytes (POSIX §2.6.6, §2.13.3); empty for none. */
export function glob(shell: Shell, pattern: string): string[] {
  const absolute = pattern.startsWith('/');
  const names = pattern.split('/').filter((name) => name !== '');
  let found: string[] = [absolute ? '/' : ''];
  for (const [index, name] of names.entries()) {
    const last = index === names.length - 1;
    const next: string[] = [];
    const matcher = isPattern(name) ? new Pattern(name, shell.state.budget) : null;
    for (const path of found) {
      if (matcher === null) {
        const joined = path + unescapePattern(name);
        const node = shell.state.files.find(joined, shell.folder, !last);
        if (node !== null && (last || node.kind === 'directory')) next.push(last ? joined : `${joined}/`);
      } else {
        const directory = shell.state.files.find(path === '' ? '.' : path, shell.folder);
        if (directory === null || directory.kind !== 'directory') continue;
        const children = childrenOf(directory);
        shell.state.budget.spend(1 + (children.size >> 2));
        for (const child of [...children.keys()].sort()) {
          if (child.startsWith('.') && !name.startsWith('.')) continue;
          if (!matcher.matches(child)) continue;
          if (last) next.push(path + child);
          else if (isFolder(shell, path + child)) next.push(`${path}${child}/`);
          if (next.length >= limits.globMatches) break;
        }
      }
    }
    found = next;
  }
  return pattern.endsWith('/')
    ? found.filter((path) => isFolder(shell, path)).map((path) => `${path}/`)
    : found;
}

function isFolder(shell: Shell, path: string): boolean {
  try {
    return shell.state.files.get(path, shell.folder).kind === 'directory';
  } catch (error) {
    if (error instanceof FileFault) return false;
    throw error;
  }
}
