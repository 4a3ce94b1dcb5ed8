/** What an attacker may try in order to have others blocked, or to be spared himself; docs/threat-model.md tells of each. */

import { describe, expect, it } from 'vitest';
import { network } from '../../test/support/court.ts';
import type { Decision } from '../core/decision.ts';
import { type GroundedEvidence, groundOf } from '../core/evidence.ts';
import { ContactForecast } from './contact-forecast.ts';
import { GoodTraffic } from './good-traffic.ts';
import { Allowlist } from './guards/allowlist.ts';
import { benignList } from './guards/benign-list.ts';
import { Breaker } from './guards/breaker.ts';
import { standardGuards } from './guards/standard.ts';
import { verifiedCrawler } from './guards/verified-crawler.ts';
import { Judge } from './judge.ts';
import { NetworkRollUp } from './network-roll-up.ts';
import { defaultPolicy, type Policy } from './policy.ts';

const start = 1_700_000_000_000;
const hour = 3_600_000;

let observation = 0;
function evidence(source: string, weight: number, more: Partial<GroundedEvidence> = {}): GroundedEvidence {
  observation += 1;
  return {
    detector: 'test',
    weight,
    reason: 'seen',
    technique: 'T1046',
    behavior: 'decoy:ssh',
    cves: [],
    source,
    observation: `o${observation}`,
    at: start,
    sensor: 's',
    spoofable: false,
    transport: 'tcp',
    kind: 'exploit',
    ...more,
  };
}

interface Bench {
  readonly judge: Judge;
  readonly allowlist: Allowlist;
  readonly good: GoodTraffic;
  readonly attack: (source: string, more?: Partial<GroundedEvidence>, weight?: number) => Decision | null;
}

function bench(changes: Partial<Policy> = {}, benign: readonly string[] = []): Bench {
  const policy = { ...defaultPolicy, ...changes };
  const allowlist = new Allowlist();
  const good = new GoodTraffic();
  const judge: Judge = new Judge({
    policy,
    goodTraffic: good,
    random: () => 0.5,
    guards: standardGuards({
      policy,
      own: [],
      lab: [],
      allowlist,
      benign: benign.map((text) => ({ network: network(text), list: 'a list' })),
      breaker: new Breaker(policy),
      goodTraffic: good,
      isAtFault: (source) => (judge.sources.find(source)?.score ?? 0) >= policy.suspicious,
    }),
  });
  return {
    judge,
    allowlist,
    good,
    attack: (source, more = {}, weight = 12) => {
      const record = judge.saw(source, more.at ?? start);
      const item = evidence(source, weight, more);
      return judge.weigh(record, item, groundOf(item));
    },
  };
}

const members = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `8.8.4.${index + 1}`);

describe('an attacker who writes another’s address on his packets', () => {
  it('gets nobody blocked', () => {
    const { attack } = bench();
    const decision = attack('8.8.4.1', { spoofable: true, transport: 'udp', kind: 'scan' }, 50);
    expect(decision?.action).toBe('rate-limit');
    expect((decision?.until ?? 0) - start).toBeLessThanOrEqual(900_000);
  });

  it('gets no network blocked by many forged members', () => {
    const { attack, judge } = bench();
    for (const source of members(200))
      attack(source, { spoofable: true, transport: 'udp', kind: 'scan' }, 50);
    expect(judge.sources.find('8.8.4.0/24')).toBeUndefined();
  });
});

describe('many members of a network that have earned a block', () => {
  it('become one decision, explained with their number, and later members need none of their own', () => {
    const { attack, judge } = bench();
    const decisions = members(13).map((source) => attack(source));
    expect(decisions.slice(0, 12).every((decision) => decision?.target.includes('/') === false)).toBe(true);
    expect(decisions[12]).toMatchObject({ target: '8.8.4.0/24', action: 'block', simulated: false });
    expect(decisions[12]?.reason).toContain('13 of the 256 addresses of 8.8.4.0/24 (5.1 %)');
    expect(attack('8.8.4.99')).toBeNull();
    expect(judge.renew('8.8.4.0/24', start + 60_000)).not.toBeNull();
  });

  it('are decided on one by one where the network holds a benign or an allowed address', () => {
    const listed = bench({}, ['8.8.4.200/32']);
    expect(members(20).map((source) => listed.attack(source)?.target)).toEqual(members(20));
    const allowed = bench();
    allowed.allowlist.add({ network: network('8.8.4.200'), note: '', by: 'a person', until: null });
    expect(members(20).map((source) => allowed.attack(source)?.target)).toEqual(members(20));
  });

  it('fall back to single decisions when a member is allowed later', () => {
    const { attack, judge, allowlist } = bench();
    for (const source of members(13)) attack(source);
    allowlist.add({ network: network('8.8.4.77'), note: '', by: 'a person', until: null });
    expect(judge.recheck(start)).toEqual(['8.8.4.0/24']);
    expect(attack('8.8.4.50', { at: start + 1000 })?.target).toBe('8.8.4.50');
  });

  it('do not take a good visitor of the same network with them', () => {
    const { attack, good, judge } = bench();
    good.succeeded('8.8.4.180', start - hour);
    for (const source of members(20)) attack(source);
    expect(judge.sources.find('8.8.4.0/24')?.standing).toBeNull();
    expect(judge.sources.find('8.8.4.0/24')?.guards.at(-1)).toMatchObject({
      guard: 'replay',
      outcome: 'refuse',
    });
  });
});

describe('an attacker who spreads', () => {
  it('over a /48 is blocked as one', () => {
    const rollUp = new NetworkRollUp(defaultPolicy);
    let last = null;
    for (let index = 0; index < 13; index += 1) {
      last = rollUp.offended(network(`2a00:1:2:${(index * 256).toString(16)}::/64`), start);
    }
    expect(last).toMatchObject({ text: '2a00:1:2::/48', offenders: 13 });
  });

  it('thinly over a /16 is judged host by host, and no wider network falls', () => {
    const { attack } = bench();
    for (let index = 0; index < 256; index += 1) {
      expect(attack(`45.9.${index}.7`)?.target).toBe(`45.9.${index}.7`);
    }
  });
});

describe('an attacker who behaves well besides', () => {
  it('banks no credit: successes before do not lower what follows', () => {
    const { attack, judge } = bench();
    for (let index = 0; index < 100; index += 1) attack('8.8.4.1', {}, -4);
    expect(attack('8.8.4.1')?.action).toBe('block');
    expect(judge.sources.find('8.8.4.1')?.score).toBeCloseTo(12);
  });

  it('does not buy a hold by sessions after his first offence', () => {
    const { attack, good } = bench();
    attack('8.8.4.1', {}, 5);
    for (let index = 1; index < 40; index += 1) good.succeeded('8.8.4.1', start + index * hour);
    expect(attack('8.8.4.1', { at: start + 40 * hour })?.simulated).toBe(false);
  });

  it('makes a person look where he was a regular visitor long before, which is told', () => {
    const { attack, good } = bench();
    for (let index = 1; index < 40; index += 1) good.succeeded('8.8.4.1', start - (60 - index) * hour);
    expect(attack('8.8.4.1')).toMatchObject({ simulated: true });
  });
});

describe('an attacker who shares an address with honest people', () => {
  it('is limited briefly and never blocked', () => {
    const { attack, judge } = bench();
    const record = judge.saw('8.8.4.1', start);
    for (let user = 0; user < 5; user += 1) judge.loggedIn(record, `user${user}`, start);
    expect(attack('8.8.4.1')?.action).toBe('rate-limit');
  });
});

describe('an attacker who goes slow', () => {
  it('needs less after a lease than before it', () => {
    const { attack } = bench();
    const first = attack('8.8.4.1');
    const later = (first?.until ?? 0) + 12 * hour;
    expect(attack('8.8.4.1', { at: later }, 0.4)?.action).toBe('block');
    const fresh = bench();
    expect(fresh.attack('8.8.4.2', {}, 5)?.action).toBe('rate-limit');
  });

  it('is blocked longer each time', () => {
    const { attack } = bench();
    const lengths: number[] = [];
    let at = start;
    for (let round = 0; round < 3; round += 1) {
      const decision = attack('8.8.4.1', { at });
      lengths.push(((decision?.until ?? 0) - at) / 1000);
      at = (decision?.until ?? 0) + 1000;
    }
    expect(lengths).toEqual([900, 1800, 3600]);
  });
});

describe('an attacker who calls himself a crawler', () => {
  const target = network('8.8.4.1');
  const candidate = {
    target,
    targetText: '8.8.4.1',
    action: 'block' as const,
    seconds: 900,
    at: start,
    byPerson: false,
  };
  it('is let through by a name that was verified alone', () => {
    const { judge } = bench();
    const record = judge.saw('8.8.4.1', start);
    const check = (name: string | null | undefined): string =>
      verifiedCrawler({ crawlerAt: () => name }).check({ ...candidate, record }).outcome;
    expect([check('crawl-1.googlebot.com'), check(null), check(undefined)]).toEqual([
      'refuse',
      'pass',
      'pass',
    ]);
  });
});

describe('an attacker who floods the tables', () => {
  it('does not wash out who stands or weighs', () => {
    const { attack, judge } = bench({ maximumSources: 1000 });
    attack('8.8.4.1');
    for (let index = 0; index < 20_000; index += 1) judge.saw(`11.${index >> 8}.${index & 255}.1`, start);
    expect(judge.sources.size).toBeLessThanOrEqual(1000);
    expect(judge.sources.find('8.8.4.1')?.standing).not.toBeNull();
  });

  it('does not grow the forecast', () => {
    const forecast = new ContactForecast(1000);
    for (let round = 0; round < 4; round += 1) forecast.contact('known', 'a', start + round * 60_000);
    for (let index = 0; index < 5000; index += 1) forecast.contact(`s${index}`, 'a', start + index);
    expect(forecast.size).toBeLessThanOrEqual(1000);
    expect(forecast.expected('known', 1, start + 180_000)).not.toBeNull();
  });
});

describe('a harder decision over a milder one that lasts longer', () => {
  it('gives it back when it ends, and only then', () => {
    const { judge, attack } = bench({ networkMembers: 0 });
    attack('8.8.4.1', { spoofable: true, kind: 'scan' }, 6);
    const standing = judge.sources.find('8.8.4.1')?.standing;
    if (standing == null) throw new Error('nothing stands');
    standing.until = start + 10 * hour;
    const block = attack('8.8.4.1', { at: start + 1000 });
    expect(block?.action).toBe('block');
    expect(judge.resume(start + 2000)).toEqual([]);
    const back = judge.resume((block?.until ?? 0) + 1);
    expect(back).toMatchObject([{ target: '8.8.4.1', action: 'rate-limit', until: start + 10 * hour }]);
  });

  it('never replaces what a person decided', () => {
    const { judge, attack } = bench();
    judge.byPerson(network('8.8.4.1'), 'rate-limit', 3600, start, 'anna', 'a customer');
    expect(attack('8.8.4.1', { at: start + 1000 })).toBeNull();
    expect(judge.sources.find('8.8.4.1')?.standing).toMatchObject({
      action: 'rate-limit',
      byPerson: true,
      until: start + hour,
    });
  });
});

describe('a listed network', () => {
  it('within a general target refuses it', () => {
    const guard = benignList([{ network: network('8.8.4.8/32'), list: 'a list' }]);
    const check = guard.check({
      target: network('8.8.4.0/24'),
      targetText: '8.8.4.0/24',
      action: 'block',
      seconds: 1,
      at: start,
      record: null,
      byPerson: false,
    });
    expect(check.outcome).toBe('refuse');
  });
});
