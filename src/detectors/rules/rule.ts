/** A rule: a detector that somebody wrote in YAML. `rule-schema.ts` explains its keys, docs/rules.md tells it to people. */

import type { Behavior } from '../../core/behavior.ts';
import type { Observation, ObservationKind } from '../../core/observation.ts';

/** A recording, and the sources that the rule must find in it. */
export interface RuleTest {
  readonly summary: string;
  /** The recording itself, or a file beside the rule. */
  readonly input?: string;
  readonly file?: string;
  readonly format: string;
  /** Addresses, or networks; none for a recording in which nothing is to be found. */
  readonly expect: readonly string[];
}

/** A test with the line of its file where it begins. */
export interface PlacedTest extends RuleTest {
  readonly line: number;
}

/** As the file says it, with the defaults filled in; `match` is read apart. */
export interface RuleFile {
  readonly rule: 1;
  readonly name: string;
  readonly summary: string;
  readonly technique: string;
  readonly behavior?: Behavior;
  readonly cves: readonly string[];
  readonly match: unknown;
  readonly group: string | readonly string[];
  readonly distinct?: string;
  readonly threshold: number;
  readonly window: string;
  readonly confidence?: number;
  readonly tests: readonly RuleTest[];
}

export type FieldValue = string | number | boolean | readonly string[] | undefined;

/** What is counted by, or told apart: a field, or what is made of one. */
export interface Dimension {
  readonly name: string;
  read(observation: Observation): FieldValue;
}

export interface Rule {
  readonly name: string;
  readonly summary: string;
  readonly technique: string;
  readonly behavior: Behavior;
  readonly cves: readonly string[];
  readonly kinds: readonly ObservationKind[];
  matches(observation: Observation): boolean;
  readonly group: readonly Dimension[];
  /** True where a group is of one source: what is seen of others does not count. */
  readonly isOfSource: boolean;
  /** Null to count every observation. */
  readonly distinct: Dimension | null;
  readonly threshold: number;
  readonly windowMilliseconds: number;
  /** Nats. */
  readonly weight: number;
  readonly tests: readonly PlacedTest[];
}
