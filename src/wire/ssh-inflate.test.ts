import { Buffer } from 'node:buffer';
import { constants, deflateRawSync, deflateSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PicketError } from '../core/errors.ts';
import { SshInflate } from './ssh-inflate.ts';

const texts = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes)),
  fc
    .array(fc.constantFrom('root', 'admin ', 'wget ', '\0\0\0'), { maxLength: 800 })
    .map((words) => Buffer.from(words.join(''))),
);

describe('the inflate that goes on from packet to packet', () => {
  it('gives back what zlib deflated, whole or in pieces of any size', () => {
    fc.assert(
      fc.property(
        texts,
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 1, max: 700 }),
        (text, level, step) => {
          const stream = deflateSync(text, { level, finishFlush: constants.Z_PARTIAL_FLUSH });
          const inflate = new SshInflate();
          const parts: Buffer[] = [];
          for (let start = 0; start < stream.length; start += step)
            parts.push(Buffer.from(inflate.inflate(stream.subarray(start, start + step), 100_000)));
          expect(Buffer.concat(parts).equals(text)).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('keeps its window over packets', () => {
    const inflate = new SshInflate();
    const first = Buffer.from('a sentence that the second packet repeats');
    expect(
      inflate.inflate(deflateSync(first, { finishFlush: constants.Z_SYNC_FLUSH }), 1000).equals(first),
    ).toBe(true);
    const second = deflateRawSync(first, { dictionary: first, finishFlush: constants.Z_SYNC_FLUSH });
    expect(second.length).toBeLessThan(first.length / 2);
    expect(inflate.inflate(second, 1000).equals(first)).toBe(true);
  });

  it('refuses to grow beyond the limit', () => {
    const bomb = deflateSync(Buffer.alloc(10_000_000), { level: 9 });
    expect(() => new SshInflate().inflate(bomb, 262_144)).toThrow(PicketError);
  });

  it('ends random bytes with a result or the named error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const inflate = new SshInflate();
        try {
          inflate.inflate(Buffer.concat([Buffer.from([0x78, 0x9c]), bytes]), 10_000);
        } catch (error) {
          expect(error).toBeInstanceOf(PicketError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
