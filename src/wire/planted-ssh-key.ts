/**
 * Private keys for SSH that decoys leave lying about, a different one for each source, known again by their public half.
 *
 * Nothing of a key's making can be read from a public key but what stands in it: modulus and exponent. All keys of a machine share one
 * modulus, and the exponent, which may be any odd number that has no factor in common with the order, carries the block of
 * `planted-credential.ts`:
 *
 *     exponent (13 octets) = 0x01 block[10] counter[2]
 *
 * OpenSSL takes exponents of more than 64 bits with moduli up to 3,072 bits.
 */

import { Buffer } from 'node:buffer';
import { generateKeyPairSync } from 'node:crypto';
import type { Persona } from '../core/persona.ts';
import { derInteger, derSequence } from './der-writer.ts';
import {
  plantedBytes,
  recognisePlantedBytes,
  type Planted,
  type PlantedPlace,
} from './planted-credential.ts';
import { SshReader } from './ssh-bytes.ts';

const modulusBits = 2_048;
const blockOctets = 10;
const exponentOctets = 13;
const counterBits = 16n;

interface Factors {
  readonly p: bigint;
  readonly q: bigint;
}

/** Of each machine, made when its first key is planted: recognition needs nothing of it. */
const factorsOf = new WeakMap<Persona, Factors>();

function factors(persona: Persona): Factors {
  const known = factorsOf.get(persona);
  if (known !== undefined) return known;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: modulusBits });
  const parts = privateKey.export({ format: 'jwk' });
  const number = (text = ''): bigint => BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`);
  const made = { p: number(parts.p), q: number(parts.q) };
  factorsOf.set(persona, made);
  return made;
}

/** The inverse of a number modulo another (extended Euclid); null where they have a factor in common. */
function inverse(value: bigint, modulus: bigint): bigint | null {
  let [older, newer] = [modulus, value % modulus];
  let [olderFactor, newerFactor] = [0n, 1n];
  while (newer !== 0n) {
    const times = older / newer;
    [older, newer] = [newer, older - times * newer];
    [olderFactor, newerFactor] = [newerFactor, olderFactor - times * newerFactor];
  }
  return older === 1n ? ((olderFactor % modulus) + modulus) % modulus : null;
}

/** A private key in PEM, as ssh-keygen wrote them until OpenSSH 7.8: RSAPrivateKey of RFC 8017 appendix A.1.2. */
export function plantedSshKey(persona: Persona, place: PlantedPlace, source: string): string {
  const { p, q } = factors(persona);
  const block = plantedBytes(persona, place, source, blockOctets);
  const head = BigInt(`0x01${Buffer.from(block).toString('hex')}`) << counterBits;
  const order = (p - 1n) * (q - 1n);
  for (let counter = 1n; ; counter += 2n) {
    const exponent = head | counter;
    const secret = inverse(exponent, order);
    if (secret === null) continue;
    const der = derSequence(
      derInteger(0n),
      derInteger(p * q),
      derInteger(exponent),
      derInteger(secret),
      derInteger(p),
      derInteger(q),
      derInteger(secret % (p - 1n)),
      derInteger(secret % (q - 1n)),
      derInteger(inverse(q, p) ?? 0n),
    );
    const lines =
      Buffer.from(der)
        .toString('base64')
        .match(/.{1,64}/g) ?? [];
    return `-----BEGIN RSA PRIVATE KEY-----\n${lines.join('\n')}\n-----END RSA PRIVATE KEY-----\n`;
  }
}

/**
 * What this sensor planted whose public half this is (`string "ssh-rsa"; mpint e; mpint n`, RFC 4253 §6.6); null for a stranger's key and for
 * bytes that are none.
 */
export function recognisePlantedSshKey(persona: Persona, publicKey: Uint8Array): Planted | null {
  try {
    const reader = new SshReader(publicKey);
    if (reader.text() !== 'ssh-rsa') return null;
    const exponent = reader.string();
    if (exponent.length !== exponentOctets || exponent[0] !== 1) return null;
    return recognisePlantedBytes(persona, exponent.subarray(1), 'SSH key');
  } catch {
    return null;
  }
}
