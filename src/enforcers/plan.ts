/** Desired against observed: the changes that lead from the one to the other. Shared by the back ends whose rules are what `Rule` says. */

import type { Change, Rule, StandingRule } from '../core/enforcer.ts';

/**
 * Lifetimes that differ by less than this are the same: kernels count in ticks, and a clock is read twice.
 * Milliseconds.
 */
const tolerance = 2_000;

/**
 * Pure. A rule of the wrong action is removed and added, one of the wrong lifetime renewed, one that nobody desires
 * removed; what has expired by `now` is neither desired nor worth a removal (it dies by its own timeout). Removals come
 * first, so that a full back end has room for what follows; the rest keeps the order in which it is desired.
 */
export function planChanges(
  desired: readonly Rule[],
  observed: readonly StandingRule[],
  now: number,
): readonly Change[] {
  const standing = new Map<string, StandingRule>();
  for (const rule of observed) standing.set(rule.target, rule);
  const removals: Change[] = [];
  const placements: Change[] = [];
  const wanted = new Set<string>();
  for (const rule of desired) {
    if (rule.until <= now || wanted.has(rule.target)) continue;
    wanted.add(rule.target);
    const found = standing.get(rule.target);
    if (found === undefined) placements.push({ do: 'add', rule });
    else if (found.action !== rule.action) {
      removals.push({ do: 'remove', target: rule.target });
      placements.push({ do: 'add', rule });
    } else if (Math.abs(found.until - rule.until) > tolerance) placements.push({ do: 'renew', rule });
  }
  for (const rule of standing.values()) {
    if (!wanted.has(rule.target) && rule.until > now) removals.push({ do: 'remove', target: rule.target });
  }
  return [...removals, ...placements];
}
