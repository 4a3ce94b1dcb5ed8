/** The security of a remote desktop without TLS, server side: [MS-RDPBCGR] §5.3. */

import { Buffer } from 'node:buffer';
import type { Persona } from '../../core/persona.ts';
import { type KeyBits, RdpCipher, rdpKeys } from '../../wire/rdp-encryption.ts';
import { openClientRandom, serverCertificate } from './server-certificate.ts';

const flag = { exchange: 0x0001, encrypted: 0x0008, salted: 0x0800 } as const;

/** Methods as the wire gives them, the best first. FIPS (16) is not among them. */
const methods: readonly (readonly [method: number, bits: KeyBits])[] = [
  [2, 128],
  [8, 56],
  [1, 40],
];

/** The level of Windows as it is installed: whatever the client can do. */
const clientCompatible = 2;

export class StandardSecurity {
  readonly #persona: Persona;
  readonly #keyBits: 512 | 2048;
  readonly #serverRandom: Buffer;
  readonly #method: number;
  readonly #bits: KeyBits;
  #client: RdpCipher | null = null;
  #server: RdpCipher | null = null;

  private constructor(
    persona: Persona,
    keyBits: 512 | 2048,
    random: Uint8Array,
    method: readonly [number, KeyBits],
  ) {
    this.#persona = persona;
    this.#keyBits = keyBits;
    this.#serverRandom = Buffer.from(random);
    [this.#method, this.#bits] = method;
  }

  /** Null where the client can do none of what this server can. */
  static choose(
    persona: Persona,
    keyBits: 512 | 2048,
    random: Uint8Array,
    offered: number,
  ): StandardSecurity | null {
    const method = methods.find(([number]) => (offered & number) !== 0);
    return method === undefined ? null : new StandardSecurity(persona, keyBits, random, method);
  }

  // SC_SECURITY 0x0C02, length, encryptionMethod (4), encryptionLevel (4), serverRandomLen (4), serverCertLen (4), serverRandom, serverCertificate
  serverData(): Buffer {
    const certificate = serverCertificate(this.#persona, this.#keyBits);
    const head = Buffer.alloc(20);
    head.writeUInt16LE(0x0c02, 0);
    head.writeUInt16LE(head.length + this.#serverRandom.length + certificate.length, 2);
    head.writeUInt32LE(this.#method, 4);
    head.writeUInt32LE(clientCompatible, 8);
    head.writeUInt32LE(this.#serverRandom.length, 12);
    head.writeUInt32LE(certificate.length, 16);
    return Buffer.concat([head, this.#serverRandom, certificate]);
  }

  /** True once the keys are agreed on. */
  get isReady(): boolean {
    return this.#client !== null;
  }

  // TS_SECURITY_PACKET: flags (2) SEC_EXCHANGE_PKT, flagsHi (2), length (4), encryptedClientRandom with eight octets of zero
  /** False where it does not fit: the real server hangs up. */
  exchange(data: Buffer): boolean {
    if (data.length < 8 || (data.readUInt16LE(0) & flag.exchange) === 0) return false;
    const encrypted = data.subarray(8, 8 + Math.min(data.readUInt32LE(4), 1024));
    const random = openClientRandom(this.#persona, this.#keyBits, encrypted);
    if (random === null) return false;
    const keys = rdpKeys(random, this.#serverRandom, this.#bits);
    this.#client = new RdpCipher(keys, 'client');
    this.#server = new RdpCipher(keys, 'server');
    return true;
  }

  // TS_SECURITY_HEADER1: flags (2), flagsHi (2), dataSignature (8), and the rest is encrypted
  /** The message with its four octets of flags and what was encrypted behind them; null where the signature is not right. */
  open(data: Buffer): Buffer | null {
    if (data.length < 4) return null;
    const flags = data.readUInt16LE(0);
    if ((flags & flag.encrypted) === 0) return data;
    const opened = this.#client?.open(data.subarray(4), (flags & flag.salted) !== 0) ?? null;
    return opened === null ? null : Buffer.concat([data.subarray(0, 4), opened]);
  }

  /** Fast-path input: its first octet says in the top bit whether the rest is encrypted, in the next whether it is salted. */
  openFastPath(message: Buffer): Buffer | null {
    const head = (message[1] ?? 0) < 0x80 ? 2 : 3;
    const flags = message[0] ?? 0;
    const body = message.subarray(head);
    return (flags & 0x80) === 0 ? body : (this.#client?.open(body, (flags & 0x40) !== 0) ?? null);
  }

  seal(data: Uint8Array): Buffer {
    const sealed = this.#server?.seal(data) ?? Buffer.from(data);
    return Buffer.concat([Buffer.of(flag.encrypted, 0, 0, 0), sealed]);
  }
}
