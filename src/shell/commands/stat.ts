import { formatDate } from '../date-format.ts';
import { FileFault } from '../files/fault.ts';
import { type Node, sizeOf } from '../files/node.ts';
import { isBusybox, type Command, type Process } from '../process.ts';
import { inodeOf, linksOf } from './inode.ts';
import { readOptions } from './input-text.ts';
import { modeText } from './list.ts';

function kindOf(node: Node): string {
  if (node.kind === 'file') return sizeOf(node) === 0 ? 'regular empty file' : 'regular file';
  if (node.kind === 'link') return 'symbolic link';
  return node.kind === 'directory'
    ? 'directory'
    : node.device === 'block'
      ? 'block special file'
      : 'character special file';
}

const kindBits = { file: 0o100000, directory: 0o040000, link: 0o120000, device: 0o020000 } as const;

const moment = (milliseconds: number): string =>
  `${formatDate(milliseconds, '%Y-%m-%d %H:%M:%S')}.${String(Math.floor(milliseconds) % 1000).padStart(3, '0')}000000 +0000`;

const blocksOf = (node: Node): number =>
  node.kind === 'file' || node.kind === 'directory' ? Math.ceil(sizeOf(node) / 4096) * 8 : 0;

/** One directive of `-c`. */
function directive(process: Process, path: string, node: Node, letter: string): string {
  const { machine, files } = process.state;
  const device = machine.busybox ? 0x1f02 : 0xfe01;
  const values: Readonly<Record<string, () => string | number>> = {
    n: () => path,
    N: () => `'${path}'${node.kind === 'link' ? ` -> '${node.target}'` : ''}`,
    s: () => sizeOf(node),
    a: () => node.mode.toString(8),
    A: () => modeText(node),
    U: () => machine.userOf(node.uid),
    G: () => machine.userOf(node.gid),
    u: () => node.uid,
    g: () => node.gid,
    F: () => kindOf(node),
    f: () => (kindBits[node.kind] | node.mode).toString(16),
    i: () => inodeOf(process, path),
    h: () => linksOf(files, node),
    b: () => blocksOf(node),
    B: () => 512,
    o: () => 4096,
    d: () => device,
    D: () => device.toString(16),
    m: () => '/',
    t: () => (node.kind === 'device' ? node.numbers[0].toString(16) : 0),
    T: () => (node.kind === 'device' ? node.numbers[1].toString(16) : 0),
    x: () => moment(node.modified),
    y: () => moment(node.modified),
    z: () => moment(node.modified),
    w: () => '-',
    X: () => Math.floor(node.modified / 1000),
    Y: () => Math.floor(node.modified / 1000),
    Z: () => Math.floor(node.modified / 1000),
    W: () => 0,
    C: () => '?',
    '%': () => '%',
  };
  return String(values[letter]?.() ?? '?');
}

function formatted(process: Process, path: string, node: Node, format: string): string {
  return format.replaceAll(/%(-?0?\d{0,3})([a-zA-Z%])/g, (_, width: string, letter: string) => {
    const text = directive(process, path, node, letter);
    const count = Number(width.replace(/^-?0?/, '')) || 0;
    return width.startsWith('-')
      ? text.padEnd(count)
      : text.padStart(count, width.startsWith('0') ? '0' : ' ');
  });
}

const layout = (busybox: boolean, node: Node): string =>
  `  File: ${node.kind === 'link' ? (busybox ? '%N' : `%n -> ${node.target.replaceAll('%', '%%')}`) : '%n'}\n  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\nDevice: %Dh/%dd\tInode: %-10i  Links: %-5h\nAccess: (%04a/%A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\nAccess: %x\nModify: %y\nChange: %z\n${busybox ? '' : ' Birth: %w\n'}`;

export const stat: Command = {
  names: ['stat'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    // `--printf FORMAT` in two words, as getopt_long takes it.
    const words = process.words.flatMap((word, index) =>
      word === '--printf' || word === '--format'
        ? [`${word}=${process.words[index + 1] ?? ''}`]
        : ['--printf', '--format'].includes(process.words[index - 1] ?? '')
          ? []
          : [word],
    );
    const { flags, values, operands } = readOptions(words, 'c');
    const busybox = isBusybox(process);
    if (operands.length === 0) {
      process.error.write(
        busybox
          ? `BusyBox ${process.state.machine.busyboxVersion} multi-call binary.\n\nUsage: stat [OPTIONS] FILE...\n`
          : "stat: missing operand\nTry 'stat --help' for more information.\n",
      );
      return 1;
    }
    const plain = values.get('c') ?? values.get('format');
    const printf = values.get('printf');
    let status = 0;
    for (const path of operands) {
      try {
        const node = process.state.files.get(
          path,
          process.folder,
          flags.has('L') || flags.has('dereference'),
        );
        if (flags.has('t') || flags.has('terse'))
          process.output.write(
            formatted(process, path, node, '%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o\n'),
          );
        else if (printf !== undefined)
          process.output.write(
            formatted(
              process,
              path,
              node,
              printf.replaceAll('\\n', '\n').replaceAll('\\t', '\t').replaceAll('\\\\', '\\'),
            ),
          );
        else if (plain !== undefined) process.output.write(`${formatted(process, path, node, plain)}\n`);
        else
          process.output.write(
            formatted(process, path, node, layout(busybox, node)).replace(/(?<=Links: \d+) +$/m, ''),
          );
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        const doing = busybox
          ? "can't stat"
          : process.state.machine.packages.codename === 'bullseye'
            ? 'cannot statx'
            : 'cannot stat';
        process.error.write(`stat: ${doing} '${path}': ${error.message}\n`);
        status = 1;
      }
    }
    return status;
  },
};
