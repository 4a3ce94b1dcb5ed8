/** The guards in their order, each leaving its outcome; and what is left of a candidate behind them. */

import type { Action, GuardOutcome } from '../core/decision.ts';
import type { Candidate, Guard } from './guards/guard.ts';

export interface Ruling {
  readonly action: Action;
  readonly seconds: number;
  readonly capSeconds: number;
  readonly outcomes: readonly GuardOutcome[];
  readonly refused: boolean;
  readonly held: boolean;
}

export const hardness: Record<Action, number> = { observe: 0, 'rate-limit': 1, challenge: 2, block: 3 };

export function rule(candidate: Candidate, guards: readonly Guard[], longestSeconds: number): Ruling {
  let { action, seconds } = candidate;
  let capSeconds = longestSeconds;
  const outcomes: GuardOutcome[] = [];
  let refused = false;
  let held = false;
  for (const guard of guards) {
    const result = guard.check({ ...candidate, action, seconds });
    outcomes.push({ guard: guard.name, outcome: result.outcome, reason: result.reason });
    if (result.outcome === 'refuse') {
      refused = true;
      break;
    }
    if (result.outcome === 'hold') held = true;
    if (result.outcome === 'limit') {
      if (result.action !== undefined && hardness[result.action] < hardness[action]) action = result.action;
      if (result.maximumSeconds !== undefined) {
        capSeconds = Math.min(capSeconds, result.maximumSeconds);
        seconds = Math.min(seconds, result.maximumSeconds);
      }
    }
  }
  return { action, seconds, capSeconds, outcomes, refused, held };
}
