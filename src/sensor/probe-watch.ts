/* oxlint-disable unicorn/require-post-message-target-origin -- that is for windows; a worker thread has no origin */
/**
 * Probes that no socket accepts. A worker thread reads them; this side waits a moment whether a SYN becomes a conversation, which
 * is then no probe, and hands on the rest.
 */

import { Worker } from 'node:worker_threads';
import type { Ends } from './conversation.ts';
import type { ProbeReport } from './probe-table.ts';

export type FromProbeWorker =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'probes';
      readonly reports: readonly ProbeReport[];
      readonly probes: number;
      readonly lost: number;
      readonly unreadable: number;
      readonly unreported: number;
      readonly proofs: number;
    };

export interface ProbeCounters {
  /** Probes seen, lost in the kernel's queue, not understood, and left out of the reports because there were too many. */
  readonly probes: number;
  readonly probesLost: number;
  readonly probesUnreadable: number;
  readonly probesUnreported: number;
  /** Return paths proved. */
  readonly pathsProved: number;
}

/** Slot of the memory shared with the worker. */
export const sharedStop = 0;

/** A withheld SYN is sent again after a second (RFC 6298 §2), and the handshake takes a round trip more. */
const conversationMilliseconds = 3_000;
const mostWaiting = 8_192;

const keyOf = (ends: Ends): string =>
  `${ends.source} ${ends.sourcePort} ${ends.destination} ${ends.destinationPort}`;

/** Keeps SYNs back until it is known that no conversation came of them. Apart from the worker, so that it can be tried without one. */
export class HalfOpen {
  readonly #report: (report: ProbeReport) => void;
  /** Both in the order of time. */
  readonly #waiting = new Map<string, { readonly report: ProbeReport; readonly due: number }>();
  readonly #completed = new Map<string, number>();

  constructor(report: (report: ProbeReport) => void) {
    this.#report = report;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** A conversation was accepted between these ends. */
  completed(ends: Ends, now: number): void {
    const key = keyOf(ends);
    // Often the record of its SYN comes later than itself.
    if (!this.#waiting.delete(key)) this.#completed.set(key, now + conversationMilliseconds);
    if (this.#completed.size > mostWaiting) this.#dropFirst(this.#completed);
  }

  take(report: ProbeReport, now: number): void {
    if (report.proof) {
      // What waited was sent by whoever has just proved that the address is his.
      for (const [key, { report: earlier }] of this.#waiting) {
        if (earlier.key !== report.key) continue;
        this.#waiting.delete(key);
        this.#report({ ...earlier, proved: true });
      }
    } else if (report.probe === 'syn') {
      const key = keyOf(report);
      if (this.#completed.delete(key)) return;
      if (!report.proved) {
        this.#waiting.set(key, { report, due: now + conversationMilliseconds });
        if (this.#waiting.size <= mostWaiting) return;
        const first = this.#dropFirst(this.#waiting);
        if (first !== undefined) this.#report(first.report);
        return;
      }
    }
    this.#report(report);
  }

  /** Hands on what became no conversation. */
  sweep(now: number): void {
    for (const [key, { report, due }] of this.#waiting) {
      if (due > now) break;
      this.#waiting.delete(key);
      this.#report(report);
    }
    for (const [key, until] of this.#completed) {
      if (until > now) break;
      this.#completed.delete(key);
    }
  }

  #dropFirst<Value>(map: Map<string, Value>): Value | undefined {
    for (const [key, value] of map) {
      map.delete(key);
      return value;
    }
    return undefined;
  }
}

export class ProbeWatch {
  readonly #socket: number;
  readonly #now: () => number;
  readonly #halfOpen: HalfOpen;
  readonly #shared = new Int32Array(new SharedArrayBuffer(4));
  #worker: Worker | null = null;
  #counters: ProbeCounters = {
    probes: 0,
    probesLost: 0,
    probesUnreadable: 0,
    probesUnreported: 0,
    pathsProved: 0,
  };

  /** `socket` is the descriptor that `makeProbeSocket` made. */
  constructor(socket: number, now: () => number, report: (report: ProbeReport) => void) {
    this.#socket = socket;
    this.#now = now;
    this.#halfOpen = new HalfOpen(report);
  }

  get counters(): ProbeCounters {
    return this.#counters;
  }

  async start(): Promise<void> {
    const worker = new Worker(new URL('probe-watch-worker.ts', import.meta.url), {
      workerData: { socket: this.#socket, shared: this.#shared },
    });
    this.#worker = worker;
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      worker.on('message', (message: FromProbeWorker) => {
        if (message.kind === 'ready') {
          resolve();
          return;
        }
        this.#counters = {
          probes: message.probes,
          probesLost: message.lost,
          probesUnreadable: message.unreadable,
          probesUnreported: message.unreported,
          pathsProved: message.proofs,
        };
        const now = this.#now();
        for (const report of message.reports) this.#halfOpen.take(report, now);
      });
    });
  }

  /** A conversation was accepted between these ends: its SYN was no probe. */
  completed(ends: Ends): void {
    this.#halfOpen.completed(ends, this.#now());
  }

  sweep(now: number): void {
    this.#halfOpen.sweep(now);
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    if (worker === null) return;
    const exited = new Promise<void>((resolve) => {
      worker.once('exit', () => resolve());
    });
    // It looks here between two waits of at most a quarter of a second.
    Atomics.store(this.#shared, sharedStop, 1);
    await exited;
  }
}
