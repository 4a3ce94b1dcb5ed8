import type { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { PicketError } from '../../core/errors.ts';
import type { SshIdentity } from '../../core/persona.ts';
import { SshAuthentication } from './authentication.ts';
import type { OpenShell } from './program.ts';
import { SshConnection } from './connection.ts';
import { daemonOf } from './daemon.ts';
import { Outbox } from './outbox.ts';
import { SshTransport } from './transport.ts';

/** One conversation over SSH: transport below, login first, then the connection. */
export class SshSession implements DecoySession {
  readonly #context: DecoyContext;
  readonly #identity: SshIdentity;
  readonly #openShell: OpenShell;
  readonly #outbox = new Outbox();
  readonly #transport: SshTransport;
  readonly #authentication: SshAuthentication;
  #connection: SshConnection | null = null;

  constructor(context: DecoyContext, identity: SshIdentity, openShell: OpenShell) {
    const daemon = daemonOf(identity.version);
    this.#context = context;
    this.#identity = identity;
    this.#openShell = openShell;
    this.#transport = new SshTransport(context, identity, daemon, this.#outbox);
    this.#authentication = new SshAuthentication(context, identity, daemon, this.#outbox, this.#transport);
  }

  *start(): Iterable<DecoyOutput> {
    this.#transport.start();
    yield* this.#outbox.drain();
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#outbox.closed) return;
    this.#transport.push(bytes);
    for (;;) {
      const payload = this.#transport.next();
      yield* this.#outbox.drain();
      if (payload === null || this.#outbox.closed) return;
      this.#handle(payload);
      yield* this.#outbox.drain();
      // What is done behind a pause is done when the sensor has come back for more.
      while (!this.#outbox.closed && this.#connection?.resume() === true) yield* this.#outbox.drain();
    }
  }

  *end(): Iterable<DecoyOutput> {
    this.#connection?.end();
    yield* this.#outbox.drain();
  }

  #handle(payload: Buffer): void {
    try {
      if (this.#connection !== null) this.#connection.handle(payload);
      else {
        this.#authentication.handle(payload);
        if (this.#authentication.succeeded) this.#connect();
      }
    } catch (error) {
      if (!(error instanceof PicketError)) throw error;
      // A message whose fields do not fit: the real daemons end on it without a word.
      this.#outbox.close();
    }
  }

  #connect(): void {
    this.#connection = new SshConnection(
      this.#context,
      this.#identity,
      daemonOf(this.#identity.version),
      this.#outbox,
      this.#transport,
      this.#authentication.user,
      this.#openShell,
    );
    this.#connection.start();
  }
}
