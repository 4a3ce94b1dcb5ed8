/** Brings observations into the event store behind the engine's back, in order, and says what is kept. Detection never waits for it. */

import type { Observation } from '../core/observation.ts';
import type { EventStore } from '../store/event-store.ts';

/** Rows in one append, and rows and bytes that wait at most; past that they are left to the sensors' spools and asked for again. */
const batchRows = 5000;
const waitingRows = 200_000;
const waitingBytes = 256 * 1024 * 1024;
const retryMilliseconds = 500;
/** How long the store may take to start before its absence is told; on a machine that has much else to do it was half a minute. */
const startMilliseconds = 60_000;

export interface EventKeeperOptions {
  /** Null where there is no event store: then what was judged counts as kept, and the spools are the record. */
  readonly store: EventStore | null;
  readonly kept: (sensor: string, sequence: number) => void;
  /** There is room again for a sensor of which records were passed over: it shall send again what is not kept. */
  readonly askAgain: (sensor: string) => void;
  readonly log: (line: string) => void;
}

/** About what a record holds in memory: its long texts, and something for the rest. */
function bytesOf(observation: Observation): number {
  let bytes = 1024;
  for (const value of Object.values(observation)) {
    if (typeof value === 'string') bytes += value.length;
    else if (Array.isArray(value)) for (const item of value) bytes += 64 + String(item).length;
  }
  return bytes;
}

export class EventKeeper {
  readonly #options: EventKeeperOptions;
  #waiting: Observation[] = [];
  #waitingBytes = 0;
  #busy = false;
  #stopped = false;
  #failing = false;
  /** Whether the log has been told so. */
  #said = false;
  readonly #madeAt = performance.now();
  /** Highest sequence taken in of each sensor, so that a record sent again is kept once. */
  readonly #taken = new Map<string, number>();
  /** Sensors of which something was passed over: nothing later of theirs is kept until they send it again. */
  readonly #behind = new Set<string>();
  #passedOver = 0;
  #rows = 0;

  constructor(options: EventKeeperOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Records left to the spools because the store was behind; they come again when a sensor reconnects. */
  get passedOver(): number {
    return this.#passedOver;
  }

  get failing(): boolean {
    return this.#failing;
  }

  restore(sensor: string, sequence: number): void {
    this.#taken.set(sensor, Math.max(sequence, this.#taken.get(sensor) ?? 0));
  }

  /** The sensor begins a connection, and so sends everything again that is not kept. */
  beginsAnew(sensor: string): void {
    this.#behind.delete(sensor);
  }

  keep(observation: Observation): void {
    const taken = this.#taken.get(observation.sensor) ?? 0;
    if (observation.sequence <= taken) return;
    if (this.#options.store === null) {
      this.#taken.set(observation.sensor, observation.sequence);
      this.#options.kept(observation.sensor, observation.sequence);
      return;
    }
    const full = this.#waiting.length >= waitingRows || this.#waitingBytes >= waitingBytes;
    if (full || this.#behind.has(observation.sensor)) {
      // What is kept is acknowledged with all before it, so nothing later may be kept ahead of what was passed over.
      this.#behind.add(observation.sensor);
      this.#passedOver += 1;
      return;
    }
    this.#taken.set(observation.sensor, observation.sequence);
    this.#waiting.push(observation);
    this.#waitingBytes += bytesOf(observation);
    if (!this.#busy) this.#begin();
  }

  /** Waits until everything that was taken in is kept, or the time is up. */
  async drain(milliseconds: number): Promise<void> {
    const end = Date.now() + milliseconds;
    while ((this.#waiting.length > 0 || this.#busy) && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.#stopped = true;
  }

  #begin(): void {
    this.#busy = true;
    this.#run()
      .catch((error: unknown) => this.#options.log(`keeping events ended: ${String(error)}`))
      .finally(() => {
        this.#busy = false;
      });
  }

  async #run(): Promise<void> {
    const { store, kept, log } = this.#options;
    if (store === null) return;
    while (this.#waiting.length > 0 && !this.#stopped) {
      // Lets a burst gather: one large append costs the store far less than many small ones.
      await new Promise((resolve) => setTimeout(resolve, 50));
      const batch = this.#waiting.slice(0, batchRows);
      try {
        await store.append(batch);
      } catch (error) {
        this.#failing = true;
        // A store that starts beside the engine takes its time; nothing is wrong yet, and nobody needs to be told.
        const isStarting = this.#rows === 0 && performance.now() - this.#madeAt < startMilliseconds;
        if (!isStarting && !this.#said) {
          this.#said = true;
          log(
            `the event store is away, events wait: ${error instanceof Error ? error.message : String(error)}`,
          );
        }
        await new Promise((resolve) => setTimeout(resolve, retryMilliseconds));
        continue;
      }
      if (this.#said) log('the event store is back');
      this.#said = false;
      this.#failing = false;
      this.#waiting.splice(0, batch.length);
      for (const observation of batch) this.#waitingBytes -= bytesOf(observation);
      this.#rows += batch.length;
      const highest = new Map<string, number>();
      for (const observation of batch) highest.set(observation.sensor, observation.sequence);
      for (const [sensor, sequence] of highest) kept(sensor, sequence);
      if (
        this.#behind.size > 0 &&
        this.#waiting.length <= waitingRows / 2 &&
        this.#waitingBytes <= waitingBytes / 2
      ) {
        for (const sensor of this.#behind) this.#options.askAgain(sensor);
      }
    }
  }
}
