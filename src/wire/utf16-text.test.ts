import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf16Text } from './utf16-text.ts';

const sources = join(import.meta.dirname, '..');

describe('UTF-16 text', () => {
  it('is what was written, wherever it lies, and without half a character at its end', () => {
    const place = fc.record({ text: fc.string({ unit: 'grapheme' }), before: fc.nat(9), odd: fc.boolean() });
    fc.assert(
      fc.property(place, ({ text, before, odd }) => {
        const written = Buffer.from(text, 'utf16le');
        const held = Buffer.concat([Buffer.alloc(before, 7), written, Buffer.alloc(odd ? 1 : 0, 65)]);
        expect(utf16Text(held.subarray(before))).toBe(text);
      }),
      { numRuns: 200 },
    );
  });

  it('leaves the heap whole, of odd octets at odd addresses too', () => {
    const module = join(import.meta.dirname, 'utf16-text.ts');
    const script = `
      import { utf16Text } from ${JSON.stringify(module)};
      const held = Buffer.from(new Uint8Array(70_000).fill(65).buffer);
      for (let length = 1; length < 3_000; length += 2)
        for (const at of [1, 13_571]) for (let time = 0; time < 20; time += 1) utf16Text(held.subarray(at, at + length));
    `;
    const words = ['--input-type=module', '-e', script];
    // glibc ends the process where it finds what stands behind a piece of memory overwritten.
    execFileSync(process.execPath, words, { stdio: 'pipe', timeout: 60_000 });
  });

  it('is read in no other way from bytes of visitors', () => {
    const others = readdirSync(sources, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'wire/utf16-text.ts')
      .filter((name) =>
        /(?:toString|decode|Slice)\((?:[^()]|\([^()]*\))*['"](?:utf16le|ucs-?2|utf-16le)['"]|ucs2Slice|TextDecoder\(['"]utf-?16/.test(
          readFileSync(join(sources, name), 'utf8'),
        ),
      );
    expect(others).toEqual([]);
  });
});
