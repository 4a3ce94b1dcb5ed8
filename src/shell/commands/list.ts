import { formatDate } from '../date-format.ts';
import { FileFault } from '../files/fault.ts';
import { type Node, sizeOf } from '../files/node.ts';
import { isBusybox, type Command, type Process } from '../process.ts';
import { humanSize } from './disk-use.ts';
import { inodeOf, linksOf } from './inode.ts';
import { readOptions } from './input-text.ts';

const kinds: Readonly<Record<Node['kind'], string>> = { file: '-', directory: 'd', link: 'l', device: 'c' };

export function modeText(node: Node): string {
  let text = node.kind === 'device' && node.device === 'block' ? 'b' : kinds[node.kind];
  for (const shift of [6, 3, 0]) {
    const bits = (node.mode >> shift) & 7;
    const special =
      shift === 0 ? (node.mode & 0o1000) !== 0 : (node.mode & (shift === 6 ? 0o4000 : 0o2000)) !== 0;
    const letter = shift === 0 ? 't' : 's';
    text +=
      (bits & 4 ? 'r' : '-') +
      (bits & 2 ? 'w' : '-') +
      (special ? (bits & 1 ? letter : letter.toUpperCase()) : bits & 1 ? 'x' : '-');
  }
  return text;
}

interface Entry {
  readonly name: string;
  readonly node: Node;
}

/** What `-F` and `-p` put behind a name. */
function mark(node: Node, flags: ReadonlySet<string>): string {
  if (node.kind === 'directory') return flags.has('F') || flags.has('p') ? '/' : '';
  if (!flags.has('F')) return '';
  return node.kind === 'link' ? '@' : node.kind === 'file' && (node.mode & 0o111) !== 0 ? '*' : '';
}

function long(
  process: Process,
  entries: readonly Entry[],
  flags: ReadonlySet<string>,
  folder: string,
): string {
  const human = flags.has('h');
  const numbers = flags.has('n');
  const { machine } = process.state;
  const now = process.state.now();
  const rows = entries.map(({ name, node }) => {
    const size = sizeOf(node);
    const shown =
      node.kind === 'device'
        ? node.numbers.join(', ')
        : human && size > 1023
          ? humanSize(size)
          : String(size);
    const recent = now - node.modified < 15_552_000_000 && node.modified <= now;
    const full = flags.has('full-time') || flags.has('e');
    return [
      (flags.has('i') ? `${inodeOf(process, `${folder}/${name}`)} ` : '') + modeText(node),
      String(linksOf(process.state.files, node)),
      numbers ? String(node.uid) : machine.userOf(node.uid),
      numbers ? String(node.gid) : machine.userOf(node.gid),
      shown,
      formatDate(
        node.modified,
        full ? '%Y-%m-%d %H:%M:%S.000000000 +0000' : recent ? '%b %e %H:%M' : '%b %e  %Y',
      ),
      name + (node.kind === 'link' ? ` -> ${node.target}` : mark(node, flags)),
    ] as const;
  });
  const busybox = isBusybox(process);
  const width = (column: number, least: number): number =>
    Math.max(least, ...rows.map((row) => row[column]?.length ?? 0));
  const widths = [
    0,
    width(1, busybox ? 5 : 1),
    width(2, busybox ? 8 : 1),
    width(3, busybox ? 8 : 1),
    width(4, busybox ? 9 : 1),
  ];
  return rows
    .map(
      ([mode, links, user, group, size, time, name]) =>
        `${mode} ${links.padStart(widths[1] ?? 0)} ${user.padEnd(widths[2] ?? 0)} ${group.padEnd(widths[3] ?? 0)} ${size.padStart(widths[4] ?? 0)} ${time} ${name}\n`,
    )
    .join('');
}

/** Names in columns for a terminal, sorted down. */
function columns(names: readonly string[], width: number): string {
  const longest = Math.max(1, ...names.map((name) => name.length)) + 2;
  const across = Math.max(1, Math.floor(width / longest));
  const down = Math.ceil(names.length / across);
  let text = '';
  for (let row = 0; row < down; row += 1) {
    const cells: string[] = [];
    for (let index = row; index < names.length; index += down) cells.push(names[index] ?? '');
    text += `${cells.map((cell, index) => (index === cells.length - 1 ? cell : cell.padEnd(longest))).join('')}\n`;
  }
  return text;
}

export const list: Command = {
  names: ['ls', 'dir'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const { flags, operands } = readOptions(process.words, 'wIT');
    const unknown = [...flags].find(
      (flag) => flag.length === 1 && !'aAbBcCdDfFgGhHiklLmnNopqQrRsStuUvxXZ1'.includes(flag),
    );
    if (unknown !== undefined) {
      process.error.write(
        `ls: invalid option -- '${unknown}'\n${isBusybox(process) ? '' : "Try 'ls --help' for more information.\n"}`,
      );
      return isBusybox(process) ? 1 : 2;
    }
    const { files } = process.state;
    let status = 0;
    const single: Entry[] = [];
    const folders: { path: string; entries: Entry[] }[] = [];
    const open = (path: string, depth: number): void => {
      const entries = [...files.list(path, process.folder)]
        .filter(([name]) => flags.has('a') || flags.has('A') || !name.startsWith('.'))
        .map(([name, node]) => ({ name, node }));
      process.state.budget.spend(1 + entries.length);
      entries.sort(
        (left, right) =>
          (flags.has('t')
            ? right.node.modified - left.node.modified
            : flags.has('S')
              ? sizeOf(right.node) - sizeOf(left.node)
              : 0) || (left.name < right.name ? -1 : 1),
      );
      if (flags.has('a'))
        entries.unshift(
          { name: '.', node: files.get(path, process.folder) },
          { name: '..', node: files.get(`${path}/..`, process.folder) },
        );
      if (flags.has('r')) entries.reverse();
      folders.push({ path, entries });
      if (flags.has('R') && depth < 12)
        for (const { name, node } of entries)
          if (node.kind === 'directory' && name !== '.' && name !== '..')
            open(`${path.replace(/\/$/, '')}/${name}`, depth + 1);
    };
    for (const path of operands.length === 0 ? ['.'] : operands) {
      try {
        const node = files.get(path, process.folder, !flags.has('l') || path.endsWith('/'));
        if (node.kind === 'directory' && !flags.has('d')) open(path, 0);
        else single.push({ name: path, node });
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        process.error.write(
          isBusybox(process)
            ? `ls: ${path}: ${error.message}\n`
            : `ls: cannot ${error.code === 'EACCES' ? 'open directory' : 'access'} '${path}': ${error.message}\n`,
        );
        status = isBusybox(process) ? 1 : 2;
      }
    }
    const show = (entries: readonly Entry[], folder: string): void => {
      const name = (entry: Entry): string =>
        (flags.has('i') ? `${inodeOf(process, `${folder}/${entry.name}`)} ` : '') +
        entry.name +
        mark(entry.node, flags);
      if (flags.has('l') || flags.has('n') || flags.has('full-time'))
        process.output.write(long(process, entries, flags, folder));
      else if (process.output.terminal && !flags.has('1'))
        process.output.write(columns(entries.map(name), process.state.options.columns || 80));
      else process.output.write(entries.map((entry) => `${name(entry)}\n`).join(''));
    };
    single.sort((left, right) => (left.name < right.name ? -1 : 1));
    if (single.length > 0) show(single, process.folder);
    for (const [index, { path, entries }] of folders.entries()) {
      if (folders.length > 1 || single.length > 0 || operands.length > 1)
        process.output.write(`${index > 0 || single.length > 0 ? '\n' : ''}${path}:\n`);
      if (flags.has('l'))
        process.output.write(
          `total ${entries.reduce((sum, { node }) => sum + Math.ceil(sizeOf(node) / 4096) * 4, 0)}\n`,
        );
      show(entries, path);
    }
    return status;
  },
};
