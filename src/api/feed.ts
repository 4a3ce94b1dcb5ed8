/**
 * The live feed: observations and decisions as server-sent events (WHATWG HTML §9.2) to any number of readers.
 *
 * The engine must not pay for its readers: an event is written as text once for all of them, events go out in bundles, a
 * flood is thinned to what a person or a program can follow (and `skipped` says how much), and a reader that does not keep up is cut off.
 */

import type { ServerResponse } from 'node:http';
import type { EngineApi, EngineEvent } from './contract.ts';

/** What a reader may ask for alone: what was seen, or what was decided, lifted and allowed. */
export type FeedType = 'observation' | 'decision';

export interface FeedLimits {
  readonly readers: number;
  /** Bytes that may wait for one reader. */
  readonly waitingBytes: number;
  /** Observations in one bundle, and characters of each kind. Past them events are left out and counted; the API's lists have them all. */
  readonly observationsPerBundle: number;
  readonly bundleCharacters: number;
  readonly bundleMilliseconds: number;
  readonly heartbeatMilliseconds: number;
}

export const standardFeedLimits: FeedLimits = {
  readers: 64,
  waitingBytes: 4 * 1024 * 1024,
  observationsPerBundle: 200,
  bundleCharacters: 1024 * 1024,
  bundleMilliseconds: 50,
  heartbeatMilliseconds: 15_000,
};

interface Reader {
  readonly response: ServerResponse;
  readonly only: FeedType | null;
  /** Asked at each heartbeat: a revoked key ends the stream. */
  readonly permitted: () => boolean;
}

export class Feed {
  readonly #engine: Pick<EngineApi, 'subscribe'>;
  readonly #limits: FeedLimits;
  readonly #readers = new Set<Reader>();
  #unsubscribe: (() => void) | null = null;
  #heartbeat: NodeJS.Timeout | null = null;
  #bundle: NodeJS.Timeout | null = null;
  #text: Record<FeedType, string> = { observation: '', decision: '' };
  #observations = 0;
  #left: Record<FeedType, number> = { observation: 0, decision: 0 };
  #skipped = 0;
  #dropped = 0;
  #closed = false;

  constructor(engine: Pick<EngineApi, 'subscribe'>, limits: FeedLimits) {
    this.#engine = engine;
    this.#limits = limits;
  }

  get counts(): { readonly readers: number; readonly skipped: number; readonly dropped: number } {
    return { readers: this.#readers.size, skipped: this.#skipped, dropped: this.#dropped };
  }

  get full(): boolean {
    return this.#closed || this.#readers.size >= this.#limits.readers;
  }

  /** Begins to send to this response until either side ends it. */
  add(response: ServerResponse, only: FeedType | null, permitted: () => boolean): void {
    const reader: Reader = { response, only, permitted };
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-accel-buffering': 'no',
    });
    response.on('close', () => this.#remove(reader));
    response.on('error', () => this.#remove(reader));
    response.write(': picket\nretry: 2000\n\n');
    this.#readers.add(reader);
    this.#unsubscribe ??= this.#engine.subscribe((event) => this.#take(event));
    this.#heartbeat ??= setInterval(() => this.#beat(), this.#limits.heartbeatMilliseconds);
  }

  /** Ends every stream; readers come back by themselves. */
  close(): void {
    this.#flush();
    this.#closed = true;
    for (const reader of this.#readers) reader.response.end();
    this.#readers.clear();
    this.#rest();
  }

  #take(event: EngineEvent): void {
    const { observationsPerBundle, bundleCharacters, bundleMilliseconds } = this.#limits;
    const type: FeedType = event.type === 'observation' ? 'observation' : 'decision';
    if (
      this.#text[type].length > bundleCharacters ||
      (type === 'observation' && this.#observations >= observationsPerBundle)
    ) {
      this.#left[type] += 1;
      this.#skipped += 1;
      return;
    }
    if (event.type === 'observation') {
      this.#observations += 1;
      this.#text.observation += frame(type, event.observation.id, event.observation);
    } else this.#text.decision += decisionFrame(event);
    this.#bundle ??= setTimeout(() => this.#flush(), bundleMilliseconds);
  }

  #flush(): void {
    if (this.#bundle !== null) clearTimeout(this.#bundle);
    const { observation, decision } = this.#text;
    const left = this.#left;
    this.#empty();
    // One buffer for all readers of a kind: a string would be encoded anew for each.
    const bytes = {
      observation: Buffer.from(observation + skipped(left.observation, 0)),
      decision: Buffer.from(decision + skipped(0, left.decision)),
      both: Buffer.from(observation + decision + skipped(left.observation, left.decision)),
    };
    for (const reader of this.#readers) this.#write(reader, bytes[reader.only ?? 'both']);
  }

  #write(reader: Reader, bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (reader.response.writableLength + bytes.length > this.#limits.waitingBytes) {
      this.#dropped += 1;
      this.#remove(reader);
      // There is no room to say goodbye in: the connection itself must tell.
      reader.response.destroy();
      return;
    }
    reader.response.write(bytes);
  }

  #beat(): void {
    const heartbeat = Buffer.from(': heartbeat\n\n');
    for (const reader of this.#readers) {
      if (reader.permitted()) this.#write(reader, heartbeat);
      else reader.response.end();
    }
  }

  #remove(reader: Reader): void {
    this.#readers.delete(reader);
    if (this.#readers.size === 0) this.#rest();
  }

  /** Without a reader nothing is taken from the engine, and no timer runs. */
  #rest(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    if (this.#heartbeat !== null) clearInterval(this.#heartbeat);
    this.#heartbeat = null;
    if (this.#bundle !== null) clearTimeout(this.#bundle);
    this.#empty();
  }

  #empty(): void {
    this.#bundle = null;
    this.#text = { observation: '', decision: '' };
    this.#left = { observation: 0, decision: 0 };
    this.#observations = 0;
  }
}

function decisionFrame(event: Exclude<EngineEvent, { type: 'observation' }>): string {
  if (event.type === 'decision') return frame('decision', event.decision.id, event.decision);
  if (event.type === 'lift') return frame('lift', null, event.lift);
  return event.type === 'allow' ? frame('allow', null, event.allow) : frame('disallow', null, event.disallow);
}

function skipped(observations: number, decisions: number): string {
  return observations + decisions === 0 ? '' : frame('skipped', null, { observations, decisions });
}

/** JSON has no bare line breaks, so one data line holds it. */
function frame(event: string, id: string | null, data: unknown): string {
  return `event: ${event}\n${id === null ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
}
