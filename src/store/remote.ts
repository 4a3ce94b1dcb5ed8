/** The engine's side of the event store in another process. */

import { connect, type Socket } from 'node:net';
import { PicketError } from '../core/errors.ts';
import type { Observation } from '../core/observation.ts';
import type { EventFilter, EventStore, GoodHour } from './event-store.ts';
import { encodeMessage, MessageReader } from './rpc.ts';

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

interface Answer {
  readonly id: number;
  /** Of the type of the call that it answers. */
  readonly result: never;
  readonly error?: string;
}

/** Questions that wait for an answer; past them a call is refused at once. */
const mostWaiting = 256;
/** Observations in one message: with the largest bodies (64 KiB) still within a message. */
const mostRows = 500;

/**
 * Connects when first asked, and again after the connection was lost. A call that was under way then rejects with
 * `PICKET_STORE_UNAVAILABLE`; the caller asks again (an append keeps nothing twice).
 */
export class RemoteStore implements EventStore {
  readonly #path: string;
  readonly #waiting = new Map<number, Waiting>();
  #socket: Socket | null = null;
  #lastId = 0;

  constructor(path: string) {
    this.#path = path;
  }

  async append(observations: readonly Observation[]): Promise<void> {
    for (let from = 0; from < observations.length; from += mostRows) {
      await this.#call('append', observations.slice(from, from + mostRows));
    }
  }

  highestSequences(): Promise<Record<string, number>> {
    return this.#call('highestSequences');
  }

  history(
    source: string,
    options: { readonly since?: number; readonly limit: number },
  ): Promise<Observation[]> {
    return this.#call('history', source, options);
  }

  query(filter: EventFilter): Promise<Observation[]> {
    return this.#call('query', filter);
  }

  since(at: number, limit: number): Promise<Observation[]> {
    return this.#call('since', at, limit);
  }

  goodHours(since: number, limit: number): Promise<GoodHour[]> {
    return this.#call('goodHours', since, limit);
  }

  count(): Promise<number> {
    return this.#call('count');
  }

  close(): Promise<void> {
    this.#lost('the store was closed');
    return Promise.resolve();
  }

  #call<Result>(call: string, ...given: readonly unknown[]): Promise<Result> {
    if (this.#waiting.size >= mostWaiting) return Promise.reject(unavailable('too many questions wait'));
    return new Promise<Result>((resolve, reject) => {
      this.#lastId += 1;
      this.#waiting.set(this.#lastId, { resolve, reject });
      this.#connected().write(encodeMessage({ id: this.#lastId, call, arguments: given }));
    });
  }

  #connected(): Socket {
    if (this.#socket !== null) return this.#socket;
    const socket = connect(this.#path);
    const reader = new MessageReader<Answer>();
    this.#socket = socket;
    const lost = (why: string): void => {
      if (this.#socket === socket) this.#lost(why);
    };
    socket.on('error', (error) => lost(error.message));
    socket.on('close', () => lost('the connection was closed'));
    socket.on('data', (bytes) => {
      try {
        for (const message of reader.push(bytes)) this.#answered(message);
      } catch (error) {
        lost(error instanceof Error ? error.message : String(error));
      }
    });
    return socket;
  }

  #answered(message: Answer): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error === undefined) waiting?.resolve(message.result);
    else waiting?.reject(unavailable(message.error));
  }

  #lost(why: string): void {
    this.#socket?.destroy();
    this.#socket = null;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const each of waiting) each.reject(unavailable(why));
  }
}

function unavailable(why: string): PicketError {
  return new PicketError(
    'PICKET_STORE_UNAVAILABLE',
    `the event store does not answer: ${why}; "picket doctor" says more`,
  );
}
