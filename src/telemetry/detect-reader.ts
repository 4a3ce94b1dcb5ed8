/** Chooses a reader by an input's content. */

import type { Reader } from '../core/reader.ts';

/** Below this a reader's claim is a guess. */
const leastSure = 0.3;

/** The reader that is surest of these first bytes (compression taken off), or null where none is. */
export function detectReader(sample: Uint8Array, readers: readonly Reader[]): Reader | null {
  let best: Reader | null = null;
  let bestClaim = leastSure;
  for (const reader of readers) {
    const claim = reader.detect(sample);
    if (claim > bestClaim) {
      best = reader;
      bestClaim = claim;
    }
  }
  return best;
}
