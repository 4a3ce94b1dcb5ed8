import { createHash } from 'node:crypto';
import { isBusybox, type Command, type Process } from '../process.ts';
import type { Reading } from '../stream.ts';
import { inputText, linesOf, readOptions } from './input-text.ts';

const algorithms: Readonly<Record<string, string>> = {
  md5sum: 'md5',
  sha1sum: 'sha1',
  sha224sum: 'sha224',
  sha256sum: 'sha256',
  sha384sum: 'sha384',
  sha512sum: 'sha512',
  b2sum: 'blake2b512',
};

const digest = (name: string, text: string): string =>
  createHash(algorithms[name] ?? 'md5')
    .update(text, 'latin1')
    .digest('hex');

function* check(process: Process, path: string, quiet: boolean, silent: boolean): Reading<number> {
  const list = yield* inputText(process, path);
  if (list === null) return 1;
  const warn = (count: number, one: string, many: string): void => {
    if (count > 0 && !silent)
      process.error.write(`${process.name}: WARNING: ${count} ${count === 1 ? one : many}\n`);
  };
  let [wrong, unread, malformed, good] = [0, 0, 0, 0];
  for (const line of linesOf(list)) {
    const match = /^([0-9a-fA-F]{32,128})[ *]{1,2}(.{1,4096})$/.exec(line);
    if (match === null) {
      malformed += 1;
      continue;
    }
    const [, sum = '', file = ''] = match;
    good += 1;
    if (process.state.files.find(file, process.folder)?.kind !== 'file') {
      process.error.write(`${process.name}: ${file}: No such file or directory\n`);
      if (!silent) process.output.write(`${file}: FAILED open or read\n`);
      unread += 1;
      continue;
    }
    const text = (yield* inputText(process, file)) ?? '';
    const matches = digest(process.name, text) === sum.toLowerCase();
    if (!matches) wrong += 1;
    if (!silent && !(matches && quiet)) process.output.write(`${file}: ${matches ? 'OK' : 'FAILED'}\n`);
  }
  if (good === 0) {
    process.error.write(
      `${process.name}: ${path}: no properly formatted ${isBusybox(process) ? '' : `${process.name.replace('sum', '').toUpperCase()} `}checksum lines found\n`,
    );
    return 1;
  }
  warn(malformed, 'line is improperly formatted', 'lines are improperly formatted');
  warn(unread, 'listed file could not be read', 'listed files could not be read');
  warn(wrong, 'computed checksum did NOT match', 'computed checksums did NOT match');
  return wrong + unread > 0 ? 1 : 0;
}

export const checksums: Command = {
  names: Object.keys(algorithms),
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { flags, operands } = readOptions(process.words, '');
    let status = 0;
    for (const path of operands.length === 0 ? ['-'] : operands) {
      if (flags.has('c') || flags.has('check')) {
        status =
          (yield* check(process, path, flags.has('quiet'), flags.has('s') || flags.has('status'))) || status;
        continue;
      }
      const text = yield* inputText(process, path);
      if (text === null) status = 1;
      else {
        const sum = digest(process.name, text);
        process.output.write(
          flags.has('tag')
            ? `${process.name.replace('sum', '').toUpperCase()} (${path}) = ${sum}\n`
            : `${sum} ${flags.has('b') ? '*' : ' '}${path}\n`,
        );
      }
    }
    return status;
  },
};

/** The polynomial of POSIX's cksum, most significant bit first. */
function cyclicSum(text: string): number {
  let sum = 0;
  const add = (octet: number): void => {
    sum ^= octet << 24;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 0x80000000 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
  };
  for (let at = 0; at < text.length; at += 1) add(text.charCodeAt(at));
  for (let length = text.length; length > 0; length >>>= 8) add(length & 255);
  return ~sum >>> 0;
}

function rotatedSum(text: string): number {
  let sum = 0;
  for (let at = 0; at < text.length; at += 1) {
    sum = (sum >> 1) + ((sum & 1) << 15);
    sum = (sum + text.charCodeAt(at)) & 0xffff;
  }
  return sum;
}

export const cyclicChecksums: Command = {
  names: ['cksum', 'sum'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { operands } = readOptions(process.words, '');
    let status = 0;
    for (const path of operands.length === 0 ? ['-'] : operands) {
      const text = yield* inputText(process, path);
      if (text === null) {
        status = 1;
        continue;
      }
      process.state.budget.spendBytes(text.length * 8);
      const name = operands.length === 0 ? '' : ` ${path}`;
      process.output.write(
        process.name === 'cksum'
          ? `${cyclicSum(text)} ${text.length}${name}\n`
          : `${String(rotatedSum(text)).padStart(5, '0')} ${String(Math.ceil(text.length / 1024)).padStart(5)}${name}\n`,
      );
    }
    return status;
  },
};
