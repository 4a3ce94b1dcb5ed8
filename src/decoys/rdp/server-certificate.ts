/**
 * The RSA key of a remote desktop without TLS, and the certificate of Microsoft's own form that it is given in: [MS-RDPBCGR] §2.2.1.4.3.1.1.
 *
 * Windows makes the key when it is installed: 512 bits up to Server 2003, 2,048 since. The certificate is signed with a key that Microsoft
 * has published (§5.3.3.1.1), so it proves nothing, and a client may check it all the same.
 */

import { Buffer } from 'node:buffer';
import {
  checkPrimeSync,
  constants,
  createHash,
  createPrivateKey,
  type KeyObject,
  privateDecrypt,
} from 'node:crypto';
import type { Persona } from '../../core/persona.ts';
import type { Random } from '../../core/random.ts';
import { modularInverse } from '../../core/modular-inverse.ts';

const exponent = 65_537n;

const bigOf = (bytes: Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(bytes).reverse().toString('hex') || '0'}`);

/** Numbers go over the wire with their lowest octet first. */
function octetsOf(value: bigint, length: number): Buffer {
  return Buffer.from(value.toString(16).padStart(length * 2, '0'), 'hex').reverse();
}

function power(base: bigint, exponentOf: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponentOf; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** The first prime behind a drawn number whose top two bits are set, so that two of them give a modulus of full length. */
function drawnPrime(random: Random, bits: number): bigint {
  let candidate = 1n;
  for (let drawn = 0; drawn < bits; drawn += 32) candidate = (candidate << 32n) | BigInt(random.next());
  candidate = (candidate & ((1n << BigInt(bits)) - 1n)) | (3n << BigInt(bits - 2)) | 1n;
  while ((candidate - 1n) % exponent === 0n || !checkPrimeSync(candidate)) candidate += 2n;
  return candidate;
}

interface ServerKey {
  readonly modulus: bigint;
  readonly octets: number;
  readonly secret: KeyObject;
  readonly certificate: Buffer;
}

const signing = {
  modulus: Buffer.from(
    '3d3a5ebd72433ec94dbbc11e4aba5fcb3e882087eff5c1e2d7b76b9af2524595ce63656b583afeef7ce7bffe3df65c7d6c5e06091af561bb2093095f056dea87',
    'hex',
  ),
  exponent: Buffer.from(
    '87a71932da11875558001616256568f8243ee6fae9674994cf92cc3399e80860179a129f24ddb12499c73ab80a7b0ddd350779170b519bb3c7100113e73ff35f',
    'hex',
  ),
} as const;

// dwVersion (4) 1, dwSigAlgId (4) 1, dwKeyAlgId (4) 1, wPublicKeyBlobType (2) 6, wPublicKeyBlobLen (2),
//   PublicKeyBlob: "RSA1", keylen (4), bitlen (4), datalen (4), pubExp (4), modulus with eight octets of zero
// wSignatureBlobType (2) 8, wSignatureBlobLen (2) 72, SignatureBlob (64) with eight octets of zero
function certificateOf(modulus: bigint, octets: number): Buffer {
  const blob = Buffer.alloc(20 + octets + 8);
  blob.write('RSA1', 0, 'latin1');
  blob.writeUInt32LE(octets + 8, 4);
  blob.writeUInt32LE(octets * 8, 8);
  blob.writeUInt32LE(octets - 1, 12);
  blob.writeUInt32LE(Number(exponent), 16);
  octetsOf(modulus, octets).copy(blob, 20);
  const head = Buffer.alloc(16);
  head.writeUInt32LE(1, 0);
  head.writeUInt32LE(1, 4);
  head.writeUInt32LE(1, 8);
  head.writeUInt16LE(6, 12);
  head.writeUInt16LE(blob.length, 14);
  const signed = Buffer.concat([head, blob]);
  // §5.3.3.1.2: the hash, 0, 45 octets of ones, 1
  const padded = Buffer.alloc(63, 0xff);
  createHash('md5').update(signed).digest().copy(padded);
  padded[16] = 0;
  padded[62] = 1;
  const signature = power(bigOf(padded), bigOf(signing.exponent), bigOf(signing.modulus));
  return Buffer.concat([signed, Buffer.of(8, 0, 72, 0), octetsOf(signature, 64), Buffer.alloc(8)]);
}

const keys = new WeakMap<Persona, ServerKey>();

function keyOf(persona: Persona, bits: 512 | 2048): ServerKey {
  const known = keys.get(persona);
  if (known !== undefined) return known;
  const random = persona.random('rdp server key');
  const p = drawnPrime(random, bits / 2);
  const q = drawnPrime(random, bits / 2);
  const modulus = p * q;
  const octets = bits / 8;
  const d = modularInverse(exponent, (p - 1n) * (q - 1n));
  const part = (value: bigint, length: number): string =>
    octetsOf(value, length).reverse().toString('base64url');
  const secret = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'RSA',
      n: part(modulus, octets),
      e: part(exponent, 3),
      d: part(d, octets),
      p: part(p, octets / 2),
      q: part(q, octets / 2),
      dp: part(d % (p - 1n), octets / 2),
      dq: part(d % (q - 1n), octets / 2),
      qi: part(modularInverse(q, p), octets / 2),
    },
  });
  const key = { modulus, octets, secret, certificate: certificateOf(modulus, octets) };
  keys.set(persona, key);
  return key;
}

/** The certificate of this machine. */
export function serverCertificate(persona: Persona, bits: 512 | 2048): Buffer {
  return keyOf(persona, bits).certificate;
}

/** The client's random (32 octets), which only the holder of the key can read; null for what is none. */
export function openClientRandom(persona: Persona, bits: 512 | 2048, encrypted: Uint8Array): Buffer | null {
  const { modulus, octets, secret } = keyOf(persona, bits);
  if (encrypted.length < octets || encrypted.length > octets + 8) return null;
  const value = bigOf(encrypted);
  if (value >= modulus) return null;
  const plain = privateDecrypt(
    { key: secret, padding: constants.RSA_NO_PADDING },
    octetsOf(value, octets).reverse(),
  ).reverse();
  return plain.subarray(32).every((octet) => octet === 0) ? plain.subarray(0, 32) : null;
}
