import { describe, expect, it } from 'vitest';
import type { Decision } from '../core/decision.ts';
import type { Observation } from '../core/observation.ts';
import { Allowlist } from '../decide/guards/allowlist.ts';
import { Breaker } from '../decide/guards/breaker.ts';
import { standardGuards } from '../decide/guards/standard.ts';
import { Judge } from '../decide/judge.ts';
import { defaultPolicy } from '../decide/policy.ts';
import { detectors } from '../detectors/index.ts';
import { Pipeline } from './pipeline.ts';

const scanner = '45.33.32.156';

function pipeline(): Pipeline {
  const policy = defaultPolicy;
  const guards = standardGuards({
    policy,
    allowlist: new Allowlist([]),
    breaker: new Breaker(policy),
    own: [],
    lab: [],
    benign: [],
  });
  return new Pipeline(new Judge({ policy, guards, random: () => 0.5 }), detectors);
}

const probe = (port: number, spoofable: boolean): Observation => ({
  id: `probe-${port}-${String(spoofable)}`,
  at: 1_700_000_000_000 + port * 10,
  sensor: 'one',
  sequence: port,
  source: scanner,
  sourcePort: 40_000,
  destination: '198.51.100.7',
  destinationPort: port,
  transport: 'tcp',
  session: '',
  spoofable,
  kind: 'scan',
  probe: 'syn',
});

function actions(probes: readonly Observation[]): string[] {
  const decided: Decision[] = [];
  const way = pipeline();
  for (const one of probes) way.observe(one, (decision) => decided.push(decision));
  return decided.map((decision) => decision.action);
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('a half-open scan', () => {
  it('limits at most the source in whose name it comes, while nobody knows who sent it', () => {
    expect(actions(range(1, 1_000).map((port) => probe(port, true)))).toEqual(['rate-limit']);
  });

  it('blocks its source with the first report after the path is proved', () => {
    const unproved = range(1, 64).map((port) => probe(port, true));
    expect(actions([...unproved, probe(65, false)])).toEqual(['rate-limit', 'block']);
    expect(actions([...unproved, probe(12, false)])).toEqual(['rate-limit', 'block']);
  });

  it('blocks its source within the design’s 25 ports where the path was proved before it was reported', () => {
    expect(actions(range(1, 25).map((port) => probe(port, false))).at(-1)).toBe('block');
  });
});
