import { FileFault } from '../files/fault.ts';
import { childrenOf, type Node, sizeOf } from '../files/node.ts';
import { isBusybox, type Command, type Process } from '../process.ts';
import { readOptions } from './input-text.ts';

const letters = ['', 'K', 'M', 'G', 'T'];

/** `4.0K`, `12K`, `1.3M` as GNU's programs round: up. */
export function humanSize(bytes: number, step = 1024): string {
  let value = bytes;
  let scale = 0;
  while (value >= step && scale < letters.length - 1) {
    value /= step;
    scale += 1;
  }
  if (scale === 0) return String(value);
  const tenths = Math.ceil(value * 10) / 10;
  return tenths < 10 ? `${tenths.toFixed(1)}${letters[scale]}` : `${Math.ceil(value)}${letters[scale]}`;
}

interface Style {
  readonly all: boolean;
  readonly apparent: boolean;
  readonly most: number;
  readonly show: (bytes: number) => string;
}

const blocks = (node: Node): number =>
  node.kind === 'directory' ? 4096 : node.kind === 'file' ? Math.ceil(sizeOf(node) / 4096) * 4096 : 0;

function measure(process: Process, path: string, node: Node, depth: number, style: Style): number {
  process.state.budget.spend(1);
  let sum = style.apparent ? sizeOf(node) : blocks(node);
  if (node.kind === 'directory' && depth < 40) {
    if (!process.state.files.may(node, 4))
      process.error.write(`du: cannot read directory '${path}': Permission denied\n`);
    else
      for (const [name, child] of Array.from(childrenOf(node)))
        sum += measure(
          process,
          path.endsWith('/') ? path + name : `${path}/${name}`,
          child,
          depth + 1,
          style,
        );
  }
  if (depth <= style.most && (node.kind === 'directory' || style.all || depth === 0))
    process.output.write(`${style.show(sum)}\t${path}\n`);
  return sum;
}

export const diskUse: Command = {
  names: ['du'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const { flags, values, operands } = readOptions(process.words, 'dBtX');
    const { files } = process.state;
    const has = (letter: string, long: string): boolean => flags.has(letter) || flags.has(long);
    const unit = flags.has('m') || values.get('B') === 'M' ? 1_048_576 : flags.has('b') ? 1 : 1024;
    const most = Number(values.get('d') ?? values.get('max-depth') ?? Number.POSITIVE_INFINITY);
    const style: Style = {
      all: has('a', 'all'),
      apparent: flags.has('b') || flags.has('apparent-size'),
      most: has('s', 'summarize') ? 0 : most,
      show: (bytes) => (has('h', 'human-readable') ? humanSize(bytes) : String(Math.ceil(bytes / unit))),
    };
    let status = 0;
    let total = 0;
    for (const path of operands.length === 0 ? ['.'] : operands) {
      try {
        total += measure(process, path, files.get(path, process.folder, false), 0, style);
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        process.error.write(
          isBusybox(process)
            ? `du: ${path}: ${error.message}\n`
            : `du: cannot access '${path}': ${error.message}\n`,
        );
        status = 1;
      }
    }
    if (has('c', 'total')) process.output.write(`${style.show(total)}\ttotal\n`);
    return status;
  },
};
