import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Evidence } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';
import { ParcelReader, ParcelWriter } from './observation-parcel.ts';

const text = fc.oneof(
  fc.constantFrom('', 'ssh', 'GET', 'root'),
  fc.string({ maxLength: 20 }),
  fc.string({ minLength: 257, maxLength: 300 }),
);
const seen = {
  id: fc.constant('00000000-0000-7000-8000-000000000000'),
  at: fc.double({ noNaN: true, noDefaultInfinity: true }),
  sensor: text,
  sequence: fc.nat(),
  source: fc.ipV4(),
  sourcePort: fc.nat(65_535),
  destination: fc.oneof(fc.constant(''), fc.ipV4(), fc.ipV6()),
  destinationPort: fc.nat(65_535),
  transport: fc.constantFrom('tcp' as const, 'udp' as const, 'icmp' as const, 'other' as const),
  session: text,
  spoofable: fc.boolean(),
};
const flow = {
  ...seen,
  kind: fc.constant('flow' as const),
  packets: fc.nat(),
  bytes: fc.maxSafeNat(),
  duration: fc.nat(),
  action: fc.constantFrom('accept' as const, 'reject' as const, 'unknown' as const),
  protocol: fc.nat(255),
  tcpFlags: fc.integer({ min: -1, max: 255 }),
};
const access = {
  ...seen,
  kind: fc.constant('web-access' as const),
  method: text,
  path: text,
  status: fc.nat(999),
  userAgent: text,
  referrer: text,
};
const observation: fc.Arbitrary<Observation> = fc.oneof(
  fc.record(flow),
  fc.record({ ...flow, reply: fc.boolean() }),
  fc.record({ ...flow, fingerprints: fc.record({ ttl: fc.nat(255) }) }),
  fc.record({
    ...seen,
    kind: fc.constant('login' as const),
    service: text,
    user: text,
    outcome: fc.constantFrom(
      'success' as const,
      'failure' as const,
      'unknown-user' as const,
      'disconnect' as const,
    ),
    method: text,
  }),
  fc.record(access),
  fc.record({ ...access, body: text }),
  fc.record({ ...seen, kind: fc.constant('scan' as const), probe: text }),
);
const evidence: Evidence = {
  detector: 'network-scan',
  weight: 1,
  reason: 'one of four',
  technique: 'T1595.001',
  behavior: null,
  cves: [],
};

it('brings every observation over as it was, with what was said of it, in any number of parcels', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(observation, fc.boolean()), { maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      (items, size) => {
        const writer = new ParcelWriter();
        const reader = new ParcelReader();
        const came: unknown[] = [];
        const send = (): void => {
          const parcel = structuredClone(writer.take());
          reader.read(parcel, (index, got, across) => came.push([index, got, across]));
        };
        for (const [index, [item, hasEvidence]] of items.entries()) {
          writer.add(index, item, hasEvidence ? [evidence] : []);
          if (writer.count >= size) send();
        }
        send();
        expect(came).toEqual(
          items.map(([item, hasEvidence], index) => [index, item, hasEvidence ? [evidence] : []]),
        );
      },
    ),
    { numRuns: 100 },
  );
});

it('begins its names anew when there are too many, and says so', () => {
  const writer = new ParcelWriter();
  const reader = new ParcelReader();
  const [base] = fc.sample(fc.record(flow), 1);
  if (base === undefined) throw new Error('no sample');
  let wrong = 0;
  let anew = 0;
  for (let round = 0; round < 3; round += 1) {
    for (let at = 0; at < 150_000; at += 1)
      writer.add(at, { ...base, source: `${round} ${at}`, destination: '192.0.2.1' }, []);
    const parcel = writer.take();
    if (parcel.anew) anew += 1;
    reader.read(parcel, (index, got) => {
      if (got.source !== `${round} ${index}` || got.destination !== '192.0.2.1') wrong += 1;
    });
  }
  expect([wrong, anew]).toEqual([0, 1]);
});
