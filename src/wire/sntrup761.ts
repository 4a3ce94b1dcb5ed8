/**
 * Encapsulation of Streamlined NTRU Prime with p = 761, q = 4591, w = 286 (https://ntruprime.cr.yp.to, round 3), which OpenSSH
 * joins with X25519 from 8.5 on. A server never needs the other half, so it is not here. Not in constant time: the secrets
 * of a decoy guard nothing.
 */

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

const p = 761;
const q = 4591;
const weight = 286;
const half = (q - 1) / 2;
export const sntrupPublicKeyBytes: number = 1158;

/** Hash_b of the specification: the first half of SHA-512 over the octet b and the parts. */
function hash(prefix: number, ...parts: readonly Uint8Array[]): Buffer {
  const digest = createHash('sha512').update(Buffer.of(prefix));
  for (const part of parts) digest.update(part);
  return digest.digest().subarray(0, 32);
}

/** Encode, §"Encode and Decode": mixed-radix numbers joined in pairs, low octets first. */
function encode(values: readonly number[], moduli: readonly number[]): number[] {
  const octets: number[] = [];
  let current = [...values];
  let radix = [...moduli];
  while (current.length > 1) {
    const joined: number[] = [];
    const joinedRadix: number[] = [];
    for (let index = 0; index + 1 < current.length; index += 2) {
      const first = radix[index] ?? 1;
      let value = (current[index] ?? 0) + (current[index + 1] ?? 0) * first;
      let modulus = (radix[index + 1] ?? 1) * first;
      while (modulus >= 16_384) {
        octets.push(value & 255);
        value >>>= 8;
        modulus = (modulus + 255) >>> 8;
      }
      joined.push(value);
      joinedRadix.push(modulus);
    }
    if (current.length % 2 === 1) {
      joined.push(current.at(-1) ?? 0);
      joinedRadix.push(radix.at(-1) ?? 1);
    }
    current = joined;
    radix = joinedRadix;
  }
  let value = current[0] ?? 0;
  for (let modulus = radix[0] ?? 1; modulus > 1; modulus = (modulus + 255) >>> 8) {
    octets.push(value & 255);
    value >>>= 8;
  }
  return octets;
}

/** Decode of `count` numbers below the same modulus. */
function decode(octets: Uint8Array, count: number, sameModulus: number): number[] {
  let offset = 0;
  const next = (): number => {
    const octet = octets[offset] ?? 0;
    offset += 1;
    return octet;
  };
  const level = (moduli: readonly number[]): number[] => {
    const only = moduli[0] ?? 1;
    if (moduli.length === 1) {
      if (only === 1) return [0];
      return [(only <= 256 ? next() : next() + 256 * next()) % only];
    }
    const low: { value: number; scale: number }[] = [];
    const joined: number[] = [];
    for (let index = 0; index + 1 < moduli.length; index += 2) {
      let modulus = (moduli[index] ?? 1) * (moduli[index + 1] ?? 1);
      let value = 0;
      let scale = 1;
      while (modulus >= 16_384) {
        value += next() * scale;
        scale *= 256;
        modulus = (modulus + 255) >>> 8;
      }
      low.push({ value, scale });
      joined.push(modulus);
    }
    if (moduli.length % 2 === 1) joined.push(moduli.at(-1) ?? 1);
    const upper = level(joined);
    const values: number[] = [];
    for (const [index, { value, scale }] of low.entries()) {
      const whole = value + scale * (upper[index] ?? 0);
      const first = moduli[2 * index] ?? 1;
      values.push(whole % first, Math.floor(whole / first) % (moduli[2 * index + 1] ?? 1));
    }
    if (moduli.length % 2 === 1) values.push(upper.at(-1) ?? 0);
    return values;
  };
  return level(Array.from({ length: count }, () => sameModulus));
}

/** A small polynomial with exactly 286 coefficients that are not zero, by sorting random words that carry them. */
function shortPolynomial(randomBytes: (count: number) => Uint8Array): Int8Array {
  const random = Buffer.from(randomBytes(4 * p));
  const words = Uint32Array.from({ length: p }, (_, index) => {
    const word = random.readUInt32LE(4 * index);
    return index < weight ? word & 0xfffffffe : (word & 0xfffffffd) | 1;
  }).sort();
  return Int8Array.from(words, (word) => (word & 3) - 1);
}

/** The product in Z/q[x] / (x^p - x - 1). */
function multiply(large: readonly number[], small: Int8Array): Int32Array {
  const product = new Int32Array(2 * p);
  for (let index = 0; index < p; index += 1) {
    const factor = small[index] ?? 0;
    if (factor === 0) continue;
    // At most 286 summands of at most 2,295: far from the 32 bits.
    for (let other = 0; other < p; other += 1) {
      product[index + other] = (product[index + other] ?? 0) + factor * (large[other] ?? 0);
    }
  }
  for (let index = 2 * p - 2; index >= p; index -= 1) {
    const carried = product[index] ?? 0;
    product[index - p] = (product[index - p] ?? 0) + carried;
    product[index - p + 1] = (product[index - p + 1] ?? 0) + carried;
  }
  return product.subarray(0, p);
}

/** A fresh secret of 32 octets and its ciphertext for this public key. Throws a RangeError for a key of another length. */
export function encapsulate(
  publicKey: Uint8Array,
  randomBytes: (count: number) => Uint8Array,
): { readonly ciphertext: Buffer; readonly secret: Buffer } {
  if (publicKey.length !== sntrupPublicKeyBytes) throw new RangeError('an sntrup761 key has 1,158 octets');
  const key = decode(publicKey, p, q).map((value) => value - half);
  const small = shortPolynomial(randomBytes);
  const rounded = Array.from(multiply(key, small), (value) => {
    const centred = ((((value + half) % q) + q) % q) - half;
    // The nearest multiple of three, as (multiple + 2295) / 3.
    return (Math.round(centred / 3) * 3 + half) / 3;
  });
  const ciphertext = encode(
    rounded,
    rounded.map(() => (q + 2) / 3),
  );
  const packed = Buffer.alloc(Math.ceil(p / 4));
  for (let index = 0; index < p; index += 1) {
    packed[index >>> 2] = (packed[index >>> 2] ?? 0) | (((small[index] ?? 0) + 1) << (2 * (index & 3)));
  }
  const confirmation = hash(2, hash(3, packed), hash(4, publicKey));
  const whole = Buffer.concat([Buffer.from(ciphertext), confirmation]);
  return { ciphertext: whole, secret: hash(1, hash(3, packed), whole) };
}
