/**
 * Live lines in the order of their times. Sensor and telemetry reach the engine on ways of their own, and what is decided is told at
 * once: without a moment's wait a line could show above one that is older.
 */

export interface TimedLine {
  /** Milliseconds since the epoch: the time that stands on the line. */
  readonly at: number;
  readonly line: string;
}

interface HeldLine extends TimedLine {
  readonly arrived: number;
}

/** How long a line waits for older ones. A person does not notice it. */
const holdMilliseconds = 250;
/** In a flood the oldest is shown at once. */
const heldMost = 10_000;

export class LiveOrder {
  /** The oldest first; of one time, as they came. */
  readonly #held: HeldLine[] = [];

  add({ at, line }: TimedLine, now: number): void {
    let place = this.#held.length;
    while (place > 0 && (this.#held[place - 1]?.at ?? 0) > at) place -= 1;
    this.#held.splice(place, 0, { at, line, arrived: now });
  }

  /** The lines that need wait no longer. One from a clock that is ahead waits by its arrival. */
  due(now: number): string[] {
    const until = now - holdMilliseconds;
    let count = Math.max(0, this.#held.length - heldMost);
    for (let first = this.#held[count]; first !== undefined; first = this.#held[count]) {
      if (first.at > until && first.arrived > until) break;
      count += 1;
    }
    return this.#held.splice(0, count).map(({ line }) => line);
  }

  /** All that is left, at the end. */
  rest(): string[] {
    return this.#held.splice(0).map(({ line }) => line);
  }
}
