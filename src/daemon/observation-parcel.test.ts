import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Evidence, WordedEvidence } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';
import { NameNumbers } from './name-numbers.ts';
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
const said: fc.Arbitrary<Evidence> = fc.record(
  {
    detector: fc.constantFrom('network-scan', 'flood', 'exploit-request'),
    weight: fc.double({ noNaN: true, noDefaultInfinity: true }),
    reason: text,
    technique: fc.constantFrom('T1595.001', 'T1498'),
    behavior: fc.constantFrom(null, 'scan:horizontal' as const, 'flood:syn' as const),
    cves: fc.array(fc.constantFrom('CVE-2021-44228', 'CVE-2017-5638'), { maxLength: 3 }),
    target: fc.ipV4(),
  },
  { requiredKeys: ['detector', 'weight', 'reason', 'technique', 'behavior', 'cves'] },
);

it('brings every observation over as it was, with what was said of it, in any number of parcels to any number of threads', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(observation, fc.array(said, { maxLength: 3 }), fc.nat(1)), { maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      (items, size) => {
        const names = new NameNumbers();
        const threads = [0, 1].map(() => ({
          writer: new ParcelWriter(names),
          reader: new ParcelReader(),
          came: [] as unknown[],
        }));
        const send = (): void => {
          for (const { writer, reader, came } of threads) {
            const parcel = structuredClone(writer.take());
            reader.read(parcel, (index, got, across) => came.push([index, got, across]));
            writer.reuse(parcel.numbers);
          }
        };
        for (const [index, [item, across, place]] of items.entries()) {
          threads[place]?.writer.add(index, item, names.of(item.source), across);
          if (index % size === 0) send();
        }
        send();
        for (const [thread, { came }] of threads.entries())
          expect(came).toEqual(
            items.flatMap(([item, across, place], index) =>
              place === thread ? [[index, item, across]] : [],
            ),
          );
      },
    ),
    { numRuns: 200 },
  );
});

it('says nothing for a sentence that nobody had asked for', () => {
  const names = new NameNumbers();
  const writer = new ParcelWriter(names);
  const [login] = fc.sample(observation, 1);
  if (login === undefined) throw new Error('no sample');
  const claim = { detector: 'account-guessing', weight: 1.4, technique: 'T1110.001', behavior: null };
  const worded = new WordedEvidence(
    claim,
    () => {
      throw new Error('the sentence is made');
    },
    'ssh',
    'root',
    6,
    0,
  );
  writer.add(1, login, names.of(login.source), [worded]);
  const came: unknown[] = [];
  new ParcelReader().read(writer.take(), (_, __, across) => came.push(...across));
  expect(came).toEqual([{ ...claim, reason: '', cves: [] }]);
});

it('begins its names anew when there are too many, and says so', { timeout: 60_000 }, () => {
  const names = new NameNumbers();
  const writer = new ParcelWriter(names);
  const reader = new ParcelReader();
  const [base] = fc.sample(fc.record(flow), 1);
  if (base === undefined) throw new Error('no sample');
  let wrong = 0;
  let anew = 0;
  for (let round = 0; round < 3; round += 1) {
    for (let at = 0; at < 140_000; at += 1) {
      const source = `${round} ${at}`;
      writer.add(at, { ...base, source, destination: '192.0.2.1' }, names.of(source), []);
    }
    const parcel = writer.take();
    names.makeRoom();
    if (parcel.anew) anew += 1;
    reader.read(parcel, (index, got) => {
      if (got.source !== `${round} ${index}` || got.destination !== '192.0.2.1') wrong += 1;
    });
  }
  expect([wrong, anew]).toEqual([0, 1]);
});
