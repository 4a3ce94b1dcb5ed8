/** Guard 9: when blocks come in far more often than usual, new ones are only simulated until a person has looked. */

import type { Policy } from '../policy.ts';
import { type Candidate, type Guard, type GuardResult, pass } from './guard.ts';

const hourMilliseconds = 3_600_000;
/** Share of the newest hour in the moving average. */
const smoothing = 1 / 24;

export interface BreakerState {
  readonly open: boolean;
  readonly blocksThisHour: number;
  readonly averagePerHour: number;
}

/** What one more block comes to. */
export interface BreakerCount {
  readonly blocks: number;
  readonly limit: number;
  readonly open: boolean;
}

export function breakerResult({ blocks, limit, open }: BreakerCount): GuardResult {
  const said = `${blocks} ${blocks === 1 ? 'block' : 'blocks'} this hour, limit ${Math.floor(limit)}`;
  if (!open) return pass(said);
  return { outcome: 'hold', reason: `${said}: new blocks are simulated until a person resets the breaker` };
}

/** Whether a candidate is one that the breaker counts. */
export function isCounted({ action, byPerson }: Candidate): boolean {
  return !byPerson && action === 'block';
}

export const notCounted: GuardResult = pass('counts only blocks that Picket itself decides');

export class Breaker implements Guard {
  readonly name = 'breaker';
  readonly #policy: Policy;
  #hour = -1;
  #blocks = 0;
  #average = 0;
  #open = false;

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  check(candidate: Candidate): GuardResult {
    return isCounted(candidate) ? breakerResult(this.count(candidate.at)) : notCounted;
  }

  /** Counts a block at this time. */
  count(at: number): BreakerCount {
    this.#roll(at);
    const limit = Math.max(this.#policy.breakerMinimum, this.#policy.breakerMultiple * this.#average);
    this.#blocks += 1;
    if (this.#blocks > limit) this.#open = true;
    return { blocks: this.#blocks, limit, open: this.#open };
  }

  /** A person has looked: new blocks take effect again, and this hour's rate is taken as usual. */
  reset(): void {
    this.#average = Math.max(this.#average, this.#blocks);
    this.#blocks = 0;
    this.#open = false;
  }

  state(): BreakerState {
    return { open: this.#open, blocksThisHour: this.#blocks, averagePerHour: this.#average };
  }

  #roll(at: number): void {
    const hour = Math.floor(at / hourMilliseconds);
    if (this.#hour < 0) this.#hour = hour;
    // Quiet hours count as hours of no blocks; a long silence is cut short, the average has died away by then.
    for (let passed = Math.min(hour - this.#hour, 500); passed > 0; passed -= 1) {
      this.#average += (this.#blocks - this.#average) * smoothing;
      this.#blocks = 0;
    }
    if (hour > this.#hour) this.#hour = hour;
  }
}
