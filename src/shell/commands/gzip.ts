import { gunzipText, gzipText } from '../../wire/gzip-file.ts';
import { FileFault } from '../files/fault.ts';
import { limits } from '../limits.ts';
import { isBusybox, type Command, type Process } from '../process.ts';
import type { Reading } from '../stream.ts';
import { baseOf } from './found-file.ts';
import { inputText, readOptions } from './input-text.ts';

interface Work {
  readonly unpacks: boolean;
  readonly keeps: boolean;
  readonly prints: boolean;
  readonly forces: boolean;
  readonly level: number;
  readonly lists: boolean;
  readonly tests: boolean;
  readonly verbose: boolean;
}

export const gzip: Command = {
  names: ['gzip', 'gunzip', 'zcat'],
  folder: '/bin',
  systems: 'both',
  *run(process) {
    const { flags, operands } = readOptions(process.words, 'S');
    const has = (letter: string, long: string): boolean => flags.has(letter) || flags.has(long);
    const work: Work = {
      unpacks: process.name !== 'gzip' || has('d', 'decompress') || has('t', 'test') || has('l', 'list'),
      prints: process.name === 'zcat' || has('c', 'stdout') || has('l', 'list') || has('t', 'test'),
      keeps: has('k', 'keep'),
      forces: has('f', 'force'),
      level: Number(
        [...flags].find((flag) => /^[1-9]$/.test(flag)) ??
          (flags.has('best') ? 9 : flags.has('fast') ? 1 : 6),
      ),
      lists: has('l', 'list'),
      tests: has('t', 'test'),
      verbose: has('v', 'verbose'),
    };
    let status = 0;
    for (const path of operands.length === 0 ? ['-'] : operands)
      status = Math.max(status, yield* path === '-' ? onStream(process, work) : onFile(process, path, work));
    return status;
  },
};

const complain = (process: Process, text: string): void =>
  process.error.write(`${isBusybox(process) ? process.name : 'gzip'}: ${text}\n`);

function* onStream(process: Process, work: Work): Reading<number> {
  if (!work.unpacks && process.output.terminal && !work.forces) {
    complain(
      process,
      'compressed data not written to a terminal. Use -f to force compression.\nFor help, type: gzip -h',
    );
    return 1;
  }
  const text = yield* process.input.all();
  process.state.budget.spendBytes(text.length);
  if (!work.unpacks) {
    process.output.write(gzipText(text, '', 0, work.level));
    return 0;
  }
  if (text === '' && !isBusybox(process)) {
    process.error.write('\n');
    complain(process, 'stdin: unexpected end of file');
    return 1;
  }
  const content = gunzipText(text, limits.oneFileBytes);
  if (content === null) {
    if (!isBusybox(process)) process.error.write('\n');
    complain(
      process,
      isBusybox(process)
        ? 'invalid magic'
        : text.startsWith('\x1f\x8b')
          ? 'stdin: unexpected end of file'
          : 'stdin: not in gzip format',
    );
    return 1;
  }
  process.state.budget.spendBytes(content.length);
  if (!work.tests) process.output.write(content);
  return 0;
}

function* onFile(process: Process, given: string, work: Work): Reading<number> {
  const { files, budget } = process.state;
  let path = given;
  if (
    work.unpacks &&
    files.find(path, process.folder) === null &&
    files.find(`${path}.gz`, process.folder) !== null
  )
    path = `${path}.gz`;
  const node = files.find(path, process.folder);
  if (node === null) {
    complain(
      process,
      `${work.unpacks && !path.endsWith('.gz') ? `${path}.gz` : path}: No such file or directory`,
    );
    return 1;
  }
  if (node.kind === 'directory') {
    complain(process, `${path} is a directory -- ignored`);
    return 2;
  }
  const suffix = /\.(?:gz|tgz|z)$/i.exec(path)?.[0] ?? '';
  if (work.unpacks && suffix === '' && !work.prints && !work.forces) {
    complain(process, `${path}: unknown suffix -- ignored`);
    return 2;
  }
  if (!work.unpacks && suffix !== '' && !work.forces && !work.prints) {
    complain(process, `${path} already has ${suffix} suffix -- unchanged`);
    return 2;
  }
  const text = yield* inputText(process, path);
  if (text === null) return 1;
  budget.spendBytes(text.length);
  const result = work.unpacks
    ? gunzipText(text, limits.oneFileBytes)
    : gzipText(text, baseOf(path), Math.floor(node.modified / 1000), work.level);
  if (result === null) {
    if (!isBusybox(process)) process.error.write('\n');
    complain(
      process,
      isBusybox(process)
        ? 'invalid magic'
        : text.startsWith('\x1f\x8b')
          ? `${path}: unexpected end of file`
          : `${path}: not in gzip format`,
    );
    return 1;
  }
  budget.spendBytes(result.length);
  if (work.lists) {
    const saved =
      result.length === 0
        ? 0
        : ((result.length - text.length + 18 + baseOf(path).length) / result.length) * 100;
    process.output.write(
      `         compressed        uncompressed  ratio uncompressed_name\n${String(text.length).padStart(19)} ${String(result.length).padStart(19)} ${saved.toFixed(1).padStart(5)}% ${path.replace(/\.gz$/, '')}\n`,
    );
    return 0;
  }
  if (work.tests) return 0;
  if (work.prints) {
    process.output.write(result);
    return 0;
  }
  const target = work.unpacks
    ? path.slice(0, -suffix.length) + (suffix === '.tgz' ? '.tar' : '')
    : `${path}.gz`;
  if (files.find(target, process.folder) !== null && !work.forces) {
    complain(
      process,
      isBusybox(process)
        ? `can't open '${target}': File exists`
        : `${target} already exists;\tnot overwritten`,
    );
    return isBusybox(process) ? 1 : 2;
  }
  try {
    const made = files.open(target, process.folder, 'truncate', node.mode);
    if (made.kind === 'file')
      files.setContent(made, result, work.unpacks && node.kind === 'file' ? node.how : '');
    files.change(target, process.folder, { modified: node.modified });
    if (!work.keeps) files.remove(path, process.folder);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    complain(process, `${target}: ${error.message}`);
    return 1;
  }
  if (work.verbose) {
    const large = Math.max(text.length, result.length);
    const ratio = large === 0 ? 0 : (1 - Math.min(text.length, result.length) / large) * 100;
    process.error.write(
      `${path}:\t${ratio.toFixed(1).padStart(5)}% -- ${work.keeps ? 'created' : 'replaced with'} ${target}\n`,
    );
  }
  return 0;
}
