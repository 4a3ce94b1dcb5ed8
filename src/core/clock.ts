/** Time as the parts see it. Live parts are given the system's clock, recorded input and tests their own. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands still until it is moved: event time for recorded input, and tests. */
export class ManualClock implements Clock {
  #now: number;

  constructor(now = 0) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  /** Moves to a time; event time never runs backwards, so an earlier one is passed over. */
  advanceTo(milliseconds: number): void {
    if (milliseconds > this.#now) this.#now = milliseconds;
  }
}
