/**
 * A rule as a detector like Picket's own: what it makes is evidence, which the same judge weighs and the same guards look at.
 *
 * Where a group is of one source, evidence comes each time the threshold is reached, and counting begins anew. Where sources share a
 * group (a network, an account, a destination), each further act of any of them is evidence about that one, as long as the group is
 * past the threshold; the weight of such an act is bounded when the rule is read.
 */

import type { Detector, Step } from '../../core/detector.ts';
import { noEvidence } from '../../core/evidence.ts';
import type { Observation } from '../../core/observation.ts';
import { contactHash } from '../fan-out.ts';
import type { Dimension, FieldValue, Rule } from './rule.ts';
import { SlidingCount, SlidingSet } from './sliding-window.ts';

type RuleState = SlidingCount | SlidingSet;

const longestKey = 256;

function textOf(value: FieldValue): string | null {
  if (value === undefined || value === '') return null;
  const text = Array.isArray(value) ? value.join(' ') : String(value);
  return text.slice(0, longestKey);
}

function keyOf(group: readonly Dimension[], observation: Observation): string | null {
  let key = '';
  for (const dimension of group) {
    const part = textOf(dimension.read(observation));
    if (part === null) return null;
    key = key === '' ? part : `${key}\0${part}`;
  }
  return key;
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

function duration(milliseconds: number): string {
  const [name, size] = units.find(([, unit]) => milliseconds % unit === 0) ?? ['s', 1_000];
  return `${milliseconds / size} ${name}`;
}

function reasonOf(rule: Rule, count: number): string {
  const { distinct, threshold, windowMilliseconds, group, isOfSource, summary } = rule;
  if (threshold === 1) return summary;
  const what = distinct === null ? `${count} times` : `${count} different ${distinct.name}`;
  const shared = isOfSource ? '' : `, counted by ${group.map(({ name }) => name).join(' and ')}`;
  return `${summary}: ${what} in ${duration(windowMilliseconds)}${shared}`;
}

export function ruleDetector(rule: Rule): Detector<RuleState> {
  const { distinct, threshold, windowMilliseconds } = rule;
  return {
    name: rule.name,
    summary: rule.summary,
    technique: rule.technique,
    kinds: rule.kinds,
    ...(rule.isOfSource ? {} : { across: true }),
    key: (observation) =>
      observation.source !== '' && rule.matches(observation) ? keyOf(rule.group, observation) : null,
    initial: () =>
      distinct === null
        ? new SlidingCount(windowMilliseconds)
        : new SlidingSet(windowMilliseconds, threshold),
    step(state: RuleState, observation: Observation): Step<RuleState> {
      const { at } = observation;
      let count: number;
      if (state instanceof SlidingCount) count = state.add(at);
      else {
        const value = textOf(distinct?.read(observation));
        if (value === null) return { state, evidence: noEvidence };
        count = state.add(contactHash(value, 0), at);
      }
      if (count < threshold) return { state, evidence: noEvidence };
      if (rule.isOfSource) state.clear();
      return {
        state,
        evidence: [
          {
            detector: rule.name,
            weight: rule.weight,
            reason: reasonOf(rule, count),
            technique: rule.technique,
            behavior: rule.behavior,
            cves: rule.cves,
          },
        ],
      };
    },
  };
}
