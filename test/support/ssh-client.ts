/** A small SSH client without a socket, for tests and benchmarks: one key exchange (X25519), one cipher (AES-GCM). It trusts any host key. */

import { Buffer } from 'node:buffer';
import { createHash, createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';
import { SshReader, sshInteger, sshString, SshWriter } from '../../src/wire/ssh-bytes.ts';
import { encodeKexInit } from '../../src/wire/ssh-kexinit.ts';
import { SshPacketReader, SshPacketWriter } from '../../src/wire/ssh-packet.ts';
import { createOpener, createSealer } from '../../src/wire/ssh-protection.ts';

const version = 'SSH-2.0-OpenSSH_9.2p1';
const cipher = 'aes128-gcm@openssh.com';
const pkcs8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const spki = Buffer.from('302a300506032b656e032100', 'hex');

export class SshClient {
  readonly #reader = new SshPacketReader();
  readonly #writer: SshPacketWriter;
  readonly #ownKexInit: Buffer;
  readonly #privateKey: ReturnType<typeof createPrivateKey>;
  readonly #publicValue: Buffer;
  #serverLine = '';
  #serverKexInit: Uint8Array = Buffer.alloc(0);
  #derive: ((letter: string, count: number) => Buffer) | null = null;
  /** RFC 4253 §7.2: the exchange hash, which a key's signature is over. */
  sessionId: Buffer = Buffer.alloc(0);
  /** True once keys are in use both ways. */
  isProtected = false;

  /** Where it offers compression, the payloads that it is given after the login are compressed ones. */
  constructor(randomBytes: (count: number) => Uint8Array, compression = 'none') {
    this.#writer = new SshPacketWriter(randomBytes, false);
    this.#privateKey = createPrivateKey({
      key: Buffer.concat([pkcs8, randomBytes(32)]),
      format: 'der',
      type: 'pkcs8',
    });
    this.#publicValue = createPublicKey(this.#privateKey)
      .export({ format: 'der', type: 'spki' })
      .subarray(-32);
    this.#ownKexInit = encodeKexInit(
      {
        keyExchange: ['curve25519-sha256', 'curve25519-sha256@libssh.org'],
        hostKey: ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'],
        ciphersToServer: [cipher],
        ciphersToClient: [cipher],
        macsToServer: ['hmac-sha2-256'],
        macsToClient: ['hmac-sha2-256'],
        compressionToServer: [compression],
        compressionToClient: ['none'],
        languagesToServer: [],
        languagesToClient: [],
        firstPacketFollows: false,
      },
      randomBytes(16),
    );
  }

  /** What goes out first: identification and KEXINIT. */
  start(): Buffer {
    return Buffer.concat([Buffer.from(`${version}\r\n`), this.#writer.packet(this.#ownKexInit)]);
  }

  packet(payload: Uint8Array): Buffer {
    return this.#writer.packet(payload);
  }

  /** Takes what the server sent. `send` gets what the key exchange answers, `message` the payloads of the layers above. */
  receive(bytes: Uint8Array, send: (bytes: Buffer) => void, message: (payload: Buffer) => void): void {
    this.#reader.push(bytes);
    if (this.#serverLine === '') {
      const end = this.#reader.pending.indexOf('\n');
      if (end < 0) return;
      this.#serverLine = this.#reader
        .takeRaw(end + 1)
        .toString('latin1')
        .trimEnd();
    }
    for (let payload = this.#reader.next(); payload !== null; payload = this.#reader.next()) {
      if (typeof payload === 'string') throw new Error(`the server sent a broken packet: ${payload}`);
      switch (payload[0]) {
        case 20:
          this.#serverKexInit = payload;
          send(this.#writer.packet(Buffer.concat([Buffer.of(30), sshString(this.#publicValue)])));
          break;
        case 31:
          send(this.#agree(new SshReader(payload.subarray(1))));
          break;
        case 21:
          if (this.#derive === null) throw new Error('new keys ahead of an agreement');
          this.#reader.protect(
            createOpener({ cipher, mac: '', ivLetter: 'B', keyLetter: 'D', macLetter: 'F' }, this.#derive),
            false,
          );
          this.isProtected = true;
          message(payload);
          break;
        default:
          message(payload);
      }
    }
  }

  /** KEX_ECDH_REPLY: string host key, string Q_S, string signature. Answers with NEWKEYS and begins to encrypt. */
  #agree(reply: SshReader): Buffer {
    const hostKey = reply.string();
    const serverValue = reply.string();
    const publicKey = createPublicKey({
      key: Buffer.concat([spki, serverValue]),
      format: 'der',
      type: 'spki',
    });
    const secret = sshInteger(diffieHellman({ privateKey: this.#privateKey, publicKey }));
    const hash = createHash('sha256');
    for (const part of [version, this.#serverLine, this.#ownKexInit, this.#serverKexInit, hostKey]) {
      hash.update(sshString(typeof part === 'string' ? Buffer.from(part, 'latin1') : part));
    }
    hash.update(sshString(this.#publicValue)).update(sshString(serverValue)).update(secret);
    const exchange = hash.digest();
    this.sessionId = exchange;
    this.#derive = (letter, count) =>
      createHash('sha256')
        .update(secret)
        .update(exchange)
        .update(letter)
        .update(exchange)
        .digest()
        .subarray(0, count);
    const newKeys = this.#writer.packet(Buffer.of(21));
    this.#writer.protect(
      createSealer({ cipher, mac: '', ivLetter: 'A', keyLetter: 'C', macLetter: 'E' }, this.#derive),
      false,
    );
    return newKeys;
  }
}

export const serviceRequest: Buffer = new SshWriter().uint8(5).string('ssh-userauth').finish();

export const passwordRequest = (user: string, password: string): Buffer =>
  new SshWriter()
    .uint8(50)
    .string(user)
    .string('ssh-connection')
    .string('password')
    .boolean(false)
    .string(password)
    .finish();

/** Channel 0 of the client, with a window that no answer fills. */
export const sessionRequest: Buffer = new SshWriter()
  .uint8(90)
  .string('session')
  .uint32(0)
  .uint32(2_097_152)
  .uint32(32_768)
  .finish();

export const executeRequest = (channel: number, command: string): Buffer =>
  new SshWriter().uint8(98).uint32(channel).string('exec').boolean(true).string(command).finish();
