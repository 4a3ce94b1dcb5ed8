/** What clients prove of their passwords, and which password a proof gives away. */

import { createHash, createPrivateKey, createPublicKey, privateDecrypt, constants } from 'node:crypto';
import { Buffer } from 'node:buffer';
import type { Persona } from '../../core/persona.ts';

const sha1 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha1');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const exclusive = (left: Uint8Array, right: Uint8Array): Buffer =>
  Buffer.from(left.map((octet, index) => octet ^ (right[index % right.length] ?? 0)));

/** mysql_native_password: SHA1(password) XOR SHA1(nonce, SHA1(SHA1(password))), 20 octets. */
export function nativeProof(password: string, nonce: Uint8Array): Buffer {
  const once = sha1(Buffer.from(password));
  return exclusive(once, sha1(nonce, sha1(once)));
}

/** caching_sha2_password: SHA256(password) XOR SHA256(SHA256(SHA256(password)), nonce), 32 octets. */
export function cachingProof(password: string, nonce: Uint8Array): Buffer {
  const once = sha256(Buffer.from(password));
  return exclusive(once, sha256(sha256(once), nonce));
}

/** The candidate that the proof was made with; null where it is none of them. */
export function provenPassword(
  proof: Uint8Array,
  nonce: Uint8Array,
  candidates: readonly string[],
): string | null {
  const make = proof.length === 20 ? nativeProof : proof.length === 32 ? cachingProof : null;
  if (make === null) return null;
  return candidates.find((candidate) => make(candidate, nonce).equals(proof)) ?? null;
}

/** The form in which crackers take a proof; what is recorded in place of a password that stays hidden. */
export function crackable(method: string, nonce: Uint8Array, proof: Uint8Array): string {
  const name = method === 'caching_sha2_password' ? '$mysql-caching-sha2$' : '$mysqlna$';
  return `${name}${Buffer.from(nonce).toString('hex')}*${Buffer.from(proof).toString('hex')}`;
}

/** The server's public key, PEM; null where the persona has none. */
export function publicKeyOf(persona: Persona): string | null {
  if (persona.tls === null) return null;
  return String(createPublicKey(createPrivateKey(persona.tls.key)).export({ type: 'spki', format: 'pem' }));
}

/** RSA with OAEP around the password and its final zero, XOR the nonce. Null where it does not open. */
export function openedPassword(persona: Persona, sealed: Uint8Array, nonce: Uint8Array): string | null {
  if (persona.tls === null) return null;
  try {
    const key = { key: persona.tls.key, padding: constants.RSA_PKCS1_OAEP_PADDING };
    return exclusive(privateDecrypt(key, sealed), nonce).toString('latin1').replace(/\0$/, '');
  } catch {
    return null;
  }
}
