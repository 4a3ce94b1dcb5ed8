/** Gathers the observations of a run of records, and gives each its id, sensor and sequence number. */

import { IdSource } from '../core/id.ts';
import type { Observation, Transport } from '../core/observation.ts';
import type { ReadBatch, ReadContext } from '../core/reader.ts';
import { fittingObservation } from './fitting-observation.ts';

const sampleLength = 200;

/** Where a parser puts what it found. One for each `read`; the parser calls `record` or `damaged` once a record, in order. */
export class BatchWriter {
  readonly context: ReadContext;
  readonly sensor: string;
  readonly #ids = new IdSource();
  #sequence = 0;
  #firstRecord = 0;
  #records = 0;
  #observations: Observation[] = [];
  #recordOf: number[] = [];
  #named: [number, string][] = [];

  constructor(context: ReadContext) {
    this.context = context;
    this.sensor = context.sensor;
  }

  id(at: number): string {
    return this.#ids.next(at);
  }

  sequence(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  /** Adds an observation of the record that `record` will end. */
  add(observation: Observation): void {
    this.#observations.push(fittingObservation(observation));
    this.#recordOf.push(this.#firstRecord + this.#records);
  }

  /** Ends a record, with or without observations. */
  record(): void {
    this.#records += 1;
  }

  /** Names the record that `record` will end, by the input's own id. */
  named(id: string): void {
    this.#named.push([this.#firstRecord + this.#records, id]);
  }

  /** Ends a record that can't be read. `line` counts from 1. */
  damaged(line: number, text: string, why: string): void {
    this.context.damaged(line, text.slice(0, sampleLength), why);
    this.#records += 1;
  }

  get pending(): boolean {
    return this.#records > 0;
  }

  /** The batch so far; the writer begins a new one. */
  take(): ReadBatch {
    const batch: ReadBatch = {
      firstRecord: this.#firstRecord,
      recordCount: this.#records,
      observations: this.#observations,
      recordOf: this.#recordOf,
      ...(this.#named.length > 0 ? { ids: this.#named } : {}),
    };
    this.#firstRecord += this.#records;
    this.#records = 0;
    this.#observations = [];
    this.#recordOf = [];
    this.#named = [];
    return batch;
  }

  /** What a log line of a completed TCP conversation says of itself; the log does not name the destination's address. */
  seen(
    at: number,
    source: string,
    sourcePort: number,
    destinationPort: number,
    session: string,
    transport: Transport = 'tcp',
  ): {
    id: string;
    at: number;
    sensor: string;
    sequence: number;
    source: string;
    sourcePort: number;
    destination: string;
    destinationPort: number;
    transport: Transport;
    session: string;
    spoofable: boolean;
  } {
    return {
      id: this.id(at),
      at,
      sensor: this.sensor,
      sequence: this.sequence(),
      source,
      sourcePort,
      destination: '',
      destinationPort,
      transport,
      session,
      spoofable: transport !== 'tcp',
    };
  }
}
