import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { updated } from './sequential-test.ts';

const day = 86_400_000;

describe('the sequential test', () => {
  it('halves in a day and never falls below zero', () => {
    expect(updated(8, day, 0)).toBeCloseTo(4);
    expect(updated(1, 0, -5)).toBe(0);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.double({ min: -10, max: 10, noNaN: true }), fc.nat(day))), (steps) => {
        let score = 0;
        for (const [weight, elapsed] of steps) score = updated(score, elapsed, weight);
        expect(score).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
