import { gunzipText, gzipText } from '../../wire/gzip-file.ts';
import { readTar, tarEnd, tarEntryText, type TarEntry } from '../../wire/tar-archive.ts';
import { openOutput } from '../evaluate/redirection.ts';
import { FileFault } from '../files/fault.ts';
import { childrenOf, contentOf, type Node, sizeOf } from '../files/node.ts';
import { Pattern } from '../language/pattern.ts';
import { limits } from '../limits.ts';
import { isBusybox, type Command, type Process } from '../process.ts';
import type { Reading } from '../stream.ts';
import { inputText } from './input-text.ts';
import { extractEntry, listEntry, tarFolder } from './tar-entry.ts';
import { readTarOptions, type TarOptions } from './tar-options.ts';

const most = 4_000;
const notRecoverable = 'tar: Error is not recoverable: exiting now\n';

export const tar: Command = {
  names: ['tar'],
  folder: '/bin',
  systems: 'both',
  *run(process) {
    const options = readTarOptions(process.words);
    if (typeof options === 'string') {
      process.error.write(
        isBusybox(process)
          ? `BusyBox ${process.state.machine.busyboxVersion} multi-call binary.\n\nUsage: tar -[cxtzjhmvO] [-f TARFILE] [-C DIR] [FILE]...\n`
          : `tar: ${options}\nTry 'tar --help' or 'tar --usage' for more information.\n`,
      );
      return isBusybox(process) ? 1 : 2;
    }
    return options.does === 'c' ? create(process, options) : yield* read(process, options);
  },
};

function fatal(process: Process, text: string): number {
  process.error.write(isBusybox(process) ? `tar: ${text}\n` : `tar: ${text}\n${notRecoverable}`);
  return isBusybox(process) ? 1 : 2;
}

function create(process: Process, options: TarOptions): number {
  const { files, budget } = process.state;
  if (options.members.length === 0) {
    process.error.write(
      "tar: Cowardly refusing to create an empty archive\nTry 'tar --help' or 'tar --usage' for more information.\n",
    );
    return 2;
  }
  let archive = '';
  let status = 0;
  let warned = false;
  const excluded = options.excluded.map((text) => new Pattern(text, process.state.budget));
  const base = tarFolder(process, options);
  const add = (path: string, depth: number): void => {
    budget.spend(4);
    if (excluded.some((pattern) => pattern.matches(path) || pattern.matches(path.split('/').pop() ?? '')))
      return;
    let node: Node;
    try {
      node = files.get(path, base, options.follows);
      if (node.kind === 'file' && !files.may(node, 4)) throw new FileFault('EACCES');
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      process.error.write(
        isBusybox(process)
          ? `tar: ${path}: ${error.message}\n`
          : `tar: ${path}: Cannot ${error.code === 'EACCES' ? 'open' : 'stat'}: ${error.message}\n`,
      );
      status = 2;
      return;
    }
    if (path.startsWith('/') && !warned && !options.absolute) {
      process.error.write(
        isBusybox(process)
          ? "tar: removing leading '/' from member names\n"
          : "tar: Removing leading `/' from member names\n",
      );
      warned = true;
    }
    if (node.kind === 'device') return;
    const entry = entryOf(process, path, node, options);
    const text = tarEntryText(entry);
    if (archive.length + text.length > limits.oneFileBytes) throw new FileFault('ENOSPC');
    budget.spendBytes(text.length);
    archive += text;
    if (options.verbose > 0)
      (options.file === '-' ? process.error : process.output).write(
        listEntry(
          { ...entry, name: entry.kind === 'directory' ? `${path.replace(/\/$/, '')}/` : path },
          options.verbose,
        ),
      );
    if (node.kind === 'directory' && depth < 30)
      for (const name of Array.from(childrenOf(node).keys()))
        add(`${path.replace(/\/$/, '')}/${name}`, depth + 1);
  };
  try {
    for (const member of options.members) add(member, 0);
    archive += tarEnd(archive.length);
    const packed = options.packing === 'gzip' ? gzipText(archive, '', 0, 6) : archive;
    if (options.file === '-') process.output.write(packed);
    else openOutput(process.state, options.file, process.folder, 'truncate').write(packed);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    return fatal(process, `${options.file}: Cannot open: ${error.message}`);
  }
  if (status !== 0 && !isBusybox(process))
    process.error.write('tar: Exiting with failure status due to previous errors\n');
  return status;
}

function entryOf(process: Process, path: string, node: Node, options: TarOptions): TarEntry {
  const { machine } = process.state;
  const bare = options.absolute ? path : path.replace(/^\/+/, '');
  return {
    name: node.kind === 'directory' && !bare.endsWith('/') ? `${bare}/` : bare,
    kind: node.kind === 'directory' ? 'directory' : node.kind === 'link' ? 'link' : 'file',
    mode: node.mode,
    uid: node.uid,
    gid: node.gid,
    user: machine.userOf(node.uid),
    group: machine.userOf(node.gid),
    modified: Math.floor(node.modified / 1000),
    target: node.kind === 'link' ? node.target : '',
    content: node.kind === 'file' ? contentOf(node).slice(0, Math.max(sizeOf(node), 0)) : '',
  };
}

function* read(process: Process, options: TarOptions): Reading<number> {
  const { files, budget } = process.state;
  if (options.file !== '-' && files.find(options.file, process.folder) === null)
    return fatal(
      process,
      isBusybox(process)
        ? `can't open '${options.file}': No such file or directory`
        : `${options.file}: Cannot open: No such file or directory`,
    );
  if (options.file === '-' && process.input.terminal)
    return fatal(process, 'Refusing to read archive contents from terminal (missing -f option?)');
  let archive = yield* inputText(process, options.file);
  if (archive === null) return 2;
  budget.spendBytes(archive.length);
  if (archive.startsWith('\x1f\x8b')) {
    const unpacked = gunzipText(archive, limits.oneFileBytes);
    budget.spendBytes(unpacked?.length ?? 0);
    if (unpacked === null) {
      process.error.write(`\ngzip: stdin: unexpected end of file\n`);
      return childFailed(process);
    }
    archive = unpacked;
  } else if (options.packing === 'gzip') {
    process.error.write(isBusybox(process) ? 'tar: invalid magic\n' : '\ngzip: stdin: not in gzip format\n');
    return isBusybox(process) ? 1 : childFailed(process);
  } else if (options.packing === 'bzip2' || options.packing === 'xz') {
    process.error.write(
      options.packing === 'xz'
        ? 'xz: (stdin): File format not recognized\n'
        : 'bzip2: (stdin) is not a bzip2 file.\n',
    );
    return childFailed(process);
  }
  const { entries, fault } = readTar(archive, most);
  if (fault === 'not tar' || archive === '') {
    if (isBusybox(process)) return fatal(process, 'invalid tar magic');
    const absent = options.members.map((member) => `tar: ${member}: Not found in archive\n`);
    process.error.write(
      `tar: This does not look like a tar archive\n${absent.join('')}tar: Exiting with failure status due to previous errors\n`,
    );
    return 2;
  }
  let status = 0;
  const missing = new Set(options.members);
  for (const entry of entries) {
    budget.spend(4);
    const wanted = options.members.filter(
      (member) =>
        entry.name === member ||
        entry.name === `${member}/` ||
        entry.name.startsWith(`${member.replace(/\/$/, '')}/`),
    );
    if (options.members.length > 0 && wanted.length === 0) continue;
    for (const member of wanted) missing.delete(member);
    if (options.does === 't') process.output.write(listEntry(entry, options.verbose + 1));
    else if (!extractEntry(process, entry, options)) status = 2;
  }
  for (const member of missing) {
    process.error.write(
      `tar: ${member}: ${isBusybox(process) ? 'not found in archive' : 'Not found in archive'}\n`,
    );
    status = 2;
  }
  if (fault === 'cut') {
    process.error.write(
      isBusybox(process) ? 'tar: short read\n' : `tar: Unexpected EOF in archive\n${notRecoverable}`,
    );
    return isBusybox(process) ? 1 : 2;
  }
  if (status !== 0 && !isBusybox(process))
    process.error.write('tar: Exiting with failure status due to previous errors\n');
  return status;
}

function childFailed(process: Process): number {
  process.error.write(`tar: Child returned status 1\n${notRecoverable}`);
  return 2;
}
