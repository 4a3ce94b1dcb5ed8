/** A second port of a conversation: opened for one connection of the same source, for a short while, and counted. */

import { createServer, type Server, type Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';
import { canonicalAddress } from '../core/address.ts';
import type { AsideEvent } from '../core/decoy.ts';
import type { SensorLimits } from './limits.ts';

const patienceMilliseconds = 60_000;

/** How many are open, in total and by source. */
export class AsidePorts {
  readonly #limits: Pick<SensorLimits, 'asidePorts' | 'asidePortsPerSource'>;
  readonly #bySource = new Map<string, number>();
  #open = 0;

  constructor(limits: Pick<SensorLimits, 'asidePorts' | 'asidePortsPerSource'>) {
    this.#limits = limits;
  }

  /** False where this source, or all of them, have as many as they may. */
  take(source: string): boolean {
    const held = this.#bySource.get(source) ?? 0;
    if (held >= this.#limits.asidePortsPerSource || this.#open >= this.#limits.asidePorts) return false;
    this.#bySource.set(source, held + 1);
    this.#open += 1;
    return true;
  }

  give(source: string): void {
    const held = this.#bySource.get(source) ?? 0;
    if (held <= 1) this.#bySource.delete(source);
    else this.#bySource.set(source, held - 1);
    this.#open -= 1;
  }
}

export interface AsideOwner {
  readonly address: string;
  /** Canonical text of the only address that may connect. */
  readonly source: string;
  /** Bytes that the client may send. */
  readonly mostBytes: number;
  /** Null for a connection without TLS. */
  readonly secureContext: SecureContext | null;
  happened(event: AsideEvent): void;
  /** It is over and holds nothing any more; called once. */
  closed(): void;
}

export class AsidePort {
  readonly #owner: AsideOwner;
  readonly #server: Server;
  readonly #patience: NodeJS.Timeout;
  #stream: Socket | null = null;
  #waiting: Uint8Array[] = [];
  #ending = false;
  #closed = false;
  #received = 0;

  constructor(owner: AsideOwner) {
    this.#owner = owner;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#joined(socket));
    this.#patience = setTimeout(() => this.close(), patienceMilliseconds);
  }

  /** Listens; the number goes to the owner, 0 where the address has no free port. */
  open(): void {
    this.#server.once('error', () => {
      this.#owner.happened({ what: 'port', port: 0 });
      this.close();
    });
    this.#server.listen({ host: this.#owner.address, port: 0, backlog: 4 }, () => {
      const address = this.#server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      this.#owner.happened({ what: 'port', port });
    });
  }

  send(bytes: Uint8Array): void {
    if (this.#stream === null) this.#waiting.push(bytes);
    else if (this.#stream.writable) this.#stream.write(bytes);
  }

  /** Ends the connection once all is out; where the client has not come yet, once it has. */
  end(): void {
    this.#ending = true;
    this.#stream?.end();
  }

  pause(): void {
    this.#stream?.pause();
  }

  resume(): void {
    this.#stream?.resume();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#patience);
    this.#waiting = [];
    this.#server.close();
    this.#stream?.destroy();
    if (!this.#ending) this.#owner.happened({ what: 'parted' });
    this.#owner.closed();
  }

  #joined(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    if (this.#stream !== null || canonicalAddress(socket.remoteAddress ?? '') !== this.#owner.source) {
      socket.destroy();
      return;
    }
    clearTimeout(this.#patience);
    this.#server.close();
    const { secureContext } = this.#owner;
    const stream = secureContext === null ? socket : new TLSSocket(socket, { isServer: true, secureContext });
    this.#stream = stream;
    if (stream !== socket) stream.on('error', () => stream.destroy());
    // Idle for long, it goes: the conversation that it belongs to may stay.
    socket.setTimeout(patienceMilliseconds, () => socket.destroy());
    stream.on('data', (bytes: Buffer) => {
      this.#received += bytes.length;
      if (this.#received > this.#owner.mostBytes) this.close();
      else if (!this.#ending) this.#owner.happened({ what: 'bytes', bytes });
    });
    stream.on('end', () => {
      if (!this.#ending) {
        this.#ending = true;
        this.#owner.happened({ what: 'parted' });
      }
      stream.end();
    });
    stream.on('close', () => this.close());
    this.#owner.happened({ what: 'joined' });
    for (const bytes of this.#waiting) stream.write(bytes);
    this.#waiting = [];
    if (this.#ending) stream.end();
  }
}
