/** What keeps the spool from writing: how long it waits before it tries again, and what a person is told. */

import type { Clock } from '../core/clock.ts';

export interface SpoolError {
  readonly code: 'PICKET_SPOOL_FULL' | 'PICKET_STATE_UNWRITABLE';
  readonly message: string;
}

const firstRetryMilliseconds = 100;
const lastRetryMilliseconds = 5_000;
const logEveryMilliseconds = 30_000;

export class WriteTrouble {
  readonly #path: string;
  readonly #log: (line: string) => void;
  readonly #clock: Clock;
  #retryMilliseconds = 0;
  #error: SpoolError | null = null;
  #loggedAt = Number.NEGATIVE_INFINITY;

  /** `path` is what cannot be written; `log` takes a line for a person, at most one in 30 s. */
  constructor(path: string, log: (line: string) => void, clock: Clock) {
    this.#path = path;
    this.#log = log;
    this.#clock = clock;
  }

  /** Null where the spool writes. */
  get error(): SpoolError | null {
    return this.#error;
  }

  /** How long the group that was refused waits, 0 where none does: 100 ms, then twice as long each time, up to 5 s. */
  get retryMilliseconds(): number {
    return this.#retryMilliseconds;
  }

  /** A write was refused; `full` where for want of room. */
  refused(message: string, full: boolean, pending: number, lost: number): void {
    this.#retryMilliseconds = Math.min(
      Math.max(firstRetryMilliseconds, this.#retryMilliseconds * 2),
      lastRetryMilliseconds,
    );
    const code = full ? 'PICKET_SPOOL_FULL' : 'PICKET_STATE_UNWRITABLE';
    this.#error = { code, message };
    const now = this.#clock.now();
    if (now - this.#loggedAt < logEveryMilliseconds) return;
    this.#loggedAt = now;
    this.#log(
      `${code}: cannot write ${this.#path}: ${message}; ${pending} observations wait in memory, ` +
        `${lost} are lost; free space on the disk, or raise the spool's bound`,
    );
  }

  /** Nothing waits to be tried again. */
  nothingWaits(): void {
    this.#retryMilliseconds = 0;
  }

  /** A write went through. */
  over(waiting: number, lost: number): void {
    this.#retryMilliseconds = 0;
    if (this.#error === null) return;
    this.#error = null;
    this.#loggedAt = Number.NEGATIVE_INFINITY;
    this.#log(`spool: writes again; ${waiting} observations still wait, ${lost} were lost`);
  }
}
