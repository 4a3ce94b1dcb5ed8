import { deflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { tarArchive, zipArchive } from '../../test/support/sample-archive.ts';
import { archiveEntries } from './archive-entries.ts';

const content = fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 200 });
const name = fc.stringMatching(/^[a-z./]{1,60}$/);

it('reads what a ZIP and a tar archive hold, names as they stand', () => {
  fc.assert(
    fc.property(fc.dictionary(name, content, { minKeys: 1, maxKeys: 4 }), (files) => {
      const wanted = Object.entries(files).map(([key, text]) => ({ name: key, content: text }));
      expect(archiveEntries(zipArchive(files))).toEqual(wanted);
      expect(archiveEntries(tarArchive(files))).toEqual(wanted);
    }),
    { numRuns: 100 },
  );
});

it('reads an entry whose size follows its data, and one that is stored', () => {
  const data = deflateRawSync(Buffer.from('said later')).toString('latin1');
  const head = (method: number, size: number): string => {
    const bytes = Buffer.alloc(30);
    bytes.write('PK\x03\x04', 'latin1');
    bytes.writeUInt16LE(method, 8);
    bytes.writeUInt32LE(size, 18);
    bytes.writeUInt16LE(1, 26);
    return bytes.toString('latin1');
  };
  const archive = `${head(8, 0)}a${data}PK\x07\x08${'\0'.repeat(12)}${head(0, 5)}bhello`;
  expect(archiveEntries(archive)).toEqual([
    { name: 'a', content: 'said later' },
    { name: 'b', content: 'hello' },
  ]);
});

it('keeps no more than 64 KiB of an entry that swells, and takes any bytes', () => {
  const [swollen] = archiveEntries(zipArchive({ a: 'x'.repeat(900_000) }));
  expect(swollen?.content.length).toBe(65_536);
  fc.assert(
    fc.property(
      fc.constantFrom('PK\x03\x04', '', 'x'.repeat(257)),
      fc.uint8Array({ maxLength: 700 }),
      (start, bytes) => {
        const text = `${start}${start.length > 4 ? 'ustar' : ''}${Buffer.from(bytes).toString('latin1')}`;
        expect(archiveEntries(text).length).toBeLessThanOrEqual(64);
      },
    ),
    { numRuns: 200 },
  );
});
