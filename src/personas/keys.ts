/** Private keys from a seed, as PKCS #8 PEM: the same seed is the same machine, whoever asks. */

import { Buffer } from 'node:buffer';
import { checkPrimeSync, createECDH } from 'node:crypto';
import { derContext, derInteger, derNull, derObjectIdentifier, derOctetString } from '../wire/der-writer.ts';
import { derBitString, derSequence } from '../wire/der-writer.ts';
import type { Seed } from './seed.ts';
import { modularInverse } from '../core/modular-inverse.ts';

function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

export function certificatePem(der: Uint8Array): string {
  return pem('CERTIFICATE', der);
}

const bigEndian = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);

/** PrivateKeyInfo (RFC 5958 §2): version, algorithm, privateKey. */
function privateKeyInfo(algorithm: Uint8Array, privateKey: Uint8Array): string {
  return pem('PRIVATE KEY', derSequence(derInteger(0n), algorithm, derOctetString(privateKey)));
}

/** RFC 8410 §7: the 32 octets of the seed, wrapped twice. */
export function ed25519Key(seed: Seed): string {
  return privateKeyInfo(
    derSequence(derObjectIdentifier('1.3.101.112')),
    derOctetString(seed.bytes('ed25519 key', 32)),
  );
}

const p256Order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** ECPrivateKey (RFC 5915 §3) on P-256; 48 octets of seed make the bias of the reduction too small to matter. */
export function p256Key(seed: Seed): string {
  const scalar = (bigEndian(seed.bytes('p256 key', 48)) % (p256Order - 1n)) + 1n;
  const octets = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex');
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(octets);
  return privateKeyInfo(
    derSequence(derObjectIdentifier('1.2.840.10045.2.1'), derObjectIdentifier('1.2.840.10045.3.1.7')),
    derSequence(derInteger(1n), derOctetString(octets), derContext(1, derBitString(curve.getPublicKey()))),
  );
}

const sieveLimit = 30_000;

function smallPrimes(): number[] {
  const composite = new Uint8Array(sieveLimit);
  const primes: number[] = [];
  for (let number = 3; number < sieveLimit; number += 2) {
    if (composite[number] === 1) continue;
    primes.push(number);
    for (let multiple = number * number; multiple < sieveLimit; multiple += 2 * number)
      composite[multiple] = 1;
  }
  return primes;
}

const publicExponent = 65_537n;

/**
 * The first prime at or after a point from the seed whose top two bits are set (so that a product of two has full
 * length) and with p - 1 prime to the exponent. A sieve leaves about one in eleven odd numbers to the real test, of
 * which a 1,536-bit search needs some 50: a quarter of a second.
 */
function seededPrime(seed: Seed, purpose: string, bits: number, primes: readonly number[]): bigint {
  const window = 32_768;
  let start = bigEndian(seed.bytes(purpose, bits / 8)) | (3n << BigInt(bits - 2)) | 1n;
  for (;;) {
    const composite = new Uint8Array(window);
    for (const prime of primes) {
      const remainder = Number(start % BigInt(prime));
      // start + 2k divisible by the prime: k = -remainder / 2 modulo the prime.
      const first = remainder === 0 ? 0 : ((prime - remainder) * ((prime + 1) / 2)) % prime;
      for (let index = first; index < window; index += prime) composite[index] = 1;
    }
    for (let index = 0; index < window; index += 1) {
      if (composite[index] === 1) continue;
      const candidate = start + 2n * BigInt(index);
      if ((candidate - 1n) % publicExponent === 0n) continue;
      if (checkPrimeSync(candidate)) return candidate;
    }
    start += 2n * BigInt(window);
  }
}

/** RSAPrivateKey (RFC 8017 §A.1.2): n, e, d, p, q, d mod (p-1), d mod (q-1), q⁻¹ mod p. */
export function rsaKey(seed: Seed, purpose: string, bits: number): string {
  const primes = smallPrimes();
  let p = seededPrime(seed, `${purpose} p`, bits / 2, primes);
  let q = seededPrime(seed, `${purpose} q`, bits / 2, primes);
  if (p < q) [p, q] = [q, p];
  const d = modularInverse(publicExponent, (p - 1n) * (q - 1n));
  const numbers = [0n, p * q, publicExponent, d, p, q, d % (p - 1n), d % (q - 1n), modularInverse(q, p)];
  return privateKeyInfo(
    derSequence(derObjectIdentifier('1.2.840.113549.1.1.1'), derNull()),
    derSequence(...numbers.map(derInteger)),
  );
}
