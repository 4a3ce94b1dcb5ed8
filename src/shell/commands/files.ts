import { FileFault } from '../files/fault.ts';
import { FileSystem } from '../files/file-system.ts';
import { contentOf } from '../files/node.ts';
import { isBusybox, type Command, type Process } from '../process.ts';
import { readOptions } from './input-text.ts';

/** Does something for each operand; complains in the system's words and goes on. */
function forEach(
  process: Process,
  operands: readonly string[],
  phrase: readonly [gnu: string, busybox: string],
  action: (path: string) => void,
): number {
  let status = 0;
  for (const path of operands) {
    try {
      process.state.budget.spend(2);
      action(path);
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      process.error.write(
        `${process.name}: ${phrase[isBusybox(process) ? 1 : 0]} '${path}': ${error.message}\n`,
      );
      status = 1;
    }
  }
  return status;
}

function missingOperand(process: Process): number {
  process.error.write(
    isBusybox(process)
      ? `BusyBox ${process.state.machine.busyboxVersion} multi-call binary.\n\nUsage: ${process.name} FILE...\n`
      : `${process.name}: missing operand\nTry '${process.name} --help' for more information.\n`,
  );
  return 1;
}

export const remove: Command = {
  names: ['rm', 'unlink'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const { flags, operands } = readOptions(process.words, '');
    const force = flags.has('f') || flags.has('force');
    const deep = flags.has('r') || flags.has('R') || flags.has('recursive');
    if (operands.length === 0) return force ? 0 : missingOperand(process);
    return forEach(process, operands, ['cannot remove', "can't remove"], (path) => {
      const node = process.state.files.find(path, process.folder, false);
      if (node === null && force) return;
      if (node?.kind === 'directory' && !deep) throw new FileFault('EISDIR');
      if (FileSystem.absolute(path, process.folder) === '/') {
        if (!isBusybox(process)) throw new FileFault('EPERM');
        return;
      }
      process.state.files.remove(path, process.folder);
    });
  },
};

export const removeFolder: Command = {
  names: ['rmdir'],
  folder: '/bin',
  systems: 'both',
  run: (process) =>
    forEach(process, readOptions(process.words, '').operands, ['failed to remove', ''], (path) => {
      if (process.state.files.list(path, process.folder).size > 0) throw new FileFault('ENOTEMPTY');
      process.state.files.remove(path, process.folder);
    }),
};

export const makeFolder: Command = {
  names: ['mkdir'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const { flags, operands } = readOptions(process.words, 'm');
    if (operands.length === 0) return missingOperand(process);
    return forEach(process, operands, ['cannot create directory', "can't create directory"], (path) => {
      if (!flags.has('p') && !flags.has('parents')) {
        process.state.files.makeDirectory(path, process.folder);
        return;
      }
      let here = path.startsWith('/') ? '/' : '';
      for (const name of path
        .split('/')
        .filter((step) => step !== '')
        .slice(0, 64)) {
        here += name;
        const node = process.state.files.find(here, process.folder);
        if (node === null) process.state.files.makeDirectory(here, process.folder);
        else if (node.kind !== 'directory') throw new FileFault('EEXIST');
        here += '/';
      }
    });
  },
};

export const touch: Command = {
  names: ['touch'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const { flags, operands } = readOptions(process.words, 'rdt');
    return forEach(process, operands, ['cannot touch', ''], (path) => {
      if (process.state.files.find(path, process.folder) !== null) {
        process.state.files.change(path, process.folder, { modified: process.state.now() });
        return;
      }
      if (!flags.has('c')) process.state.files.open(path, process.folder, 'append');
    });
  },
};

/** Where a copy goes: into a folder under its own name, or to the path itself. */
function targetOf(process: Process, source: string, target: string): string {
  return process.state.files.find(target, process.folder)?.kind === 'directory'
    ? `${target.replace(/\/+$/, '')}/${source.replace(/\/+$/, '').split('/').pop() ?? ''}`
    : target;
}

function copyTree(process: Process, from: string, to: string, depth: number): void {
  const { files, budget } = process.state;
  budget.spend(4);
  const node = files.get(from, process.folder);
  if (node.kind === 'directory') {
    if (depth > 20) throw new FileFault('ELOOP');
    if (files.find(to, process.folder) === null) files.makeDirectory(to, process.folder, node.mode);
    for (const name of Array.from(files.list(from, process.folder).keys()))
      copyTree(process, `${from}/${name}`, `${to}/${name}`, depth + 1);
    return;
  }
  const content =
    node.kind === 'file' ? (files.may(node, 4) ? contentOf(node) : files.read(from, process.folder)) : '';
  budget.spendBytes(content.length);
  const made = files.open(to, process.folder, 'truncate', node.mode & 0o777);
  if (made.kind !== 'file') return;
  files.setContent(made, content, node.kind === 'file' ? node.how : '');
  made.captured = node.kind === 'file' ? node.captured : '';
}

export const copy: Command = {
  names: ['cp'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const { flags, operands } = readOptions(process.words, 't');
    const target = operands.at(-1);
    if (target === undefined || operands.length < 2) return missingOperand(process);
    const deep = flags.has('r') || flags.has('R') || flags.has('a');
    return forEach(process, operands.slice(0, -1), ['cannot stat', "can't stat"], (path) => {
      const node = process.state.files.get(path, process.folder);
      if (node.kind === 'directory' && !deep) {
        process.error.write(
          isBusybox(process)
            ? `cp: omitting directory '${path}'\n`
            : `cp: -r not specified; omitting directory '${path}'\n`,
        );
        return;
      }
      copyTree(process, path, targetOf(process, path, target), 0);
    });
  },
};

export const move: Command = {
  names: ['mv'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const { operands } = readOptions(process.words, 't');
    const target = operands.at(-1);
    if (target === undefined || operands.length < 2) return missingOperand(process);
    return forEach(process, operands.slice(0, -1), ['cannot stat', "can't rename"], (path) =>
      process.state.files.rename(path, targetOf(process, path, target), process.folder),
    );
  },
};

export const link: Command = {
  names: ['ln'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const { flags, operands } = readOptions(process.words, '');
    const [target = '', name = target.split('/').pop() ?? ''] = operands;
    return forEach(process, [name], ['failed to create link', ''], () => {
      const place = targetOf(process, target, name);
      if (flags.has('f') && process.state.files.find(place, process.folder, false) !== null)
        process.state.files.remove(place, process.folder);
      if (flags.has('s')) process.state.files.makeLink(target, place, process.folder);
      else copyTree(process, target, place, 0);
    });
  },
};
