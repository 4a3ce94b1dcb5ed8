import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../test/support/need.ts';
import { readTar, tarEnd, type TarEntry, tarEntryText } from './tar-archive.ts';

const entry = (changes: Partial<TarEntry>): TarEntry => ({
  name: 'a/b.txt',
  kind: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  user: 'root',
  group: 'root',
  modified: 1_700_000_000,
  target: '',
  content: 'hello\n',
  ...changes,
});

const archiveOf = (entries: readonly TarEntry[]): string => {
  const text = entries.map((one) => tarEntryText(one)).join('');
  return text + tarEnd(text.length);
};

describe('a tar archive', () => {
  needTools(['tar'])('is read by GNU tar, long names too', () => {
    const name = `${'long/'.repeat(30)}end`;
    const archive = archiveOf([
      entry({ name: 'a/', kind: 'directory', mode: 0o755, content: '' }),
      entry({}),
      entry({ name, content: 'far' }),
    ]);
    const listed = spawnSync('tar', ['-tf', '-'], { input: Buffer.from(archive, 'latin1') });
    expect(listed.stderr.toString()).toBe('');
    expect(listed.stdout.toString()).toBe(`a/\na/b.txt\n${name}\n`);
    const content = spawnSync('tar', ['-xOf', '-', name], { input: Buffer.from(archive, 'latin1') });
    expect(content.stdout.toString()).toBe('far');
  });

  it('comes back as it was written', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            name: fc.stringMatching(/^[a-z][a-z/]{0,150}[a-z]$/),
            mode: fc.integer({ min: 0, max: 0o777 }),
            bytes: fc.uint8Array({ maxLength: 1500 }),
          }),
          { maxLength: 5 },
        ),
        (files) => {
          const entries = files.map(({ name, mode, bytes }) =>
            entry({ name, mode, content: Buffer.from(bytes).toString('latin1') }),
          );
          expect(readTar(archiveOf(entries), 10)).toEqual({ entries, fault: null });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('that is cut or none says so, and no bytes break its reader', () => {
    expect(readTar('x'.repeat(1024), 10).fault).toBe('not tar');
    expect(readTar(archiveOf([entry({})]).slice(0, 514), 10).fault).toBe('cut');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.nat(2000), (bytes, at) => {
        const archive = archiveOf([entry({ content: 'x'.repeat(600) })]);
        readTar(Buffer.from(bytes).toString('latin1'), 10);
        const damaged = archive.slice(0, at) + Buffer.from(bytes).toString('latin1') + archive.slice(at);
        expect(readTar(damaged, 10).entries.length).toBeLessThanOrEqual(10);
      }),
      { numRuns: 80 },
    );
  });
});
