/** What the fence is asked to hold. */

import type { Rule } from '../core/enforcer.ts';

/** A rule with what the fence needs to know of the decision that it comes from. */
export interface FenceRule extends Rule {
  /** The decision's id. */
  readonly decision: string;
  /** Expected hits, as the engine sees them (its score): where a back end is full, the higher ones stay. 0 where left out. */
  readonly priority?: number;
}
