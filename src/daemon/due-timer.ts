/** Wakes the engine when a block is due that was foreseen: one timer, for the earliest. */

export interface DueTimerOptions {
  readonly now: () => number;
  /** When the next is due, milliseconds since the epoch; null for never. */
  readonly next: () => number | null;
  readonly run: () => void;
}

/** A timer of Node.js can't be longer than 24 days; and the clock may be set meanwhile. */
const longestMilliseconds = 3_600_000;

export class DueTimer {
  readonly #options: DueTimerOptions;
  #timer: NodeJS.Timeout | null = null;
  #wakesAt = 0;

  constructor(options: DueTimerOptions) {
    this.#options = options;
  }

  /** To be called whenever something may have become due earlier. */
  arm(): void {
    const next = this.#options.next();
    if (next === null || (this.#timer !== null && this.#wakesAt <= next)) return;
    this.stop();
    this.#wakesAt = next;
    const wait = Math.max(0, Math.min(next - this.#options.now(), longestMilliseconds));
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#options.run();
      this.arm();
    }, wait);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
