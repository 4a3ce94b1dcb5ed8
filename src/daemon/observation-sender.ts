/** The sensor's side of its link: sends what the spool holds in order, live ones at once, and takes the engine's acknowledgements. */

import { LinkClient, type LinkPeer } from '../bus/link.ts';
import type { Observation } from '../core/observation.ts';
import type { Spool } from '../spool/spool.ts';
import { giveWay } from './give-way.ts';

/** Records read from the spool for one message. */
const batchRecords = 500;
/** Bytes waiting on the link from which live observations are left to the spool: the engine is behind. */
const waitingBytes = 4 * 1024 * 1024;

/** With so much time since the last message no burst is under way. */
const quietMilliseconds = 1;

export class ObservationSender {
  readonly #spool: Spool;
  readonly #link: LinkClient;
  readonly #log: (line: string) => void;
  #peer: LinkPeer | null = null;
  /** The last sequence number that was sent on this connection. */
  #sent = 0;
  /** True while live observations may go straight to the engine; false while older ones are read from the spool. */
  #live = false;
  #texts: string[] = [];
  #flushing = false;
  #flushedAt = Number.NEGATIVE_INFINITY;

  constructor(path: string, spool: Spool, log: (line: string) => void) {
    this.#spool = spool;
    this.#log = log;
    this.#link = new LinkClient(path, {
      opened: (peer) => {
        this.#peer = peer;
        this.#live = false;
        peer.send({ type: 'hello', sensor: spool.sensor });
      },
      received: (peer, value) => this.#received(peer, value),
      closed: () => {
        this.#peer = null;
        this.#live = false;
        this.#texts = [];
      },
    });
  }

  start(): void {
    this.#link.start();
  }

  stop(): void {
    this.#flush();
    this.#link.stop();
  }

  /**
   * A new observation, with the JSON text that the spool keeps. Gathered for one turn of the event loop, then sent; a lone one that tells
   * more than that somebody has come goes at once, ahead of the decoy's answer.
   */
  observed(observation: Observation, json: string): void {
    if (!this.#live || this.#peer === null) return;
    if (this.#peer.waiting > waitingBytes) {
      this.#flush();
      this.#catchUp(this.#peer);
      return;
    }
    this.#texts.push(json);
    this.#sent = observation.sequence;
    const isTelling =
      observation.kind !== 'contact' && performance.now() - this.#flushedAt > quietMilliseconds;
    if (isTelling || this.#texts.length >= batchRecords) {
      this.#flush();
      if (isTelling) giveWay();
    } else if (!this.#flushing) {
      this.#flushing = true;
      // After the input of this turn: a burst becomes one message.
      setImmediate(() => {
        this.#flushing = false;
        this.#flush();
      });
    }
  }

  status(counters: Readonly<Record<string, number>>, problem: string): void {
    if (this.#live) this.#peer?.send({ type: 'status', counters, problem });
  }

  #flush(): void {
    if (this.#texts.length === 0 || this.#peer === null) return;
    this.#flushedAt = performance.now();
    this.#peer.sendText(`{"type":"observations","observations":[${this.#texts.join(',')}]}`);
    this.#texts = [];
  }

  #received(peer: LinkPeer, value: unknown): void {
    if (typeof value !== 'object' || value === null || !('type' in value) || !('sequence' in value)) return;
    const { type, sequence } = value;
    if (typeof sequence !== 'number' || !Number.isSafeInteger(sequence) || sequence < 0) return;
    if (sequence > 0) this.#spool.acknowledge(sequence);
    if (type === 'welcome') {
      // An engine that has lost its event store does not remember what it acknowledged; the spool does.
      this.#sent = Math.max(sequence, this.#spool.status().acknowledged);
      this.#catchUp(peer);
    }
  }

  #catchUp(peer: LinkPeer): void {
    this.#live = false;
    this.#readOn(peer).catch((error: unknown) => {
      this.#log(`the spool can't be read: ${error instanceof Error ? error.message : String(error)}`);
      peer.close();
    });
  }

  async #readOn(peer: LinkPeer): Promise<void> {
    while (this.#peer === peer) {
      if (peer.waiting > waitingBytes) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        continue;
      }
      const records = await this.#spool.readAfter(this.#sent, batchRecords);
      const last = records.at(-1);
      if (last !== undefined) {
        peer.sendText(
          `{"type":"observations","observations":[${records.map((record) => record.json).join(',')}]}`,
        );
        this.#sent = last.sequence;
        continue;
      }
      const { lastSequence, committed } = this.#spool.status();
      // Level with the disk. What is in memory only comes within milliseconds, unless the disk is full: then go on live without it.
      if (committed >= lastSequence || this.#spool.status().error !== null) {
        this.#live = true;
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}
