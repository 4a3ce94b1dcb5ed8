/** Hears syslog over UDP (RFC 5426), TCP (RFC 6587) and TLS (RFC 5425): messages by RFC 3164 and RFC 5424. */

import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { networkContains, parseAddress, type Network } from '../core/address.ts';
import type { Reader } from '../core/reader.ts';
import { longestSyslogMessage, SyslogFrames } from '../wire/syslog-frame.ts';
import type { Endpoint } from './endpoint.ts';
import { LineReading } from './line-reading.ts';
import type { SourceOptions, TelemetrySource } from './source.ts';

const mostConnections = 256;
const handshakeMilliseconds = 10_000;

export interface SyslogTls {
  readonly endpoint: Endpoint;
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  /** Authorities of the certificates that senders must have, PEM; null where none is asked for. */
  readonly clients: string | null;
}

export interface SyslogEndpoints {
  readonly udp: Endpoint | null;
  readonly tcp: Endpoint | null;
  readonly tls: SyslogTls | null;
  /** Who is heard. */
  readonly from: readonly Network[];
}

export class SyslogListener implements TelemetrySource {
  readonly #endpoints: SyslogEndpoints;
  readonly #options: SourceOptions;
  readonly #reading: LineReading;
  readonly #connections = new Set<Socket>();
  #datagrams: DatagramSocket | null = null;
  #server: Server | null = null;
  #tlsServer: Server | null = null;

  constructor(endpoints: SyslogEndpoints, reader: Reader, options: SourceOptions) {
    this.#endpoints = endpoints;
    this.#options = options;
    for (const counter of ['messages', 'refused', 'dropped']) options.report.count(counter, 0);
    this.#reading = new LineReading(reader, options, (line) => `message ${line} since the start`);
  }

  /** The ports that were bound: of use where 0 was asked for. */
  get ports(): { readonly udp: number; readonly tcp: number; readonly tls: number } {
    return {
      udp: this.#datagrams?.address().port ?? 0,
      tcp: portOf(this.#server),
      tls: portOf(this.#tlsServer),
    };
  }

  async start(): Promise<void> {
    const { udp, tcp, tls } = this.#endpoints;
    if (udp !== null) await this.#listenDatagrams(udp);
    if (tcp !== null) {
      this.#server = createServer((connection) => this.#accepted(connection));
      await this.#listenStreams(this.#server, tcp);
    }
    if (tls !== null) {
      this.#tlsServer = this.#secured(tls);
      await this.#listenStreams(this.#tlsServer, tls.endpoint);
    }
  }

  async stop(): Promise<void> {
    const datagrams = this.#datagrams;
    if (datagrams !== null) await new Promise<void>((resolve) => datagrams.close(() => resolve()));
    for (const connection of this.#connections) connection.destroy();
    for (const server of [this.#server, this.#tlsServer])
      if (server !== null) await new Promise<void>((resolve) => server.close(() => resolve()));
    await this.#reading.end();
  }

  async #listenDatagrams({ address, port }: Endpoint): Promise<void> {
    const socket = createSocket({ type: address.includes(':') ? 'udp6' : 'udp4' });
    this.#datagrams = socket;
    socket.on('message', (bytes, remote) => {
      if (this.#isHeard(remote.address)) this.#message(bytes);
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(port, address, () => {
        socket.off('error', reject);
        resolve();
      });
    });
    socket.on('error', (error) => this.#options.report.problem(error.message));
  }

  async #listenStreams(server: Server, { address, port }: Endpoint): Promise<void> {
    server.maxConnections = mostConnections;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, address, () => {
        server.off('error', reject);
        resolve();
      });
    });
    server.on('error', (error) => this.#options.report.problem(error.message));
  }

  /** RFC 5425 §4.2: the sender knows us by our certificate, and where authorities are named we know it by its own. */
  #secured({ certificate, key, clients }: SyslogTls): Server {
    const asked = clients === null ? {} : { ca: clients, requestCert: true, rejectUnauthorized: true };
    const server = createTlsServer(
      {
        cert: certificate,
        key,
        minVersion: 'TLSv1.2',
        handshakeTimeout: handshakeMilliseconds,
        ...asked,
      },
      (connection) => this.#accepted(connection),
    );
    server.on('connection', (connection: Socket) => {
      // Ahead of the handshake: who is not heard must not hold the places of those who are.
      if (!this.#isHeard(connection.remoteAddress ?? '')) {
        connection.destroy();
        return;
      }
      this.#connections.add(connection);
      connection.on('close', () => this.#connections.delete(connection));
    });
    server.on('tlsClientError', (error, connection) => {
      const { remoteAddress } = connection;
      // Without an address it is one that was just refused.
      if (remoteAddress !== undefined)
        this.#options.report.damaged(`connection of ${remoteAddress}`, '', error.message);
      connection.destroy();
    });
    return server;
  }

  #accepted(connection: Socket): void {
    if (!this.#isHeard(connection.remoteAddress ?? '')) {
      connection.destroy();
      return;
    }
    this.#connections.add(connection);
    const { report } = this.#options;
    const frames = new SyslogFrames({
      message: (bytes) => this.#message(bytes),
      damaged: (why) => report.damaged(`connection of ${connection.remoteAddress ?? ''}`, '', why),
    });
    connection.on('data', (bytes: Uint8Array) => {
      frames.push(bytes);
      // A sender that can wait waits until this is read.
      connection.pause();
      void Promise.all([this.#reading.drained(), this.#options.room()]).then(() => connection.resume());
    });
    connection.on('error', () => {});
    connection.on('close', () => {
      frames.end();
      this.#connections.delete(connection);
    });
  }

  #isHeard(text: string): boolean {
    const address = parseAddress(text.replace(/%.*$/, ''));
    if (address !== null && this.#endpoints.from.some((network) => networkContains(network, address)))
      return true;
    this.#options.report.count('refused');
    return false;
  }

  /** One message is one line, whatever it holds: a line feed inside must not begin another's. */
  #message(bytes: Uint8Array): void {
    this.#options.report.count('messages');
    const length = Math.min(bytes.length, longestSyslogMessage);
    const line = Buffer.alloc(length + 1);
    for (let index = 0; index < length; index += 1) {
      const byte = bytes[index] ?? 0;
      line[index] = byte === 10 || byte === 13 || byte === 0 ? 32 : byte;
    }
    line[length] = 10;
    if (!this.#reading.push(line)) this.#options.report.count('dropped');
  }
}

function portOf(server: Server | null): number {
  const bound: AddressInfo | string | null = server?.address() ?? null;
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
}
