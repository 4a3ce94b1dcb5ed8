import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkObservation } from '../wire/observation-check.ts';
import { boundedFact } from './bounded-fact.ts';
import type { Fact } from './observation.ts';

const seen = {
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  at: 1,
  sensor: 's',
  sequence: 1,
  source: '203.0.113.9',
  sourcePort: 1,
  destination: '198.51.100.1',
  destinationPort: 80,
  transport: 'tcp' as const,
  session: '',
  spoofable: false,
};

it('leaves alone what fits', () => {
  const fact: Fact = { kind: 'command', service: 'ssh', input: 'id', urls: ['http://192.0.2.1/a'] };
  expect(boundedFact(fact)).toBe(fact);
});

it('cuts whatever is too long or too many, so that the record is taken', () => {
  const long = fc.integer({ min: 0, max: 70_000 }).map((length) => 'é😀'.repeat(length / 3));
  const facts = fc.oneof(
    fc.record({
      kind: fc.constant('request' as const),
      service: fc.constant('http'),
      method: long,
      path: long,
      headers: fc
        .array(fc.tuple(long, long), { maxLength: 4 })
        .map((list) => Array.from({ length: 300 }, () => list).flat()),
      body: long,
      status: fc.constant(200),
    }),
    fc.record({
      kind: fc.constant('command' as const),
      service: long,
      input: long,
      urls: fc.array(long, { maxLength: 40 }),
    }),
    fc.record({
      kind: fc.constant('auth' as const),
      service: fc.constant('ssh'),
      user: long,
      method: fc.constant('password' as const),
      password: long,
      accepted: fc.boolean(),
    }),
  );
  fc.assert(
    fc.property(facts, (fact) => {
      const check = checkObservation({ ...seen, ...boundedFact(fact) });
      expect(check.ok ? '' : check.why).toBe('');
    }),
    { numRuns: 30 },
  );
});
