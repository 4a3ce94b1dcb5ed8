import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { below, seededRandom } from '../core/random.ts';
import { Coverage } from './coverage.ts';

const day = 86_400_000;

/** Visits of 20 sources in turn, until the run is called a hunt; null where it never is. */
function visitsUntilHunt(targets: readonly number[], spacing = 1, sources = 20): number | null {
  const coverage = new Coverage();
  const at = targets.findIndex((target, index) =>
    coverage.add(index % sources, target, index * spacing, day),
  );
  return at < 0 ? null : at + 1;
}

const counting = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('visits that come to no address twice', () => {
  it('are no chance from 97 in a block on', () => {
    expect(visitsUntilHunt(counting(256))).toBe(97);
  });

  it('are no chance from more on where there is more room', () => {
    const spread = counting(4096).map((index) => (index % 16) * 256 + Math.floor(index / 16));
    expect(visitsUntilHunt(spread)).toBeGreaterThan(410);
    expect(visitsUntilHunt(spread)).toBeLessThan(420);
  });

  it('begin anew with a repetition, and after a day', () => {
    expect(visitsUntilHunt([...counting(96), 0, ...counting(96).slice(1)])).toBeNull();
    expect(visitsUntilHunt(counting(256), day / 90)).toBeNull();
  });

  it('need sources enough, and two for each', () => {
    expect(visitsUntilHunt(counting(256), 1, 15)).toBeNull();
    expect(visitsUntilHunt(counting(256), 1, 256)).toBeNull();
  });

  it('are what they are in any order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(counting(256), { minLength: 97 }), (order) => {
        expect(visitsUntilHunt(order)).toBe(97);
      }),
    );
  });

  it('are bounded by equal preferences: unequal ones repeat sooner, in runs of honest visitors', () => {
    const random = seededRandom('preferences');
    /** Mean length of a run in which a host is chosen as the power says. */
    const meanRun = (power: number): number => {
      let visits = 0;
      for (let run = 0; run < 2000; run += 1) {
        const seen = new Set<number>();
        for (;;) {
          const host = Math.floor((below(random, 1_000_000) / 1_000_000) ** power * 256);
          if (seen.has(host)) break;
          seen.add(host);
        }
        visits += seen.size;
      }
      return visits / 2000;
    };
    const equal = meanRun(1);
    // √(π · 256 / 2), the birthday problem.
    expect(equal).toBeGreaterThan(18.5);
    expect(equal).toBeLessThan(21.5);
    expect(meanRun(2)).toBeLessThan(equal);
    expect(meanRun(4)).toBeLessThan(equal);
  });
});
