/** Archives as exploits send them. */

import { deflateRawSync } from 'node:zlib';

/** A ZIP with local headers alone, as far as the reader needs it. */
export function zipArchive(entries: Readonly<Record<string, string>>): string {
  return Object.entries(entries)
    .map(([name, content]) => {
      const data = deflateRawSync(Buffer.from(content, 'latin1'));
      const head = Buffer.alloc(30);
      head.write('PK\x03\x04', 'latin1');
      head.writeUInt16LE(8, 8);
      head.writeUInt32LE(data.length, 18);
      head.writeUInt32LE(content.length, 22);
      head.writeUInt16LE(name.length, 26);
      return Buffer.concat([head, Buffer.from(name, 'latin1'), data]).toString('latin1');
    })
    .join('');
}

/** A tar archive of files with these names, `..` and all. */
export function tarArchive(entries: Readonly<Record<string, string>>): string {
  const blocks = Object.entries(entries).map(([name, content]) => {
    const head = Buffer.alloc(512);
    head.write(name, 'latin1');
    head.write('0000644\0', 100, 'latin1');
    head.write(content.length.toString(8).padStart(11, '0'), 124, 'latin1');
    head.write('0', 156, 'latin1');
    head.write('ustar\x0000', 257, 'latin1');
    const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
    body.write(content, 'latin1');
    return Buffer.concat([head, body]).toString('latin1');
  });
  return `${blocks.join('')}${'\0'.repeat(1_024)}`;
}
