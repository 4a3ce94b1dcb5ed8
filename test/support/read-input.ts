/** Runs a reader, and detectors behind it, over bytes. */

import { sourceKey } from '../../src/core/address.ts';
import type { Detector } from '../../src/core/detector.ts';
import type { Observation } from '../../src/core/observation.ts';
import type { Reader } from '../../src/core/reader.ts';
import { DetectorRunner } from '../../src/detectors/runner.ts';

export interface ReadOutcome {
  readonly records: number;
  readonly observations: readonly Observation[];
  readonly recordOf: readonly number[];
  readonly ids: readonly (readonly [number, string])[];
  readonly damaged: readonly (readonly [line: number, why: string])[];
}

export const near: number = Date.UTC(2026, 0, 15);

/** What a reader makes of these pieces of an input. */
export async function readAll(
  reader: Reader,
  ...pieces: readonly (string | Uint8Array)[]
): Promise<ReadOutcome> {
  async function* input(): AsyncIterable<Uint8Array> {
    for (const piece of pieces) yield typeof piece === 'string' ? Buffer.from(piece) : piece;
  }
  const damaged: [number, string][] = [];
  const observations: Observation[] = [];
  const recordOf: number[] = [];
  const ids: (readonly [number, string])[] = [];
  let records = 0;
  const context = {
    sensor: 'test',
    near,
    damaged: (line: number, _sample: string, why: string): void => void damaged.push([line, why]),
  };
  for await (const batch of reader.read(input(), context)) {
    records += batch.recordCount;
    observations.push(...batch.observations);
    recordOf.push(...batch.recordOf);
    ids.push(...(batch.ids ?? []));
  }
  return { records, observations, recordOf, ids, damaged };
}

export interface Judged {
  score: number;
  readonly behaviors: Set<string>;
}

/** The clamped sum of the evidence and the behaviors, by source. Decay is left out: it is the judge's. */
export function judged(
  observations: readonly Observation[],
  detectors: readonly Detector[],
): Map<string, Judged> {
  const runner = new DetectorRunner(detectors);
  const sources = new Map<string, Judged>();
  for (const observation of observations) {
    for (const evidence of runner.run(observation)) {
      const source = sourceKey(observation.source);
      const held = sources.get(source) ?? { score: 0, behaviors: new Set<string>() };
      held.score = Math.max(0, held.score + evidence.weight);
      if (evidence.behavior !== null) held.behaviors.add(evidence.behavior);
      sources.set(source, held);
    }
  }
  return sources;
}
