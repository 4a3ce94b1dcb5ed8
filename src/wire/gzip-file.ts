/**
 * Files of gzip(1), RFC 1952, as Latin-1 text:
 *
 *     1f 8b  CM=8  FLG  MTIME[4]  XFL  OS  [name, NUL where FLG has 8]  deflated octets  CRC32[4]  ISIZE[4]
 */

import { crc32, deflateRawSync, gunzipSync } from 'node:zlib';

const little = (value: number): string =>
  String.fromCharCode(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);

/** `modified` in seconds since the epoch; 0 with an empty name for what comes from a pipe. */
export function gzipText(content: string, name: string, modified: number, level: number): string {
  const bytes = Buffer.from(content, 'latin1');
  const packed = deflateRawSync(bytes, { level }).toString('latin1');
  return `\x1f\x8b\x08${name === '' ? '\0' : '\x08'}${little(modified)}${level === 9 ? '\x02' : level === 1 ? '\x04' : '\0'}\x03${name === '' ? '' : `${name}\0`}${packed}${little(crc32(bytes))}${little(content.length)}`;
}

/** The content of a gzip file; null where it is none, is damaged, or is larger than `most`. */
export function gunzipText(file: string, most: number): string | null {
  if (!file.startsWith('\x1f\x8b')) return null;
  try {
    return gunzipSync(Buffer.from(file, 'latin1'), { maxOutputLength: most }).toString('latin1');
  } catch {
    // Visitors send damaged files and bombs; that it is no use is the answer.
    return null;
  }
}
