/** One thread that judges, as the reading thread sees it. */

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { AnalysisShare, FromJudge, JudgedTotals, ToJudge } from './analysis-message.ts';
import type { VerdictLine } from './analyze.ts';
import type { NameNumbers } from './name-numbers.ts';
import { type Parcel, ParcelWriter } from './observation-parcel.ts';

/** Parcels on their way at most: the thread never waits for the next one, and memory stays bounded. */
const parcelsAhead = 4;

interface Page {
  readonly scores: readonly number[];
  readonly sources: readonly string[];
  readonly lines: readonly VerdictLine[];
}

export class JudgingThread {
  readonly writer: ParcelWriter;
  /** Of blocks that its breaker let pass and that are not yet counted: index and time of each. */
  readonly asked: number[] = [];
  /** Blocks that are counted, and the limit at each. */
  readonly counted: number[] = [];
  totals: JudgedTotals = { decisions: 0, held: 0, sources: 0, forgotten: 0, spent: 0 };
  readonly #worker: Worker;
  /** Indexes up to which all observations are in a parcel that is on its way, oldest first. */
  readonly #ahead: number[] = [];
  #judgedTo = 0;
  #failure: unknown = null;
  #waiting: (() => void) | null = null;
  #ended = false;
  #page: Page | null = null;

  constructor(share: AnalysisShare, names: NameNumbers) {
    this.writer = new ParcelWriter(names);
    this.#worker = new Worker(new URL('analysis-worker.ts', import.meta.url), {
      workerData: share,
      // Observations live for a moment: with little room for the young they are taken for old ones.
      resourceLimits: { maxYoungGenerationSizeMb: 96 },
    });
    this.#worker.on('message', (message: FromJudge) => this.#heard(message));
    this.#worker.on('error', (error) => {
      this.#failure = error;
      this.#wake();
    });
  }

  /** All observations of its own ahead of this index are judged. */
  get judgedTo(): number {
    return this.#judgedTo;
  }

  async ready(): Promise<void> {
    await once(this.#worker, 'message');
  }

  /** Sends what was written; waits where the thread is too far behind. */
  async send(upTo: number): Promise<void> {
    const parcel: Parcel = this.writer.take();
    this.#ahead.push(upTo);
    this.#say({ kind: 'parcel', parcel }, [parcel.numbers.buffer]);
    await this.#until(() => this.#ahead.length < parcelsAhead);
  }

  async drained(): Promise<void> {
    await this.#until(() => this.#ahead.length === 0);
  }

  async end(): Promise<void> {
    this.#say({ kind: 'end', blocks: Float64Array.from(this.counted) });
    await this.#until(() => this.#ended);
  }

  /** The next verdicts; none at the end. */
  async page(): Promise<Page> {
    this.#page = null;
    this.#say({ kind: 'more' });
    await this.#until(() => this.#page !== null);
    return this.#page ?? { scores: [], sources: [], lines: [] };
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #say(message: ToJudge, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#failure !== null) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
    if (this.#failure !== null) throw this.#failure;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.();
  }

  #heard(message: FromJudge): void {
    if (message.kind === 'judged') {
      for (const number of message.asked) this.asked.push(number);
      this.writer.reuse(message.numbers);
      this.#judgedTo = this.#ahead.shift() ?? this.#judgedTo;
    } else if (message.kind === 'ended') {
      this.totals = message;
      this.#ended = true;
    } else if (message.kind === 'verdicts') this.#page = message;
    this.#wake();
  }
}
