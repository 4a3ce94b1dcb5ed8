/** The encryption of a remote desktop without TLS: keys, authentication codes and RC4 ([MS-RDPBCGR] §5.3.5 to §5.3.7). */

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { Rc4 } from './ntlm-keys.ts';

export type KeyBits = 40 | 56 | 128;

const sha1 = (...parts: readonly Uint8Array[]): Buffer =>
  createHash('sha1').update(Buffer.concat(parts)).digest();
const md5 = (...parts: readonly Uint8Array[]): Buffer =>
  createHash('md5').update(Buffer.concat(parts)).digest();

const inner = Buffer.alloc(40, 0x36);
const outer = Buffer.alloc(48, 0x5c);

/** What a weaker key has in place of its first octets. */
const salts: Readonly<Record<KeyBits, Buffer>> = {
  40: Buffer.of(0xd1, 0x26, 0x9e),
  56: Buffer.of(0xd1),
  128: Buffer.alloc(0),
};

const keyOctets = (bits: KeyBits): number => (bits === 128 ? 16 : 8);

/** A key of these bits out of sixteen octets. */
function weaken(whole: Uint8Array, bits: KeyBits): Buffer {
  const key = Buffer.from(whole.subarray(0, keyOctets(bits)));
  salts[bits].copy(key);
  return key;
}

export interface RdpKeys {
  readonly mac: Buffer;
  readonly fromServer: Buffer;
  readonly fromClient: Buffer;
  readonly bits: KeyBits;
}

// §5.3.5.1  PreMasterSecret = First192Bits(ClientRandom) + First192Bits(ServerRandom)
//           SaltedHash(S, I) = MD5(S + SHA(I + S + ClientRandom + ServerRandom))
//           MasterSecret     = SaltedHash(PreMasterSecret, 'A') + … 'BB' + … 'CCC'
//           SessionKeyBlob   = SaltedHash(MasterSecret, 'X') + … 'YY' + … 'ZZZ'
/** Both randoms are 32 octets. */
export function rdpKeys(clientRandom: Uint8Array, serverRandom: Uint8Array, bits: KeyBits): RdpKeys {
  const hashed = (secret: Uint8Array, letters: readonly string[]): Buffer =>
    Buffer.concat(
      letters.map((letter) =>
        md5(secret, sha1(Buffer.from(letter, 'latin1'), secret, clientRandom, serverRandom)),
      ),
    );
  const before = Buffer.concat([clientRandom.subarray(0, 24), serverRandom.subarray(0, 24)]);
  const blob = hashed(hashed(before, ['A', 'BB', 'CCC']), ['X', 'YY', 'ZZZ']);
  const final = (from: number): Buffer =>
    weaken(md5(blob.subarray(from, from + 16), clientRandom, serverRandom), bits);
  return { mac: weaken(blob, bits), fromServer: final(16), fromClient: final(32), bits };
}

/** A key serves for so many messages. */
const messagesOfKey = 4096;

/** One direction. */
export class RdpCipher {
  readonly #mac: Buffer;
  readonly #first: Buffer;
  readonly #bits: KeyBits;
  #key: Buffer;
  #stream: Rc4;
  #messages = 0;

  constructor(keys: RdpKeys, from: 'client' | 'server') {
    this.#mac = keys.mac;
    this.#bits = keys.bits;
    this.#first = from === 'client' ? keys.fromClient : keys.fromServer;
    this.#key = this.#first;
    this.#stream = new Rc4(this.#key);
  }

  // §5.3.6.1  MD5(MACKey + pad2 + SHA(MACKey + pad1 + length (4) + data)), the first 64 bits; salted with the number of the message
  #code(data: Uint8Array, isSalted: boolean): Buffer {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(data.length);
    const count = Buffer.alloc(isSalted ? 4 : 0);
    if (isSalted) count.writeUInt32LE(this.#messages);
    return md5(this.#mac, outer, sha1(this.#mac, inner, length, data, count)).subarray(0, 8);
  }

  // §5.3.7  TempKey = MD5(FirstKey + pad2 + SHA(FirstKey + pad1 + CurrentKey)); the next key is it, encrypted by itself
  #renew(): void {
    if (this.#messages === 0 || this.#messages % messagesOfKey !== 0) return;
    const whole = md5(this.#first, outer, sha1(this.#first, inner, this.#key));
    const between = whole.subarray(0, keyOctets(this.#bits));
    this.#key = weaken(new Rc4(between).next(between), this.#bits);
    this.#stream = new Rc4(this.#key);
  }

  /** The authentication code (8 octets) and what it is of. */
  seal(data: Uint8Array): Buffer {
    this.#renew();
    const code = this.#code(data, false);
    const sealed = this.#stream.next(data);
    this.#messages += 1;
    return Buffer.concat([code, sealed]);
  }

  /** Null where the code is of something else. */
  open(message: Uint8Array, isSalted: boolean): Buffer | null {
    if (message.length < 8) return null;
    this.#renew();
    const data = this.#stream.next(message.subarray(8));
    const isRight = this.#code(data, isSalted).equals(message.subarray(0, 8));
    this.#messages += 1;
    return isRight ? data : null;
  }
}
