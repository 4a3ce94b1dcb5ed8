import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNetwork } from '../core/address.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Observation, ObservationOf } from '../core/observation.ts';
import { Estate, unknownEstate } from './estate.ts';
import { flood } from './flood.ts';
import { DetectorRunner } from './runner.ts';

type Flow = ObservationOf<'flow'>;

const start = 1_750_000_000_000;
const victim = '198.51.100.80';

const flow = (changes: Partial<Flow>): Observation => ({
  id: '01900000-0000-7000-8000-000000000001',
  at: start,
  sensor: 'test',
  sequence: 1,
  source: '203.0.113.9',
  sourcePort: 50_000,
  destination: victim,
  destinationPort: 443,
  transport: 'tcp',
  session: '',
  spoofable: true,
  kind: 'flow',
  packets: 100,
  bytes: 4_000,
  duration: 0,
  action: 'unknown',
  protocol: 6,
  tcpFlags: 2,
  ...changes,
});
const datagrams = (changes: Partial<Flow>): Observation =>
  flow({ transport: 'udp', protocol: 17, tcpFlags: -1, ...changes });

function told(rows: readonly Observation[], estate: Estate = unknownEstate): Evidence[] {
  const runner = new DetectorRunner([flood(estate)]);
  return rows.flatMap((row) => runner.run(row));
}
const targets = (rows: readonly Observation[], estate?: Estate): (string | undefined)[] =>
  told(rows, estate)
    .filter(({ target }) => target !== undefined)
    .map(({ target, behavior }) => `${behavior} ${target}`);
const times = (count: number, make: (index: number) => Observation): Observation[] =>
  Array.from({ length: count }, (_, index) => make(index));
const address = (index: number): string => `203.0.${index >> 8}.${index & 255}`;

describe('a flood of SYNs', () => {
  it('is told of the address that it comes to, once a minute', () => {
    const minuteOf = (minute: number): Observation[] =>
      times(130, (index) => flow({ source: address(index), at: start + minute * 60_000 + index }));
    expect(targets(minuteOf(0))).toEqual([`flood:syn ${victim}`]);
    expect(targets([...minuteOf(0), ...minuteOf(1)])).toHaveLength(2);
    expect(targets(minuteOf(0).slice(0, 100))).toEqual([]);
  });

  it('gives no source any weight: each may be forged', () => {
    const found = told(times(200, () => flow({ packets: 1_000 })));
    expect(found.some(({ target, behavior }) => target === undefined && behavior === 'flood:syn')).toBe(true);
    expect(found.every(({ weight }) => weight === 0)).toBe(true);
  });

  it('is no scan of many ports, no traffic that is answered, no backscatter, nor slow', () => {
    expect(targets(times(400, (index) => flow({ destinationPort: index + 1 })))).toEqual([]);
    expect(targets(times(400, () => flow({ tcpFlags: 27, bytes: 60_000 })))).toEqual([]);
    expect(targets(times(400, () => flow({ tcpFlags: 18 })))).toEqual([]);
    expect(targets(times(400, () => flow({ tcpFlags: 4 })))).toEqual([]);
    expect(targets(times(400, (index) => flow({ at: start + index * 1_000 })))).toEqual([]);
    // A record of an hour counts by its sixtieth.
    expect(targets(times(1, () => flow({ packets: 600_000, duration: 3_600_000 })))).toEqual([]);
    expect(targets(times(1, () => flow({ packets: 800_000, duration: 3_600_000 })))).toHaveLength(1);
  });

  it('concerns protected addresses alone, where it is said which are', () => {
    const rows = times(130, (index) => flow({ source: address(index) }));
    const own = (text: string): Estate => {
      const network = parseNetwork(text);
      return new Estate({ own: network === null ? [] : [network] });
    };
    expect(targets(rows, own('198.51.100.0/24'))).toHaveLength(1);
    expect(targets(rows, own('192.0.2.0/24'))).toEqual([]);
  });
});

describe('a flood of datagrams', () => {
  it('is told from 20,000 a second on, and not where they answer what the host asked', () => {
    const row = (changes: Partial<Flow> = {}): Observation =>
      datagrams({ packets: 100_000, bytes: 6_000_000, destinationPort: 27_015, ...changes });
    expect(targets(times(12, () => row()))).toEqual([`flood:udp ${victim}`]);
    expect(targets(times(11, () => row()))).toEqual([]);
    expect(targets(times(12, () => row({ reply: true })))).toEqual([]);
    expect(told(times(20, () => row())).every(({ weight }) => weight === 0)).toBe(true);
  });
});

describe('a flood of reflected answers', () => {
  const row = (index: number, sources: number, changes: Partial<Flow> = {}): Observation =>
    datagrams({
      source: address(index % sources),
      sourcePort: 11_211,
      packets: 1_000,
      bytes: 1_400_000,
      destinationPort: 40_000,
      reply: true,
      ...changes,
    });

  it('is told of its target; the reflectors, whose addresses are their own, get a hint a record', () => {
    const found = told(times(40, (index) => row(index, 12)));
    expect(found.filter(({ target }) => target === victim)).toHaveLength(1);
    const ofSources = found.filter(({ target }) => target === undefined);
    expect(ofSources.length).toBeGreaterThan(0);
    expect(ofSources.every(({ weight }) => weight === Math.log(9))).toBe(true);
  });

  it('is no transfer from one server, and no small answers', () => {
    expect(targets(times(40, (index) => row(index, 3)))).toEqual([]);
    expect(targets(times(40, (index) => row(index, 12, { bytes: 120_000 })))).toEqual([]);
    expect(targets(times(40, (index) => row(index, 12, { sourcePort: 443 })))).toEqual([]);
  });
});

it('any flow at all gives an outcome', () => {
  const runner = new DetectorRunner([flood(unknownEstate)], 64);
  const any = fc.record({
    at: fc.maxSafeNat(),
    packets: fc.maxSafeNat(),
    bytes: fc.maxSafeNat(),
    duration: fc.maxSafeNat(),
    sourcePort: fc.integer({ min: 0, max: 65_535 }),
    destinationPort: fc.integer({ min: 0, max: 65_535 }),
    tcpFlags: fc.integer({ min: -1, max: 65_535 }),
    transport: fc.constantFrom('tcp' as const, 'udp' as const, 'icmp' as const),
    source: fc.constantFrom('', '203.0.113.9', '2001:db8::9'),
    destination: fc.constantFrom('', victim, '2001:db8::1'),
  });
  fc.assert(
    fc.property(any, (changes) => {
      for (const { weight } of runner.run(flow(changes))) expect(Number.isFinite(weight)).toBe(true);
    }),
    { numRuns: 200 },
  );
});
