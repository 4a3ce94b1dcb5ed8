/** The smallest change that would have led to another decision. */

import type { GuardOutcome } from '../core/decision.ts';
import type { GroundedEvidence } from '../core/evidence.ts';
import type { Policy } from './policy.ts';
import { decayed } from './sequential-test.ts';

/**
 * Removes the heaviest evidence first until the score falls below the threshold that the source crossed. The weights are
 * taken as they have decayed by then; the clamp is left out, so that the answer is a bound and says so by "about".
 */
export function smallestChange(
  score: number,
  evidence: readonly GroundedEvidence[],
  at: number,
  policy: Policy,
  guards: readonly GuardOutcome[],
): string {
  const refused = guards.find((guard) => guard.outcome === 'refuse' || guard.outcome === 'hold');
  const threshold = score >= policy.malicious ? policy.malicious : policy.suspicious;
  const below = score >= policy.malicious ? 'a block' : 'a rate-limit';
  if (refused !== undefined)
    return `Without the guard ${refused.guard} it would be ${below}: ${refused.reason}.`;
  if (score < policy.suspicious) {
    return `${(policy.suspicious - score).toFixed(1)} more nats of evidence would make it suspicious.`;
  }
  const byWeight = evidence
    .map((item) => ({ item, weight: decayed(item.weight, at - item.at, policy.halfLifeMilliseconds) }))
    .sort((left, right) => right.weight - left.weight);
  let rest = score;
  const removed: string[] = [];
  for (const { item, weight } of byWeight) {
    if (rest < threshold) break;
    rest -= weight;
    removed.push(`${item.detector} (+${item.weight.toFixed(1)}: ${item.reason})`);
  }
  const limited = guards.find((guard) => guard.outcome === 'limit');
  const tail =
    limited === undefined ? '' : ` Without the guard ${limited.guard} it would be harder: ${limited.reason}.`;
  if (rest >= threshold)
    return `More than the evidence kept here would have to go to fall below ${threshold.toFixed(1)}.${tail}`;
  const shown =
    removed.length > 3
      ? `${removed.slice(0, 3).join('; ')}; and ${removed.length - 3} more`
      : removed.join('; ');
  return `Without ${shown} the score would be about ${Math.max(0, rest).toFixed(1)}, below ${threshold.toFixed(1)}: not ${below}.${tail}`;
}
