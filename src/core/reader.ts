/** The contract of a telemetry reader: recorded or followed input of one format → observations. */

import type { Observation } from './observation.ts';

/** The outcome for a run of input records, in their order. */
export interface ReadBatch {
  /** Index of the first input record of the batch, from 0; damaged records count, headers and blank lines do not. */
  readonly firstRecord: number;
  readonly recordCount: number;
  readonly observations: readonly Observation[];
  /** For each observation, the index of the input record that it came from, ascending. */
  readonly recordOf: readonly number[];
  /** The input's own id by record, where the format has one: [record index, id]. */
  readonly ids?: readonly (readonly [record: number, id: string])[];
}

export interface ReadContext {
  /** Names the source in `Seen.sensor`, such as a file's name. */
  readonly sensor: string;
  /** The year and zone for formats that carry none (syslog): a time near to which events are taken to lie. */
  readonly near: number;
  /** Called for each record that can't be read; it is counted, never thrown away silently. `line` counts from 1. */
  damaged(line: number, sample: string, why: string): void;
}

export interface Reader {
  /** As `--format` names it, such as `vpc-flow`. */
  readonly name: string;
  readonly summary: string;
  /** How sure it is of the first bytes (up to 64 KiB) of an input, 0 to 1. */
  detect(sample: Uint8Array): number;
  read(input: AsyncIterable<Uint8Array>, context: ReadContext): AsyncIterable<ReadBatch>;
}
