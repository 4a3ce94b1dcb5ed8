/** The rules that are in force together, as detectors with their shares of the memory that rules may take. */

import type { Detector } from '../../core/detector.ts';
import type { Rule } from './rule.ts';
import { ruleDetector } from './rule-detector.ts';

/** A detector with the number of states that are kept for it. */
export interface Allotted {
  readonly detector: Detector;
  readonly states: number;
}

export const rulesMost = 256;
/** Times and values (16 bytes each and more) that all rules together keep at most. */
const entriesOfAll = 4_194_304;
const mostStates = 65_536;
/** What a count keeps at most. */
const entriesOfCount = 33;

const entriesOf = ({ distinct, threshold }: Rule): number =>
  Math.min(threshold, distinct === null ? entriesOfCount : threshold);

/** A rule that stays the same keeps its detector, and with it what it has counted. */
const detectorOf = new WeakMap<Rule, Detector>();

export function allotted(rules: readonly Rule[]): readonly Allotted[] {
  return rules.map((rule) => {
    const detector = detectorOf.get(rule) ?? ruleDetector(rule);
    detectorOf.set(rule, detector);
    const share = Math.floor(entriesOfAll / rules.length / entriesOf(rule));
    // Many rules that count far leave few states to each: the bound is of memory, and holds whatever is asked.
    return { detector, states: Math.max(1, Math.min(mostStates, share)) };
  });
}
