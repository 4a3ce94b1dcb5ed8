/** The event store in a process of its own, so that neither its memory nor a long merge delays a block. Answers over a Unix socket. */

import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { Observation } from '../core/observation.ts';
import { ClickHouseStore, type ClickHouseStoreOptions } from './clickhouse-store.ts';
import type { EventFilter, EventStore } from './event-store.ts';
import { encodeMessage, MessageReader, mostFrameBytes } from './rpc.ts';

export interface ServeStoreOptions extends ClickHouseStoreOptions {
  /** Path of the Unix socket; an old one is replaced. */
  readonly socket: string;
}

export interface ServedStore {
  close(): Promise<void>;
}

interface Request {
  readonly id: number;
  readonly call: string;
  /** Of the call's own types: the engine is trusted, and a wrong one is refused by the query. */
  readonly arguments: readonly never[];
}

type HistoryOptions = Parameters<EventStore['history']>[1];

/** Questions of one connection that are worked on at a time; past them it is read no further. */
const mostAtOnce = 32;

const calls: Readonly<Record<string, (store: EventStore, ...given: never[]) => Promise<unknown>>> = {
  append: (store, observations: readonly Observation[]) => store.append(observations),
  highestSequences: (store) => store.highestSequences(),
  history: (store, source: string, options: HistoryOptions) => store.history(source, options),
  query: (store, filter: EventFilter) => store.query(filter),
  since: async (store, at: number, limit: number) =>
    latestWithin(mostFrameBytes * 0.9, await store.since(at, limit)),
  goodHours: (store, since: number, limit: number) => store.goodHours(since, limit),
  count: (store) => store.count(),
};

/** The latest of them whose JSON fits into this many bytes, in their order: a replay may be larger than a message. */
export function latestWithin<Row>(bytes: number, observations: readonly Row[]): Row[] {
  let left = bytes;
  let first = observations.length;
  while (first > 0) {
    left -= Buffer.byteLength(JSON.stringify(observations[first - 1])) + 1;
    if (left < 0) break;
    first -= 1;
  }
  return observations.slice(first);
}

/** Opens the store and listens. Rejects with `PICKET_STORE_UNAVAILABLE` where it cannot be opened. */
export async function serveStore(options: ServeStoreOptions): Promise<ServedStore> {
  const store = await ClickHouseStore.open(options);
  const connections = new Set<Socket>();
  const server: Server = createServer((socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    socket.on('error', () => socket.destroy());
    serve(socket, store);
  });
  rmSync(options.socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.socket, resolve);
  });
  return {
    close: async () => {
      for (const socket of connections) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await store.close();
    },
  };
}

function serve(socket: Socket, store: EventStore): void {
  const reader = new MessageReader<Request>();
  let working = 0;
  const answer = async (request: Request): Promise<void> => {
    working += 1;
    if (working >= mostAtOnce) socket.pause();
    try {
      const call = Object.hasOwn(calls, request.call) ? calls[request.call] : undefined;
      if (call === undefined) throw new Error(`the store has no call "${request.call}"`);
      const result = await call(store, ...request.arguments);
      socket.write(encodeMessage({ id: request.id, result: result ?? null }));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      socket.write(encodeMessage({ id: request.id, error: message }));
    } finally {
      working -= 1;
      if (working < mostAtOnce) socket.resume();
    }
  };
  socket.on('data', (bytes) => {
    try {
      for (const message of reader.push(bytes)) void answer(message);
    } catch {
      socket.destroy();
    }
  });
}
