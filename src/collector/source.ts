/** A source of live telemetry, and what is known of how it goes. */

import type { Observation } from '../core/observation.ts';

export interface TelemetrySource {
  start(): Promise<void>;
  stop(): Promise<void>;
}

const sampleLength = 120;
const logEveryMilliseconds = 30_000;

/** What a source counts and complains of; one each. */
export class SourceReport {
  /** Short and without the path, such as `file1`. */
  readonly name: string;
  readonly counters: Record<string, number> = { records: 0, observations: 0, damaged: 0 };
  readonly #log: (line: string) => void;
  #problem = '';
  #damage = '';
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(name: string, log: (line: string) => void) {
    this.name = name;
    this.#log = log;
  }

  count(counter: string, by = 1): void {
    this.counters[counter] = (this.counters[counter] ?? 0) + by;
  }

  /** A record that can't be read: counted, and the last one shown with where it stood. */
  damaged(where: string, sample: string, why: string): void {
    this.count('damaged');
    const shown = sample === '' ? '' : `: ${JSON.stringify(sample.slice(0, sampleLength))}`;
    this.#damage = `${where}: ${why}${shown}`;
    if (performance.now() - this.#loggedAt < logEveryMilliseconds) return;
    this.#loggedAt = performance.now();
    this.#log(`${this.name}: ${this.#damage}`);
  }

  /** What keeps the source from working, empty where it works. Said once. */
  problem(text: string): void {
    if (text !== '' && text !== this.#problem) this.#log(`${this.name}: ${text}`);
    this.#problem = text;
  }

  /** For the status: what is wrong now, or the last damage. */
  get complaint(): string {
    if (this.#problem !== '') return `${this.name}: ${this.#problem}`;
    return this.#damage === '' ? '' : `${this.name}: ${this.#damage}`;
  }
}

/** What a source is given. */
export interface SourceOptions {
  readonly report: SourceReport;
  readonly now: () => number;
  readonly observed: (observation: Observation) => void;
  /** Resolves when more may be taken in: whoever can wait waits while the spool is behind. */
  readonly room: () => Promise<void>;
}
