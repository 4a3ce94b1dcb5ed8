/** The engine's desk for sensors: checks, bounds and orders what they send, and acknowledges what is kept. */

import type { LinkPeer } from '../bus/link.ts';
import { readSensorMessage } from '../bus/messages.ts';
import { PicketError } from '../core/errors.ts';
import type { Observation } from '../core/observation.ts';
import { checkObservation } from '../wire/observation-check.ts';

export interface SensorState {
  readonly id: string;
  connected: boolean;
  /** Judged up to here. */
  judged: number;
  /** Durably kept up to here. */
  stored: number;
  /** Records that were refused, and the last reason. */
  refused: number;
  lastRefusal: string;
  counters: Readonly<Record<string, number>>;
  problem: string;
}

interface Visit {
  sensor: SensorState | null;
  tokens: number;
  filledAt: number;
}

/** Records a second that one sensor may send; a burst of one second is let through. Past it the engine stops reading for a moment. */
const recordsPerSecond = 50_000;
const sensorsKnown = 1024;

export interface SensorDeskOptions {
  readonly now: () => number;
  /** An observation that was not seen before, in order. */
  readonly observed: (observation: Observation, sensor: SensorState) => void;
  /** A sensor has begun a connection: what is not kept of it comes again, from the start. */
  readonly began?: (sensor: string) => void;
  readonly log: (line: string) => void;
}

export class SensorDesk {
  readonly #options: SensorDeskOptions;
  readonly #sensors = new Map<string, SensorState>();
  readonly #visits = new Map<LinkPeer, Visit>();

  constructor(options: SensorDeskOptions) {
    this.#options = options;
  }

  /** What the event store holds of each sensor, from an earlier run. */
  restore(sensor: string, sequence: number): void {
    const state = this.#sensor(sensor);
    state.judged = Math.max(state.judged, sequence);
    state.stored = Math.max(state.stored, sequence);
  }

  sensors(): SensorState[] {
    return [...this.#sensors.values()];
  }

  opened(peer: LinkPeer): void {
    this.#visits.set(peer, { sensor: null, tokens: recordsPerSecond, filledAt: this.#options.now() });
  }

  closed(peer: LinkPeer, error: Error | null): void {
    const visit = this.#visits.get(peer);
    this.#visits.delete(peer);
    if (visit?.sensor) visit.sensor.connected = false;
    if (error !== null)
      this.#options.log(`sensor ${visit?.sensor?.id ?? 'without a name'}: ${error.message}`);
  }

  received(peer: LinkPeer, value: unknown): void {
    const visit = this.#visits.get(peer);
    const message = readSensorMessage(value);
    if (visit === undefined || message === null) {
      throw new PicketError('PICKET_FRAME_INVALID', 'a message of no known type or size');
    }
    if (message.type === 'hello') {
      this.#welcome(peer, visit, message.sensor);
      return;
    }
    if (visit.sensor === null)
      throw new PicketError('PICKET_FRAME_INVALID', 'the first message must be a hello');
    if (message.type === 'status') {
      visit.sensor.counters = message.counters;
      visit.sensor.problem = message.problem;
      return;
    }
    for (const record of message.observations) this.#take(visit.sensor, record);
    this.#throttle(peer, visit, message.observations.length);
  }

  /** The event store holds everything of this sensor up to here. */
  kept(sensor: string, sequence: number): void {
    const state = this.#sensors.get(sensor);
    if (state === undefined || sequence <= state.stored) return;
    state.stored = sequence;
    for (const [peer, visit] of this.#visits) {
      if (visit.sensor === state) peer.send({ type: 'acknowledge', sequence });
    }
  }

  /** Ends the connection of a sensor, which then connects again and sends what is not kept. */
  askAgain(sensor: string): void {
    for (const [peer, visit] of this.#visits) if (visit.sensor?.id === sensor) peer.close();
  }

  #welcome(peer: LinkPeer, visit: Visit, id: string): void {
    if (visit.sensor !== null)
      throw new PicketError('PICKET_FRAME_INVALID', 'a second hello on one connection');
    if (!this.#sensors.has(id) && this.#sensors.size >= sensorsKnown) {
      throw new PicketError('PICKET_FRAME_INVALID', `more than ${sensorsKnown} sensor ids`);
    }
    for (const other of this.#visits.values()) {
      if (other.sensor?.id === id)
        throw new PicketError('PICKET_FRAME_INVALID', `the sensor ${id} is connected already`);
    }
    visit.sensor = this.#sensor(id);
    visit.sensor.connected = true;
    this.#options.began?.(id);
    // What was judged but not kept is sent again, to be kept; it is not judged twice.
    peer.send({ type: 'welcome', sequence: visit.sensor.stored });
  }

  #take(sensor: SensorState, record: unknown): void {
    const check = checkObservation(record);
    if (!check.ok) {
      this.#refuse(sensor, check.why);
      return;
    }
    const { observation } = check;
    if (observation.sensor !== sensor.id) {
      this.#refuse(sensor, 'a record in the name of another sensor');
      return;
    }
    // A sensor states what it saw now; a time far off is a broken clock or a lie, and neither may shape a lease.
    const now = this.#options.now();
    if (observation.at > now + 60_000) {
      this.#refuse(sensor, 'a record from the future');
      return;
    }
    if (observation.sequence <= sensor.stored) return;
    this.#options.observed(observation, sensor);
    if (observation.sequence > sensor.judged) sensor.judged = observation.sequence;
  }

  #refuse(sensor: SensorState, why: string): void {
    sensor.refused += 1;
    sensor.lastRefusal = why;
  }

  #throttle(peer: LinkPeer, visit: Visit, records: number): void {
    const now = this.#options.now();
    visit.tokens = Math.min(
      recordsPerSecond,
      visit.tokens + ((now - visit.filledAt) * recordsPerSecond) / 1000,
    );
    visit.filledAt = now;
    visit.tokens -= records;
    if (visit.tokens >= 0) return;
    peer.pause();
    setTimeout(() => peer.resume(), Math.ceil((-visit.tokens * 1000) / recordsPerSecond) + 1);
  }

  #sensor(id: string): SensorState {
    let state = this.#sensors.get(id);
    if (state === undefined) {
      state = {
        id,
        connected: false,
        judged: 0,
        stored: 0,
        refused: 0,
        lastRefusal: '',
        counters: {},
        problem: '',
      };
      this.#sensors.set(id, state);
    }
    return state;
  }
}
