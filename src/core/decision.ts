/** Verdicts and decisions: what a source is held to be, and the expiring instruction that follows. */

import type { Behavior } from './behavior.ts';
import type { GroundedEvidence } from './evidence.ts';

export type Classification = 'benign' | 'unknown' | 'suspicious' | 'malicious';

/** From the mildest to the hardest. */
export const actions = ['observe', 'rate-limit', 'challenge', 'block'] as const;
export type Action = (typeof actions)[number];

export interface GuardOutcome {
  readonly guard: string;
  /** `pass`; `limit` made the decision milder or shorter; `refuse` ended it; `hold` waits for a person. */
  readonly outcome: 'pass' | 'limit' | 'refuse' | 'hold';
  readonly reason: string;
}

export interface Verdict {
  readonly source: string;
  readonly classification: Classification;
  /** L of the sequential test at the last observation, nats. */
  readonly score: number;
  readonly behaviors: readonly Behavior[];
  readonly cves: readonly string[];
  readonly observations: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

export interface Decision {
  /** UUIDv7. */
  readonly id: string;
  /** Address or CIDR, canonical. */
  readonly target: string;
  readonly action: Action;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
  readonly renewals: number;
  /** `picket` or the name of the key with which a person made it. */
  readonly by: string;
  readonly reason: string;
  readonly verdict: Verdict | null;
  /** The evidence that carried it, strongest first, bounded. */
  readonly evidence: readonly GroundedEvidence[];
  readonly guards: readonly GuardOutcome[];
  /** True where it is recorded but not put in force (breaker, or a hold). */
  readonly simulated: boolean;
  /** The smallest change that would have led elsewhere. */
  readonly otherwise: string;
}
