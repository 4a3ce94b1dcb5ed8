/** The SSH transport layer, server side: RFC 4253. From bytes to the payloads of the layers above, and back. */

import { Buffer } from 'node:buffer';
import { deflateRawSync, constants } from 'node:zlib';
import type { DecoyContext } from '../../core/decoy.ts';
import { PicketError } from '../../core/errors.ts';
import type { SshIdentity } from '../../core/persona.ts';
import { SshWriter } from '../../wire/ssh-bytes.ts';
import { SshInflate } from '../../wire/ssh-inflate.ts';
import { largestPacketBytes, SshPacketReader, SshPacketWriter } from '../../wire/ssh-packet.ts';
import type { SshDaemon } from './daemon.ts';
import { identify } from './identification.ts';
import { KeyExchange, type NewKeys } from './key-exchange.ts';
import { isTransportMessage, message } from './messages.ts';
import type { Outbox } from './outbox.ts';

/** Payloads that wait for the end of a key exchange; past this many octets the conversation ends. */
const heldBytesLimit = 1_048_576;
/** Messages that a client may send before it is logged in; real ones need some twenty, and four for each attempt. */
const messagesBeforeLogin = 500;
const zlibHeader = Buffer.of(0x78, 0x9c);

export class SshTransport {
  readonly #identity: SshIdentity;
  readonly #daemon: SshDaemon;
  readonly #outbox: Outbox;
  readonly #reader = new SshPacketReader();
  readonly #writer: SshPacketWriter;
  readonly #exchange: KeyExchange;
  #clientLine: string | null = null;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #pendingKeys: NewKeys | null = null;
  #loggedIn = false;
  #messages = 0;
  #compression: { toServer: string; toClient: string } = { toServer: 'none', toClient: 'none' };
  #inflate: SshInflate | null = null;
  #deflates = false;
  #deflated = false;

  constructor(context: DecoyContext, identity: SshIdentity, daemon: SshDaemon, outbox: Outbox) {
    this.#identity = identity;
    this.#daemon = daemon;
    this.#outbox = outbox;
    this.#writer = new SshPacketWriter((count) => context.randomBytes(count), daemon.product === 'dropbear');
    this.#exchange = new KeyExchange(context, identity);
  }

  get clientLine(): string {
    return this.#clientLine ?? '';
  }

  /** RFC 4253 §7.2: the exchange hash of the first key exchange. */
  get sessionId(): Buffer {
    return this.#exchange.sessionId;
  }

  /** Host key algorithms that the client offered. */
  get clientHostKeyAlgorithms(): readonly string[] {
    return this.#exchange.client?.hostKey ?? [];
  }

  start(): void {
    this.#outbox.reply(Buffer.from(`${this.#identity.version}\r\n`, 'latin1'));
    // Dropbear does not wait for the client's line.
    if (this.#daemon.product === 'dropbear') this.#sendKexInit();
  }

  push(bytes: Uint8Array): void {
    this.#reader.push(bytes);
  }

  /** Sends a payload, or holds it back while a key exchange lasts. */
  send(payload: Buffer): void {
    if (this.#exchange.running && !isTransportMessage(payload[0] ?? 0)) {
      this.#heldBytes += payload.length;
      if (this.#heldBytes > heldBytesLimit) this.#outbox.close();
      else this.#held.push(payload);
      return;
    }
    this.#outbox.reply(this.#writer.packet(this.#deflates ? this.#deflate(payload) : payload));
  }

  // byte      SSH_MSG_DISCONNECT
  // uint32    reason code
  // string    description in ISO-10646 UTF-8 encoding
  // string    language tag
  /** Says why and hangs up, as ssh_packet_disconnect does; Dropbear hangs up without a word. */
  disconnect(description: string, reason = 2): void {
    if (this.#daemon.product === 'openssh') {
      const writer = new SshWriter().uint8(message.disconnect).uint32(reason);
      this.send(Buffer.from(writer.string(description).string('').finish()));
    }
    this.#outbox.close();
  }

  // byte      SSH_MSG_UNIMPLEMENTED
  // uint32    packet sequence number of rejected message
  unimplemented(): void {
    this.send(new SshWriter().uint8(message.unimplemented).uint32(this.#reader.lastSequence).finish());
  }

  /** To be called once SSH_MSG_USERAUTH_SUCCESS is sent: delayed compression starts here. */
  loggedIn(): void {
    this.#loggedIn = true;
    this.#compress();
  }

  /** The next payload for the layers above; null where more bytes are needed or the conversation is over. */
  next(): Buffer | null {
    while (!this.#outbox.closed) {
      if (this.#clientLine === null) {
        if (!this.#identify()) return null;
        continue;
      }
      const packet = this.#reader.next();
      if (packet === null) return null;
      if (typeof packet === 'string') {
        // OpenSSH 9.2 queues a disconnect for a wrong length and ends before it is written; Dropbear says nothing either.
        this.#outbox.close();
        return null;
      }
      if (!this.#loggedIn) {
        this.#messages += 1;
        if (this.#messages > messagesBeforeLogin) {
          this.#outbox.close();
          return null;
        }
      }
      try {
        const payload = this.#inflate === null ? packet : this.#inflate.inflate(packet, largestPacketBytes);
        if (!this.#handle(payload)) return payload;
      } catch (error) {
        if (!(error instanceof PicketError)) throw error;
        // The real daemons end on a message that does not parse: sshpkt_fatal, dropbear_exit.
        this.#outbox.close();
        return null;
      }
    }
    return null;
  }

  /** False where the line is not there yet, or is refused. */
  #identify(): boolean {
    const found = identify(this.#daemon, this.#reader.pending);
    if (found.is === 'incomplete') return false;
    if (found.is === 'refused') {
      if (found.answer !== '') this.#outbox.reply(Buffer.from(found.answer, 'latin1'));
      this.#outbox.close();
      return false;
    }
    this.#reader.takeRaw(found.used);
    this.#clientLine = found.line;
    this.#outbox.push({ do: 'know', protocol: 'ssh', fingerprints: { banner: found.line.slice(0, 255) } });
    const software = found.line.split('-').slice(2).join('-');
    // compat.c: the scanner's and the prober's own lines end the conversation.
    if (this.#daemon.product === 'openssh' && /^(?:SSH_Version_Mapper|PROBE-)/.test(software)) {
      this.#outbox.close();
      return false;
    }
    if (this.#daemon.product === 'openssh') this.#sendKexInit();
    return true;
  }

  #sendKexInit(): void {
    this.send(this.#exchange.begin());
  }

  /** True where the message belonged to this layer. */
  #handle(payload: Buffer): boolean {
    const number = payload[0];
    if (number === undefined) {
      this.#outbox.close();
      return true;
    }
    if (this.#exchange.strictlyInitial && (number < 20 || number > 49) && number !== message.disconnect) {
      this.disconnect(
        `strict KEX violation: unexpected packet type ${number} (seqnr ${this.#reader.lastSequence})`,
      );
      return true;
    }
    switch (number) {
      case message.disconnect:
        this.#outbox.close();
        return true;
      case message.ignore:
      case message.unimplemented:
      case message.debug:
        return true;
      case message.extensionInfo:
        return true;
      case message.kexInit:
        this.#kexInit(payload);
        return true;
      case message.newKeys:
        this.#newKeys();
        return true;
      default:
        if (number >= 30 && number <= 49) {
          this.#kexMessage(payload);
          return true;
        }
        if (!this.#exchange.done) {
          // Nothing of the layers above may come before the first keys.
          if (this.#daemon.product === 'openssh') this.unimplemented();
          else this.#outbox.close();
          return true;
        }
        return false;
    }
  }

  #kexInit(payload: Buffer): void {
    if (this.#exchange.hasClientProposal) {
      this.unimplemented();
      return;
    }
    if (!this.#exchange.running) this.#sendKexInit();
    const first = this.#exchange.client === null;
    const agreed = this.#exchange.accept(payload, this.clientLine, this.#reader.lastSequence);
    if (first && this.#exchange.hassh !== '') {
      this.#outbox.push({ do: 'know', fingerprints: { hassh: this.#exchange.hassh } });
    }
    if (!agreed) this.#outbox.close();
  }

  #kexMessage(payload: Buffer): void {
    const result = this.#exchange.receive(payload);
    if (result === 'pass') return;
    if (result === 'unexpected') {
      this.unimplemented();
      return;
    }
    if (result === 'failed') {
      this.#outbox.close();
      return;
    }
    this.send(result.reply);
    if (result.keys === null) return;
    // byte      SSH_MSG_NEWKEYS
    this.send(Buffer.of(message.newKeys));
    this.#writer.protect(result.keys.sealer, this.#exchange.strict);
    this.#pendingKeys = result.keys;
    this.#compression.toClient = result.keys.algorithms.compressionToClient;
    if (result.keys.first && this.#exchange.clientWantsExtensions) this.#sendExtensions();
  }

  // byte       SSH_MSG_EXT_INFO
  // uint32     nr-extensions
  // repeat:    string extension-name, string extension-value
  #sendExtensions(): void {
    const { signatureAlgorithms, version, product } = this.#daemon;
    if (signatureAlgorithms === '') return;
    const bound = product === 'openssh' && version >= 809;
    const writer = new SshWriter().uint8(message.extensionInfo).uint32(bound ? 2 : 1);
    writer.string('server-sig-algs').string(signatureAlgorithms);
    if (bound) writer.string('publickey-hostbound@openssh.com').string('0');
    // Allowed between the two NEWKEYS although the exchange still runs: RFC 8308 §2.4.
    this.#outbox.reply(this.#writer.packet(writer.finish()));
  }

  #newKeys(): void {
    const keys = this.#pendingKeys;
    if (keys === null) {
      this.#outbox.close();
      return;
    }
    this.#pendingKeys = null;
    this.#reader.protect(keys.opener, this.#exchange.strict);
    this.#compression.toServer = keys.algorithms.compressionToServer;
    this.#exchange.finish();
    this.#compress();
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    for (const payload of held) this.send(payload);
  }

  /** Plain `zlib` starts with the keys, `zlib@openssh.com` with the login. A new key exchange starts its streams afresh. */
  #compress(): void {
    const active = (name: string): boolean =>
      name === 'zlib' || (name === 'zlib@openssh.com' && this.#loggedIn);
    if (active(this.#compression.toServer)) this.#inflate ??= new SshInflate();
    else this.#inflate = null;
    this.#deflates = active(this.#compression.toClient);
  }

  /**
   * Each payload is deflated by itself and ends with a flush; set one after the other these are one zlib stream, which needs
   * no window kept here. It is a little longer than what the real daemon would send.
   */
  #deflate(payload: Buffer): Buffer {
    const octets = deflateRawSync(payload, { level: 6, finishFlush: constants.Z_SYNC_FLUSH });
    if (this.#deflated) return octets;
    this.#deflated = true;
    return Buffer.concat([zlibHeader, octets]);
  }
}
