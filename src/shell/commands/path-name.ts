import { FileFault } from '../files/fault.ts';
import { FileSystem } from '../files/file-system.ts';
import { isBusybox, type Command } from '../process.ts';
import { baseOf } from './found-file.ts';
import { readOptions } from './input-text.ts';

const missing = (name: string): string =>
  `${name}: missing operand\nTry '${name} --help' for more information.\n`;

export const baseName: Command = {
  names: ['basename'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const { flags, values, operands } = readOptions(process.words, 's');
    const [path, second] = operands;
    if (path === undefined) {
      process.error.write(missing('basename'));
      return 1;
    }
    const many = flags.has('a') || values.has('s');
    if (!many && operands.length > 2) {
      process.error.write(
        `basename: extra operand '${operands[2]}'\nTry 'basename --help' for more information.\n`,
      );
      return 1;
    }
    const suffix = values.get('s') ?? (many ? '' : (second ?? ''));
    for (const one of many ? operands : [path]) {
      const base = baseOf(one);
      process.output.write(
        `${suffix !== '' && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base}${flags.has('z') ? '\0' : '\n'}`,
      );
    }
    return 0;
  },
};

export const folderName: Command = {
  names: ['dirname'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const { operands } = readOptions(process.words, '');
    if (operands.length === 0) {
      process.error.write(missing('dirname'));
      return 1;
    }
    for (const one of operands) {
      const path = one.replace(/(.)\/+$/, '$1');
      const slash = path.lastIndexOf('/');
      process.output.write(
        `${slash < 0 ? '.' : slash === 0 ? '/' : path.slice(0, slash).replace(/(.)\/+$/, '$1')}\n`,
      );
    }
    return 0;
  },
};

export const realPath: Command = {
  names: ['realpath', 'readlink'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const { flags, operands } = readOptions(process.words, '');
    const { files } = process.state;
    if (operands.length === 0) {
      process.error.write(missing(process.name));
      return 1;
    }
    let status = 0;
    const end = flags.has('z') ? '\0' : flags.has('n') && operands.length === 1 ? '' : '\n';
    for (const path of operands) {
      try {
        if (process.name === 'readlink' && !flags.has('f') && !flags.has('e') && !flags.has('m')) {
          const node = files.find(path, process.folder, false);
          if (node?.kind === 'link') process.output.write(node.target + end);
          else status = 1;
          continue;
        }
        if (path === '') throw new FileFault('ENOENT');
        if (flags.has('e')) files.get(path, process.folder);
        const found =
          flags.has('m') && files.find(path, process.folder) === null
            ? FileSystem.absolute(path, process.folder)
            : files.realPath(path, process.folder);
        process.output.write((flags.has('s') ? FileSystem.absolute(path, process.folder) : found) + end);
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        if (process.name === 'realpath' && !flags.has('q'))
          process.error.write(
            `realpath: ${isBusybox(process) ? path : path === '' ? "''" : path}: ${error.message}\n`,
          );
        status = 1;
      }
    }
    return status;
  },
};
