/* oxlint-disable unicorn/require-post-message-target-origin -- that is for windows; a worker thread has no origin */
/** The worker thread that has the spool's database: opened, given what to write, asked for what it holds, and closed. */

import { Worker } from 'node:worker_threads';
import type { FromWorker, Opened, SpoolSizes, ToWorker } from './spool-message.ts';

/** What the thread does by itself is told here. */
export interface ThreadListener {
  readonly committed: (sizes: SpoolSizes) => void;
  readonly failed: (message: string, full: boolean) => void;
  /** It is gone, and may be opened anew. */
  readonly died: (message: string) => void;
}

export interface ThreadOptions {
  readonly path: string;
  readonly bounds: { readonly maximumBytes: number; readonly maximumTranscriptBytes: number };
}

interface Reading {
  readonly resolve: (message: FromWorker) => void;
  readonly reject: (error: Error) => void;
}

/** How long it may take to end. */
const closeMilliseconds = 2_000;

export class SpoolThread {
  readonly #options: ThreadOptions;
  readonly #listener: ThreadListener;
  readonly #readings = new Map<number, Reading>();
  #worker: Worker | null = null;
  #requests = 0;

  constructor(options: ThreadOptions, listener: ThreadListener) {
    this.#options = options;
    this.#listener = listener;
  }

  get isOpen(): boolean {
    return this.#worker !== null;
  }

  /** Starts a worker. Rejects where it cannot use the folder; it is then still there until `giveUp`. */
  open(): Promise<{ readonly opened: Opened; readonly sizes: SpoolSizes }> {
    const worker = new Worker(new URL('spool-worker.ts', import.meta.url), { workerData: this.#options });
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'opened') resolve(message);
        else if (message.kind === 'unopened') reject(new Error(message.message));
        else this.#hear(message);
      });
      worker.on('error', (error) => {
        reject(error);
        this.#lost(worker, error.message);
      });
    });
  }

  /** Ends a worker that could not be opened, and says that it died. */
  async giveUp(message: string): Promise<void> {
    const worker = this.#worker;
    await worker?.terminate();
    if (worker !== null) this.#lost(worker, message);
  }

  write(group: Extract<ToWorker, { kind: 'write' }>): void {
    this.#worker?.postMessage(group);
  }

  /** Asks for what is on the disk. Rejects where the thread is not open, dies, or cannot read. */
  ask(question: (request: number) => ToWorker): Promise<FromWorker> {
    const worker = this.#worker;
    if (worker === null) return Promise.reject(new Error('the spool is not running'));
    this.#requests += 1;
    const request = this.#requests;
    return new Promise((resolve, reject) => {
      this.#readings.set(request, { resolve, reject });
      worker.postMessage(question(request));
    });
  }

  /** Lets it write its last words and waits for its end. */
  async close(reserved: number, acknowledged: number): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    if (worker === null) return;
    const ended = new Promise<void>((resolve) => {
      worker.once('exit', () => resolve());
    });
    worker.postMessage({ kind: 'stop', reserved, acknowledged } satisfies ToWorker);
    const timer = setTimeout(() => void worker.terminate(), closeMilliseconds);
    await ended;
    clearTimeout(timer);
  }

  /** Whoever still waits for an answer hears that none comes. */
  rejectReadings(message: string): void {
    for (const reading of this.#readings.values()) reading.reject(new Error(message));
    this.#readings.clear();
  }

  #lost(worker: Worker, message: string): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    this.rejectReadings(message);
    this.#listener.died(message);
  }

  #hear(message: FromWorker): void {
    switch (message.kind) {
      case 'committed':
        this.#listener.committed(message.sizes);
        break;
      case 'failed':
        this.#listener.failed(message.message, message.full);
        break;
      case 'records':
      case 'pieces':
        this.#readings.get(message.request)?.resolve(message);
        this.#readings.delete(message.request);
        break;
      case 'unread':
        this.#readings.get(message.request)?.reject(new Error(message.message));
        this.#readings.delete(message.request);
        break;
      default:
        break;
    }
  }
}
