/**
 * UMAC (RFC 4418), the message authentication code that OpenSSH calls umac-64@openssh.com and umac-128@openssh.com: a fast
 * universal hash whose result is masked with one AES block of the nonce.
 */

import { Buffer } from 'node:buffer';
import { createCipheriv, type Cipheriv } from 'node:crypto';

const chunkBytes = 1024;
const prime36 = (1n << 36n) - 5n;
const prime64 = (1n << 64n) - 59n;
const mask64 = (1n << 64n) - 1n;
const largestWord = (1n << 64n) - (1n << 32n);

/** AES-128 of single blocks; one cipher object serves all, for ECB has no state. */
function blockCipher(key: Uint8Array): Cipheriv {
  const cipher = createCipheriv('aes-128-ecb', key, null);
  cipher.setAutoPadding(false);
  return cipher;
}

/** KDF, RFC 4418 §3.2.1: AES over the blocks index || counter. */
function deriveKey(cipher: Cipheriv, index: number, count: number): Buffer {
  const blocks = Math.ceil(count / 16);
  const input = Buffer.alloc(blocks * 16);
  for (let block = 0; block < blocks; block += 1) {
    input.writeUInt32BE(index, block * 16 + 4);
    input.writeUInt32BE(block + 1, block * 16 + 12);
  }
  return cipher.update(input).subarray(0, count);
}

interface Layer {
  /** The NH key as 32-bit words. */
  readonly words: Uint32Array;
  readonly polynomialKey: bigint;
  readonly innerProductKeys: readonly bigint[];
  readonly mask: number;
}

export class Umac {
  readonly #padCipher: Cipheriv;
  readonly #layers: readonly Layer[];
  readonly #tagBytes: number;

  /** A 16-octet key; tags of 8 or 16 octets. */
  constructor(key: Uint8Array, tagBytes: 8 | 16) {
    const cipher = blockCipher(key);
    const layers = tagBytes / 4;
    this.#tagBytes = tagBytes;
    this.#padCipher = blockCipher(deriveKey(cipher, 0, 16));
    const first = deriveKey(cipher, 1, chunkBytes + (layers - 1) * 16);
    const second = deriveKey(cipher, 2, layers * 24);
    const third = deriveKey(cipher, 3, layers * 64);
    const fourth = deriveKey(cipher, 4, layers * 4);
    this.#layers = Array.from({ length: layers }, (_, layer) => ({
      words: Uint32Array.from({ length: chunkBytes / 4 }, (_word, index) =>
        first.readUInt32BE(layer * 16 + index * 4),
      ),
      polynomialKey: second.readBigUInt64BE(layer * 24) & 0x01ffffff01ffffffn,
      innerProductKeys: Array.from(
        { length: 8 },
        (_key, index) => third.readBigUInt64BE(layer * 64 + index * 8) % prime36,
      ),
      mask: fourth.readUInt32BE(layer * 4),
    }));
  }

  /** The tag of a message of at most 16 MiB under this 8-octet nonce, which must not serve twice. */
  tag(message: Uint8Array, nonce: Uint8Array): Buffer {
    const block = Buffer.alloc(16);
    block.set(nonce);
    let offset = 0;
    if (this.#tagBytes === 8) {
      // PDF, RFC 4418 §3.3.1: one AES block serves two nonces, the low bit tells which half.
      offset = ((nonce[7] ?? 0) & 1) * 8;
      block[7] = (nonce[7] ?? 0) & 0xfe;
    }
    const pad = this.#padCipher.update(block);
    const tag = Buffer.allocUnsafe(this.#tagBytes);
    const words = littleEndianWords(message);
    for (const [index, layer] of this.#layers.entries()) {
      const hash = hashLayer(layer, words, message.length);
      tag.writeUInt32BE((hash ^ pad.readUInt32BE(offset + index * 4)) >>> 0, index * 4);
    }
    return tag;
  }
}

/** The message padded with zeros to whole blocks of 32 octets (one at least), as little-endian words: ENDIAN-SWAP of §5.2.2. */
function littleEndianWords(message: Uint8Array): Uint32Array {
  const padded = Buffer.alloc(Math.max(32, Math.ceil(message.length / 32) * 32));
  padded.set(message);
  const words = new Uint32Array(padded.length / 4);
  for (let index = 0; index < words.length; index += 1) words[index] = padded.readUInt32LE(index * 4);
  return words;
}

/** NH, §5.2.2, on one chunk. Products are summed in three parts of at most 2^40, which a double holds exactly. */
function hashChunk(words: Uint32Array, start: number, end: number, key: Uint32Array): bigint {
  let low = 0;
  let middle = 0;
  let high = 0;
  for (let index = start; index < end; index += 8) {
    for (let lane = 0; lane < 4; lane += 1) {
      const left = ((words[index + lane] ?? 0) + (key[index - start + lane] ?? 0)) >>> 0;
      const right = ((words[index + lane + 4] ?? 0) + (key[index - start + lane + 4] ?? 0)) >>> 0;
      const leftHigh = left >>> 16;
      const leftLow = left & 0xffff;
      const rightHigh = right >>> 16;
      const rightLow = right & 0xffff;
      low += leftLow * rightLow;
      middle += leftLow * rightHigh + leftHigh * rightLow;
      high += leftHigh * rightHigh;
    }
  }
  return (BigInt(low) + (BigInt(middle) << 16n) + (BigInt(high) << 32n)) & mask64;
}

/** UHASH of one layer, §5.1: NH on chunks, a polynomial where there is more than one, then an inner product. */
function hashLayer(layer: Layer, words: Uint32Array, length: number): number {
  const wordsOfChunk = chunkBytes / 4;
  const chunks = Math.max(1, Math.ceil(length / chunkBytes));
  let value = 1n;
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    const start = chunk * wordsOfChunk;
    const end = Math.min(start + wordsOfChunk, words.length);
    const bits = BigInt(Math.min(chunkBytes, length - chunk * chunkBytes) * 8);
    const hash = (hashChunk(words, start, end, layer.words) + bits) & mask64;
    if (chunks === 1) value = hash;
    else if (hash >= largestWord) {
      value = (layer.polynomialKey * value + (prime64 - 1n)) % prime64;
      value = (layer.polynomialKey * value + (hash - 59n)) % prime64;
    } else value = (layer.polynomialKey * value + hash) % prime64;
  }
  // L3-HASH, §5.4: the 16 octets as eight 16-bit words, of which the first four are zero.
  let sum = 0n;
  for (let index = 4; index < 8; index += 1) {
    sum += ((value >> BigInt((7 - index) * 16)) & 0xffffn) * (layer.innerProductKeys[index] ?? 0n);
  }
  return (Number((sum % prime36) & 0xffffffffn) ^ layer.mask) >>> 0;
}
