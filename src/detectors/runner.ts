/** Runs the detectors over a stream of observations, each with its own bounded table of states. */

import type { Detector } from '../core/detector.ts';
import { noEvidence, type Evidence } from '../core/evidence.ts';
import type { Observation, ObservationKind } from '../core/observation.ts';
import type { Allotted } from './rules/rule-set.ts';

class Bench {
  readonly detector: Detector;
  readonly #states = new Map<string, unknown>();
  maximum: number;
  evicted = 0;

  constructor(detector: Detector, maximum: number) {
    this.detector = detector;
    this.maximum = maximum;
  }

  get size(): number {
    return this.#states.size;
  }

  step(observation: Observation): readonly Evidence[] {
    const key = this.detector.key(observation);
    if (key === null) return noEvidence;
    const held = this.#states.get(key);
    const { state, evidence } = this.detector.step(held ?? this.detector.initial(), observation);
    if (state !== held) {
      if (held === undefined) while (this.#states.size >= this.maximum) this.#dropOldest();
      this.#states.set(key, state);
    }
    return evidence;
  }

  /** One observation by itself: it belongs to nobody, so nothing is remembered of it. */
  alone(observation: Observation): readonly Evidence[] {
    if (this.detector.key(observation) === null) return noEvidence;
    return this.detector.step(this.detector.initial(), observation).evidence;
  }

  #dropOldest(): void {
    for (const key of this.#states.keys()) {
      this.#states.delete(key);
      this.evicted += 1;
      return;
    }
  }
}

/** States of a detector across sources: groups, of which there are fewer than sources; the oldest make room. */
const groupsKept = 65_536;

export interface RunnerCounters {
  readonly detector: string;
  readonly states: number;
  readonly evicted: number;
}

type BenchesByKind = ReadonlyMap<ObservationKind, readonly Bench[]>;

function byKind(benches: readonly Bench[], across: boolean): BenchesByKind {
  const found = new Map<ObservationKind, Bench[]>();
  for (const bench of benches) {
    if ((bench.detector.across === true) !== across) continue;
    for (const kind of bench.detector.kinds) {
      const list = found.get(kind);
      if (list === undefined) found.set(kind, [bench]);
      else list.push(bench);
    }
  }
  return found;
}

export class DetectorRunner {
  readonly #standing: readonly Bench[];
  #ofRules: readonly Bench[] = [];
  #byKind: BenchesByKind;
  #acrossByKind: BenchesByKind;

  constructor(detectors: readonly Detector[], maximumStates = 1_000_000) {
    this.#standing = detectors.map(
      (detector) =>
        new Bench(detector, detector.across === true ? Math.min(groupsKept, maximumStates) : maximumStates),
    );
    this.#byKind = byKind(this.#standing, false);
    this.#acrossByKind = byKind(this.#standing, true);
  }

  /** Puts these rules in the place of those before, beside its own detectors. One that stays keeps its states. */
  useRules(rules: readonly Allotted[]): void {
    this.#ofRules = rules.map(({ detector, states }) => {
      const bench = this.#ofRules.find((held) => held.detector === detector) ?? new Bench(detector, states);
      bench.maximum = states;
      return bench;
    });
    const benches = [...this.#standing, ...this.#ofRules];
    this.#byKind = byKind(benches, false);
    this.#acrossByKind = byKind(benches, true);
  }

  /** The evidence of all detectors that want this observation; the shared empty list where there is none. */
  run(observation: Observation): readonly Evidence[] {
    const own = this.runOwn(observation);
    const across = this.runAcross(observation);
    if (across.length === 0) return own;
    return own.length === 0 ? across : [...own, ...across];
  }

  /** Of those whose state belongs to the observation's source. */
  runOwn(observation: Observation): readonly Evidence[] {
    return this.#run(this.#byKind.get(observation.kind), observation);
  }

  /** Of those whose state belongs to many sources. To be called once for each observation. */
  runAcross(observation: Observation): readonly Evidence[] {
    return this.#run(this.#acrossByKind.get(observation.kind), observation);
  }

  #run(benches: readonly Bench[] | undefined, observation: Observation): readonly Evidence[] {
    if (benches === undefined) return noEvidence;
    let all: Evidence[] | null = null;
    let only: readonly Evidence[] = noEvidence;
    for (const bench of benches) {
      const evidence = bench.step(observation);
      if (evidence.length === 0) continue;
      if (only.length === 0) only = evidence;
      else {
        all ??= [...only];
        all.push(...evidence);
      }
    }
    return all ?? only;
  }

  /** The evidence of an observation by itself: each detector but those across sources sees it as if it were the first. */
  runAlone(observation: Observation): readonly Evidence[] {
    const benches = this.#byKind.get(observation.kind) ?? [];
    return benches.flatMap((bench) => bench.alone(observation));
  }

  counters(): RunnerCounters[] {
    return [...this.#standing, ...this.#ofRules].map((bench) => ({
      detector: bench.detector.name,
      states: bench.size,
      evicted: bench.evicted,
    }));
  }
}
