import { describe, expect, it } from 'vitest';
import type { Evidence } from '../core/evidence.ts';
import type { Fact, Observation, Seen } from '../core/observation.ts';
import { Judge } from '../decide/judge.ts';
import { defaultPolicy } from '../decide/policy.ts';
import { detectors } from '../detectors/index.ts';
import { Pipeline } from './pipeline.ts';

const source = '203.0.113.9';
const start = 1_700_000_000_000;

function observation(fact: Fact, changes: Partial<Seen> = {}): Observation {
  return {
    id: `id-${changes.sequence ?? 1}`,
    at: start,
    sensor: 'one',
    sequence: 1,
    source,
    sourcePort: 40_000,
    destination: '198.51.100.1',
    destinationPort: 22,
    transport: 'tcp',
    session: 's',
    spoofable: false,
    ...changes,
    ...fact,
  };
}

const pipeline = (): Pipeline => new Pipeline(new Judge({ policy: defaultPolicy, guards: [] }), detectors);
const weightOf = (evidence: readonly Evidence[]): number =>
  evidence.reduce((sum, item) => sum + item.weight, 0);

describe('one observation on its way', () => {
  it('weighs a contact with a decoy once, also where many of them make a scan', () => {
    const way = pipeline();
    const behaviors = new Set<string>();
    for (let port = 1; port <= 20; port += 1) {
      const contact: Fact = {
        kind: 'contact',
        service: 'any',
        protocol: 'none',
        tls: false,
        firstBytes: '',
      };
      const evidence = way.observe(
        observation(contact, { sequence: port, at: start + port * 1000, destinationPort: port }),
        () => {},
      );
      expect(weightOf(evidence)).toBeCloseTo(Math.log(4), 9);
      for (const { behavior } of evidence) if (behavior !== null) behaviors.add(behavior);
    }
    expect([...behaviors].sort()).toEqual(['decoy:any', 'scan:vertical']);
  });

  it('makes nothing of the question which login methods there are', () => {
    const asked: Fact = { kind: 'auth', service: 'ssh', user: 'root', method: 'none', accepted: false };
    expect(pipeline().observe(observation(asked), () => {})).toEqual([]);
    const guessed: Fact = { ...asked, method: 'password', password: 'x' };
    expect(weightOf(pipeline().observe(observation(guessed), () => {}))).toBeGreaterThan(0);
  });

  it('judges a request without a source by itself and remembers nobody', () => {
    const way = pipeline();
    const request: Fact = {
      kind: 'web-access',
      method: 'GET',
      path: '/?q=1%27%20union%20select%20password%20from%20users--%20-',
      status: 404,
      userAgent: '',
      referrer: '',
      headers: [],
      body: '',
    };
    const first = way.observe(observation(request, { source: '' }), () => {});
    expect(first.map(({ behavior }) => behavior)).toContain('exploit:sqli');
    const again = way.observe(observation(request, { source: '' }), () => {});
    expect(again).toEqual(first);
    expect(way.judge.sources.size).toBe(0);
  });

  it('keys two addresses of one /64 as one source and remembers both', () => {
    const way = pipeline();
    for (const address of ['2001:db8::1', '2001:db8::2', '2001:db8:1::1']) {
      way.observe(
        observation(
          { kind: 'auth', service: 'ssh', user: 'a', method: 'password', accepted: false },
          { source: address },
        ),
        () => {},
      );
    }
    expect([...way.judge.sources.values()].map((record) => [record.source, record.addresses])).toEqual([
      ['2001:db8::/64', ['2001:db8::1', '2001:db8::2']],
      ['2001:db8:1::/64', ['2001:db8:1::1']],
    ]);
  });

  it('finds a scanner who comes once while thousands of others do, more than there is room for', () => {
    const policy = { ...defaultPolicy, maximumSources: 50 };
    const way = new Pipeline(new Judge({ policy, guards: [] }), detectors);
    const blocked = new Map<string, string>();
    const probe: Fact = {
      kind: 'flow',
      packets: 1,
      bytes: 40,
      duration: 0,
      action: 'reject',
      protocol: 6,
      tcpFlags: 2,
    };
    let sequence = 0;
    const send = (from: string, destinationPort: number): void => {
      sequence += 1;
      const id = `00000000-0000-7000-8000-${String(sequence).padStart(12, '0')}`;
      const seen = { id, sequence, source: from, destinationPort, session: '', at: start + sequence };
      way.observe(observation(probe, seen), ({ target, action }) => blocked.set(target, action));
    };
    for (let visit = 0; visit < 12; visit += 1) {
      send(source, 1 + visit);
      for (let other = 0; other < 700; other += 1) {
        const place = visit * 700 + other;
        send(`5.${place >> 16}.${(place >> 8) & 255}.${place & 255}`, 443);
      }
    }
    expect(way.size).toBeLessThanOrEqual(250);
    expect(way.source(source)?.observations).toBe(11);
    expect([...blocked]).toEqual([[source, 'block']]);
  });
});
