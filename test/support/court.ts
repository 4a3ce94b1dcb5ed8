/** A judge with the guards of everyday, and evidence to weigh. */

import { type Network, parseNetwork } from '../../src/core/address.ts';
import type { Decision } from '../../src/core/decision.ts';
import { type GroundedEvidence, groundOf } from '../../src/core/evidence.ts';
import { Allowlist } from '../../src/decide/guards/allowlist.ts';
import { Breaker } from '../../src/decide/guards/breaker.ts';
import { standardGuards } from '../../src/decide/guards/standard.ts';
import { Judge } from '../../src/decide/judge.ts';
import { defaultPolicy, type Policy } from '../../src/decide/policy.ts';

/** Whom the evidence is about where nothing else is said. */
export const source = '45.33.32.156';

/** The network in CIDR, or of one address. */
export function network(text: string): Network {
  const parsed = parseNetwork(text);
  if (parsed === null) throw new Error(`${text} is no network`);
  return parsed;
}

/** A refused login over a handshake, of this weight. */
export function evidence(weight: number, at: number, more: Partial<GroundedEvidence> = {}): GroundedEvidence {
  return {
    detector: 'test',
    weight,
    reason: `weight ${weight}`,
    technique: 'T1110',
    behavior: 'bruteforce:ssh',
    cves: [],
    source,
    observation: 'an-id',
    at,
    sensor: 'one',
    spoofable: false,
    transport: 'tcp',
    kind: 'auth',
    ...more,
  };
}

export interface CourtOptions {
  readonly policy?: Partial<Policy>;
  readonly allow?: readonly string[];
  readonly own?: readonly string[];
  readonly lab?: readonly string[];
  readonly benign?: readonly string[];
}

export interface Court {
  readonly judge: Judge;
  readonly allowlist: Allowlist;
  readonly breaker: Breaker;
  readonly weigh: (weight: number, at: number, more?: Partial<GroundedEvidence>) => Decision | null;
}

/** Leases come out unspread. */
export function court(options: CourtOptions = {}): Court {
  const policy = { ...defaultPolicy, ...options.policy };
  const allowlist = new Allowlist(
    (options.allow ?? []).map((text) => ({ network: network(text), note: '', by: 'test', until: null })),
  );
  const breaker = new Breaker(policy);
  const judge = new Judge({
    policy,
    random: () => 0.5,
    guards: standardGuards({
      policy,
      allowlist,
      breaker,
      own: (options.own ?? []).map(network),
      lab: (options.lab ?? []).map(network),
      benign: (options.benign ?? []).map((text) => ({ network: network(text), list: 'a list' })),
    }),
  });
  const weigh = (weight: number, at: number, more: Partial<GroundedEvidence> = {}): Decision | null => {
    const key = more.source ?? source;
    const item = evidence(weight, at, more);
    return judge.weigh(judge.saw(key, at), item, groundOf(item));
  };
  return { judge, weigh, allowlist, breaker };
}
