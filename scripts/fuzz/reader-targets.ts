/** Every reader of telemetry, over whole inputs and over pieces of them. */

import { isDeepStrictEqual } from 'node:util';
import type { Observation } from '../../src/core/observation.ts';
import type { Reader } from '../../src/core/reader.ts';
import { readers } from '../../src/telemetry/index.ts';
import { checkObservation } from '../../src/wire/observation-check.ts';
import { cutByContent, Finding, usualMilliseconds, type Target } from './target.ts';

const anyId = '019c0000-0000-7000-8000-000000000000';
const near = 1_772_366_400_000;

interface Outcome {
  readonly observations: Observation[];
  readonly records: number;
  readonly recordOf: number[];
  readonly damaged: string[];
}

async function readAll(reader: Reader, pieces: readonly Uint8Array[]): Promise<Outcome> {
  async function* input(): AsyncIterable<Uint8Array> {
    // A reader may keep what it is given, and change it.
    for (const piece of pieces) yield Uint8Array.from(piece);
  }
  const observations: Observation[] = [];
  const recordOf: number[] = [];
  const damaged: string[] = [];
  let records = 0;
  const context = {
    sensor: 'fuzz',
    near,
    damaged: (line: number, _sample: string, why: string): void => void damaged.push(`${line} ${why}`),
  };
  for await (const batch of reader.read(input(), context)) {
    if (batch.firstRecord !== records)
      throw new Finding(`record ${batch.firstRecord} comes after ${records} records`);
    records += batch.recordCount;
    // Ids are drawn; nothing else may differ from run to run.
    for (const observation of batch.observations) observations.push({ ...observation, id: '' });
    recordOf.push(...batch.recordOf);
  }
  return { observations, records, recordOf, damaged };
}

/** Names its honeypots, which have no addresses in it; it is read from files alone, which no engine is sent. */
const namesDestinations = 'honeypot-csv';
/** Its records may have no source: no verdict is made of them. */
const leavesSourceOut = 'http-jsonl';

function check(reader: string, outcome: Outcome): void {
  if (outcome.recordOf.length !== outcome.observations.length)
    throw new Finding('an observation without a record');
  let last = 0;
  for (const record of outcome.recordOf) {
    if (record < last || record >= outcome.records)
      throw new Finding(`observations out of order at record ${record}`);
    last = record;
  }
  for (const observation of outcome.observations) {
    const destination = reader === namesDestinations ? '' : observation.destination;
    const source =
      reader === leavesSourceOut && observation.source === '' ? '203.0.113.9' : observation.source;
    const result = checkObservation({
      ...observation,
      source,
      destination,
      id: anyId,
      sequence: Math.max(1, observation.sequence),
    });
    if (!result.ok) throw new Finding(`an observation that the engine would refuse: ${result.why}`);
  }
}

function targetOf(reader: Reader): Target {
  return {
    name: `reader-${reader.name}`,
    borrows: [],
    milliseconds: usualMilliseconds,
    async run(input) {
      const sure = reader.detect(input);
      if (!(sure >= 0 && sure <= 1)) throw new Finding(`detects it with ${sure}`);
      const whole = await readAll(reader, [input]);
      check(reader.name, whole);
      const split = await readAll(reader, cutByContent(input));
      if (!isDeepStrictEqual(whole, split)) {
        const at = whole.observations.findIndex(
          (item, index) => !isDeepStrictEqual(item, split.observations[index]),
        );
        throw new Finding(
          `a split of the bytes changes the outcome: ${JSON.stringify(whole.observations[at] ?? whole.damaged).slice(0, 300)} became ${JSON.stringify(split.observations[at] ?? split.damaged).slice(0, 300)}`,
        );
      }
      return new Set([
        ...whole.observations.map(({ kind }) => kind),
        ...whole.damaged.map((text) => text.replace(/^\d+ /, '')),
      ]);
    },
  };
}

export const readerTargets: readonly Target[] = readers.map(targetOf);
