/** Picket's own observations, one a line, each checked against the schema that the engine holds its sensors to. */

import type { Observation } from '../core/observation.ts';
import type { ReadBatch, ReadContext, Reader } from '../core/reader.ts';
import { checkObservation } from '../wire/observation-check.ts';
import { readLines, shareOfLines } from './read-lines.ts';
import { jsonObject } from './json-object.ts';

/** A body of 64 KiB, each byte as `\u00XX`, and the rest. */
const longestRecord = 1_048_576;

/** The observation of a line, or what is wrong with it. */
function observationOf(line: string): Observation | string {
  const record = jsonObject(line);
  if (record === null) return 'the line is no JSON object';
  const checked = checkObservation(record);
  return checked.ok ? checked.observation : checked.why;
}

export const picketJsonl: Reader = {
  name: 'picket',
  summary: "Picket's own observations as JSON lines",
  detect: (sample: Uint8Array): number =>
    shareOfLines(sample, (line) => typeof observationOf(line) !== 'string'),
  read(input: AsyncIterable<Uint8Array>, context: ReadContext): AsyncIterable<ReadBatch> {
    return readLines(
      input,
      context,
      (line, number, writer) => {
        const observation = observationOf(line);
        if (typeof observation === 'string') {
          writer.damaged(number, line, observation);
          return;
        }
        writer.named(observation.id);
        writer.add(observation);
        writer.record();
      },
      longestRecord,
    );
  },
};
