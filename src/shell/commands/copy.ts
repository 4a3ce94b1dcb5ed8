import { FileFault } from '../files/fault.ts';
import { contentOf, type Node } from '../files/node.ts';
import { isBusybox, type Command, type Process } from '../process.ts';
import { baseOf } from './found-file.ts';
import { readOptions } from './input-text.ts';

interface Transfer {
  readonly sources: readonly string[];
  readonly target: string;
  readonly verbose: boolean;
  readonly forces: boolean;
  readonly keepsOld: boolean;
  readonly deep: boolean;
  readonly preserves: boolean;
  /** `-T`: the target is no folder to put things into. */
  readonly plain: boolean;
}

/** What cp and mv share: operands and their complaints. */
function readTransfer(process: Process): Transfer | null {
  const { flags, values, operands } = readOptions(process.words, 't');
  const has = (letters: string, ...long: readonly string[]): boolean =>
    Array.from(letters).some((letter) => flags.has(letter)) || long.some((name) => flags.has(name));
  const folder = values.get('t') ?? values.get('target-directory');
  const target = folder ?? operands.at(-1);
  const sources = folder === undefined ? operands.slice(0, -1) : operands;
  if (target === undefined || sources.length === 0) {
    const { busyboxVersion } = process.state.machine;
    process.error.write(
      isBusybox(process)
        ? `BusyBox ${busyboxVersion} multi-call binary.\n\nUsage: ${process.name} [OPTIONS] SOURCE... DEST\n`
        : `${process.name}: missing ${target === undefined ? 'file operand' : `destination file operand after '${target}'`}\nTry '${process.name} --help' for more information.\n`,
    );
    return null;
  }
  if (sources.length > 1 && process.state.files.find(target, process.folder)?.kind !== 'directory') {
    process.error.write(
      isBusybox(process)
        ? `${process.name}: target '${target}' is not a directory\n`
        : `${process.name}: target '${target}' is not a directory\n`,
    );
    return null;
  }
  return {
    sources,
    target,
    verbose: has('v', 'verbose'),
    forces: has('f', 'force'),
    keepsOld: has('n', 'no-clobber'),
    deep: has('rRa', 'recursive', 'archive'),
    preserves: has('pa', 'archive', 'preserve') || values.has('preserve'),
    plain: has('T'),
  };
}

/** Where something goes: into a folder under its own name, or to the path itself. */
function placeOf(process: Process, source: string, target: string, plain = false): string {
  return !plain && process.state.files.find(target, process.folder)?.kind === 'directory'
    ? `${target.replace(/\/+$/, '')}/${baseOf(source)}`
    : target;
}

function complain(process: Process, phrase: string, path: string, fault: FileFault): void {
  const doing = isBusybox(process)
    ? phrase.replace('cannot ', "can't ").replace('regular file ', '')
    : phrase;
  process.error.write(`${process.name}: ${doing} '${path}': ${fault.message}\n`);
}

function copyTree(
  process: Process,
  from: string,
  to: string,
  node: Node,
  transfer: Transfer,
  depth: number,
): boolean {
  const { files, budget } = process.state;
  budget.spend(4);
  try {
    if (node.kind === 'directory') {
      if (depth > 20) throw new FileFault('ELOOP');
      if (files.find(to, process.folder) === null) files.makeDirectory(to, process.folder, node.mode);
      if (transfer.verbose) process.output.write(`'${from}' -> '${to}'\n`);
      let done = true;
      for (const [name, child] of Array.from(files.list(from, process.folder)))
        done = copyTree(process, `${from}/${name}`, `${to}/${name}`, child, transfer, depth + 1) && done;
      return done;
    }
    if (node.kind === 'link' && transfer.deep) {
      if (files.find(to, process.folder, false) !== null) files.remove(to, process.folder);
      files.makeLink(node.target, to, process.folder);
      return true;
    }
    if (node.kind === 'file' && !files.may(node, 4)) {
      complain(process, isBusybox(process) ? "can't open" : 'cannot open', from, new FileFault('EACCES'));
      return false;
    }
    if (transfer.keepsOld && files.find(to, process.folder) !== null) return true;
    const content = node.kind === 'file' ? contentOf(node) : '';
    budget.spendBytes(content.length);
    const made = files.open(to, process.folder, 'truncate', node.mode & 0o777);
    if (made.kind === 'file') {
      files.setContent(made, content, node.kind === 'file' ? node.how : '');
      made.captured = node.kind === 'file' ? node.captured : '';
      if (transfer.preserves) files.change(to, process.folder, { mode: node.mode, modified: node.modified });
    }
    if (transfer.verbose) process.output.write(`'${from}' -> '${to}'\n`);
    return true;
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    complain(process, `cannot create ${node.kind === 'directory' ? 'directory' : 'regular file'}`, to, error);
    return false;
  }
}

export const copy: Command = {
  names: ['cp'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const transfer = readTransfer(process);
    if (transfer === null) return 1;
    const { files } = process.state;
    let status = 0;
    for (const path of transfer.sources) {
      try {
        const node = files.get(path, process.folder, !transfer.deep);
        if (node.kind === 'directory' && !transfer.deep) {
          process.error.write(
            isBusybox(process)
              ? `cp: omitting directory '${path}'\n`
              : `cp: -r not specified; omitting directory '${path}'\n`,
          );
          status = 1;
          continue;
        }
        const place = placeOf(process, path, transfer.target, transfer.plain);
        const same = files.find(place, process.folder);
        if (same !== null && same === files.find(path, process.folder)) {
          process.error.write(`cp: '${path}' and '${place}' are the same file\n`);
          status = 1;
        } else if (!copyTree(process, path, place, node, transfer, 0)) status = 1;
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        complain(process, 'cannot stat', path, error);
        status = 1;
      }
    }
    return status;
  },
};

export const move: Command = {
  names: ['mv'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const transfer = readTransfer(process);
    if (transfer === null) return 1;
    const { files } = process.state;
    let status = 0;
    for (const path of transfer.sources) {
      const place = placeOf(process, path, transfer.target, transfer.plain);
      try {
        files.get(path, process.folder, false);
        if (transfer.keepsOld && files.find(place, process.folder) !== null) continue;
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        complain(process, isBusybox(process) ? "can't rename" : 'cannot stat', path, error);
        status = 1;
        continue;
      }
      try {
        files.rename(path, place, process.folder);
        if (transfer.verbose) process.output.write(`renamed '${path}' -> '${place}'\n`);
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        process.error.write(
          isBusybox(process)
            ? `mv: can't rename '${path}': ${error.message}\n`
            : `mv: cannot move '${path}' to '${place}': ${error.message}\n`,
        );
        status = 1;
      }
    }
    return status;
  },
};

export const link: Command = {
  names: ['ln'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const { flags, operands } = readOptions(process.words, 'tS');
    const { files } = process.state;
    const symbolic = flags.has('s') || flags.has('symbolic');
    const [first] = operands;
    if (first === undefined) {
      process.error.write("ln: missing file operand\nTry 'ln --help' for more information.\n");
      return 1;
    }
    const last = operands.length > 1 ? (operands.at(-1) ?? '') : '.';
    let status = 0;
    for (const target of operands.length > 1 ? operands.slice(0, -1) : [first]) {
      const keeps = flags.has('n') && files.find(last, process.folder, false)?.kind === 'link';
      const place = placeOf(process, target, last, flags.has('T') || keeps);
      if (!symbolic && files.find(target, process.folder, false) === null) {
        process.error.write(
          isBusybox(process)
            ? `ln: ${target}: No such file or directory\n`
            : `ln: failed to access '${target}': No such file or directory\n`,
        );
        status = 1;
        continue;
      }
      try {
        if ((flags.has('f') || flags.has('force')) && files.find(place, process.folder, false) !== null)
          files.remove(place, process.folder);
        if (symbolic) files.makeLink(target, place, process.folder);
        else files.addName(target, place, process.folder);
        if (flags.has('v')) process.output.write(`'${place}' ${symbolic ? '->' : '=>'} '${target}'\n`);
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        if (error.code === 'EPERM')
          process.error.write(`ln: ${target}: hard link not allowed for directory\n`);
        else
          process.error.write(
            isBusybox(process)
              ? `ln: ${place}: ${error.message}\n`
              : `ln: failed to create ${symbolic ? 'symbolic' : 'hard'} link '${place}'${symbolic || error.code === 'EEXIST' ? '' : ` => '${target}'`}: ${error.message}\n`,
          );
        status = 1;
      }
    }
    return status;
  },
};
