import { describe, expect, it } from 'vitest';
import type { Observation } from '../core/observation.ts';
import { IdSource } from '../core/id.ts';
import { checkObservation } from '../wire/observation-check.ts';
import { fittingObservation } from './fitting-observation.ts';

const flow: Observation = {
  id: new IdSource().next(1_700_000_000_000),
  at: 1_700_000_000_000,
  sensor: 'log',
  sequence: 1,
  source: '203.0.113.9',
  sourcePort: 40_000,
  destination: '198.51.100.1',
  destinationPort: 22,
  transport: 'tcp',
  session: 's',
  spoofable: true,
  kind: 'flow',
  action: 'accept',
  packets: 1,
  bytes: 60,
  duration: 1,
  protocol: 6,
  tcpFlags: 2,
};

describe('an observation of a damaged record', () => {
  it('is left alone where it fits', () => {
    expect(fittingObservation(flow)).toBe(flow);
  });

  it.each([
    ['a time before the epoch', { at: -1 }],
    ['a time beyond all dates', { at: 9e15 }],
    ['no time', { at: Number.NaN }],
    ['a long session', { session: 'x'.repeat(65) }],
    ['half a packet', { packets: 0.5 }],
    ['bytes below none', { bytes: -40.1 }],
    ['more bytes than can be counted', { bytes: 1e300 }],
    ['bytes that are no number', { bytes: Number.NaN }],
  ])('with %s is made such as the engine takes', (_, change) => {
    const broken = Object.assign({}, flow, change);
    expect(checkObservation(broken).ok).toBe(false);
    expect(checkObservation(fittingObservation(broken)).ok).toBe(true);
  });
});
