/** NTLMv2: responses, keys and sealing ([MS-NLMP] §3.3.2, §3.4). */

import { Buffer } from 'node:buffer';
import { createHash, createHmac } from 'node:crypto';

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

/** MD4 (RFC 1320), which OpenSSL 3 no longer has by itself. */
export function md4(message: Uint8Array): Buffer {
  const length = Math.ceil((message.length + 9) / 64) * 64;
  const padded = Buffer.alloc(length);
  padded.set(message);
  padded[message.length] = 0x80;
  padded.writeBigUInt64LE(BigInt(message.length) * 8n, length - 8);
  let [a, b, c, d] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  const rounds: readonly (readonly [
    order: readonly number[],
    shifts: readonly number[],
    constant: number,
  ])[] = [
    [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], [3, 7, 11, 19], 0],
    [[0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15], [3, 5, 9, 13], 0x5a827999],
    [[0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15], [3, 9, 11, 15], 0x6ed9eba1],
  ];
  for (let block = 0; block < length; block += 64) {
    const before = [a, b, c, d] as const;
    for (const [round, [order, shifts, constant]] of rounds.entries()) {
      for (const [step, word] of order.entries()) {
        const mixed =
          round === 0 ? (b & c) | (~b & d) : round === 1 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
        const sum = (a + mixed + padded.readInt32LE(block + word * 4) + constant) | 0;
        [a, b, c, d] = [d, rotate(sum, shifts[step % 4] ?? 0), b, c];
      }
    }
    a = (a + before[0]) | 0;
    b = (b + before[1]) | 0;
    c = (c + before[2]) | 0;
    d = (d + before[3]) | 0;
  }
  const digest = Buffer.alloc(16);
  for (const [index, word] of [a, b, c, d].entries()) digest.writeInt32LE(word, index * 4);
  return digest;
}

const hmac = (key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer =>
  createHmac('md5', key).update(Buffer.concat(parts)).digest();

/** RC4 (RFC 6229 has vectors): a stream that goes on from call to call. */
export class Rc4 {
  readonly #state = Uint8Array.from({ length: 256 }, (_, index) => index);
  #i = 0;
  #j = 0;

  constructor(key: Uint8Array) {
    let j = 0;
    for (let i = 0; i < 256; i += 1) {
      j = (j + (this.#state[i] ?? 0) + (key[i % key.length] ?? 0)) & 255;
      this.#swap(i, j);
    }
  }

  #swap(one: number, other: number): void {
    const kept = this.#state[one] ?? 0;
    this.#state[one] = this.#state[other] ?? 0;
    this.#state[other] = kept;
  }

  next(bytes: Uint8Array): Buffer {
    const output = Buffer.alloc(bytes.length);
    for (const [index, byte] of bytes.entries()) {
      this.#i = (this.#i + 1) & 255;
      this.#j = (this.#j + (this.#state[this.#i] ?? 0)) & 255;
      this.#swap(this.#i, this.#j);
      const at = ((this.#state[this.#i] ?? 0) + (this.#state[this.#j] ?? 0)) & 255;
      output[index] = byte ^ (this.#state[at] ?? 0);
    }
    return output;
  }
}

/**
 * The session base key where this password gives this response to the challenge (NTLMv2: proof in the first 16 octets, what it
 * proves behind it); null for another password.
 */
export function sessionKeyOf(
  user: string,
  domain: string,
  password: string,
  challenge: Uint8Array,
  response: Uint8Array,
): Buffer | null {
  if (response.length < 24) return null;
  const identity = Buffer.from(user.toUpperCase() + domain, 'utf16le');
  const key = hmac(md4(Buffer.from(password, 'utf16le')), identity);
  const proof = hmac(key, challenge, response.subarray(16));
  return proof.equals(response.subarray(0, 16)) ? hmac(key, proof) : null;
}

const constants = {
  client: 'session key to client-to-server',
  server: 'session key to server-to-client',
} as const;

/** One direction's sealing with extended session security and 128 bits: a signature of 16 octets ahead of the text. */
export class NtlmSeal {
  readonly #signKey: Buffer;
  readonly #cipher: Rc4;
  readonly #exchanged: boolean;
  #sequence = 0;

  constructor(sessionKey: Uint8Array, from: 'client' | 'server', keyExchange: boolean) {
    const derive = (use: string): Buffer =>
      createHash('md5')
        .update(sessionKey)
        .update(`${constants[from]} ${use} key magic constant\0`, 'latin1')
        .digest();
    this.#signKey = derive('signing');
    this.#cipher = new Rc4(derive('sealing'));
    this.#exchanged = keyExchange;
  }

  #signature(text: Uint8Array): Buffer {
    const sequence = Buffer.alloc(4);
    sequence.writeUInt32LE(this.#sequence);
    this.#sequence += 1;
    const sum = hmac(this.#signKey, sequence, text).subarray(0, 8);
    return Buffer.concat([Buffer.of(1, 0, 0, 0), this.#exchanged ? this.#cipher.next(sum) : sum, sequence]);
  }

  seal(text: Uint8Array): Buffer {
    const sealed = this.#cipher.next(text);
    return Buffer.concat([this.#signature(text), sealed]);
  }

  /** Null where the signature is not right. */
  open(message: Uint8Array): Buffer | null {
    if (message.length < 16) return null;
    const text = this.#cipher.next(message.subarray(16));
    return this.#signature(text).equals(message.subarray(0, 16)) ? text : null;
  }
}
