/** Public keys and signatures as SSH writes them. */

import { Buffer } from 'node:buffer';
import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { sshInteger, SshWriter } from './ssh-bytes.ts';

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
