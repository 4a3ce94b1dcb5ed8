import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiveOrder } from './live-order.ts';

describe('live lines', () => {
  it('come in the order of their times where they arrive within a moment of each other', () => {
    const order = new LiveOrder();
    order.add({ at: 1_020, line: 'decided' }, 1_030);
    order.add({ at: 1_000, line: 'seen' }, 1_040);
    order.add({ at: 1_020, line: 'decided too' }, 1_050);
    expect(order.due(1_100)).toEqual([]);
    expect(order.due(1_270)).toEqual(['seen', 'decided', 'decided too']);
    expect(order.rest()).toEqual([]);
  });

  it('of an old log, or of a clock that is ahead, are shown all the same', () => {
    const order = new LiveOrder();
    order.add({ at: 5, line: 'old' }, 1_000_000);
    order.add({ at: 9_000_000, line: 'ahead' }, 1_000_000);
    expect(order.due(1_000_000)).toEqual(['old']);
    expect(order.due(1_000_250)).toEqual(['ahead']);
  });

  it('are each shown once, whatever their times', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5_000), fc.nat(400))), (steps) => {
        const order = new LiveOrder();
        const shown: string[] = [];
        let now = 1_000;
        for (const [index, [at, wait]] of steps.entries()) {
          order.add({ at, line: String(index) }, now);
          now += wait;
          shown.push(...order.due(now));
        }
        shown.push(...order.rest());
        expect(shown.toSorted((one, other) => Number(one) - Number(other))).toEqual(
          steps.map((_, index) => String(index)),
        );
      }),
      { numRuns: 100 },
    );
  });
});
