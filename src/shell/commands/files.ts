import { readDate, readStamp } from '../date-text.ts';
import { FileFault } from '../files/fault.ts';
import { FileSystem } from '../files/file-system.ts';
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
        `${process.name}: ${`${phrase[isBusybox(process) ? 1 : 0]} '${path}'`.trimStart()}: ${error.message}\n`,
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
      if (node?.kind === 'directory' && flags.has('d')) {
        if (process.state.files.list(path, process.folder).size > 0) throw new FileFault('ENOTEMPTY');
        process.state.files.remove(path, process.folder);
        if (flags.has('v')) process.output.write(`removed directory '${path}'\n`);
        return;
      }
      if (node?.kind === 'directory' && !deep) throw new FileFault('EISDIR');
      if (FileSystem.absolute(path, process.folder) === '/') {
        if (!isBusybox(process)) throw new FileFault('EPERM');
        return;
      }
      process.state.files.remove(path, process.folder);
      if (flags.has('v') || flags.has('verbose'))
        process.output.write(`removed ${node?.kind === 'directory' ? 'directory ' : ''}'${path}'\n`);
    });
  },
};

export const removeFolder: Command = {
  names: ['rmdir'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const { flags, operands } = readOptions(process.words, '');
    if (operands.length === 0) return missingOperand(process);
    return forEach(process, operands, ['failed to remove', ''], (path) => {
      if (flags.has('v')) process.output.write(`rmdir: removing directory, '${path}'\n`);
      if (process.state.files.list(path, process.folder).size > 0) throw new FileFault('ENOTEMPTY');
      process.state.files.remove(path, process.folder);
    });
  },
};

export const makeFolder: Command = {
  names: ['mkdir'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const { flags, values, operands } = readOptions(process.words, 'm');
    if (operands.length === 0) return missingOperand(process);
    const mode = Number.parseInt(values.get('m') ?? values.get('mode') ?? '755', 8) & 0o7777 || 0o755;
    const verbose = flags.has('v') || flags.has('verbose');
    const created = (path: string): string =>
      isBusybox(process) ? `created directory: '${path}'` : `mkdir: created directory '${path}'`;
    return forEach(process, operands, ['cannot create directory', "can't create directory"], (path) => {
      if (!flags.has('p') && !flags.has('parents')) {
        process.state.files.makeDirectory(path, process.folder, mode);
        if (verbose) process.output.write(`${created(path)}\n`);
        return;
      }
      let here = path.startsWith('/') ? '/' : '';
      for (const name of path
        .split('/')
        .filter((step) => step !== '')
        .slice(0, 64)) {
        here += name;
        const node = process.state.files.find(here, process.folder);
        if (node === null) {
          process.state.files.makeDirectory(here, process.folder);
          if (verbose) process.output.write(`${created(here)}\n`);
        }
        if (node !== null && node.kind !== 'directory') throw new FileFault('EEXIST');
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
    const { flags, values, operands } = readOptions(process.words, 'rdt');
    const { files } = process.state;
    if (operands.length === 0) {
      process.error.write(
        isBusybox(process)
          ? `BusyBox ${process.state.machine.busyboxVersion} multi-call binary.\n\nUsage: touch [-c] [-d DATE] [-r FILE] FILE...\n`
          : "touch: missing file operand\nTry 'touch --help' for more information.\n",
      );
      return 1;
    }
    let modified = process.state.now();
    const [given, stamp, model] = [
      values.get('d') ?? values.get('date'),
      values.get('t'),
      values.get('r') ?? values.get('reference'),
    ];
    const told =
      given !== undefined
        ? readDate(given, modified)
        : stamp !== undefined
          ? readStamp(stamp, modified)
          : modified;
    if (told === null) {
      process.error.write(`touch: invalid date format '${given ?? stamp ?? ''}'\n`);
      return 1;
    }
    modified = told;
    if (model !== undefined) {
      const node = files.find(model, process.folder);
      if (node === null) {
        process.error.write(`touch: failed to get attributes of '${model}': No such file or directory\n`);
        return 1;
      }
      modified = node.modified;
    }
    return forEach(process, operands, ['cannot touch', ''], (path) => {
      if (files.find(path, process.folder) === null) {
        if (flags.has('c') || flags.has('no-create')) return;
        files.open(path, process.folder, 'append');
        if (given === undefined && stamp === undefined && model === undefined) return;
      }
      files.change(path, process.folder, { modified });
    });
  },
};
