/** The contract of a detector. */

import type { Evidence } from './evidence.ts';
import type { Observation, ObservationKind } from './observation.ts';

export interface Step<State> {
  readonly state: State;
  readonly evidence: readonly Evidence[];
}

/**
 * A detector folds the observations of one key into evidence.
 *
 * `step` depends on its two arguments alone and reads no clock: time is `observation.at`. The state handed in is consumed: `step` may
 * change and return it (nobody looks at the old one), which keeps the hot path free of allocation. A state is bounded; say by what.
 */
export interface Detector<State = unknown> {
  readonly name: string;
  readonly summary: string;
  /** ATT&CK technique id, such as `T1110.001`. */
  readonly technique: string;
  /** The kinds of observation that it wants. */
  readonly kinds: readonly ObservationKind[];
  /**
   * True where the key is not the source: the state belongs to many sources, so it sees every observation once, also a source's first.
   * Its evidence is about the source of the observation at hand, never about those that came before it.
   */
  readonly across?: true;
  /** What the state belongs to, most often the source's key; null to pass the observation over. */
  key(observation: Observation): string | null;
  initial(): State;
  step(state: State, observation: Observation): Step<State>;
}
