/** The sensor: owns the sockets, runs the decoys behind them, and hands on what they saw. */

import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { canonicalAddress } from '../core/address.ts';
import { systemClock, type Clock } from '../core/clock.ts';
import type { Decoy } from '../core/decoy.ts';
import { PicketError } from '../core/errors.ts';
import type { ObjectAccessFact, Observation } from '../core/observation.ts';
import type { Persona } from '../core/persona.ts';
import type { Spool } from '../spool/spool.ts';
import { AnyPortDatagrams } from './any-port-datagrams.ts';
import { AsidePorts } from './aside-port.ts';
import { Attempts } from './attempts.ts';
import type { Ends, Surroundings } from './conversation.ts';
import { newCounters, type SensorCounters } from './counters.ts';
import { Datagrams } from './datagrams.ts';
import { defaultLimits, type SensorLimits } from './limits.ts';
import { PayloadStore } from './payload-store.ts';
import type { ProbeReport } from './probe-table.ts';
import { ProbeWatch } from './probe-watch.ts';
import { Recorder } from './recorder.ts';
import { StrangePorts } from './strange-ports.ts';
import { Streams } from './streams.ts';
import { RecordingFolder } from './terminal-recording.ts';

/** A port with a decoy of its own. */
export interface Listener {
  readonly transport: 'tcp' | 'udp';
  readonly address: string;
  /** 0 for a free one; `addresses` says which it became. */
  readonly port: number;
  readonly decoy: Decoy;
  readonly persona: Persona;
  /** A bound and (TCP) listening socket that a privileged process made, instead of address and port. */
  readonly fd?: number;
}

/** The sockets on which every other port arrives; made by `makeAnyPortSockets`. */
export interface AnyListeners {
  /** Listening TCP sockets. */
  readonly tcp: readonly number[];
  readonly udp: readonly { readonly family: 4 | 6; readonly receive: number; readonly send: number }[];
}

export interface SensorOptions {
  /** Started by the caller, and stopped by it after the sensor. */
  readonly spool: Spool;
  /** For `payloads/` and `recordings/`. */
  readonly folder: string;
  readonly listeners: readonly Listener[];
  /** The decoys that may answer on ports without one of their own, and the one that answers where none of them does. */
  readonly decoys: readonly Decoy[];
  readonly any: Decoy;
  /** Whether each visitor finds but a handful of the ports of `anyListeners` that speak (`strange-ports.ts`). */
  readonly speaksOnAHandful?: boolean;
  /** The machine that lives at an address, for the ports of `anyListeners`. */
  readonly personaAt: (address: string, port: number) => Persona;
  readonly anyListeners?: AnyListeners;
  /** The descriptor that `makeProbeSocket` made: probes without a handshake are seen through it. */
  readonly probeSocket?: number;
  /** Names the protocol of a client's first bytes; `unknown` where it can't. */
  readonly nameProtocol: (firstBytes: Uint8Array, transport: 'tcp' | 'udp') => string;
  /** Hears every observation at once, before it is on the disk, with the text that the spool keeps. */
  readonly onObservation?: (observation: Observation, json: string) => void;
  readonly limits?: Partial<SensorLimits>;
  readonly clock?: Clock;
  readonly log?: (line: string) => void;
}

const backlog = 4_096;
const sweepMilliseconds = 250;
const logEveryMilliseconds = 10_000;

export class Sensor {
  readonly #options: SensorOptions;
  readonly #counters: SensorCounters = newCounters();
  readonly #around: Surroundings;
  readonly #streams: Streams;
  readonly #datagrams: Datagrams;
  readonly #servers: Server[] = [];
  readonly #sockets: DatagramSocket[] = [];
  readonly #anyPorts: AnyPortDatagrams[] = [];
  #probes: ProbeWatch | null = null;
  #sweeper: NodeJS.Timeout | null = null;
  #loggedAt = Number.NEGATIVE_INFINITY;
  #unlogged = 0;

  constructor(options: SensorOptions) {
    this.#options = options;
    const limits = { ...defaultLimits, ...options.limits };
    const clock = options.clock ?? systemClock;
    const counters = this.#counters;
    this.#around = {
      clock,
      limits,
      counters,
      spool: options.spool,
      recorder: new Recorder(
        options.spool,
        clock,
        counters,
        limits.spoofablePerSecond,
        options.onObservation ?? (() => {}),
      ),
      payloads: new PayloadStore(join(options.folder, 'payloads'), limits.payloadBytes),
      recordings: new RecordingFolder(
        join(options.folder, 'recordings'),
        limits.recordingBytes,
        limits.oneRecordingBytes,
        counters,
      ),
      attempts: new Attempts(),
      asides: new AsidePorts(limits),
      strangePorts:
        options.speaksOnAHandful === true ? { tcp: new StrangePorts(), udp: new StrangePorts() } : null,
      decoys: options.decoys,
      any: options.any,
      nameProtocol: options.nameProtocol,
      log: (line) => this.#log(line),
    };
    this.#streams = new Streams(this.#around);
    this.#datagrams = new Datagrams(this.#around);
  }

  /** Opens every listener. Throws PICKET_PORT_TAKEN where one can't be had, and then none stays open. */
  async start(): Promise<void> {
    this.#around.payloads.start();
    this.#around.recordings.start();
    try {
      for (const listener of this.#options.listeners) {
        if (listener.transport === 'tcp') await this.#openStream(listener);
        else await this.#openDatagram(listener);
      }
      for (const fd of this.#options.anyListeners?.tcp ?? []) await this.#openAnyStream(fd);
      for (const sockets of this.#options.anyListeners?.udp ?? []) await this.#openAnyDatagrams(sockets);
      if (this.#options.probeSocket !== undefined) await this.#watchProbes(this.#options.probeSocket);
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#sweeper = setInterval(() => {
      const now = this.#around.clock.now();
      this.#streams.sweep(now);
      this.#datagrams.sweep(now);
      this.#probes?.sweep(now);
    }, sweepMilliseconds);
  }

  /** Ends every conversation, recorded as far as it came, and closes the listeners. The spool stays open. */
  async stop(): Promise<void> {
    if (this.#sweeper !== null) clearInterval(this.#sweeper);
    this.#sweeper = null;
    const closing = this.#servers.map(
      (server) => new Promise<void>((resolve) => server.close(() => resolve())),
    );
    for (const socket of this.#sockets) socket.close();
    await Promise.all(this.#anyPorts.map((ports) => ports.stop()));
    await this.#probes?.stop();
    this.#streams.stop();
    this.#datagrams.stop();
    await Promise.all(closing);
    await Promise.all([this.#around.payloads.stop(), this.#around.recordings.stop()]);
    this.#servers.length = 0;
    this.#sockets.length = 0;
    this.#anyPorts.length = 0;
  }

  /** Where it listens, in the order TCP listeners, any-port TCP, UDP listeners. */
  addresses(): { readonly transport: 'tcp' | 'udp'; readonly address: string; readonly port: number }[] {
    const found: { transport: 'tcp' | 'udp'; address: string; port: number }[] = [];
    for (const server of this.#servers) {
      const address = server.address();
      if (address !== null && typeof address === 'object')
        found.push({ transport: 'tcp', address: address.address, port: address.port });
    }
    for (const socket of this.#sockets) {
      const { address, port } = socket.address();
      found.push({ transport: 'udp', address, port });
    }
    return found;
  }

  counters(): Readonly<Record<keyof SensorCounters, number>> {
    let dropped = 0;
    for (const ports of this.#anyPorts) dropped += ports.dropped;
    return { ...this.#counters, ...this.#probes?.counters, datagramsDropped: dropped };
  }

  /** Records a probe without a handshake that was seen elsewhere, such as in the kernel's log. */
  recordScan(ends: Ends & { readonly transport: 'tcp' | 'udp' | 'icmp' }, probe: string): void {
    this.#around.recorder.record(
      { ...ends, session: '', spoofable: true, fingerprints: undefined },
      { kind: 'scan', probe },
    );
  }

  /** Records what a client asked of an object store, as its gate saw it. */
  recordObjectAccess(source: string, fact: ObjectAccessFact): void {
    const none = { sourcePort: 0, destination: '', destinationPort: 0, session: '', fingerprints: undefined };
    this.#around.recorder.record({ ...none, source, transport: 'tcp', spoofable: false }, fact);
  }

  async #openStream(listener: Listener): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      this.#streams.accepted(socket, () => listener.persona, listener.decoy),
    );
    if (listener.fd === undefined) server.listen({ host: listener.address, port: listener.port, backlog });
    else server.listen({ fd: listener.fd, backlog });
    await this.#opened(server, listener);
  }

  async #openAnyStream(fd: number): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      this.#acceptedAny(socket),
    );
    server.listen({ fd, backlog });
    await this.#opened(server, { transport: 'tcp', address: 'any', port: 0 });
  }

  #acceptedAny(socket: Socket): void {
    const source = canonicalAddress(socket.remoteAddress ?? '');
    const destination = canonicalAddress(socket.localAddress ?? '');
    if (source !== null && destination !== null) {
      this.#probes?.completed({
        source,
        sourcePort: socket.remotePort ?? 0,
        destination,
        destinationPort: socket.localPort ?? 0,
      });
    }
    this.#streams.accepted(socket, this.#options.personaAt, null);
  }

  async #watchProbes(socket: number): Promise<void> {
    const { clock, recorder } = this.#around;
    const record = (seen: ProbeReport): void =>
      recorder.record(
        {
          source: seen.source,
          sourcePort: seen.sourcePort,
          destination: seen.destination,
          destinationPort: seen.destinationPort,
          transport: 'tcp',
          session: '',
          spoofable: !seen.proved,
          fingerprints: { ttl: seen.ttl, window: seen.window },
        },
        { kind: 'scan', probe: seen.probe },
      );
    this.#probes = new ProbeWatch(socket, () => clock.now(), record);
    await this.#probes.start();
  }

  async #openDatagram(listener: Listener): Promise<void> {
    const socket = createSocket(
      listener.address.includes(':') ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' },
    );
    socket.on('message', (bytes, from) => {
      const source = canonicalAddress(from.address);
      const here = socket.address();
      if (source === null) return;
      const ends = {
        source,
        sourcePort: from.port,
        destination: canonicalAddress(here.address) ?? here.address,
        destinationPort: here.port,
      };
      this.#datagrams.received(ends, bytes, listener.persona, listener.decoy, (to, reply) => {
        socket.send(reply, to.sourcePort, to.source, () => {});
        return true;
      });
    });
    // With a descriptor the event comes before `bind` returns.
    const isListening = once(socket, 'listening');
    if (listener.fd === undefined) socket.bind({ address: listener.address, port: listener.port });
    else socket.bind({ fd: listener.fd });
    try {
      await isListening;
    } catch (error) {
      throw portTaken(listener, error);
    }
    socket.on('error', () => {
      this.#counters.listenerErrors += 1;
    });
    this.#sockets.push(socket);
  }

  async #openAnyDatagrams(sockets: AnyListeners['udp'][number]): Promise<void> {
    const ports = new AnyPortDatagrams(sockets, (ends, bytes, send) => {
      const persona = this.#options.personaAt(ends.destination, ends.destinationPort);
      this.#datagrams.received(ends, bytes, persona, null, send);
    });
    this.#anyPorts.push(ports);
    await ports.start();
  }

  async #opened(server: Server, listener: Pick<Listener, 'transport' | 'address' | 'port'>): Promise<void> {
    try {
      await once(server, 'listening');
    } catch (error) {
      throw portTaken(listener, error);
    }
    // EMFILE and its like: the connection waits in the backlog, the sensor goes on.
    server.on('error', (error) => {
      this.#counters.listenerErrors += 1;
      this.#log(`listener ${listener.address}:${listener.port}: ${error.message}`);
    });
    this.#servers.push(server);
  }

  /** One line in ten seconds; the rest is counted in the next. */
  #log(line: string): void {
    const now = this.#around.clock.now();
    if (now - this.#loggedAt < logEveryMilliseconds) {
      this.#unlogged += 1;
      return;
    }
    this.#loggedAt = now;
    this.#options.log?.(this.#unlogged === 0 ? line : `${line} (and ${this.#unlogged} lines like it before)`);
    this.#unlogged = 0;
  }
}

function portTaken(listener: Pick<Listener, 'transport' | 'address' | 'port'>, error: unknown): PicketError {
  const why = error instanceof Error ? error.message : String(error);
  return new PicketError(
    'PICKET_PORT_TAKEN',
    `cannot listen on ${listener.transport} ${listener.address}:${listener.port}: ${why}; free the port or give the decoy another`,
    { cause: error },
  );
}
