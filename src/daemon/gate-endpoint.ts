/**
 * The gate's port, for the proxy in front of an object store. It listens where only that proxy reaches it: what it says of the client
 * is believed. The first octet tells which proxy it is:
 *
 *     00      HAProxy's SPOE agent protocol: a frame's length, below 2²⁴
 *     'P'     HTTP/2 with prior knowledge (RFC 9113 §3.4: "PRI * HTTP/2.0…"), which is Envoy over gRPC; or a POST, PUT, PATCH of HTTP/1,
 *             told apart by the second octet
 *     else    HTTP/1: nginx, or Envoy over HTTP
 */

import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';
import { PicketError } from '../core/errors.ts';
import type { Ask } from '../gate/question.ts';
import { SpoeSession } from '../gate/spoe-session.ts';
import { gateDesk, type GateDeskOptions } from './gate-desk.ts';
import { serveGrpc } from './gate-grpc.ts';
import { serveHttp } from './gate-http.ts';

export interface GateEndpointOptions extends GateDeskOptions {
  readonly address: string;
  /** 0 for a free one. */
  readonly port: number;
}

/** nginx takes 32 KiB from a client by default, and sends them on with the target once more. */
const largestHead = 131_072;
/** A proxy's connections are few and live long. */
const mostConnections = 4_096;
/** A proxy that has opened a connection greets or asks at once. */
const silenceMilliseconds = 30_000;

export class GateEndpoint {
  readonly #options: GateEndpointOptions;
  readonly #ask: Ask;
  readonly #http: HttpServer;
  readonly #http2: Http2Server;
  readonly #open = new Set<Socket>();
  #server: Server | null = null;

  constructor(options: GateEndpointOptions) {
    this.#options = options;
    this.#ask = gateDesk(options);
    this.#http = createHttpServer({ maxHeaderSize: largestHead }, serveHttp(this.#ask));
    this.#http2 = createHttp2Server({ settings: { maxConcurrentStreams: 1_024, enablePush: false } });
    this.#http2.on('stream', (stream, headers) => serveGrpc(this.#ask, stream, headers));
    this.#http2.on('sessionError', () => {});
  }

  /** The port that it listens on. */
  get port(): number {
    const address = this.#server?.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Throws PICKET_PORT_TAKEN where the port can't be had. */
  async start(): Promise<void> {
    const { address, port } = this.#options;
    const server = createServer((socket) => this.#meet(socket));
    server.maxConnections = mostConnections;
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => {
        const what = `gate.port: ${address} port ${port} can't be listened on (${error.message}); name another`;
        reject(new PicketError('PICKET_PORT_TAKEN', what, { cause: error }));
      });
      server.listen(port, address, resolve);
    });
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    this.#http.closeAllConnections();
    for (const socket of this.#open) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  #meet(socket: Socket): void {
    this.#open.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => this.#open.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(silenceMilliseconds, () => socket.destroy());
    const hear = (): void => {
      const bytes: unknown = socket.read();
      if (!(bytes instanceof Uint8Array)) return;
      // 'P' alone is more than any client sends by itself: the rest is on its way.
      if (bytes.length === 1 && bytes[0] === 0x50) {
        socket.unshift(bytes);
        return;
      }
      socket.off('readable', hear);
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      if (bytes[0] === 0) this.#serveSpoe(socket, bytes);
      else {
        socket.unshift(bytes);
        const server = bytes[0] === 0x50 && bytes[1] === 0x52 ? this.#http2 : this.#http;
        server.emit('connection', socket);
      }
    };
    socket.on('readable', hear);
  }

  #serveSpoe(socket: Socket, already: Uint8Array): void {
    const session = new SpoeSession(this.#ask);
    const take = (bytes: Uint8Array): void => {
      for (const output of session.receive(bytes)) {
        if (output.do === 'reply') socket.write(output.bytes);
        else socket.destroySoon();
      }
    };
    take(already);
    socket.on('data', take);
    socket.on('end', () => socket.end());
  }
}
