import { below } from '../../core/random.ts';
import { FileFault } from '../files/fault.ts';
import { contentOf } from '../files/node.ts';
import { isBusybox, type Command, type Process } from '../process.ts';
import { baseOf } from './found-file.ts';
import { readOptions } from './input-text.ts';

function complain(process: Process, phrase: string, path: string, error: unknown): number {
  if (!(error instanceof FileFault)) throw error;
  process.error.write(`${process.name}: ${phrase} '${path}': ${error.message}\n`);
  return 1;
}

const missing = (process: Process, what: string): number => {
  process.error.write(`${process.name}: ${what}\nTry '${process.name} --help' for more information.\n`);
  return 1;
};

const sizes: Readonly<Record<string, number>> = {
  '': 1,
  K: 1024,
  k: 1024,
  M: 1_048_576,
  m: 1_048_576,
  G: 1_073_741_824,
  g: 1_073_741_824,
  KB: 1000,
  MB: 1_000_000,
};

export const truncate: Command = {
  names: ['truncate', 'fallocate'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const { flags, values, operands } = readOptions(process.words, 'srlo');
    const text = values.get('s') ?? values.get('size') ?? values.get('l') ?? '';
    const match = /^([-+<>/%]?)(\d{1,15})([A-Za-z]{0,2})$/.exec(text);
    if (text === '') return missing(process, "you must specify either '--size' or '--reference'");
    if (match === null) {
      process.error.write(`${process.name}: Invalid number: '${text}'\n`);
      return 1;
    }
    if (operands.length === 0) return missing(process, 'missing file operand');
    let status = 0;
    for (const path of operands) {
      try {
        if (process.state.files.find(path, process.folder) === null && flags.has('c')) continue;
        const file = process.state.files.open(path, process.folder, 'append');
        if (file.kind !== 'file') continue;
        const before = contentOf(file);
        const given = Number(match[2]) * (sizes[match[3] ?? ''] ?? 1);
        const size =
          match[1] === '+'
            ? before.length + given
            : match[1] === '-'
              ? Math.max(0, before.length - given)
              : given;
        if (size > 16_777_216) throw new FileFault('ENOSPC');
        process.state.files.setContent(file, before.slice(0, size).padEnd(size, '\0'), file.how);
      } catch (error) {
        status = complain(process, 'cannot open', path, error);
      }
    }
    return status;
  },
};

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export const temporaryFile: Command = {
  names: ['mktemp', 'tempfile'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const { flags, values, operands } = readOptions(process.words, 'p');
    const directory = flags.has('d') || flags.has('directory');
    const base = values.get('p') ?? values.get('tmpdir') ?? process.environment.get('TMPDIR') ?? '/tmp';
    const template = operands[0] ?? 'tmp.XXXXXXXXXX';
    const place = /X{3,}(?!.*X{3})/.exec(template);
    if (place === null) {
      process.error.write(
        isBusybox(process)
          ? `mktemp: (null): Invalid argument\n`
          : `mktemp: too few X's in template '${template}'\n`,
      );
      return 1;
    }
    const random = { next: () => process.state.machine.nextRandom() };
    const drawn = Array.from(place[0], () => letters.charAt(below(random, letters.length))).join('');
    const name = template.slice(0, place.index) + drawn + template.slice(place.index + place[0].length);
    const path =
      operands[0] !== undefined && !flags.has('t') && !values.has('p') && !flags.has('tmpdir')
        ? name
        : `${base}/${name}`;
    try {
      if (flags.has('u')) process.output.write(`${path}\n`);
      else {
        if (directory) process.state.files.makeDirectory(path, process.folder, 0o700);
        else process.state.files.open(path, process.folder, 'truncate', 0o600);
        process.output.write(`${path}\n`);
      }
      return 0;
    } catch (error) {
      return complain(
        process,
        `failed to create ${directory ? 'directory' : 'file'} via template`,
        operands[0] ?? `${base}/tmp.XXXXXXXXXX`,
        error,
      );
    }
  },
};

/** A pipe with a name is an empty file here: what is written to it can be read after. */
export const namedPipe: Command = {
  names: ['mkfifo', 'mknod'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const { operands } = readOptions(process.words, 'mZ');
    const paths = process.name === 'mknod' ? operands.slice(0, 1) : operands;
    if (paths.length === 0) return missing(process, 'missing operand');
    let status = 0;
    for (const path of paths) {
      try {
        if (process.state.files.find(path, process.folder, false) !== null) throw new FileFault('EEXIST');
        process.state.files.open(path, process.folder, 'append');
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        process.error.write(
          process.name === 'mknod'
            ? `mknod: ${path}: ${error.message}\n`
            : isBusybox(process)
              ? `mkfifo: ${path}: ${error.message}\n`
              : `mkfifo: cannot create fifo '${path}': ${error.message}\n`,
        );
        status = 1;
      }
    }
    return status;
  },
};

export const installFile: Command = {
  names: ['install'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const { flags, values, operands } = readOptions(process.words, 'mogtS');
    const { files } = process.state;
    const mode = Number.parseInt(values.get('m') ?? values.get('mode') ?? '755', 8) & 0o7777;
    if (operands.length === 0) return missing(process, 'missing file operand');
    if (flags.has('d')) {
      for (const path of operands) {
        try {
          let here = path.startsWith('/') ? '/' : '';
          for (const step of path
            .split('/')
            .filter((name) => name !== '')
            .slice(0, 64)) {
            here += step;
            if (files.find(here, process.folder) === null) files.makeDirectory(here, process.folder, mode);
            here += '/';
          }
        } catch (error) {
          return complain(process, 'cannot create directory', path, error);
        }
      }
      return 0;
    }
    const target = values.get('t') ?? operands.at(-1) ?? '';
    const sources = values.has('t') ? operands : operands.slice(0, -1);
    if (sources.length === 0) return missing(process, `missing destination file operand after '${target}'`);
    for (const source of sources) {
      try {
        const node = files.get(source, process.folder);
        if (node.kind !== 'file') {
          process.error.write(`install: omitting directory '${source}'\n`);
          return 1;
        }
        const place =
          files.find(target, process.folder)?.kind === 'directory'
            ? `${target.replace(/\/+$/, '')}/${baseOf(source)}`
            : target;
        const made = files.open(place, process.folder, 'truncate', mode);
        if (made.kind === 'file') files.setContent(made, contentOf(node), node.how);
        files.change(place, process.folder, { mode });
      } catch (error) {
        return complain(process, 'cannot stat', source, error);
      }
    }
    return 0;
  },
};

export const shred: Command = {
  names: ['shred'],
  folder: '/usr/bin',
  systems: 'gnu',
  run(process) {
    const { flags, values, operands } = readOptions(process.words, 'ns');
    const { files, machine } = process.state;
    if (operands.length === 0) return missing(process, 'missing file operand');
    const passes = Math.min(Number(values.get('n') ?? 3) || 3, 40);
    const zeros = flags.has('z') || flags.has('zero');
    let status = 0;
    for (const path of operands) {
      try {
        const node = files.get(path, process.folder);
        const total = passes + (zeros ? 1 : 0);
        if (flags.has('v'))
          for (let pass = 1; pass <= total; pass += 1)
            process.error.write(
              `shred: ${path}: pass ${pass}/${total} (${zeros && pass === total ? '000000' : 'random'})...\n`,
            );
        if (node.kind !== 'file') continue;
        const size = contentOf(node).length;
        const file = files.open(path, process.folder, 'truncate');
        if (file.kind === 'file')
          files.setContent(file, zeros ? '\0'.repeat(size) : machine.randomText(size), '');
        if (flags.has('u') || flags.has('remove')) files.remove(path, process.folder);
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        process.error.write(`shred: ${path}: failed to open for writing: ${error.message}\n`);
        status = 1;
      }
    }
    return status;
  },
};
