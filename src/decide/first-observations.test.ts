import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { sourceKey } from '../core/address.ts';
import type { Observation } from '../core/observation.ts';
import { FirstObservations } from './first-observations.ts';

const observation = (source: string, change: Partial<Observation> = {}): Observation => {
  const flow: Observation = {
    id: '01890a5d-ac96-774b-bcce-b302099a8057',
    at: 1_700_000_000_123.5,
    sensor: 'flows.log',
    sequence: 7,
    source,
    sourcePort: 65_535,
    destination: '198.51.100.1',
    destinationPort: 22,
    transport: 'tcp',
    session: '',
    spoofable: true,
    kind: 'flow',
    packets: 3,
    bytes: 180,
    duration: 2_000,
    action: 'reject',
    protocol: 6,
    tcpFlags: -1,
  };
  return Object.assign(flow, change);
};

const probe: Observation = {
  id: '01890a5d-ac96-774b-bcce-b302099a8058',
  at: 1_700_000_000_000,
  sensor: 'sensor',
  sequence: 1,
  source: '2001:db8:1:2:3:4:5:6',
  sourcePort: 1,
  destination: '2001:db8::1',
  destinationPort: 23,
  transport: 'tcp',
  session: '',
  spoofable: true,
  fingerprints: { ttl: 49 },
  kind: 'scan',
  probe: 'syn',
};

it('gives back what it was given, once', () => {
  const table = new FirstObservations(100);
  const flow = observation('203.0.113.9', { reply: false });
  expect(table.keep(flow)).toBe(true);
  expect(table.keep(probe)).toBe(true);
  expect([...table.values()]).toEqual([flow, probe]);
  expect(table.find('2001:db8:1:2::/64')).toEqual(probe);
  expect(table.take('2001:db8:1:2::/64')).toEqual(probe);
  expect(table.take('203.0.113.9')).toEqual(flow);
  expect(table.take('203.0.113.9')).toBeNull();
  expect(table.size).toBe(0);
});

it('refuses what its columns cannot hold', () => {
  const table = new FirstObservations(100);
  for (const change of [
    { session: 'a' },
    { id: 'mine' },
    { bytes: 2 ** 40 },
    { packets: 0.5 },
    { sequence: 2 ** 33 },
    { fingerprints: { ja4: 'x' } },
    { source: 'nobody' },
  ]) {
    expect(table.keep(observation('203.0.113.9', change))).toBe(false);
  }
  expect(table.size).toBe(0);
});

it('does as a map with the oldest going first, after any sequence', () => {
  const source = fc.oneof(
    fc.nat(40).map((number) => `203.0.113.${number}`),
    fc.nat(40).map((number) => `2001:db8:0:${(number + 1).toString(16)}::9`),
  );
  const step = fc.record({ take: fc.boolean(), source });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const maximum = 4_096;
      const table = new FirstObservations(maximum);
      const model = new Map<string, Observation>();
      for (const action of steps) {
        const key = sourceKey(action.source);
        if (action.take) {
          expect(table.take(key)).toEqual(model.get(key) ?? null);
          model.delete(key);
        } else if (!model.has(key)) {
          expect(table.keep(observation(action.source))).toBe(true);
          model.set(key, observation(action.source));
        }
        expect(table.size).toBe(model.size);
      }
      for (const [key, kept] of model) expect(table.find(key)).toEqual(kept);
    }),
    { numRuns: 100 },
  );
});

it('grows to its bound, then the oldest make room', () => {
  const table = new FirstObservations(10_000);
  const name = (index: number): string => `203.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
  for (let index = 0; index < 15_000; index += 1) table.keep(observation(name(index)));
  expect(table.size).toBe(10_000);
  expect(table.evicted).toBe(5_000);
  expect(table.find(name(4_999))).toBeNull();
  expect(table.find(name(5_000))?.source).toBe(name(5_000));
  expect(table.find(name(14_999))?.source).toBe(name(14_999));
});
