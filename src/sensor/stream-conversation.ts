/** A conversation over TCP. Looks at the first bytes for TLS, finds the decoy that answers, and keeps the client within its bounds. */

import type { Socket } from 'node:net';
import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls';
import type { AsideEvent, Decoy } from '../core/decoy.ts';
import type { Persona } from '../core/persona.ts';
import { type ClientHello, helloLimit, parseClientHello } from '../wire/tls-client-hello.ts';
import { ja3, ja4 } from '../wire/tls-fingerprint.ts';
import { AsidePort } from './aside-port.ts';
import { Conversation, type Ends, type Surroundings } from './conversation.ts';
import type { Linked } from './conversation-list.ts';
import { chooseDecoy, firstSpeaker, ownDecoy, protocolSpeaker, serviceAt } from './decoy-choice.ts';

/** Whom a conversation tells that it is over or has stirred. */
export interface StreamKeeper {
  stirred(conversation: StreamConversation): void;
  over(conversation: StreamConversation): void;
}

const speaker: unique symbol = Symbol('conversation');
type Speaking = Socket & { [speaker]?: StreamConversation };

const contexts = new WeakMap<Persona, SecureContext>();

function contextOf(persona: Persona): SecureContext | null {
  if (persona.tls === null) return null;
  let context = contexts.get(persona);
  if (context === undefined) {
    // Old clients are the ones to learn from: TLS 1.0 and the ciphers of its time are taken.
    context = createSecureContext({
      key: persona.tls.key,
      cert: persona.tls.certificate,
      minVersion: 'TLSv1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    contexts.set(persona, context);
  }
  return context;
}

// One set of handlers for all sockets: a closure for each of six events of each connection is what costs.
function onData(this: Speaking, bytes: Buffer): void {
  this[speaker]?.received(bytes);
}
function onEnd(this: Speaking): void {
  this[speaker]?.clientEnded();
}
function onDrain(this: Speaking): void {
  this[speaker]?.drained();
}
function onError(this: Speaking): void {
  this[speaker]?.broken();
}
function onClose(this: Speaking): void {
  this[speaker]?.closed();
}
function onSecure(this: Speaking): void {
  this[speaker]?.secured();
}

export class StreamConversation extends Conversation implements Linked {
  before: Linked | null = null;
  after: Linked | null = null;
  listed = false;
  lastActivity: number;
  readonly key: string;
  readonly #keeper: StreamKeeper;
  /** The machine's service on this port does not begin with TLS. */
  readonly #isPlain: boolean;
  #stream: Speaking;
  #gathered: Buffer | null = null;
  #handshaking = false;
  /** The application protocol of TLS, with the decoy that speaks it. */
  #agreed: readonly [protocol: string, decoy: Decoy] | null = null;
  #spokeFirst = false;
  /** True from the decoy's word that TLS begins until the client's hello is whole. */
  #securing = false;
  #clientEnded = false;
  #over = false;
  #aside: AsidePort | null = null;
  /** True from the decoy's wish for a second port until its number is known. */
  #expecting = false;
  #asideEvents: AsideEvent[] = [];

  /** `decoy` is the one that owns the port; null on a port that is anyone's. */
  constructor(
    around: Surroundings,
    keeper: StreamKeeper,
    socket: Socket,
    ends: Ends,
    key: string,
    persona: Persona,
    decoy: Decoy | null,
  ) {
    super(
      around,
      'tcp',
      ends,
      persona,
      decoy ?? ownDecoy(around.decoys, persona, 'tcp', ends.destinationPort),
    );
    const service = serviceAt(persona, 'tcp', ends.destinationPort);
    this.#isPlain = service !== null && service.tls !== true && service.decoy === this.decoy?.name;
    this.key = key;
    this.#keeper = keeper;
    this.#stream = socket;
    this.lastActivity = this.openedAt;
    this.#listen(socket);
  }

  /** A server that speaks first does so now. */
  begin(): void {
    const first =
      this.decoy === null
        ? firstSpeaker(this.around.decoys, 'tcp', this.destinationPort)
        : this.decoy.recognise === undefined
          ? this.decoy
          : null;
    if (first !== null && (this.decoy !== null || this.speaksHere())) this.open(first);
  }

  /** Replies that the client has not taken, bytes. */
  get unsent(): number {
    return this.#stream.writableLength;
  }

  received(bytes: Buffer): void {
    if (this.#over || this.closing) return;
    this.lastActivity = this.around.clock.now();
    this.#keeper.stirred(this);
    this.note(bytes);
    if (this.bytesIn > this.around.limits.sessionBytes) {
      this.around.counters.connectionsOverBytes += 1;
      this.cut();
    } else if (this.held) this.#gather(bytes);
    else if (this.#securing) this.#hello(bytes);
    else if (this.talking) {
      // Where the server spoke first inside TLS, the contact is still told by what the client says there.
      if (this.#spokeFirst) this.noteFirst(bytes);
      this.#spokeFirst = false;
      this.hear(bytes);
    } else this.#first(bytes);
  }

  clientEnded(): void {
    this.#clientEnded = true;
    if (this.held || this.#over) return;
    if (!this.talking) this.#firstUnread();
    this.finish();
    if (!this.held) this.#stream.end();
  }

  drained(): void {
    this.lastActivity = this.around.clock.now();
    this.#keeper.stirred(this);
    if (!this.#expecting) this.resume();
  }

  secured(): void {
    this.#handshaking = false;
    this.tls = true;
    this.around.counters.tlsUnwrapped += 1;
    const agreed = this.#agreed;
    if (agreed !== null) this.alpn = agreed[0];
    if (this.talking) return;
    // Over HTTP/2 the server's settings do not wait for the client's (RFC 9113 §3.4).
    if (agreed?.[0] === 'h2') {
      this.#spokeFirst = true;
      this.open(agreed[1]);
    } else this.begin();
  }

  broken(): void {
    if (this.#handshaking) this.around.counters.tlsFailed += 1;
    this.#stream.destroy();
  }

  closed(): void {
    if (this.#over) return;
    this.#over = true;
    if (!this.talking) this.#firstUnread();
    this.#aside?.close();
    this.#aside = null;
    this.conclude();
    this.#keeper.over(this);
  }

  /** Ends it at once. */
  cut(): void {
    this.#stream.destroy();
    this.closed();
  }

  protected send(bytes: Uint8Array): boolean {
    if (this.#over || this.#stream.destroyed) return true;
    this.noteSent(bytes);
    return this.#stream.write(bytes);
  }

  holding(): void {
    this.#stream.pause();
  }

  settled(): void {
    if (this.closing || this.#over) return;
    for (let event = this.#asideEvents.shift(); event !== undefined; event = this.#asideEvents.shift()) {
      // Whatever it led to has settled, or is held, and goes on from there.
      if (this.hearAside(event)) return;
    }
    this.#aside?.resume();
    const gathered = this.#gathered;
    if (gathered !== null && this.talking && !this.#handshaking) {
      this.#gathered = null;
      if (this.#securing) this.#hello(gathered);
      else this.hear(gathered);
      if (this.held) return;
    }
    if (this.#stream.isPaused()) this.#stream.resume();
    if (this.#clientEnded) {
      this.finish();
      if (!this.held) this.#stream.end();
    }
  }

  protected secure(rest: Uint8Array): void {
    if (this.tls || this.persona.tls === null) return;
    this.#securing = true;
    if (rest.length > 0) this.#gather(Buffer.from(rest));
  }

  protected override expect(tls: boolean): boolean {
    const { asides, limits } = this.around;
    this.#aside?.close();
    this.#asideEvents = [];
    this.#expecting = true;
    if (!asides.take(this.key)) {
      this.#happenedAside({ what: 'port', port: 0 });
      return false;
    }
    const aside: AsidePort = new AsidePort({
      address: this.destination,
      source: this.source,
      mostBytes: limits.sessionBytes,
      secureContext: tls ? contextOf(this.persona) : null,
      happened: (event) => {
        if (this.#aside === aside) this.#happenedAside(event);
      },
      closed: () => asides.give(this.key),
    });
    this.#aside = aside;
    aside.open();
    return false;
  }

  protected override sendAside(bytes: Uint8Array | null): void {
    if (bytes === null) this.#aside?.end();
    else {
      this.around.counters.bytesSent += bytes.length;
      this.#aside?.send(bytes);
    }
  }

  #happenedAside(event: AsideEvent): void {
    if (this.#over) return;
    this.lastActivity = this.around.clock.now();
    this.#keeper.stirred(this);
    if (event.what === 'bytes') this.around.counters.bytesReceived += event.bytes.length;
    this.#asideEvents.push(event);
    if (event.what === 'port') {
      // Not within the call that asked for it: its outputs are still being taken.
      setImmediate(() => {
        this.#expecting = false;
        this.resume();
      });
    } else if (this.held) this.#aside?.pause();
    else this.settled();
  }

  protected hangUp(): void {
    if (this.#over) return;
    // What the client still sends is read and thrown away until it hangs up too: unread bytes would turn the end into a reset.
    this.#stream.end();
    this.#stream.resume();
  }

  #listen(stream: Speaking): void {
    stream[speaker] = this;
    stream.on('data', onData);
    stream.on('end', onEnd);
    stream.on('drain', onDrain);
    stream.on('error', onError);
    stream.on('close', onClose);
  }

  #gather(bytes: Buffer): void {
    this.#gathered = this.#gathered === null ? bytes : Buffer.concat([this.#gathered, bytes]);
  }

  #first(chunk: Buffer): void {
    this.#gather(chunk);
    const bytes = this.#gathered ?? chunk;
    const isMute = this.decoy === null && !this.speaksHere();
    // A machine's plain port takes a ClientHello for nonsense, as the real service does.
    if (!this.tls && !this.#isPlain && bytes[0] === 0x16 && bytes.length <= helloLimit) {
      const hello = parseClientHello(bytes);
      if (hello === 'incomplete') return;
      if (hello !== 'not-tls') {
        this.know({ ja3: ja3(hello), ja4: ja4(hello, 't') });
        const context = isMute ? null : contextOf(this.persona);
        if (context !== null) {
          this.noteFirst(bytes);
          this.#gathered = null;
          this.#unwrap(bytes, context, hello);
          return;
        }
      }
    }
    this.#gathered = null;
    this.#answer(bytes);
  }

  /** TLS inside a conversation: the hello is gathered for its fingerprints, then the handshake takes over. */
  #hello(chunk: Buffer): void {
    this.#gather(chunk);
    const bytes = this.#gathered ?? chunk;
    const hello = bytes.length <= helloLimit ? parseClientHello(bytes) : 'not-tls';
    if (hello === 'incomplete') return;
    this.#gathered = null;
    this.#securing = false;
    const context = contextOf(this.persona);
    if (hello === 'not-tls' || context === null) {
      this.around.counters.tlsFailed += 1;
      this.cut();
      return;
    }
    this.know({ ja3: ja3(hello), ja4: ja4(hello, 't') });
    this.#unwrap(bytes, context, hello);
  }

  #answer(bytes: Buffer): void {
    const { decoys, any } = this.around;
    this.noteFirst(bytes);
    this.open(this.decoy ?? chooseDecoy(decoys, any, 'tcp', this.destinationPort, bytes));
    if (this.held) this.#gather(bytes);
    else this.hear(bytes);
    // What still comes is heard and kept; nobody answers it.
    if (this.isMute) this.#stream.end();
  }

  /** The client has gone in mid-hello: what it sent is all there is to record. */
  #firstUnread(): void {
    const bytes = this.#gathered;
    this.#gathered = null;
    if (bytes !== null) this.#answer(bytes);
  }

  /** The application protocol of a client's offer that this port's server agrees to, with the decoy that speaks it. */
  #agree(offered: readonly string[]): readonly [protocol: string, decoy: Decoy] | null {
    if (offered.length === 0) return null;
    const decoy = this.decoy ?? protocolSpeaker(this.around.decoys, this.persona, this.destinationPort);
    const protocol = decoy?.protocols?.(this.persona).find((name) => offered.includes(name));
    return decoy === null || protocol === undefined ? null : [protocol, decoy];
  }

  #unwrap(bytes: Buffer, context: SecureContext, hello: ClientHello): void {
    const socket = this.#stream;
    socket.off('data', onData);
    socket.off('end', onEnd);
    socket.off('drain', onDrain);
    socket.off('close', onClose);
    socket.pause();
    socket.unshift(bytes);
    this.#handshaking = true;
    this.#agreed = this.#agree(hello.alpn);
    const secure: Speaking = new TLSSocket(socket, {
      isServer: true,
      secureContext: context,
      // Only what is agreed already: with an offer that has nothing of the client's, OpenSSL would end the handshake.
      ...(this.#agreed === null ? {} : { ALPNProtocols: [this.#agreed[0]] }),
    });
    this.#stream = secure;
    this.#listen(secure);
    secure.on('secure', onSecure);
  }
}
