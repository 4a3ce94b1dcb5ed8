/** Public keys and signatures as SSH writes them. */

import { Buffer } from 'node:buffer';
import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { sshInteger, SshReader, SshWriter } from './ssh-bytes.ts';

/** `SHA256:` and Base64 without padding, as `ssh-keygen -l` prints a key. */
export function keyFingerprint(publicKey: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(publicKey).digest('base64').replace(/=+$/, '')}`;
}

export interface SshHostKey {
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256` or `ssh-rsa`. */
  readonly type: string;
  /** The public key blob: RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4. */
  readonly publicKey: Buffer;
  readonly privateKey: KeyObject;
}

/** Reads a private key in PEM of this type; throws where it is none (a persona's mistake, never a visitor's). */
export function readHostKey(type: string, pem: string): SshHostKey {
  const privateKey = createPrivateKey(pem);
  const parts = createPublicKey(privateKey).export({ format: 'jwk' });
  const part = (name: 'n' | 'e' | 'x' | 'y'): Buffer => Buffer.from(parts[name] ?? '', 'base64url');
  const writer = new SshWriter().string(type);
  if (type === 'ssh-rsa') writer.octets(sshInteger(part('e'))).octets(sshInteger(part('n')));
  else if (type === 'ssh-ed25519') writer.string(part('x'));
  else writer.string('nistp256').string(Buffer.concat([Buffer.of(4), part('x'), part('y')]));
  return { type, publicKey: Buffer.from(writer.finish()), privateKey };
}

/** The type of key that a signature algorithm needs: `rsa-sha2-512` is made with an `ssh-rsa` key (RFC 8332 §3). */
export function keyTypeOf(algorithm: string): string {
  return algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm;
}

const digests: Readonly<Record<string, string>> = {
  'ssh-rsa': 'sha1',
  'rsa-sha2-256': 'sha256',
  'rsa-sha2-512': 'sha512',
  'ecdsa-sha2-nistp256': 'sha256',
};

/** The signature blob (`string` algorithm, `string` signature) over these octets. */
export function signWith(key: SshHostKey, algorithm: string, octets: Uint8Array): Buffer {
  const digest = digests[algorithm] ?? null;
  if (algorithm !== 'ecdsa-sha2-nistp256') {
    return new SshWriter()
      .string(algorithm)
      .string(sign(digest, octets, key.privateKey))
      .finish();
  }
  // RFC 5656 §3.1.2: r and s as two mpints within the string.
  const pair = sign(digest, octets, { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  const half = pair.length / 2;
  return new SshWriter()
    .string(algorithm)
    .string(Buffer.concat([sshInteger(pair.subarray(0, half)), sshInteger(pair.subarray(half))]))
    .finish();
}

const curves: Readonly<Record<string, readonly [curve: string, digest: string, octets: number]>> = {
  'ecdsa-sha2-nistp256': ['P-256', 'sha256', 32],
  'ecdsa-sha2-nistp384': ['P-384', 'sha384', 48],
  'ecdsa-sha2-nistp521': ['P-521', 'sha512', 66],
};

/** The magnitude of an mpint in this many octets. */
function magnitude(integer: Buffer, octets: number): Buffer {
  let start = 0;
  while (start < integer.length && integer[start] === 0) start += 1;
  const bytes = Buffer.alloc(octets);
  const digits = integer.subarray(start);
  if (digits.length <= octets) bytes.set(digits, octets - digits.length);
  return bytes;
}

/**
 * True where the signature blob over these octets was made with the private half of this public key and this algorithm.
 * A key or signature that does not parse, or one of a type that is not known here, signs nothing.
 */
export function verifyWith(
  publicKey: Uint8Array,
  algorithm: string,
  octets: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    const key = new SshReader(publicKey);
    const type = key.text();
    const signed = new SshReader(signature);
    if (keyTypeOf(algorithm) !== type || signed.text() !== algorithm) return false;
    const value = signed.string();
    const url = (bytes: Buffer): string => bytes.toString('base64url');
    if (type === 'ssh-ed25519') {
      const jwk = { kty: 'OKP', crv: 'Ed25519', x: url(key.string()) };
      return verify(null, octets, createPublicKey({ key: jwk, format: 'jwk' }), value);
    }
    if (type === 'ssh-rsa') {
      const [exponent, modulus] = [key.string(), key.string()];
      const digest = digests[algorithm];
      if (digest === undefined) return false;
      // sshd takes no larger key, and OpenSSL a long exponent with a modulus up to 3,072 bits alone; the cost of a check grows with the square.
      if (modulus.length > 2049 || exponent.length > (modulus.length <= 385 ? 32 : 9)) return false;
      const jwk = { kty: 'RSA', e: url(exponent), n: url(modulus.subarray(modulus[0] === 0 ? 1 : 0)) };
      return verify(digest, octets, createPublicKey({ key: jwk, format: 'jwk' }), value);
    }
    const curve = curves[type];
    if (curve === undefined) return false;
    const [name, digest, count] = curve;
    key.string();
    const point = key.string();
    if (point.length !== 1 + 2 * count || point[0] !== 4) return false;
    const jwk = {
      kty: 'EC',
      crv: name,
      x: url(point.subarray(1, 1 + count)),
      y: url(point.subarray(1 + count)),
    };
    const pair = new SshReader(value);
    const whole = Buffer.concat([magnitude(pair.string(), count), magnitude(pair.string(), count)]);
    const publicHalf = createPublicKey({ key: jwk, format: 'jwk' });
    return verify(digest, octets, { key: publicHalf, dsaEncoding: 'ieee-p1363' }, whole);
  } catch (error) {
    // Node's own errors for a point off its curve and the like, and what ends too early.
    if (error instanceof Error) return false;
    throw error;
  }
}
