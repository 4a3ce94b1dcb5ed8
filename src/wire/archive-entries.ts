/** The files in an archive that a stranger sent: ZIP (APPNOTE.TXT 4.3.7) and tar (POSIX.1-2017 pax, ustar header). Bounded. */

import { inflateRawSync } from 'node:zlib';

export interface ArchiveEntry {
  /** As it stands in the archive, `..` and all. */
  readonly name: string;
  /** Latin-1 text of the first 64 KiB. */
  readonly content: string;
}

const entryLimit = 64;
const contentLimit = 65_536;
const sumLimit = 1_048_576;
const nameLimit = 1_024;

/** The first `contentLimit` bytes of a raw deflate stream; empty where it is none. What follows the stream does not matter. */
function inflated(bytes: Uint8Array): string {
  try {
    return inflateRawSync(bytes, { maxOutputLength: sumLimit }).subarray(0, contentLimit).toString('latin1');
  } catch {
    return '';
  }
}

/**
 * By local headers, for a stream that was cut short has no directory at its end:
 *
 *     PK 03 04 | version 2 | flags 2 | method 2 | time 2 | date 2 | crc 4 | compressed 4 | size 4 | name length 2 | extra length 2
 */
function zipEntries(bytes: Buffer): ArchiveEntry[] {
  const entries: ArchiveEntry[] = [];
  let sum = 0;
  let at = bytes.indexOf('PK\x03\x04', 0, 'latin1');
  while (at >= 0 && at + 30 <= bytes.length && entries.length < entryLimit && sum < sumLimit) {
    const method = bytes.readUInt16LE(at + 8);
    const compressed = bytes.readUInt32LE(at + 18);
    const nameLength = bytes.readUInt16LE(at + 26);
    const start = at + 30 + nameLength + bytes.readUInt16LE(at + 28);
    const name = bytes.subarray(at + 30, at + 30 + Math.min(nameLength, nameLimit)).toString('latin1');
    // A size of nought stands for one that follows the data.
    const next = bytes.indexOf('PK', compressed > 0 ? start + compressed : start + 1, 'latin1');
    const end = compressed > 0 ? start + compressed : next < 0 ? bytes.length : next;
    const data = bytes.subarray(start, method === 0 ? end : compressed > 0 ? end : bytes.length);
    const content = method === 0 ? data.subarray(0, contentLimit).toString('latin1') : inflated(data);
    entries.push({ name, content });
    sum += content.length;
    at = bytes.indexOf('PK\x03\x04', Math.max(end, at + 4), 'latin1');
  }
  return entries;
}

/** Blocks of 512 bytes: name 100, mode 8, uid 8, gid 8, size 12 in octal, …, `ustar` at 257, prefix 155 at 345; then the file. */
function tarEntries(bytes: Buffer): ArchiveEntry[] {
  const entries: ArchiveEntry[] = [];
  const text = (from: number, length: number): string =>
    bytes
      .subarray(from, from + length)
      .toString('latin1')
      .split('\0', 1)[0] ?? '';
  for (let at = 0; at + 512 <= bytes.length && entries.length < entryLimit;) {
    const size = Number.parseInt(text(at + 124, 12).trim(), 8);
    const name = text(at, 100);
    if (name === '' || Number.isNaN(size) || size < 0) break;
    const prefix = text(at + 345, 155);
    entries.push({
      name: prefix === '' ? name : `${prefix}/${name}`,
      content: bytes.subarray(at + 512, at + 512 + Math.min(size, contentLimit)).toString('latin1'),
    });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return entries;
}

/** The entries of an archive given as Latin-1 text; none where it is no archive. */
export function archiveEntries(text: string): readonly ArchiveEntry[] {
  const bytes = Buffer.from(text, 'latin1');
  if (text.startsWith('PK\x03\x04')) return zipEntries(bytes);
  return text.slice(257, 262) === 'ustar' ? tarEntries(bytes) : [];
}
