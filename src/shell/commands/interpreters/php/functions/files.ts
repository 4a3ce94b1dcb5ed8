/** Files and folders of the machine that the visitor sees. */

import { FileFault } from '../../../../files/fault.ts';
import { sizeOf, type Node } from '../../../../files/node.ts';
import type { Reading } from '../../../../stream.ts';
import { Unsupported } from '../../script/unsupported.ts';
import { textOf } from '../conversion.ts';
import type { Machine } from '../machine.ts';
import type { Given, NativeTable } from '../native.ts';
import { ArrayValue, Resource, type Value } from '../value.ts';
import { contentAt, isAddress, local, nodeOf } from './wrappers.ts';

/** A change of the file system; what goes wrong becomes the warning that `told` words. */
const changing =
  (run: (machine: Machine, given: Given) => void, told: (given: Given, why: string) => string) =>
  (machine: Machine, given: Given): Value => {
    try {
      machine.spend(256);
      run(machine, given);
      return true;
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      machine.warn(told(given, error.message));
      return false;
    }
  };

const files = (machine: Machine): Machine['world']['process']['state']['files'] =>
  machine.world.process.state.files;

function* put(machine: Machine, given: Given): Reading<Value> {
  const path = given.text(0);
  if (path === '') return machine.throwError('ValueError', 'Path cannot be empty');
  const value = given.value(1);
  let text = '';
  if (value instanceof ArrayValue) for (const one of value.values()) text += yield* machine.text(one);
  else text = yield* machine.text(value);
  machine.spend(text.length);
  if (path === 'php://stdout' || path === 'php://output') machine.write(text);
  else if (path === 'php://stderr') machine.world.complain(text);
  else if (isAddress(path) || path.startsWith('php://')) throw new Unsupported('wrapper');
  else
    try {
      if ((given.number(2) & 8) === 0) machine.world.openFile(local(path), 'truncate');
      machine.world.append(local(path), text);
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      machine.warn(`file_put_contents(${path}): Failed to open stream: ${error.message}`);
      return false;
    }
  return BigInt(text.length);
}

function* lines(machine: Machine, given: Given): Reading<Value> {
  const text = yield* contentAt(machine, 'file', given.text(0));
  if (text === null) return false;
  const flags = given.number(1);
  let found: string[] = text.match(/[^\n]*\n|[^\n]+/g) ?? [];
  machine.spend(found.length * 16);
  if ((flags & 2) !== 0) found = found.map((line) => line.replace(/\r?\n$/, ''));
  if ((flags & 4) !== 0) found = found.filter((line) => line !== '');
  return ArrayValue.of(found);
}

const asked =
  (name: string, ask: (node: Node, machine: Machine) => Value) =>
  (machine: Machine, given: Given): Value => {
    const node = nodeOf(machine, given.text(0), name !== 'lstat');
    if (node !== null) return ask(node, machine);
    machine.warn(
      `${name}(): ${name === 'lstat' ? 'L' : ''}${name === 'lstat' ? 'stat' : 'stat'} failed for ${given.text(0)}`,
    );
    return false;
  };

const is =
  (test: (node: Node, machine: Machine) => boolean, followLast = true) =>
  (machine: Machine, given: Given): Value => {
    const node = nodeOf(machine, given.text(0), followLast);
    return node !== null && test(node, machine);
  };

const modeBits = (node: Node): number =>
  node.mode | { file: 0o100_000, directory: 0o40_000, link: 0o120_000, device: 0o20_000 }[node.kind];

function status(node: Node): Value {
  const seconds = BigInt(Math.floor(node.modified / 1000));
  const size = BigInt(sizeOf(node));
  const fields: [string, bigint][] = [
    ['dev', 2_049n],
    ['ino', 131_073n],
    ['mode', BigInt(modeBits(node))],
    ['nlink', node.kind === 'directory' ? 2n : 1n],
    ['uid', BigInt(node.uid)],
    ['gid', BigInt(node.gid)],
    ['rdev', 0n],
    ['size', size],
    ['atime', seconds],
    ['mtime', seconds],
    ['ctime', seconds],
    ['blksize', 4_096n],
    ['blocks', ((size + 4_095n) / 4_096n) * 8n],
  ];
  return ArrayValue.from([...fields.map(([, value], at): [bigint, Value] => [BigInt(at), value]), ...fields]);
}

function listed(machine: Machine, name: string, path: string): string[] | null {
  try {
    const names = [...files(machine).list(local(path), machine.world.folder).keys()];
    machine.spend(names.length * 32);
    return ['.', '..', ...names].toSorted();
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    machine.warn(`${name}(${path}): Failed to open directory: ${error.message}`);
    if (name === 'scandir')
      machine.warn(
        `scandir(): (errno ${error.code === 'ENOENT' ? 2 : error.code === 'ENOTDIR' ? 20 : 13}): ${error.message}`,
      );
    return null;
  }
}

function matching(machine: Machine, pattern: string): string[] {
  const slash = pattern.lastIndexOf('/');
  const folder = slash < 0 ? '.' : pattern.slice(0, slash) || '/';
  const last = pattern.slice(slash + 1);
  if (/[*?[{]/.test(folder) || pattern.length > 400) throw new Unsupported('glob');
  const escaped = last
    .replaceAll(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  const expression = new RegExp(`^${escaped.replaceAll(/(?:\[\^\/\]\*)+/g, '[^/]*')}$`);
  if ((last.match(/\*/g) ?? []).length > 3) throw new Unsupported('glob');
  const node = nodeOf(machine, folder);
  if (node?.kind !== 'directory') return [];
  const names = [...files(machine).list(folder, machine.world.folder).keys()].toSorted();
  machine.spend(names.length * 64);
  return names
    .filter(
      (name) => (!name.startsWith('.') || last.startsWith('.')) && name.length < 256 && expression.test(name),
    )
    .map((name) => (slash < 0 ? name : `${pattern.slice(0, slash)}/${name}`));
}

export const fileFunctions: NativeTable = {
  *'file_get_contents(string $filename, bool $use_include_path = false, mixed $context = null, int $offset = 0, ?int $length = null)'(
    machine,
    given,
  ): Reading<Value> {
    const text = yield* contentAt(machine, 'file_get_contents', given.text(0));
    if (text === null) return false;
    return text.slice(given.number(3), given.isNull(4) ? undefined : given.number(3) + given.number(4));
  },
  'file_put_contents(string $filename, mixed $data, int $flags = 0, mixed $context = null)': put,
  'file(string $filename, int $flags = 0, mixed $context = null)': lines,
  *'readfile(string $filename, bool $use_include_path = false, mixed $context = null)'(
    machine,
    given,
  ): Reading<Value> {
    const text = yield* contentAt(machine, 'readfile', given.text(0));
    if (text === null) return false;
    machine.write(text);
    return BigInt(text.length);
  },
  'file_exists(string $filename)': is(() => true),
  'is_file(string $filename)': is((node) => node.kind === 'file'),
  'is_dir(string $filename)': is((node) => node.kind === 'directory'),
  'is_link(string $filename)': is((node) => node.kind === 'link', false),
  'is_readable(string $filename)': is((node, machine) => files(machine).may(node, 4)),
  'is_writable(string $filename)': is((node, machine) => files(machine).may(node, 2)),
  'is_writeable(string $filename)': is((node, machine) => files(machine).may(node, 2)),
  'is_executable(string $filename)': is(
    (node, machine) => node.kind === 'file' && files(machine).may(node, 1),
  ),
  'filesize(string $filename)': asked('filesize', (node) => BigInt(sizeOf(node))),
  'filemtime(string $filename)': asked('filemtime', (node) => BigInt(Math.floor(node.modified / 1000))),
  'filectime(string $filename)': asked('filectime', (node) => BigInt(Math.floor(node.modified / 1000))),
  'fileatime(string $filename)': asked('fileatime', (node) => BigInt(Math.floor(node.modified / 1000))),
  'fileperms(string $filename)': asked('fileperms', (node) => BigInt(modeBits(node))),
  'fileowner(string $filename)': asked('fileowner', (node) => BigInt(node.uid)),
  'filegroup(string $filename)': asked('filegroup', (node) => BigInt(node.gid)),
  'filetype(string $filename)': asked(
    'filetype',
    (node) => ({ file: 'file', directory: 'dir', link: 'link', device: 'char' })[node.kind],
  ),
  'stat(string $filename)': asked('stat', status),
  'lstat(string $filename)': asked('lstat', status),
  'unlink(string $filename, mixed $context = null)': changing(
    (machine, given) => {
      if (nodeOf(machine, given.text(0), false)?.kind === 'directory') throw new FileFault('EISDIR');
      files(machine).remove(local(given.text(0)), machine.world.folder);
    },
    (given, why) => `unlink(${given.text(0)}): ${why}`,
  ),
  'rmdir(string $directory, mixed $context = null)': changing(
    (machine, given) => {
      const node = files(machine).get(given.text(0), machine.world.folder);
      if (node.kind !== 'directory') throw new FileFault('ENOTDIR');
      if (files(machine).list(given.text(0), machine.world.folder).size > 0) throw new FileFault('ENOTEMPTY');
      files(machine).remove(given.text(0), machine.world.folder);
    },
    (given, why) => `rmdir(${given.text(0)}): ${why}`,
  ),
  'mkdir(string $directory, int $permissions = 511, bool $recursive = false, mixed $context = null)':
    changing(
      (machine, given) => {
        const full = machine.world.absolute(given.text(0));
        if (given.flag(2)) {
          const parts = full.split('/');
          for (let at = 2; at < Math.min(parts.length, 60); at += 1) {
            const path = parts.slice(0, at).join('/');
            if (nodeOf(machine, path) === null)
              files(machine).makeDirectory(path, '/', given.number(1) & 0o7777 & ~0o22);
          }
        }
        files(machine).makeDirectory(full, '/', given.number(1) & 0o7777 & ~0o22);
      },
      (_given, why) => `mkdir(): ${why}`,
    ),
  'chmod(string $filename, int $permissions)': changing(
    (machine, given) =>
      void files(machine).change(given.text(0), machine.world.folder, { mode: given.number(1) & 0o7777 }),
    (_given, why) => `chmod(): ${why}`,
  ),
  'touch(string $filename, ?int $mtime = null, ?int $atime = null)': changing(
    (machine, given) => {
      if (nodeOf(machine, given.text(0)) === null) machine.world.openFile(given.text(0), 'append');
      files(machine).change(given.text(0), machine.world.folder, {
        modified: given.isNull(1) ? machine.world.process.state.options.now() : given.number(1) * 1000,
      });
    },
    (given, why) => `touch(): Unable to create file ${given.text(0)} because ${why}`,
  ),
  'rename(string $from, string $to, mixed $context = null)': changing(
    (machine, given) => files(machine).rename(given.text(0), given.text(1), machine.world.folder),
    (given, why) => `rename(${given.text(0)},${given.text(1)}): ${why}`,
  ),
  *'copy(string $from, string $to, mixed $context = null)'(machine, given): Reading<Value> {
    const text = yield* contentAt(machine, 'copy', given.text(0));
    if (text === null) return false;
    try {
      machine.world.openFile(given.text(1), 'truncate');
      machine.world.append(given.text(1), text);
      return true;
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      machine.warn(`copy(${given.text(1)}): Failed to open stream: ${error.message}`);
      return false;
    }
  },
  'symlink(string $target, string $link)': changing(
    (machine, given) => files(machine).makeLink(given.text(0), given.text(1), machine.world.folder),
    (_given, why) => `symlink(): ${why}`,
  ),
  'readlink(string $path)': (machine, given) => {
    const node = nodeOf(machine, given.text(0), false);
    if (node?.kind === 'link') return node.target;
    machine.warn(`readlink(): ${node === null ? 'No such file or directory' : 'Invalid argument'}`);
    return false;
  },
  'scandir(string $directory, int $sorting_order = 0, mixed $context = null)': (machine, given) => {
    const names = listed(machine, 'scandir', given.text(0));
    return names === null ? false : ArrayValue.of(given.number(1) === 0 ? names : names.toReversed());
  },
  'glob(string $pattern, int $flags = 0)': (machine, given) => {
    if (given.number(1) !== 0) throw new Unsupported('glob');
    return ArrayValue.of(matching(machine, given.text(0)));
  },
  'opendir(string $directory, mixed $context = null)': (machine, given) => {
    const names = listed(machine, 'opendir', given.text(0));
    if (names === null) return false;
    const handle = machine.resource('stream');
    handle.content = names.join('\0');
    return handle;
  },
  'readdir(mixed $dir_handle = null)': (_machine, given) => {
    const handle = given.value(0);
    if (!(handle instanceof Resource) || handle.content === null) throw new Unsupported('readdir');
    const names = handle.content.split('\0');
    const name = names[handle.position];
    handle.position += 1;
    return name ?? false;
  },
  'closedir(mixed $dir_handle = null)': (_machine, given) => {
    const handle = given.value(0);
    if (handle instanceof Resource) handle.open = false;
    return null;
  },
  'getcwd()': (machine) => machine.world.folder,
  'chdir(string $directory)': (machine, given) => {
    const node = nodeOf(machine, given.text(0));
    if (node?.kind === 'directory') {
      machine.world.folder = machine.world.absolute(given.text(0));
      return true;
    }
    machine.warn(
      `chdir(): ${node === null ? 'No such file or directory (errno 2)' : 'Not a directory (errno 20)'}`,
    );
    return false;
  },
  'realpath(string $path)': (machine, given) => {
    if (nodeOf(machine, given.text(0) === '' ? '.' : given.text(0)) === null) return false;
    return files(machine).realPath(given.text(0) === '' ? '.' : given.text(0), machine.world.folder);
  },
  'tempnam(string $directory, string $prefix)': (machine, given) => {
    const marks = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
    const folder = nodeOf(machine, given.text(0))?.kind === 'directory' ? given.text(0) : '/tmp';
    const end = Array.from(
      { length: 6 },
      () => marks[machine.world.process.state.machine.nextRandom() % marks.length] ?? 'a',
    ).join('');
    const path = `${folder.replace(/\/$/, '')}/${given.text(1).slice(0, 63)}${end}`;
    machine.world.openFile(path, 'truncate', 0o600);
    return path;
  },
  'sys_get_temp_dir()': () => '/tmp',
  'umask(?int $mask = null)': () => 18n,
  'disk_free_space(string $directory)': () => {
    throw new Unsupported('disk');
  },
  'basename(string $path, string $suffix = "")': (_machine, given) => {
    const name = given.text(0).replace(/\/+$/, '').replace(/^.*\//s, '');
    return given.text(1) !== '' && name !== given.text(1) && name.endsWith(given.text(1))
      ? name.slice(0, -given.text(1).length)
      : name;
  },
  'dirname(string $path, int $levels = 1)': (_machine, given) => {
    let path = given.text(0);
    for (let level = 0; level < Math.min(given.number(1), 100); level += 1) {
      const plain = path.replace(/\/+$/, '');
      const slash = plain.lastIndexOf('/');
      path =
        slash < 0
          ? path.startsWith('/')
            ? '/'
            : path === ''
              ? ''
              : '.'
          : plain.slice(0, slash).replace(/\/+$/, '') || '/';
    }
    return path;
  },
  'pathinfo(string $path, int $flags = 15)': (_machine, given) => {
    const path = given.text(0);
    const plain = path.replace(/\/+$/, '');
    const base = plain.replace(/^.*\//s, '');
    const slash = plain.lastIndexOf('/');
    const dot = base.lastIndexOf('.');
    const parts = new ArrayValue();
    const folder = slash < 0 ? (path === '' ? '' : '.') : plain.slice(0, slash) || '/';
    if (path !== '' || slash >= 0) parts.set('dirname', folder);
    parts.set('basename', base);
    if (dot >= 0) parts.set('extension', base.slice(dot + 1));
    parts.set('filename', dot >= 0 ? base.slice(0, dot) : base);
    const wanted = { 1: 'dirname', 2: 'basename', 4: 'extension', 8: 'filename' }[given.number(1)];
    return wanted === undefined ? parts : textOf(parts.get(wanted) ?? '');
  },
  'clearstatcache(bool $clear_realpath_cache = false, string $filename = "")': () => null,
  'fnmatch(string $pattern, string $filename, int $flags = 0)': (machine, given) => {
    if (/[[\\]/.test(given.text(0)) || (given.text(0).match(/\*/g) ?? []).length > 3)
      throw new Unsupported('fnmatch');
    machine.spend(given.text(0).length * given.text(1).length);
    return new RegExp(
      `^${given
        .text(0)
        .replaceAll(/[.+^${}()|\]]/g, '\\$&')
        .replaceAll(/\*+/g, '[^]*')
        .replaceAll('?', '[^]')}$`,
    ).test(given.text(1).slice(0, 1_000));
  },
};
