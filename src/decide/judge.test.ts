import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { court, evidence, network, source } from '../../test/support/court.ts';
import { groundOf } from '../core/evidence.ts';
import { Judge } from './judge.ts';
import { defaultPolicy } from './policy.ts';
import { maliciousScore, suspiciousScore } from './sequential-test.ts';

const minute = 60_000;

describe('the score', () => {
  it('keeps no credit: good behaviour first does not delay the block', () => {
    const { weigh } = court();
    for (let count = 0; count < 1000; count += 1) weigh(-Math.log(4), count);
    expect(weigh(maliciousScore, 1000)?.action).toBe('block');
  });
});

describe('decisions', () => {
  it('limit at 99 to 1, block at 9,900 to 1, once each', () => {
    const { weigh } = court();
    expect(weigh(suspiciousScore - 0.1, 0)).toBeNull();
    expect(weigh(0.2, 1)).toMatchObject({ action: 'rate-limit', simulated: false });
    expect(weigh(0.2, 2)).toBeNull();
    expect(weigh(maliciousScore, 3)).toMatchObject({ action: 'block', target: source, until: 3 + 900_000 });
    expect(weigh(maliciousScore, 4)).toBeNull();
  });

  it('carry verdict, evidence, every guard with its outcome, and the smallest change that leads elsewhere', () => {
    const { weigh } = court();
    weigh(3, 0, { reason: 'a guess' });
    const decision = weigh(9.3, 1, {
      reason: 'an exploit',
      cves: ['CVE-2023-1389'],
      behavior: 'exploit:rce',
    });
    expect(decision?.verdict).toMatchObject({ classification: 'malicious', cves: ['CVE-2023-1389'] });
    expect(decision?.evidence.map((item) => item.reason)).toEqual(['an exploit', 'a guess']);
    expect(decision?.guards.map((guard) => `${guard.guard} ${guard.outcome}`)).toEqual([
      'reserved-address pass',
      'allowlist pass',
      'verified-crawler pass',
      'benign-list pass',
      'shared-address pass',
      'spoofable-evidence pass',
      'collateral-forecast pass',
      'replay pass',
      'breaker pass',
    ]);
    expect(decision?.otherwise).toBe(
      'Without test (+9.3: an exploit) the score would be about 3.0, below 9.2: not a block.',
    );
  });

  it('end by themselves, and a source that offends again is decided on anew', () => {
    const { weigh } = court();
    const first = weigh(maliciousScore + 1, 0);
    expect(first?.until).toBe(900_000);
    expect(weigh(0.35, 899_999)).toBeNull();
    expect(weigh(0.35, 900_001)).toMatchObject({ action: 'block', from: 900_001 });
  });
});

describe('guards', () => {
  it.each([
    ['10.1.2.3', {}, 'reserved-address'],
    ['127.0.0.1', {}, 'reserved-address'],
    ['fe80::/64', {}, 'reserved-address'],
    ['2001:db8:5::/64', {}, 'reserved-address'],
    ['64:ff9b::/64', {}, 'reserved-address'],
    ['45.33.32.156', { own: ['45.33.32.0/24'] }, 'reserved-address'],
    ['45.33.32.156', { own: ['45.33.32.0/24'], lab: ['0.0.0.0/0'] }, 'reserved-address'],
    ['45.33.32.156', { allow: ['45.33.0.0/16'] }, 'allowlist'],
    ['45.33.32.156', { benign: ['45.33.32.128/25'] }, 'benign-list'],
  ] as const)('never let %s be blocked with %j', (target, options, guard) => {
    const { weigh } = court({
      own: [...('own' in options ? options.own : [])],
      lab: [...('lab' in options ? options.lab : [])],
      allow: [...('allow' in options ? options.allow : [])],
      benign: [...('benign' in options ? options.benign : [])],
    });
    const decision = weigh(100, 0, { source: target });
    expect(decision).toMatchObject({ action: 'observe', simulated: true });
    expect(decision?.guards.at(-1)).toMatchObject({ guard, outcome: 'refuse' });
  });

  it('let a lab range be decided on where a person has opted in', () => {
    const { weigh } = court({ lab: ['203.0.113.0/24'] });
    expect(weigh(100, 0, { source: '203.0.113.9' })).toMatchObject({ action: 'block', simulated: false });
    expect(weigh(100, 0, { source: '198.51.100.9' })).toMatchObject({ simulated: true });
  });

  it('never block on bare probes or datagrams, which anybody can send in another’s name', () => {
    for (const more of [{ kind: 'scan' as const }, { transport: 'udp' as const, kind: 'contact' as const }]) {
      const { weigh } = court();
      expect(weigh(100, 0, { ...more, spoofable: true })).toMatchObject({ action: 'rate-limit' });
      expect(weigh(100, 1, { ...more, spoofable: true })).toBeNull();
      // The moment that the address is proved to be the sender's own, the block is due.
      expect(weigh(0.1, 2, { ...more, spoofable: false })).toMatchObject({ action: 'block' });
    }
  });

  it('block only briefly on flow records without a handshake, however often they are renewed', () => {
    const { judge, weigh } = court();
    expect(weigh(100, 0, { kind: 'flow', spoofable: true })).toMatchObject({
      action: 'block',
      until: 900_000,
    });
    expect(judge.renew(source, 2 * minute)?.until).toBe(2 * minute + 900_000);
  });

  it('only limit an address from which many users log in', () => {
    const { judge, weigh } = court();
    const record = judge.saw(source, 0);
    for (const user of ['a', 'b', 'c', 'd', 'e']) judge.loggedIn(record, user, 0);
    expect(weigh(100, 1)).toMatchObject({ action: 'rate-limit' });
  });

  it('hold new blocks when they come far more often than usual, until a person has looked', () => {
    const { weigh, breaker } = court({ policy: { breakerMinimum: 10 } });
    const outcomes = Array.from(
      { length: 15 },
      (_, index) => weigh(100, index, { source: `45.33.32.${index}` })?.simulated,
    );
    expect(outcomes).toEqual([
      ...Array.from({ length: 10 }, () => false),
      ...Array.from({ length: 5 }, () => true),
    ]);
    breaker.reset();
    expect(weigh(100, 20, { source: '45.33.33.1' })?.simulated).toBe(false);
  });

  it('are not shortened by a temporary entry within a lasting one', () => {
    const { weigh, allowlist } = court({ allow: ['45.33.32.0/24'] });
    allowlist.add({ network: network(`${source}/32`), note: '', by: 'test', until: 10 });
    allowlist.add({ network: network('45.33.32.0/24'), note: '', by: 'test', until: 10 });
    expect(weigh(100, 20)?.simulated).toBe(true);
    allowlist.remove(network('45.33.32.0/24'));
    expect(weigh(100, 100_000)?.simulated).toBe(true);
    const wider = court();
    wider.allowlist.add({ network: network('45.33.0.0/16'), note: '', by: 'test', until: null });
    wider.allowlist.add({ network: network('45.33.32.0/24'), note: '', by: 'test', until: 10 });
    expect(wider.weigh(100, 20)?.simulated).toBe(true);
  });

  it('know a listed IPv6 address in the /64 by which its neighbours are judged', () => {
    const { weigh } = court({ benign: ['2606:4700:4700::1111/128'] });
    expect(weigh(100, 0, { source: '2606:4700:4700::/64' })?.guards.at(-1)).toMatchObject({
      guard: 'benign-list',
      outcome: 'refuse',
    });
  });

  it('refuse every address that any of them names, whatever the evidence', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 255 }),
        fc.array(fc.double({ min: 0.1, max: 50, noNaN: true }), { maxLength: 20 }),
        (octet, weights) => {
          const { weigh } = court({ allow: ['45.33.32.0/24'] });
          for (const [index, weight] of weights.entries()) {
            const decision = weigh(weight, index, { source: `45.33.32.${octet}` });
            if (decision !== null) expect(decision.simulated).toBe(true);
          }
        },
      ),
    );
  });
});

describe('the table of sources', () => {
  it('keeps the bad ones through a flood of new ones', () => {
    const { judge, weigh } = court({ policy: { maximumSources: 1000 } });
    weigh(8, 0);
    for (let index = 0; index < 50_000; index += 1)
      judge.saw(`45.${index % 200}.${index % 251}.${index % 241}`, index);
    expect(judge.sources.size).toBeLessThanOrEqual(1000);
    expect(judge.sources.find(source)?.score).toBeGreaterThan(7);
  });
});

describe('a judge that explains nothing', () => {
  it('decides as one that does, and keeps no evidence', () => {
    const decisions = [true, false].map((explains) => {
      const judge = new Judge({ policy: defaultPolicy, random: () => 0.5, guards: [], explains });
      const made = Array.from({ length: 60 }, (_, index) => {
        const item = evidence(((index * 7) % 11) / 4, index * minute);
        return judge.weigh(judge.saw(source, item.at), item, groundOf(item));
      }).filter((decision) => decision !== null);
      const record = judge.sources.find(source);
      return { made, held: record?.evidence.length, firstWrong: record?.firstWrong };
    });
    const [explained, unexplained] = decisions;
    const outcome = (each: typeof explained): unknown[] | undefined =>
      each?.made.map(({ action, from, until, reason, verdict }) => ({
        action,
        from,
        until,
        reason,
        verdict,
      }));
    expect(explained?.made.length).toBeGreaterThan(1);
    expect(outcome(unexplained)).toEqual(outcome(explained));
    expect(unexplained?.firstWrong).toBe(explained?.firstWrong);
    expect([explained?.held, unexplained?.held]).toEqual([24, 0]);
    expect(unexplained?.made.every((decision) => decision.evidence.length === 0)).toBe(true);
  });
});
