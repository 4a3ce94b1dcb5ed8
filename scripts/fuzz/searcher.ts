/** Runs the searching thread, and starts another where one has hung or died. */

import { Worker } from 'node:worker_threads';
import { isMessage, type SearchJob, type SearchMessage, sharedBytes, sharedOf } from './search-message.ts';

/** Without a new run; a machine with other work on it is slow, and processor time is measured by the thread itself. */
const hungMilliseconds = 60_000;
const lookMilliseconds = 500;
const heapMebibytes = 1_024;

export class Searcher {
  readonly #shared = new SharedArrayBuffer(sharedBytes);
  #worker: Worker | null = null;

  async #started(): Promise<Worker> {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(new URL('./search-worker.ts', import.meta.url), {
      workerData: this.#shared,
      resourceLimits: { maxOldGenerationSizeMb: heapMebibytes },
    });
    this.#worker = worker;
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve());
      worker.once('error', reject);
    });
    return worker;
  }

  /** Resolves once the job is over. A thread that hangs or dies is a finding like others. */
  async search(job: SearchJob, heard: (message: SearchMessage) => void): Promise<void> {
    const worker = await this.#started();
    const { counters, bytes } = sharedOf(this.#shared);
    const fault = await new Promise<string | null>((resolve) => {
      let last = -1;
      let since = performance.now();
      const looking = setInterval(() => {
        const run = Atomics.load(counters, 0);
        if (run !== last) since = performance.now();
        last = run;
        if (performance.now() - since > hungMilliseconds)
          finish(`no end within ${hungMilliseconds / 1_000} s`);
      }, lookMilliseconds);
      const failed = (error: unknown): void =>
        finish(error instanceof Error ? (error.stack ?? error.message) : String(error));
      const said = (message: unknown): void => {
        if (!isMessage(message)) return;
        heard(message);
        if (message.what === 'done') finish(null);
      };
      const finish = (text: string | null): void => {
        clearInterval(looking);
        worker.off('error', failed).off('message', said);
        resolve(text);
      };
      worker.on('error', failed).on('message', said);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      worker.postMessage(job);
    });
    if (fault === null) return;
    const input = bytes.slice(0, Atomics.load(counters, 1));
    heard({ what: 'found', target: job.target, input, text: fault });
    await this.stop();
  }

  async stop(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = null;
  }
}
