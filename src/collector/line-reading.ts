/** A reader at work on bytes that come now and then: each push is read before the next is asked for. */

import type { Reader } from '../core/reader.ts';
import type { Observation } from '../core/observation.ts';
import { liveTime } from './live-time.ts';
import type { SourceOptions } from './source.ts';

/** Bytes that wait for the reader; what comes beyond is for the caller to hold back or to drop. */
const mostWaiting = 8 * 1024 * 1024;

export class LineReading {
  readonly #options: SourceOptions;
  readonly #where: (line: number) => string;
  #parts: Uint8Array[] = [];
  #waiting = 0;
  #ended = false;
  #wake: (() => void) | null = null;
  #drained: (() => void)[] = [];
  readonly #done: Promise<void>;

  /** `where` says in words where a line stood that could not be read. */
  constructor(reader: Reader, options: SourceOptions, where: (line: number) => string) {
    this.#options = options;
    this.#where = where;
    this.#done = this.#run(reader);
  }

  /** True where the bytes were taken; they are the reading's from then on. False where too many wait. */
  push(bytes: Uint8Array): boolean {
    if (this.#ended || this.#waiting > mostWaiting) return false;
    this.#parts.push(bytes);
    this.#waiting += bytes.length;
    this.#wake?.();
    return true;
  }

  /** Resolves when all that was pushed has been read. */
  drained(): Promise<void> {
    if (this.#waiting === 0 && this.#parts.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  async end(): Promise<void> {
    this.#ended = true;
    this.#wake?.();
    await this.#done;
  }

  async *#input(): AsyncIterable<Uint8Array> {
    for (;;) {
      const part = this.#parts.shift();
      if (part !== undefined) {
        yield part;
        // Asked for the next: this one is read.
        this.#waiting -= part.length;
        continue;
      }
      for (const resolve of this.#drained) resolve();
      this.#drained = [];
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }

  async #run(reader: Reader): Promise<void> {
    const { report, now, observed } = this.#options;
    const where = this.#where;
    const context = {
      sensor: report.name,
      get near(): number {
        return now();
      },
      damaged: (line: number, sample: string, why: string): void => report.damaged(where(line), sample, why),
    };
    for await (const batch of reader.read(this.#input(), context)) {
      report.count('records', batch.recordCount);
      report.count('observations', batch.observations.length);
      for (const observation of batch.observations) observed(timed(observation, now()));
    }
  }
}

function timed(observation: Observation, now: number): Observation {
  const at = liveTime(observation.at, now);
  return at === observation.at ? observation : { ...observation, at };
}
