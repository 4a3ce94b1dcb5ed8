/** The dials of the decision: what a score earns, and for how long. */

import { maliciousScore, suspiciousScore } from './sequential-test.ts';

export interface Policy {
  /** Scores (nats) from which a source is suspicious and malicious. */
  readonly suspicious: number;
  readonly malicious: number;
  /** Time in which a score without new evidence halves. */
  readonly halfLifeMilliseconds: number;
  /** Length of a first lease. */
  readonly leaseSeconds: number;
  readonly longestLeaseSeconds: number;
  /** Relative spread of a lease's length, so that mass expiry does not come at once. */
  readonly jitter: number;
  /** Longest lease on evidence that could have been sent in another's name, or from a shared address. */
  readonly doubtfulLeaseSeconds: number;
  /** Whether the first completed conversation with a decoy earns a short block at once. */
  readonly blockOnConversation: boolean;
  /** Sources that are remembered at most. */
  readonly maximumSources: number;
  /** Blocks an hour from which the breaker may open at all, and the multiple of the moving average at which it does. */
  readonly breakerMinimum: number;
  readonly breakerMultiple: number;
  /** Distinct users who logged in from an address in a day, from which it counts as shared. */
  readonly sharedUsers: number;
}

export const defaultPolicy: Policy = {
  suspicious: suspiciousScore,
  malicious: maliciousScore,
  halfLifeMilliseconds: 86_400_000,
  leaseSeconds: 900,
  longestLeaseSeconds: 14 * 86_400,
  jitter: 0.1,
  doubtfulLeaseSeconds: 900,
  blockOnConversation: false,
  maximumSources: 1_000_000,
  breakerMinimum: 2000,
  breakerMultiple: 3,
  sharedUsers: 5,
};
