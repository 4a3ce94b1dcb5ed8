/** How long a lease lasts where the next contact is not forecast: by what the source has done before, and as long as it works. */

import type { Policy } from './policy.ts';
import type { SourceRecord, Standing } from './source-record.ts';

/** A connection that is cut off repeats its last packets for about this long. */
const tailMilliseconds = 10_000;

/** Blocks with a longer rest between them are not held together. */
export const offenceMemoryMilliseconds: number = 7 * 86_400_000;

/** A renewal by less than this part of the lease is not worth its write. */
export const leastRenewal = 10;

/** Length of the first lease, in seconds: longer for who has earned blocks lately. */
export function earnedSeconds(record: SourceRecord, policy: Policy, at: number): number {
  if (record.offences === 0 || at - record.lastOffence > offenceMemoryMilliseconds)
    return policy.leaseSeconds;
  const escalated = policy.leaseSeconds * policy.escalationFactor ** record.offences;
  return Math.max(
    policy.leaseSeconds,
    Math.min(escalated, policy.escalatedLeaseSeconds, policy.longestLeaseSeconds),
  );
}

/** A length spread at random, so that not all end at once: seconds, at most `cap`. `random` is in [0, 1). */
export function jittered(seconds: number, cap: number, policy: Policy, random: () => number): number {
  const spread = 1 + (random() * 2 - 1) * policy.jitter;
  return Math.max(1, Math.min(Math.round(seconds * spread), cap));
}

/**
 * When a lease ends anew that has just stopped traffic: twice its first length from now. (Twice the first, not twice the last:
 * doubling at each drop was replayed on the first half of the `marx` trace at ten times the block-hours for a seventh more events
 * prevented.) Null where it would hardly change, and in the first seconds: what is dropped then is the rest of the
 * conversation that was cut off, by which a rule of fixed length must not be renewed.
 */
export function renewedUntil(
  standing: Standing,
  policy: Policy,
  random: () => number,
  at: number,
): number | null {
  if (at < standing.from + tailMilliseconds) return null;
  const cap = Math.min(standing.capSeconds, policy.longestLeaseSeconds);
  const seconds = Math.min(standing.leaseSeconds * policy.renewalFactor, cap);
  const until = at + jittered(seconds, cap, policy, random) * 1000;
  return until < standing.until + (standing.leaseSeconds * 1000) / leastRenewal ? null : until;
}
