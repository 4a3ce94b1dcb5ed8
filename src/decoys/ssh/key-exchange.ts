/** One side's key exchanges, first and later ones: RFC 4253 §7 and §8, RFC 4419, RFC 5656. */

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { DecoyContext } from '../../core/decoy.ts';
import type { SshIdentity } from '../../core/persona.ts';
import { sshString, SshReader, SshWriter } from '../../wire/ssh-bytes.ts';
import { hassh } from '../../wire/ssh-hassh.ts';
import {
  chooseAlgorithms,
  decodeKexInit,
  encodeKexInit,
  type SshAlgorithms,
  type SshProposal,
} from '../../wire/ssh-kexinit.ts';
import { signWith } from '../../wire/ssh-key.ts';
import {
  createOpener,
  createSealer,
  type DeriveKey,
  type PacketOpener,
  type PacketSealer,
} from '../../wire/ssh-protection.ts';
import { hostKeyFor } from './host-keys.ts';
import {
  chooseGroup,
  finiteField,
  groupParameters,
  keyExchangeMethods,
  type Agreement,
  type KeyExchangeMethod,
} from './key-agreement.ts';
import { message } from './messages.ts';

export interface NewKeys {
  readonly opener: PacketOpener;
  readonly sealer: PacketSealer;
  readonly algorithms: SshAlgorithms;
  readonly first: boolean;
}

export interface KexStep {
  readonly reply: Buffer;
  /** The keys that the reply brings about; null where the exchange goes on. */
  readonly keys: NewKeys | null;
}

const strictClient = 'kex-strict-c-v00@openssh.com';
const strictServer = 'kex-strict-s-v00@openssh.com';
const guessMark = 'kexguess2@matt.ucc.asn.au';

/** What the exchange hash takes in of a group exchange, RFC 4419 §3. */
interface GroupRequest {
  readonly group: string;
  readonly transcript: Buffer;
}

export class KeyExchange {
  readonly #context: DecoyContext;
  readonly #identity: SshIdentity;
  readonly #server: SshProposal;
  #client: SshProposal | null = null;
  #clientPayload: Buffer = Buffer.alloc(0);
  #serverPayload: Buffer = Buffer.alloc(0);
  #clientLine = '';
  #algorithms: SshAlgorithms | null = null;
  #hasClientProposal = false;
  #running = false;
  #done = false;
  #strict = false;
  #wantsExtensions = false;
  #passNext = false;
  #group: GroupRequest | null = null;
  #replied = false;
  #sessionId: Buffer = Buffer.alloc(0);
  #hassh = '';

  constructor(context: DecoyContext, identity: SshIdentity) {
    this.#context = context;
    this.#identity = identity;
    this.#server = {
      keyExchange: identity.keyExchange,
      hostKey: identity.hostKey,
      ciphersToServer: identity.ciphers,
      ciphersToClient: identity.ciphers,
      macsToServer: identity.macs,
      macsToClient: identity.macs,
      compressionToServer: identity.compression,
      compressionToClient: identity.compression,
      languagesToServer: [],
      languagesToClient: [],
      firstPacketFollows: false,
    };
  }

  /** The client's last proposal. */
  get client(): SshProposal | null {
    return this.#client;
  }

  /** True from the server's KEXINIT to the client's NEWKEYS. */
  get running(): boolean {
    return this.#running;
  }

  /** True once the first exchange is over. */
  get done(): boolean {
    return this.#done;
  }

  get hasClientProposal(): boolean {
    return this.#hasClientProposal;
  }

  /** Strict key exchange, OpenSSH's PROTOCOL §1.10: packet numbers start again with each set of keys. */
  get strict(): boolean {
    return this.#strict;
  }

  /** True while nothing but the key exchange may be sent at all. */
  get strictlyInitial(): boolean {
    return this.#strict && !this.#done;
  }

  get clientWantsExtensions(): boolean {
    return this.#wantsExtensions;
  }

  get sessionId(): Buffer {
    return this.#sessionId;
  }

  get hassh(): string {
    return this.#hassh;
  }

  /** Starts an exchange; gives the server's KEXINIT. */
  begin(): Buffer {
    this.#running = true;
    this.#serverPayload = Buffer.from(encodeKexInit(this.#server, this.#context.randomBytes(16)));
    return this.#serverPayload;
  }

  /** Takes the client's KEXINIT; false where nothing is common to both. */
  accept(payload: Buffer, clientLine: string, sequence: number): boolean {
    const client = decodeKexInit(payload);
    const first = this.#client === null;
    this.#client = client;
    this.#clientPayload = payload;
    this.#clientLine = clientLine;
    this.#hasClientProposal = true;
    if (first) {
      this.#hassh = hassh(client);
      this.#wantsExtensions = client.keyExchange.includes('ext-info-c');
      this.#strict =
        client.keyExchange.includes(strictClient) && this.#identity.keyExchange.includes(strictServer);
      // Under strict key exchange KEXINIT must be the very first packet.
      if (this.#strict && sequence !== 0) return false;
    }
    this.#algorithms = chooseAlgorithms(client, this.#server);
    if (this.#algorithms === null) return false;
    this.#passNext = client.firstPacketFollows && !this.#guessedRight(client, this.#algorithms);
    return hostKeyFor(this.#identity, this.#algorithms.hostKey) !== null;
  }

  /** RFC 4253 §7: the guess is right where both sides like the same best; by Dropbear's rule, where the client's best was chosen. */
  #guessedRight(client: SshProposal, chosen: SshAlgorithms): boolean {
    const lenient = [client, this.#server].every((side) => side.keyExchange.includes(guessMark));
    if (lenient) return client.keyExchange[0] === chosen.keyExchange && client.hostKey[0] === chosen.hostKey;
    return (
      client.keyExchange[0] === this.#server.keyExchange[0] && client.hostKey[0] === this.#server.hostKey[0]
    );
  }

  /** A message from 30 to 49. `pass`: a wrong guess, to be passed over; `failed`: the real daemon would end here. */
  receive(payload: Buffer): KexStep | 'pass' | 'unexpected' | 'failed' {
    const algorithms = this.#algorithms;
    if (!this.#hasClientProposal || algorithms === null || this.#replied) return 'unexpected';
    if (this.#passNext) {
      this.#passNext = false;
      return 'pass';
    }
    const method = keyExchangeMethods[algorithms.keyExchange];
    if (method === undefined) return 'failed';
    const number = payload[0];
    const reader = new SshReader(payload.subarray(1));
    if (method.agree === null) {
      if (number === message.groupExchangeRequest || number === message.kexFirst) {
        return this.#group === null ? this.#groupRequest(reader, number) : 'unexpected';
      }
      if (number !== message.groupExchangeInit || this.#group === null) return 'unexpected';
      return this.#reply(
        method,
        finiteField(this.#group.group),
        reader.string(),
        message.groupExchangeReply,
        algorithms,
      );
    }
    if (number !== message.kexFirst) return 'unexpected';
    return this.#reply(method, method.agree, reader.string(), message.kexReply, algorithms);
  }

  // byte    SSH_MSG_KEY_DH_GEX_REQUEST (34)   | SSH_MSG_KEX_DH_GEX_REQUEST_OLD (30)
  // uint32  min, minimal size in bits         |
  // uint32  n, preferred size in bits         | uint32 n
  // uint32  max, maximal size in bits         |
  //
  // byte    SSH_MSG_KEX_DH_GEX_GROUP (31)
  // mpint   p, safe prime
  // mpint   g, generator for subgroup in GF(p)
  #groupRequest(reader: SshReader, number: number): KexStep | 'failed' {
    const old = number === message.kexFirst;
    const least = old ? 2048 : reader.uint32();
    const wanted = reader.uint32();
    const most = old ? 8192 : reader.uint32();
    if (most < least || wanted < least || most < wanted) return 'failed';
    const clamp = (bits: number): number => Math.min(8192, Math.max(2048, bits));
    const group = chooseGroup(clamp(least), clamp(wanted), Math.min(8192, most));
    if (group === null) return 'failed';
    const parameters = groupParameters(group);
    const sizes = new SshWriter();
    if (old) sizes.uint32(wanted);
    else sizes.uint32(least).uint32(wanted).uint32(most);
    this.#group = { group, transcript: Buffer.concat([sizes.finish(), parameters]) };
    return { reply: Buffer.concat([Buffer.of(message.kexReply), parameters]), keys: null };
  }

  // byte      SSH_MSG_KEXDH_REPLY / SSH_MSG_KEX_ECDH_REPLY (31) / SSH_MSG_KEX_DH_GEX_REPLY (33)
  // string    server public host key (K_S)
  // mpint f / string Q_S, the server's public value
  // string    signature of H
  #reply(
    method: KeyExchangeMethod,
    agree: NonNullable<KeyExchangeMethod['agree']>,
    clientValue: Buffer,
    replyNumber: number,
    algorithms: SshAlgorithms,
  ): KexStep | 'failed' {
    const hostKey = hostKeyFor(this.#identity, algorithms.hostKey);
    if (hostKey === null) return 'failed';
    let agreement: Agreement;
    try {
      agreement = agree(clientValue, (count) => this.#context.randomBytes(count));
    } catch {
      return 'failed';
    }
    const hash = createHash(method.digest)
      .update(sshString(Buffer.from(this.#clientLine, 'latin1')))
      .update(sshString(this.#identity.version))
      .update(sshString(this.#clientPayload))
      .update(sshString(this.#serverPayload))
      .update(sshString(hostKey.publicKey))
      .update(this.#group?.transcript ?? Buffer.alloc(0))
      .update(agreement.clientValue)
      .update(agreement.serverValue)
      .update(agreement.secret)
      .digest();
    const first = this.#sessionId.length === 0;
    if (first) this.#sessionId = hash;
    const derive = this.#keys(method.digest, agreement.secret, hash);
    const reply = new SshWriter()
      .uint8(replyNumber)
      .string(hostKey.publicKey)
      .octets(agreement.serverValue)
      .string(signWith(hostKey, algorithms.hostKey, hash))
      .finish();
    this.#replied = true;
    return {
      reply,
      keys: {
        algorithms,
        first,
        opener: createOpener(
          {
            cipher: algorithms.cipherToServer,
            mac: algorithms.macToServer,
            ivLetter: 'A',
            keyLetter: 'C',
            macLetter: 'E',
          },
          derive,
        ),
        sealer: createSealer(
          {
            cipher: algorithms.cipherToClient,
            mac: algorithms.macToClient,
            ivLetter: 'B',
            keyLetter: 'D',
            macLetter: 'F',
          },
          derive,
        ),
      },
    };
  }

  /** RFC 4253 §7.2: HASH(K || H || letter || session_id), lengthened by HASH(K || H || what there is). */
  #keys(digest: string, secret: Buffer, hash: Buffer): DeriveKey {
    const sessionId = this.#sessionId;
    return (letter, count) => {
      let key = createHash(digest).update(secret).update(hash).update(letter).update(sessionId).digest();
      while (key.length < count) {
        key = Buffer.concat([key, createHash(digest).update(secret).update(hash).update(key).digest()]);
      }
      return key.subarray(0, count);
    };
  }

  /** The client's NEWKEYS is there. */
  finish(): void {
    this.#running = false;
    this.#done = true;
    this.#hasClientProposal = false;
    this.#replied = false;
    this.#group = null;
  }
}
