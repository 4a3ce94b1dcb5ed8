/** The way of one observation: detectors make evidence of it, the judge makes decisions of the evidence. Live and recorded input share it. */

import { sourceKey } from '../core/address.ts';
import type { Decision } from '../core/decision.ts';
import type { Detector } from '../core/detector.ts';
import { noEvidence, type Evidence } from '../core/evidence.ts';
import { wentWell } from '../core/good-session.ts';
import type { Observation } from '../core/observation.ts';
import { FirstObservations } from '../decide/first-observations.ts';
import type { Judge } from '../decide/judge.ts';
import { SourceRecord } from '../decide/source-record.ts';
import { DetectorRunner } from '../detectors/runner.ts';

/** Sources of which one observation is kept, for each of those that are remembered whole. */
const firstsPerSource = 4;

export class Pipeline {
  readonly judge: Judge;
  readonly runner: DetectorRunner;
  readonly #firsts: FirstObservations;

  constructor(judge: Judge, detectors: readonly Detector[]) {
    this.judge = judge;
    this.runner = new DetectorRunner(detectors, judge.policy.maximumSources);
    this.#firsts = new FirstObservations(judge.policy.maximumSources * firstsPerSource);
    judge.sources.onForgotten = ({ source, score }) => {
      // Whoever weighs nothing may as well be new.
      if (score > 0) this.#firsts.forget(source);
    };
  }

  /** How many sources are known. */
  get size(): number {
    return this.judge.sources.size + this.#firsts.size;
  }

  /** How many were forgotten for want of room. */
  get evicted(): number {
    return this.judge.sources.evicted + this.#firsts.evicted;
  }

  /** All that are known; of those with a single observation the record is made for the asking. */
  *sources(): Iterable<SourceRecord> {
    yield* this.judge.sources.values();
    for (const observation of this.#firsts.values()) yield this.#recordOf(observation);
  }

  source(key: string): SourceRecord | undefined {
    const record = this.judge.sources.find(key);
    const first = record === undefined ? this.#firsts.find(key) : null;
    return first === null ? record : this.#recordOf(first);
  }

  /**
   * Takes one observation in. `decided` is called for each decision that it earns, at once; the answer is the evidence
   * that it made. `heard` is what the detectors across sources say of it, where another has asked them already.
   */
  observe(
    observation: Observation,
    decided: (decision: Decision) => void,
    heard?: readonly Evidence[],
  ): readonly Evidence[] {
    if (observation.source === '') return this.runner.runAlone(observation);
    const source = sourceKey(observation.source);
    if (wentWell(observation)) this.judge.succeeded(source, observation.at);
    const across = heard ?? this.runner.runAcross(observation);
    const known = this.judge.sources.find(source);
    if (known === undefined) {
      const first = this.#firsts.take(source);
      // The detectors across sources saw it when it came, and had nothing to say, or it would not have been kept.
      if (first !== null) this.#judge(first, source, noEvidence, decided);
      else if (across.length === 0 && (observation.kind === 'flow' || observation.kind === 'scan')) {
        const evidence = this.runner.runAlone(observation);
        const weight = evidence.reduce((sum, item) => sum + item.weight, 0);
        // Who was forgotten before is remembered whole: with more sources than there is room for, one that comes once in a million
        // others would otherwise be new each time.
        const isQuiet = weight < this.judge.policy.suspicious && !this.#firsts.wasForgotten(source);
        if (isQuiet && this.#firsts.keep(observation)) return evidence;
      }
    } else known.saw(observation.at);
    return this.#judge(observation, source, across, decided, known);
  }

  #judge(
    observation: Observation,
    source: string,
    across: readonly Evidence[],
    decided: (decision: Decision) => void,
    known?: SourceRecord,
  ): readonly Evidence[] {
    const record = known ?? this.judge.saw(source, observation.at);
    if (source !== observation.source) record.sawAddress(observation.source);
    if (observation.kind === 'login' && observation.outcome === 'success') {
      this.judge.loggedIn(record, observation.user, observation.at);
    }
    const own = this.runner.runOwn(observation);
    const evidence = across.length === 0 ? own : own.length === 0 ? across : own.concat(across);
    for (const item of evidence) {
      // Of whom it is attacked nothing is said about the source, which may not even be the sender.
      if (item.target !== undefined) continue;
      const decision = this.judge.weigh(record, item, observation);
      if (decision !== null) decided(decision);
    }
    return evidence;
  }

  #recordOf(observation: Observation): SourceRecord {
    const source = sourceKey(observation.source);
    const record = new SourceRecord(source, observation.at);
    record.saw(observation.at);
    if (source !== observation.source) record.sawAddress(observation.source);
    for (const item of this.runner.runAlone(observation)) {
      record.weigh(item, observation, this.judge.policy.halfLifeMilliseconds);
    }
    return record;
  }
}
