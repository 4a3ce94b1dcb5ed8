/** The contract of the event store: every observation, kept for history, search and replay. Detection never waits for it. */

import type { Observation, ObservationKind } from '../core/observation.ts';

export interface EventFilter {
  readonly kind?: ObservationKind;
  /** An address, or a source's key (an IPv6 /64). */
  readonly source?: string;
  readonly service?: string;
  readonly sensor?: string;
  readonly session?: string;
  /** Milliseconds since the epoch, inclusive. */
  readonly since?: number;
  /** Milliseconds since the epoch, exclusive. */
  readonly until?: number;
  /** Only what is older than this observation, given by its id: the next page. */
  readonly before?: string;
  /** At most 10,000. */
  readonly limit: number;
}

export interface GoodHour {
  /** The source's key. */
  readonly source: string;
  /** Its begin, milliseconds since the epoch. */
  readonly at: number;
}

/** Every method rejects with `PICKET_STORE_UNAVAILABLE` where the store does not answer. */
export interface EventStore {
  /** Resolves when the observations are durable. What a sensor has sent before (its sequence tells) is kept once. */
  append(observations: readonly Observation[]): Promise<void>;
  /** The highest sequence kept of each sensor. */
  highestSequences(): Promise<Record<string, number>>;
  /** What a source did, the latest first. `source` is an address or a source's key. */
  history(
    source: string,
    options: { readonly since?: number; readonly limit: number },
  ): Promise<Observation[]>;
  /** The latest first. */
  query(filter: EventFilter): Promise<Observation[]>;
  /** From a time on, the earliest first, for replay: the latest `limit` of them. */
  since(at: number, limit: number): Promise<Observation[]>;
  /**
   * The hours from a time on in which each source had a session that went well (`wentWell`), the earliest first, and at most so many:
   * days of history in few rows.
   */
  goodHours(since: number, limit: number): Promise<GoodHour[]>;
  count(): Promise<number>;
  close(): Promise<void>;
}
