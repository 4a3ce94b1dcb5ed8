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
  /** A counted drop renews a lease to this many times its first length. */
  readonly renewalFactor: number;
  /** Each earlier block in the last week makes the first lease this many times as long, up to `escalatedLeaseSeconds`. */
  readonly escalationFactor: number;
  readonly escalatedLeaseSeconds: number;
  /** For so long after a lease has ended, this part of the usual score is enough. */
  readonly probationMilliseconds: number;
  readonly probationShare: number;
  /**
   * Contacts that an hour of blocking must be likely to stop: leases are then chosen by when a source will come again
   * (`ContactForecast`). 0: leases of fixed length.
   */
  readonly hitsPerBlockHour: number;
  /** With a forecast, the least that a source with the score of a malicious one gets. */
  readonly shortestLeaseSeconds: number;
  /** Members from which a network is one target (0: never), the share of all its members that they must be, and for how long one counts. */
  readonly networkMembers: number;
  readonly networkShare: number;
  readonly networkMemoryMilliseconds: number;
  /** Share of the good sessions of the last days that a decision may cut without asking a person. */
  readonly collateralShare: number;
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
  renewalFactor: 2,
  escalationFactor: 2,
  escalatedLeaseSeconds: 14_400,
  probationMilliseconds: 86_400_000,
  probationShare: 0.5,
  hitsPerBlockHour: 0,
  shortestLeaseSeconds: 900,
  networkMembers: 8,
  networkShare: 0.05,
  networkMemoryMilliseconds: 30 * 86_400_000,
  collateralShare: 0.001,
  sharedUsers: 5,
};
