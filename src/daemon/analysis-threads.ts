/** On how many threads recorded input is judged. */

import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import type { Policy } from '../decide/policy.ts';
import type { RecordedInput } from './recorded-input.ts';

/** A thread is ready after half a second, in which this much is read and judged on one. */
const leastBytes = 32 * 1_048_576;
/** Reading is one thread's work and takes about a third of all: more threads than this would wait for it. */
const mostThreads = 4;
/** Megabytes of each half of the room for young objects. */
const youngMebibytes = 32;

export interface ThreadChoice {
  /** What the person asked for, or null. */
  readonly wanted: number | null;
  readonly inputs: readonly RecordedInput[];
  readonly policy: Policy;
  /** Whether a line is printed for each record, which takes what all detectors say of it. */
  readonly records: boolean;
}

/**
 * 1 where the work can't be shared: each record has its line; leases are chosen by what all sources were seen doing; or an
 * input can't be read twice, which is needed once the breaker holds a block.
 */
export function threadsFor({ wanted, inputs, policy, records }: ThreadChoice): number {
  if (records || policy.hitsPerBlockHour > 0 || inputs.some(({ size }) => size === null)) return 1;
  if (wanted !== null) return wanted;
  const bytes = inputs.reduce((sum, { size }) => sum + (size ?? 0), 0);
  return bytes < leastBytes ? 1 : Math.min(availableParallelism(), mostThreads);
}

/**
 * Observations live for a moment, some thousand at once. With the room that a process is born with they are taken for old ones, moved
 * and kept until the whole heap is looked through: 1.2 to 1.7 times the time.
 */
export function roomForObservations(): void {
  setFlagsFromString(`--max-semi-space-size=${youngMebibytes}`);
}
