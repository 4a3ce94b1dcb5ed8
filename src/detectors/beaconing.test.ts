import { describe, expect, it } from 'vitest';
import { judged } from '../../test/support/read-input.ts';
import type { Observation } from '../core/observation.ts';
import { below, seededRandom } from '../core/random.ts';
import { beaconing } from './beaconing.ts';
import { unknownEstate } from './estate.ts';

const start = 1_750_000_000_000;

const call = (at: number, bytes: number, port = 443): Observation => ({
  id: '01900000-0000-7000-8000-000000000001',
  at,
  sensor: 'test',
  sequence: 1,
  source: '10.0.0.7',
  sourcePort: 50_000,
  destination: '203.0.113.66',
  destinationPort: port,
  transport: 'tcp',
  session: '',
  spoofable: false,
  kind: 'flow',
  packets: 10,
  bytes,
  duration: 500,
  action: 'accept',
  protocol: 6,
  tcpFlags: 27,
});

/** Calls after gaps of a minute, spread by this share either way. */
function calls(count: number, jitter: number, port = 443): Observation[] {
  const random = seededRandom(`beacon ${jitter}`);
  let at = start;
  return Array.from({ length: count }, () => {
    at += 60_000 * (1 + jitter * (below(random, 1_000_001) / 500_000 - 1));
    return call(at, 1_500 + below(random, 50), port);
  });
}

const hints = (observations: readonly Observation[]): number =>
  judged(observations, [beaconing(unknownEstate)]).get('10.0.0.7')?.score ?? 0;

describe('even calls to one address', () => {
  it('are told once, as a hint below suspicious, also with a fifth of jitter', () => {
    expect(hints(calls(200, 0.02))).toBe(2);
    expect(hints(calls(200, 0.2))).toBe(2);
  });

  it('are not seen in a person’s visits, in bursts, or in what is even by nature', () => {
    expect(hints(calls(500, 0.9))).toBe(0);
    expect(hints(calls(500, 0.02).flatMap((each) => [each, { ...each, at: each.at + 300 }]))).toBe(0);
    expect(hints(calls(200, 0.02, 853))).toBe(0);
  });
});
