import type { TarEntry } from '../../wire/tar-archive.ts';
import { formatDate } from '../date-format.ts';
import { FileFault } from '../files/fault.ts';
import { isBusybox, type Process } from '../process.ts';
import type { TarOptions } from './tar-options.ts';

const letters = { file: '-', directory: 'd', link: 'l', 'hard link': 'h' } as const;

function rights(mode: number): string {
  return [6, 3, 0]
    .map((shift) => {
      const bits = (mode >> shift) & 7;
      return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${bits & 1 ? 'x' : '-'}`;
    })
    .join('');
}

/** A line of `tar -t`, or of `-tv` from level 2 on. */
export function listEntry(entry: TarEntry, level: number): string {
  if (level < 2) return `${entry.name}\n`;
  const owner = `${entry.user === '' ? entry.uid : entry.user}/${entry.group === '' ? entry.gid : entry.group}`;
  const size = String(entry.content.length);
  const padding = ' '.repeat(Math.max(1, 19 - owner.length - size.length));
  const target =
    entry.kind === 'link'
      ? ` -> ${entry.target}`
      : entry.kind === 'hard link'
        ? ` link to ${entry.target}`
        : '';
  return `${letters[entry.kind]}${rights(entry.mode)} ${owner}${padding}${size} ${formatDate(entry.modified * 1000, '%Y-%m-%d %H:%M')} ${entry.name}${target}\n`;
}

/** Where members lie: the folder of `-C`. */
export function tarFolder(process: Process, { folder }: TarOptions): string {
  if (folder === '') return process.folder;
  return folder.startsWith('/') ? folder : `${process.folder}/${folder}`;
}

function makeFolders(process: Process, path: string, base: string): void {
  let here = path.startsWith('/') ? '/' : '';
  for (const name of path.split('/').slice(0, -1).slice(0, 64)) {
    here += name;
    if (name !== '' && process.state.files.find(here, base) === null)
      process.state.files.makeDirectory(here, base);
    here += '/';
  }
}

/** Puts an entry into the files; false after a complaint. */
export function extractEntry(process: Process, entry: TarEntry, options: TarOptions): boolean {
  const { files, budget } = process.state;
  const parts = entry.name.replace(/^\/+/, '').split('/').slice(options.strip);
  const name = parts.join('/');
  if (name === '' || parts.includes('..')) return true;
  const base = tarFolder(process, options);
  if (options.verbose > 0) process.output.write(listEntry(entry, options.verbose));
  if (options.prints) {
    process.output.write(entry.content);
    return true;
  }
  try {
    if (files.find(base, '/')?.kind !== 'directory') throw new FileFault('ENOENT');
    makeFolders(process, name, base);
    const bare = name.replace(/\/$/, '');
    if (entry.kind === 'directory') {
      if (files.find(bare, base) === null) files.makeDirectory(bare, base, entry.mode);
      return true;
    }
    if (entry.kind !== 'file') {
      if (files.find(bare, base, false) !== null) files.remove(bare, base);
      if (entry.kind === 'link') files.makeLink(entry.target, bare, base);
      else files.addName(entry.target, bare, base);
      return true;
    }
    budget.spendBytes(entry.content.length);
    const node = files.open(bare, base, 'truncate', entry.mode);
    if (node.kind === 'file') files.setContent(node, entry.content, 'tar');
    files.change(bare, base, { mode: entry.mode, modified: entry.modified * 1000 });
    return true;
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    process.error.write(
      isBusybox(process)
        ? `tar: can't open '${name}': ${error.message}\n`
        : `tar: ${entry.name}: Cannot open: ${error.message}\n`,
    );
    return false;
  }
}
