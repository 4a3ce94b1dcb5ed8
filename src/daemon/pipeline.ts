/** The way of one observation: detectors make evidence of it, the judge makes decisions of the evidence. Live and recorded input share it. */

import { sourceKey } from '../core/address.ts';
import type { Decision } from '../core/decision.ts';
import type { Detector } from '../core/detector.ts';
import type { Evidence, GroundedEvidence } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';
import type { Judge } from '../decide/judge.ts';
import { DetectorRunner } from '../detectors/runner.ts';

export class Pipeline {
  readonly judge: Judge;
  readonly runner: DetectorRunner;

  constructor(judge: Judge, detectors: readonly Detector[]) {
    this.judge = judge;
    this.runner = new DetectorRunner(detectors, judge.policy.maximumSources);
  }

  /**
   * Takes one observation in. `decided` is called for each decision that it earns, at once; the answer is the evidence
   * that it made.
   */
  observe(observation: Observation, decided: (decision: Decision) => void): readonly Evidence[] {
    if (observation.source === '') return this.runner.runAlone(observation);
    const source = sourceKey(observation.source);
    const record = this.judge.saw(source, observation.at);
    if (source !== observation.source) record.sawAddress(observation.source);
    if (observation.kind === 'login' && observation.outcome === 'success') {
      this.judge.loggedIn(record, observation.user, observation.at);
    }
    const evidence = this.runner.run(observation);
    for (const item of evidence) {
      const decision = this.judge.weigh(record, grounded(item, source, observation));
      if (decision !== null) decided(decision);
    }
    return evidence;
  }
}

function grounded(evidence: Evidence, source: string, observation: Observation): GroundedEvidence {
  return {
    detector: evidence.detector,
    weight: evidence.weight,
    reason: evidence.reason,
    technique: evidence.technique,
    behavior: evidence.behavior,
    cves: evidence.cves,
    source,
    observation: observation.id,
    at: observation.at,
    sensor: observation.sensor,
    spoofable: observation.spoofable,
    transport: observation.transport,
    kind: observation.kind,
  };
}
