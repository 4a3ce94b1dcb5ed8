/** Blocks that are placed before a source comes, because it is expected, and leases that end when it is not expected any more. */

import { describe, expect, it } from 'vitest';
import { contactObservation } from '../../test/support/contact-observation.ts';
import { network } from '../../test/support/court.ts';
import { formatNetwork } from '../core/address.ts';
import type { Decision } from '../core/decision.ts';
import { IdSource } from '../core/id.ts';
import { Pipeline } from '../daemon/pipeline.ts';
import { detectors } from '../detectors/index.ts';
import { Allowlist } from './guards/allowlist.ts';
import { Breaker } from './guards/breaker.ts';
import { standardGuards } from './guards/standard.ts';
import { Judge } from './judge.ts';
import { parentsOf } from './network-roll-up.ts';
import { defaultPolicy, type Policy } from './policy.ts';

const start = 1_700_000_000_000;
const hour = 3_600_000;
const visitor = '45.33.32.156';

function court(changes: Partial<Policy> = {}) {
  const policy: Policy = {
    ...defaultPolicy,
    blockOnConversation: true,
    hitsPerBlockHour: 2,
    shortestLeaseSeconds: 1,
    networkMembers: 0,
    ...changes,
  };
  const allowlist = new Allowlist();
  const judge = new Judge({
    policy,
    random: () => 0.5,
    guards: standardGuards({ policy, allowlist, breaker: new Breaker(policy), own: [], lab: [], benign: [] }),
  });
  const pipeline = new Pipeline(judge, detectors);
  const ids = new IdSource();
  const placed: Decision[] = [];
  /** A contact at this time, or a drop where a block stands; what is due by then comes first. */
  const comes = (source: string, at: number): boolean => {
    placed.push(...judge.due(at));
    for (const target of [source, ...parentsOf(network(source)).map(formatNetwork)]) {
      if ((judge.sources.find(target)?.standing?.until ?? 0) <= at) continue;
      judge.renew(target, at);
      return true;
    }
    const contact = contactObservation({ id: ids.next(at), at, source, session: '' });
    pipeline.observe(contact, (decision) => placed.push(decision));
    return false;
  };
  /** Comes every two hours; answers with the time of the last. */
  const habit = (source: string, times = 40): number => {
    for (let round = 0; round < times; round += 1) comes(source, start + round * 2 * hour);
    return start + (times - 1) * 2 * hour;
  };
  return { judge, allowlist, comes, habit, placed };
}

describe('a block that is foreseen', () => {
  it('begins shortly before a steady visitor comes and stops him', () => {
    const { judge, habit, comes } = court();
    const last = habit(visitor);
    const due = [...judge.due(last + 2 * hour - 1)];
    expect(due).toHaveLength(1);
    expect(due[0]).toMatchObject({ target: visitor, action: 'block', simulated: false, by: 'picket' });
    expect(due[0]?.from).toBeGreaterThan(last + 1.5 * hour);
    expect(due[0]?.until).toBeGreaterThan(last + 2 * hour);
    expect(due[0]?.until).toBeLessThan(last + 2.5 * hour);
    expect(due[0]?.guards.map(({ guard }) => guard)).toContain('breaker');
    expect(comes(visitor, last + 2 * hour)).toBe(true);
  });

  it('says why: when its source is expected, and after what', () => {
    const { judge, habit } = court();
    const [decision] = judge.due(habit(visitor) + 2 * hour - 1);
    expect(decision?.reason).toMatch(
      /^expected within \d+ s, last seen 20\d\d-\S+Z, the last time that it paused as now it came back after 7200 s: decoy:ssh/,
    );
    expect(decision?.evidence.length).toBeGreaterThan(0);
  });

  it('ends by itself where the visitor stays away, and is no offence', () => {
    const { judge, habit } = court();
    const last = habit(visitor);
    const { offences } = judge.sources.find(visitor) ?? { offences: -1 };
    const due = [...judge.due(last + 300 * 24 * hour)];
    const hours = due.reduce((sum, { from, until }) => sum + (until - from) / hour, 0);
    expect(hours).toBeLessThan(24);
    expect(judge.nextDue()).toBeNull();
    expect(judge.sources.find(visitor)?.offences).toBe(offences);
  });

  it('is not placed for whom a person has let go or decided on, nor for whom a guard protects by then', () => {
    const lifted = court();
    const lastLifted = lifted.habit(visitor);
    lifted.judge.lift(visitor);
    expect([...lifted.judge.due(lastLifted + 4 * hour)]).toEqual([]);

    const allowed = court();
    const lastAllowed = allowed.habit(visitor);
    allowed.allowlist.add({ network: network('45.33.32.0/24'), note: '', by: 'test', until: null });
    expect([...allowed.judge.due(lastAllowed + 4 * hour)]).toEqual([]);
    expect(allowed.judge.nextDue()).toBeNull();

    const decided = court();
    const lastDecided = decided.habit(visitor);
    decided.judge.byPerson(
      network(visitor),
      'rate-limit',
      86_400,
      lastDecided + 60_000,
      'anna',
      'a customer',
    );
    expect([...decided.judge.due(lastDecided + 4 * hour)]).toEqual([]);
    expect(decided.judge.sources.find(visitor)?.standing?.byPerson).toBe(true);
  });

  it('is counted by the breaker like any other', () => {
    const { judge, habit } = court({ breakerMinimum: 0, breakerMultiple: 0 });
    expect([...judge.due(habit(visitor) + 4 * hour)]).toEqual([]);
  });

  it('is of a network where its members’ rhythm is one', () => {
    const { judge, comes } = court({ networkMembers: 8, networkShare: 0.03 });
    let at = start;
    for (let round = 0; round < 60; round += 1, at += 2 * hour) comes(`45.33.32.${1 + (round % 30)}`, at);
    const due = [...judge.due(at - 1)];
    expect(due).toMatchObject([{ target: '45.33.32.0/24', action: 'block', simulated: false }]);
  });

  it('is never placed by a policy of fixed lengths', () => {
    const { judge, habit } = court({ hitsPerBlockHour: 0 });
    expect([...judge.due(habit(visitor) + 4 * hour)]).toEqual([]);
    expect(judge.nextDue()).toBeNull();
  });
});

describe('a drop', () => {
  it('that was the expected contact ends the lease where the next is hours away', () => {
    const { judge, habit } = court();
    const last = habit(visitor);
    const [decision] = judge.due(last + 2 * hour);
    const renewed = judge.renew(visitor, last + 2 * hour);
    expect(renewed?.id).toBe(decision?.id);
    expect(renewed?.until).toBeLessThan(decision?.until ?? 0);
    expect(renewed?.reason).toContain('shortened: the contact that was expected came');
    const until = last + 3.5 * hour;
    const seconds = [...judge.due(until)].reduce((sum, { from, until: end }) => sum + (end - from) / 1000, 0);
    expect(seconds).toBeLessThan(60);
    expect(judge.nextDue()).toBeGreaterThan(until);
  });

  it('never ends it sooner than a malicious score earns', () => {
    const { judge, habit } = court({ malicious: 0.1, suspicious: 0.05, shortestLeaseSeconds: 7200 });
    const last = habit(visitor);
    const standing = judge.sources.find(visitor)?.standing;
    if (standing == null) throw new Error('nothing stands');
    judge.renew(visitor, last + 1000);
    expect(standing.until).toBeGreaterThanOrEqual(standing.from + 7_200_000);
  });
});
