/** Links between Picket's processes: frames over a Unix socket, one side listens, the other connects again when cut off. */

import { chmodSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { encodeFrame, FrameReader } from './frame.ts';

export interface LinkPeer {
  send(value: unknown): void;
  /** The same for a JSON text that is made already. */
  sendText(json: string): void;
  /** Stops and goes on reading: back-pressure on a peer that sends too much. */
  pause(): void;
  resume(): void;
  close(): void;
  /** Bytes that wait to be sent. */
  readonly waiting: number;
}

export interface LinkEvents {
  opened?(peer: LinkPeer): void;
  /** One JSON value of a frame. What it throws ends the connection. */
  received(peer: LinkPeer, value: unknown): void;
  /** `error` says why, where the peer broke the format or the connection failed. */
  closed?(peer: LinkPeer, error: Error | null): void;
}

class SocketPeer implements LinkPeer {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get waiting(): number {
    return this.#socket.writableLength;
  }

  send(value: unknown): void {
    this.sendText(JSON.stringify(value));
  }

  sendText(json: string): void {
    if (!this.#socket.destroyed) this.#socket.write(encodeFrame(json));
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.end();
  }
}

function attach(socket: Socket, events: LinkEvents): SocketPeer {
  const peer = new SocketPeer(socket);
  const reader = new FrameReader();
  let failure: Error | null = null;
  const fail = (error: unknown): void => {
    failure = error instanceof Error ? error : new Error(String(error));
    socket.destroy();
  };
  socket.on('data', (bytes: Uint8Array) => {
    try {
      for (const value of reader.push(bytes)) {
        events.received(peer, value);
        if (socket.destroyed) return;
      }
    } catch (error) {
      fail(error);
    }
  });
  socket.on('error', (error) => {
    failure ??= error;
  });
  socket.on('close', () => events.closed?.(peer, failure));
  return peer;
}

export class LinkServer {
  readonly #path: string;
  readonly #events: LinkEvents;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;

  constructor(path: string, events: LinkEvents) {
    this.#path = path;
    this.#events = events;
  }

  /** Listens; a socket left by an earlier run is taken over. Only owner and group may connect. */
  async start(): Promise<void> {
    rmSync(this.#path, { force: true });
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      this.#events.opened?.(attach(socket, this.#events));
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#path, resolve);
    });
    chmodSync(this.#path, 0o660);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  }
}

const firstRetryMilliseconds = 50;
const longestRetryMilliseconds = 2000;

export class LinkClient {
  readonly #path: string;
  readonly #events: LinkEvents;
  #socket: Socket | null = null;
  #retry: NodeJS.Timeout | null = null;
  #delay = firstRetryMilliseconds;
  #stopped = false;

  constructor(path: string, events: LinkEvents) {
    this.#path = path;
    this.#events = events;
  }

  start(): void {
    this.#stopped = false;
    this.#open();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#socket?.end();
  }

  #open(): void {
    const socket = connect(this.#path);
    this.#socket = socket;
    const peer = attach(socket, {
      received: (from, value) => this.#events.received(from, value),
      closed: (from, error) => {
        this.#events.closed?.(from, error);
        if (this.#stopped) return;
        this.#retry = setTimeout(() => this.#open(), this.#delay);
        this.#delay = Math.min(this.#delay * 2, longestRetryMilliseconds);
      },
    });
    socket.on('connect', () => {
      this.#delay = firstRetryMilliseconds;
      this.#events.opened?.(peer);
    });
  }
}
