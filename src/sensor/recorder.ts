/** Makes observations of what conversations state: gives them id, time and addresses, and hands them to the spool and on. */

import { boundedFact } from '../core/bounded-fact.ts';
import { IdSource } from '../core/id.ts';
import type { Clock } from '../core/clock.ts';
import type { Fact, Fingerprints, Observation, Transport } from '../core/observation.ts';
import type { Spool } from '../spool/spool.ts';
import type { SensorCounters } from './counters.ts';

/** Whose fact it is. */
export interface Parties {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly transport: Transport;
  readonly session: string;
  readonly spoofable: boolean;
  readonly fingerprints: Fingerprints | undefined;
}

export class Recorder {
  readonly ids: IdSource = new IdSource();
  readonly #spool: Spool;
  readonly #clock: Clock;
  readonly #counters: SensorCounters;
  readonly #spoofablePerSecond: number;
  readonly #onObservation: (observation: Observation, json: string) => void;
  #second = 0;
  #spoofable = 0;

  constructor(
    spool: Spool,
    clock: Clock,
    counters: SensorCounters,
    spoofablePerSecond: number,
    onObservation: (observation: Observation, json: string) => void,
  ) {
    this.#spool = spool;
    this.#clock = clock;
    this.#counters = counters;
    this.#spoofablePerSecond = spoofablePerSecond;
    this.#onObservation = onObservation;
  }

  record(parties: Parties, stated: Fact): void {
    const fact = boundedFact(stated);
    const at = this.#clock.now();
    if (parties.spoofable && !this.#mayRecordSpoofable(at)) return;
    const seen = {
      id: this.ids.next(at),
      at,
      sensor: '',
      sequence: 0,
      source: parties.source,
      sourcePort: parties.sourcePort,
      destination: parties.destination,
      destinationPort: parties.destinationPort,
      transport: parties.transport,
      session: parties.session,
      spoofable: parties.spoofable,
    };
    const observation: Observation =
      parties.fingerprints === undefined
        ? { ...seen, ...fact }
        : { ...seen, fingerprints: parties.fingerprints, ...fact };
    const json = this.#spool.append(observation);
    this.#counters.observations += 1;
    if (fact.kind === 'contact') this.#counters.contacts += 1;
    this.#onObservation(observation, json);
  }

  /** Anyone can write any sender on a datagram: without a bound, a flood of false senders would fill the spool. */
  #mayRecordSpoofable(at: number): boolean {
    const second = Math.floor(at / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#spoofable = 0;
    }
    this.#spoofable += 1;
    if (this.#spoofable <= this.#spoofablePerSecond) return true;
    this.#counters.spoofableUnrecorded += 1;
    return false;
  }
}
