/* oxlint-disable unicorn/require-post-message-target-origin -- that is for windows; a worker thread has no origin */
/** Every UDP port on one socket: a worker thread receives, this side answers through a raw socket that can only send. */

import { Worker } from 'node:worker_threads';
import type { Ends } from './conversation.ts';
import { buildDatagram } from './raw-datagram.ts';
import { RawSender } from './raw-sender.ts';
import type { SendDatagram } from './datagrams.ts';

export interface ReceivedDatagram extends Ends {
  readonly bytes: Uint8Array;
}

export type FromReceiver =
  | { readonly kind: 'ready' }
  | { readonly kind: 'datagrams'; readonly datagrams: readonly ReceivedDatagram[]; readonly dropped: number };

/** Slots of the memory shared with the worker. */
export const sharedStop = 0;
export const sharedInFlight = 1;

export class AnyPortDatagrams {
  readonly #family: 4 | 6;
  readonly #receive: number;
  readonly #sender: RawSender;
  readonly #received: (ends: Ends, bytes: Uint8Array, send: SendDatagram) => void;
  readonly #shared = new Int32Array(new SharedArrayBuffer(8));
  #worker: Worker | null = null;
  #dropped = 0;

  constructor(
    sockets: { readonly family: 4 | 6; readonly receive: number; readonly send: number },
    received: (ends: Ends, bytes: Uint8Array, send: SendDatagram) => void,
  ) {
    this.#family = sockets.family;
    this.#receive = sockets.receive;
    this.#sender = new RawSender(sockets.send, sockets.family);
    this.#received = received;
  }

  /** Datagrams that the kernel dropped since the socket was made, because they were not fetched fast enough. */
  get dropped(): number {
    return this.#dropped;
  }

  async start(): Promise<void> {
    const worker = new Worker(new URL('any-port-datagram-worker.ts', import.meta.url), {
      workerData: { family: this.#family, receive: this.#receive, shared: this.#shared },
    });
    this.#worker = worker;
    const send: SendDatagram = (ends, bytes) => {
      const packet = buildDatagram(ends, bytes);
      return packet !== null && this.#sender.send(packet, ends.source);
    };
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      worker.on('message', (message: FromReceiver) => {
        if (message.kind === 'ready') {
          resolve();
          return;
        }
        Atomics.sub(this.#shared, sharedInFlight, message.datagrams.length);
        this.#dropped = Math.max(this.#dropped, message.dropped);
        for (const datagram of message.datagrams) this.#received(datagram, datagram.bytes, send);
      });
    });
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
