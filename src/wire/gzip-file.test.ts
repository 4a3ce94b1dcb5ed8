import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../test/support/need.ts';
import { gunzipText, gzipText } from './gzip-file.ts';

describe('a gzip file', () => {
  needTools(['gzip'])('is unpacked by gzip, which finds its name', () => {
    const file = gzipText('hello\n'.repeat(100), 'a.txt', 1_700_000_000, 9);
    const unpacked = spawnSync('gzip', ['-dc'], { input: Buffer.from(file, 'latin1') });
    expect(unpacked.stderr.toString()).toBe('');
    expect(unpacked.stdout.toString()).toBe('hello\n'.repeat(100));
    expect(file.slice(10, 16)).toBe('a.txt\0');
  });

  needTools(['gzip'])('of gzip is unpacked here', () => {
    const packed = spawnSync('gzip', ['-c'], { input: 'some text\n' }).stdout.toString('latin1');
    expect(gunzipText(packed, 1000)).toBe('some text\n');
  });

  it('comes back as it was packed, and any other bytes or a bomb give nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.integer({ min: 1, max: 9 }), (bytes, level) => {
        const text = Buffer.from(bytes).toString('latin1');
        const file = gzipText(text, '', 0, level);
        expect(gunzipText(file, 2000)).toBe(text);
        expect(gunzipText(`\x1f\x8b${text}`, 2000)).toBeNull();
        expect(gunzipText(file.slice(0, -1), 2000)).toBeNull();
      }),
      { numRuns: 80 },
    );
    expect(gunzipText(gzipText('x'.repeat(100_000), '', 0, 9), 1000)).toBeNull();
  });
});
