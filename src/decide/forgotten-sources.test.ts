import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { below, seededRandom } from '../core/random.ts';
import { ForgottenSources } from './forgotten-sources.ts';

it('knows everybody of the last generation and of this one', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 8, max: 40 }),
      fc.array(fc.tuple(fc.constantFrom(4, 6), fc.integer(), fc.integer()), { maxLength: 200 }),
      (generation, keys) => {
        const forgotten = new ForgottenSources(generation);
        for (const [family, high, low] of keys) forgotten.add(family, high, low);
        for (const [family, high, low] of keys.slice(-generation))
          expect(forgotten.has(family, high, low)).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});

/** Share of sources never seen that are taken for forgotten ones, with both generations full of neighbours at this distance. */
function mistaken(seed: string, stride: number, family: 4 | 6): number {
  const generation = 4_096;
  const forgotten = new ForgottenSources(generation);
  const from = below(seededRandom(seed), 0x8000_0000);
  const key = (index: number): readonly [number, number] => {
    const word = (from + Math.imul(index, stride)) >>> 0;
    return family === 4 ? [0, word] : [0x2001_0db8, word];
  };
  for (let index = 0; index < generation * 2; index += 1) forgotten.add(family, ...key(index));
  let wrong = 0;
  const asked = 20_000;
  for (let index = 0; index < asked; index += 1)
    if (forgotten.has(family, ...key(generation * 2 + index))) wrong += 1;
  return wrong / asked;
}

it('takes few others for one of them, whatever the addresses: 0.28 % at most', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.constantFrom(1, 3, 0x100, 0x10001, 0x9e3779b1),
      fc.constantFrom(4 as const, 6 as const),
      (seed, stride, family) => {
        // Of 20,000 asked 56 are expected at most; 100 is six standard deviations more.
        expect(mistaken(seed, stride, family)).toBeLessThanOrEqual(0.005);
      },
    ),
    { numRuns: 60 },
  );
});

it('lets what was long ago fade', () => {
  const forgotten = new ForgottenSources(100);
  forgotten.add(4, 0, 7);
  for (let index = 0; index < 150; index += 1) forgotten.add(4, 0, 1_000 + index);
  expect(forgotten.has(4, 0, 7)).toBe(true);
  for (let index = 0; index < 150; index += 1) forgotten.add(4, 0, 2_000 + index);
  expect(forgotten.has(4, 0, 7)).toBe(false);
});
