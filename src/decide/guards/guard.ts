/** The contract of a guard: a check that a decision must pass before it takes effect. */

import type { Network } from '../../core/address.ts';
import type { Action } from '../../core/decision.ts';
import type { SourceRecord } from '../source-record.ts';

export interface Candidate {
  readonly target: Network;
  /** Canonical text of the target. */
  readonly targetText: string;
  readonly action: Action;
  readonly seconds: number;
  readonly at: number;
  /** What is remembered of the source; null for a person's own decision. */
  readonly record: SourceRecord | null;
  /** True where a person asks: the guards on reserved and allowlisted addresses still hold. */
  readonly byPerson: boolean;
}

export type GuardResult =
  | { readonly outcome: 'pass'; readonly reason: string }
  | { readonly outcome: 'refuse'; readonly reason: string }
  /** Recorded, shown and not put in force until a person looks. */
  | { readonly outcome: 'hold'; readonly reason: string }
  | {
      readonly outcome: 'limit';
      readonly reason: string;
      readonly action?: Action;
      readonly maximumSeconds?: number;
    };

export interface Guard {
  readonly name: string;
  check(candidate: Candidate): GuardResult;
}

export const pass = (reason: string): GuardResult => ({ outcome: 'pass', reason });
