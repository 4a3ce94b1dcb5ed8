import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judged } from '../../test/support/read-input.ts';
import type { Observation } from '../core/observation.ts';
import { below, seededRandom } from '../core/random.ts';
import { Pipeline } from '../daemon/pipeline.ts';
import { Judge } from '../decide/judge.ts';
import { defaultPolicy } from '../decide/policy.ts';
import { detectors } from './index.ts';

const suspicious = Math.log(99);
const malicious = Math.log(9900);
const start = 1_750_000_000_000;
const hour = 3_600_000;

let sequence = 0;
const seen = (source: string, destination: string, destinationPort: number, at: number) => {
  sequence += 1;
  const id = `01900000-0000-7000-8000-${sequence.toString(16).padStart(12, '0')}`;
  const ends = { source, sourcePort: 40_000, destination, destinationPort, transport: 'tcp' } as const;
  return { id, at, sensor: 'test', sequence, session: '', spoofable: false, ...ends };
};

/** A SYN that was refused. */
const refused = (
  source: string,
  destination: string,
  port: number,
  at: number,
  bytes = 40,
  flags = 2,
): Observation => ({
  ...seen(source, destination, port, at),
  kind: 'flow',
  packets: 1,
  bytes,
  duration: 0,
  action: 'reject',
  protocol: 6,
  tcpFlags: flags,
});

const login = (
  source: string,
  user: string,
  outcome: 'success' | 'failure' | 'unknown-user',
  at: number,
): Observation => ({
  ...seen(source, '192.0.2.1', 22, at),
  kind: 'login',
  service: 'ssh',
  user,
  outcome,
  method: 'password',
});

const times = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));

const worst = (observations: readonly Observation[]): number =>
  Math.max(0, ...[...judged(observations, detectors).values()].map(({ score }) => score));

const reasonsOf = (observations: readonly Observation[]): Set<string> => {
  const pipeline = new Pipeline(new Judge({ policy: defaultPolicy, guards: [] }), detectors);
  return new Set(
    observations.flatMap((each) => pipeline.observe(each, () => {}).map(({ detector }) => detector)),
  );
};

describe('a scan dealt out among many sources', () => {
  const walk = (order: (index: number) => number): Observation[] =>
    times(96, (index) =>
      refused(`203.${index % 48}.113.9`, `198.51.100.${order(index)}`, 445, start + index * 1000),
    );

  it('is found where each source knocks twice, also though its first contact is kept apart', () => {
    const rows = walk((index) => index + 1);
    expect(reasonsOf(rows)).toContain('distributed-scan');
    expect(worst(rows)).toBeGreaterThan(suspicious);
  });

  it('is not seen in a hosting network that is down and whose clients come in any order', () => {
    const random = seededRandom('clients');
    for (let round = 0; round < 20; round += 1) {
      const rows = walk(() => 1 + below(random, 250));
      expect(reasonsOf(rows)).not.toContain('distributed-scan');
    }
  });

  it('is not seen in many clients of a few addresses behind a load balancer', () => {
    expect(reasonsOf(walk((index) => 1 + (index % 4)))).not.toContain('distributed-scan');
  });

  /** Numbers from 0 on, shuffled. */
  const shuffled = (count: number, seed: string): number[] => {
    const random = seededRandom(seed);
    const all = times(count, (index) => index);
    for (let index = count - 1; index > 0; index -= 1) {
      const other = below(random, index + 1);
      [all[index], all[other]] = [all[other] ?? 0, all[index] ?? 0];
    }
    return all;
  };

  it.each([
    ['a /24', 256, 32],
    ['a /22', 1024, 60],
    ['a /20', 4096, 100],
  ])('is found in any order that comes to no host of %s twice', (_, hosts, sources) => {
    const random = seededRandom('dealt');
    const rows = shuffled(hosts, 'order').map((host, index) =>
      refused(
        `203.${below(random, sources)}.113.9`,
        `198.51.${96 + (host >> 8)}.${host % 256}`,
        445,
        start + index * 100,
      ),
    );
    expect(reasonsOf(rows)).toContain('distributed-scan');
    expect(worst(rows)).toBeGreaterThan(malicious);
  });

  it('is not seen in customers who each come to an address of their own, all of which are down', () => {
    const rows = shuffled(250, 'customers').map((host, index) =>
      refused(`203.${host}.113.9`, `198.51.100.${host}`, 443, start + index * 100),
    );
    expect(reasonsOf([...rows, ...rows])).not.toContain('distributed-scan');
  });

  it('is not seen in independent visitors, whatever they prefer and however many come', () => {
    const random = seededRandom('visitors');
    for (const [prefer, hosts] of [
      [1, 256],
      [1, 4096],
      [3, 4096],
    ] as const) {
      const rows = times(6000, (index) => {
        const host = Math.floor((below(random, 1_000_000) / 1_000_000) ** prefer * hosts);
        return refused(
          `203.${below(random, 200)}.113.9`,
          `198.51.${96 + (host >> 8)}.${host % 256}`,
          445,
          start + index * 100,
        );
      });
      expect(reasonsOf(rows)).not.toContain('distributed-scan');
    }
  });

  it('is not seen in a few monitors that go through all hosts', () => {
    const rows = times(96, (index) =>
      refused(`203.0.${index % 3}.9`, `198.51.100.${index + 1}`, 9100, start + index * 1000),
    );
    expect(reasonsOf(rows)).not.toContain('distributed-scan');
  });
});

describe('a scan from one network', () => {
  it.each([
    ['an IPv4 /24', (index: number): string => `203.0.113.${1 + (index % 8)}`],
    ['an IPv6 /48', (index: number): string => `2001:db8:7:${(index % 8).toString(16)}::1`],
  ])('is found in %s', (_, source) => {
    const rows = times(60, (index) =>
      refused(source(index), `198.51.${100 + index}.7`, 23, start + index * 1000),
    );
    expect(reasonsOf(rows)).toContain('network-scan');
    expect(worst(rows)).toBeGreaterThan(suspicious);
  });

  it.each([
    [
      'subscribers who fail at one service',
      (index: number): [string, number] => [`198.51.100.${index % 3}`, 443],
    ],
    ['peers of file sharing', (index: number): [string, number] => [`198.51.100.${index}`, 20_000 + index]],
  ])('is not seen in %s', (_, target) => {
    const rows = times(120, (index) =>
      refused(`203.0.113.${1 + (index % 40)}`, ...target(index), start + index * 1000),
    );
    expect(reasonsOf(rows)).not.toContain('network-scan');
  });
});

describe('a scan over days', () => {
  const slow = (gap: number): Observation[] =>
    times(24, (index) => refused('203.0.113.9', `198.51.100.${index + 1}`, 22, start + index * gap));
  const blocks = (rows: readonly Observation[]): number => {
    const pipeline = new Pipeline(new Judge({ policy: defaultPolicy, guards: [] }), detectors);
    let count = 0;
    for (const row of rows) pipeline.observe(row, ({ action }) => void (count += action === 'block' ? 1 : 0));
    return count;
  };

  it('is blocked where a source comes every ten hours', () => {
    expect(blocks(slow(10 * hour))).toBeGreaterThan(0);
  });

  it('is not seen in a client that comes to one closed door as often', () => {
    const rows = times(60, (index) => refused('203.0.113.9', '198.51.100.1', 22, start + index * 10 * hour));
    expect(blocks(rows)).toBe(0);
  });

  it.each([
    ['FIN', 1],
    ['Xmas', 41],
  ])('of %s probes in a burst is found as any other', (_, flags) => {
    const rows = times(40, (index) =>
      refused('203.0.113.9', `198.51.100.${index + 1}`, 80, start + index * 1000, 40, flags),
    );
    const held = judged(rows, detectors).get('203.0.113.9');
    expect(held?.behaviors).toContain('scan:horizontal');
    expect(held?.score).toBeGreaterThan(malicious);
  });
});

describe('guessing spread over many sources', () => {
  it('at one account is found, and its owner is let go when he gets in', () => {
    const guesses = times(60, (index) =>
      login(`203.0.${index % 20}.9`, 'carol', 'failure', start + index * 60_000),
    );
    const owner = '192.0.2.77';
    const rows = [
      ...guesses,
      login(owner, 'carol', 'failure', start + 61 * 60_000),
      login(owner, 'carol', 'success', start + 62 * 60_000),
      login(owner, 'carol', 'failure', start + 63 * 60_000),
    ];
    const held = judged(rows, detectors);
    expect(held.get('203.0.19.9')?.score).toBeGreaterThan(suspicious);
    expect(held.get(owner)?.score ?? 0).toBeLessThan(suspicious / 2);
  });

  it('with a list of names is found', () => {
    const rows = times(200, (index) =>
      login(
        `203.0.${index % 100}.9`,
        `name${index}`,
        index % 5 === 0 ? 'failure' : 'unknown-user',
        start + index * 1000,
      ),
    );
    expect(reasonsOf(rows)).toContain('credential-stuffing');
    expect(worst(rows)).toBeGreaterThan(suspicious);
  });

  it('is not seen in a busy login whose people mistype once each', () => {
    const rows = times(300, (index) =>
      login(
        `203.${index >> 8}.${index & 255}.9`,
        `person${index}`,
        index % 10 === 0 ? 'unknown-user' : 'failure',
        start + index * 5_000,
      ),
    );
    const reasons = reasonsOf(rows);
    expect(reasons).not.toContain('credential-stuffing');
    expect(reasons).not.toContain('account-guessing');
    expect(worst(rows)).toBeLessThan(suspicious);
  });
});

describe('a planted credential', () => {
  it('blocks whoever uses it, at the first use', () => {
    const use: Observation = {
      ...seen('203.0.113.9', '192.0.2.1', 80, start),
      kind: 'exploit',
      service: 'http',
      class: 'auth-bypass',
      name: 'planted-credential',
      cves: [],
      technique: 'T1078',
      detail: 'token planted in a web page',
    };
    expect(judged([use], detectors).get('203.0.113.9')?.score).toBeGreaterThanOrEqual(malicious);
  });
});

describe('detectors across sources', () => {
  const address = fc.constantFrom(
    '203.0.113.9',
    '203.0.113.10',
    '2001:db8::1',
    '10.0.0.7',
    '0.0.0.0',
    '::',
    '198.51.100.4',
  );
  const any = fc.oneof(
    fc
      .tuple(address, address, fc.nat(65_535), fc.nat(3_000), fc.integer({ min: -1, max: 255 }))
      .map(([source, destination, port, bytes, flags]) =>
        refused(source, destination, port, start, bytes, flags),
      ),
    fc
      .tuple(
        address,
        fc.string(),
        fc.constantFrom('success' as const, 'failure' as const, 'unknown-user' as const),
      )
      .map(([source, user, outcome]) => login(source, user, outcome, start)),
  );

  it('see each observation once, give finite evidence, and say the same of the same', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 120 }), (observations) => {
        const across = detectors.filter((detector) => detector.across === true);
        const count = new Map<string, number>();
        const counted = across.map((detector) => ({
          ...detector,
          key: (each: Observation) => {
            const key = `${detector.name} ${each.id}`;
            count.set(key, (count.get(key) ?? 0) + 1);
            return detector.key(each);
          },
        }));
        const pipeline = new Pipeline(new Judge({ policy: defaultPolicy, guards: [] }), counted);
        const weights = observations.flatMap((each) =>
          pipeline.observe(each, () => {}).map(({ weight }) => weight),
        );
        expect(weights.every(Number.isFinite)).toBe(true);
        expect([...count.values()].every((times) => times === 1)).toBe(true);
        expect([...judged(observations, across)]).toEqual([...judged(observations, across)]);
      }),
      { numRuns: 100 },
    );
  });
});
