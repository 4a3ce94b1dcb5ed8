import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../core/clock.ts';
import type { ApplyResult, Change, Drops, Enforcer, Rule, StandingRule } from '../core/enforcer.ts';
import { Fence } from './fence.ts';
import type { FenceRule } from './fence-rule.ts';

/** A back end that forgets what has expired, can be flushed, refuse or stop answering, and checks nothing else. */
class Faulty implements Enforcer {
  readonly name = 'faulty';
  readonly capacity: number;
  readonly clock: ManualClock;
  readonly rules = new Map<string, Rule>();
  refuse = new Set<string>();
  down = false;
  flushed = false;
  pending: Drops[] = [];

  constructor(clock: ManualClock, capacity: number) {
    this.clock = clock;
    this.capacity = capacity;
  }

  start(): void {
    this.#answer();
  }

  stop(): void {}

  observe(): readonly StandingRule[] {
    this.#answer();
    this.flushed = false;
    return this.live().map((rule) => Object.assign({ packets: 0 }, rule));
  }

  plan(desired: readonly Rule[], observed: readonly StandingRule[], now: number): readonly Change[] {
    const standing = new Map(observed.map((rule) => [rule.target, rule]));
    const wanted = new Map(desired.filter((rule) => rule.until > now).map((rule) => [rule.target, rule]));
    return [
      ...observed
        .filter((rule) => wanted.get(rule.target)?.action !== rule.action)
        .map((rule): Change => ({ do: 'remove', target: rule.target })),
      ...[...wanted.values()]
        .filter((rule) => {
          const found = standing.get(rule.target);
          return found?.action !== rule.action || found.until !== rule.until;
        })
        .map((rule): Change => ({ do: 'add', rule })),
    ];
  }

  apply(changes: readonly Change[]): ApplyResult {
    this.#answer();
    const failed: { change: Change; cause: string }[] = [];
    for (const change of changes) {
      if (change.do === 'remove') this.rules.delete(change.target);
      else if (this.refuse.has(change.rule.target)) failed.push({ change, cause: 'refused' });
      else if (!this.rules.has(change.rule.target) && this.live().length >= this.capacity)
        failed.push({ change, cause: 'capacity' });
      else this.rules.set(change.rule.target, change.rule);
    }
    return { applied: changes.length - failed.length, failed };
  }

  intact(): 'intact' | 'broken' {
    this.#answer();
    return this.flushed ? 'broken' : 'intact';
  }

  drops(): readonly Drops[] {
    return this.pending.splice(0);
  }

  live(): Rule[] {
    return [...this.rules.values()].filter((rule) => rule.until > this.clock.now());
  }

  #answer(): void {
    if (this.down) throw new Error('no answer');
  }
}

const rule = (target: string, until: number, more: Partial<FenceRule> = {}): FenceRule => ({
  target,
  action: 'block',
  until,
  decision: `d-${target}`,
  ...more,
});

function build(capacity = 100): { clock: ManualClock; back: Faulty; fence: Fence; drops: Drops[] } {
  const clock = new ManualClock(1_000_000);
  const back = new Faulty(clock, capacity);
  const drops: Drops[] = [];
  const fence = new Fence({
    enforcers: [back],
    mode: 'enforce',
    clock,
    onDrops: (list) => drops.push(...list),
  });
  fence.start();
  return { clock, back, fence, drops };
}
const later = (clock: ManualClock, fence: Fence, milliseconds: number): void => {
  clock.advanceTo(clock.now() + milliseconds);
  fence.tick();
};

describe('the fence', () => {
  it('has a single change in force when the call returns', () => {
    const { back, fence } = build();
    expect(fence.change({ add: [rule('192.0.2.1', 9e9)], remove: [] })).toEqual([
      { target: '192.0.2.1', enforced: true },
    ]);
    expect(back.live()).toHaveLength(1);
    fence.change({ add: [], remove: ['192.0.2.1'] });
    expect(back.live()).toEqual([]);
    fence.stop();
  });

  it('lifts nothing that stands before it has been told what is desired', () => {
    const { back, fence, clock } = build();
    back.rules.set('192.0.2.9', rule('192.0.2.9', 9e9));
    later(clock, fence, 60_000);
    expect(back.live()).toHaveLength(1);
    fence.replace([]);
    later(clock, fence, 60_000);
    expect(back.live()).toEqual([]);
    fence.stop();
  });

  it('places a flushed rule again at the next tick', () => {
    const { back, fence, clock } = build();
    fence.replace([rule('192.0.2.1', 9e9)]);
    fence.tick();
    back.rules.clear();
    back.flushed = true;
    later(clock, fence, 500);
    expect(back.live()).toHaveLength(1);
    fence.stop();
  });

  it('keeps the rules with most expected hits where the back end is full', () => {
    const { back, fence } = build(2);
    fence.change({
      add: [
        rule('10.0.0.1', 9e9, { priority: 1 }),
        rule('10.0.0.2', 9e9, { priority: 5 }),
        rule('10.0.0.3', 9e9, { priority: 3 }),
      ],
      remove: [],
    });
    expect(
      back
        .live()
        .map((found) => found.target)
        .sort(),
    ).toEqual(['10.0.0.2', '10.0.0.3']);
    const status = fence.status().enforcers[0];
    expect(status?.coverage).toBeCloseTo(2 / 3);
    expect(status?.unenforced).toEqual([{ target: '10.0.0.1', cause: 'capacity' }]);
    fence.stop();
  });

  it('reports drops of its own targets and says when an enforcer does not answer', () => {
    const { back, fence, clock, drops } = build();
    fence.change({ add: [rule('10.0.0.1', 9e9)], remove: [] });
    back.pending = [
      { target: '10.0.0.1', packets: 7 },
      { target: '10.9.9.9', packets: 1 },
    ];
    later(clock, fence, 2_000);
    expect(drops).toEqual([{ target: '10.0.0.1', packets: 7 }]);
    back.down = true;
    expect(fence.change({ add: [rule('10.0.0.2', 9e9)], remove: [] })[0]?.cause).toBe('no answer');
    expect(fence.status().enforcers[0]?.coverage).toBe(0);
    fence.stop();
  });

  it('places nothing in mode observe', () => {
    const clock = new ManualClock(1);
    const back = new Faulty(clock, 9);
    const fence = new Fence({ enforcers: [back], mode: 'observe', clock, onDrops: () => {} });
    fence.start();
    expect(fence.change({ add: [rule('10.0.0.1', 9e9)], remove: [] })[0]?.enforced).toBe(false);
    expect(back.live()).toEqual([]);
    fence.stop();
  });

  const target = fc.integer({ min: 1, max: 8 }).map((last) => `10.0.0.${last}`);
  const step = fc.oneof(
    fc.record({
      do: fc.constant('add' as const),
      target,
      seconds: fc.integer({ min: 1, max: 200 }),
      limit: fc.boolean(),
      priority: fc.integer({ min: 0, max: 9 }),
    }),
    fc.record({ do: fc.constant('remove' as const), target }),
    fc.record({ do: fc.constant('flush' as const) }),
    fc.record({ do: fc.constant('refuse' as const), target }),
    fc.record({ do: fc.constant('down' as const) }),
    fc.record({ do: fc.constant('up' as const) }),
    fc.record({ do: fc.constant('restart' as const) }),
    fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 60 }) }),
  );

  it('ends with what is desired in force after any sequence of changes and faults', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.integer({ min: 3, max: 9 }), (steps, capacity) => {
        const first = build(capacity);
        const { clock, back } = first;
        let { fence } = first;
        const model = new Map<string, FenceRule>();
        const wanted = (): FenceRule[] => [...model.values()].filter((found) => found.until > clock.now());
        fence.replace([]);
        for (const action of steps) {
          if (action.do === 'add') {
            const added = rule(action.target, clock.now() + action.seconds * 1_000, {
              action: action.limit ? 'rate-limit' : 'block',
              priority: action.priority,
            });
            model.set(action.target, added);
            fence.change({ add: [added], remove: [] });
          } else if (action.do === 'remove') {
            model.delete(action.target);
            fence.change({ add: [], remove: [action.target] });
          } else if (action.do === 'flush') {
            back.rules.clear();
            back.flushed = true;
          } else if (action.do === 'refuse') back.refuse.add(action.target);
          else if (action.do === 'down') back.down = true;
          else if (action.do === 'up') back.down = false;
          else if (action.do === 'wait') later(clock, fence, action.seconds * 1_000);
          else {
            fence.stop();
            fence = new Fence({ enforcers: [back], mode: 'enforce', clock, onDrops: () => {} });
            fence.start();
            fence.replace(wanted());
          }
        }
        back.down = false;
        back.refuse.clear();
        for (let round = 0; round < 4; round += 1) later(clock, fence, 31_000);
        const told = fence.status().enforcers[0];
        fence.stop();
        expect(told?.enforced, 'coverage says what is').toBe(back.live().length);
        const plain = (found: Rule): string => `${found.target} ${found.action} ${found.until}`;
        const live = back.live().map(plain);
        const all = wanted().map(plain);
        expect(live.length).toBe(Math.min(capacity, all.length));
        expect(all).toEqual(expect.arrayContaining(live));
      }),
      { numRuns: 2_000 },
    );
  });
});
