/** A daemon's host keys from the seed, and the `.pub` files that lie beside them. */

import { Buffer } from 'node:buffer';
import { createPublicKey } from 'node:crypto';
import type { PersonaFile } from '../core/persona.ts';
import { ed25519Key, p256Key, rsaKey } from './keys.ts';
import { lazily, type Seed } from './seed.ts';

/** `string` of RFC 4251 §5: uint32 length, octets. */
function sshString(value: Uint8Array | string): Buffer {
  const octets = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(octets.length);
  return Buffer.concat([length, octets]);
}

/** `mpint`: a leading zero keeps a set top bit from reading as a sign. */
function sshInteger(octets: Buffer): Buffer {
  return sshString((octets[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), octets]) : octets);
}

/** The public key as the daemon shows it (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4) of a private key in PEM. */
export function sshPublicKey(type: string, privateKey: string): Uint8Array {
  const parts = createPublicKey(privateKey).export({ format: 'jwk' });
  const part = (name: 'n' | 'e' | 'x' | 'y'): Buffer => Buffer.from(parts[name] ?? '', 'base64url');
  if (type === 'ssh-rsa') {
    return new Uint8Array(Buffer.concat([sshString(type), sshInteger(part('e')), sshInteger(part('n'))]));
  }
  if (type === 'ssh-ed25519') return new Uint8Array(Buffer.concat([sshString(type), sshString(part('x'))]));
  const point = Buffer.concat([Buffer.of(4), part('x'), part('y')]);
  return new Uint8Array(Buffer.concat([sshString(type), sshString('nistp256'), sshString(point)]));
}

/** Keys by type, each made when it is first read: an RSA key takes a quarter of a second. */
export function hostKeys(
  seed: Seed,
  rsaBits: number,
  types: readonly string[],
): Readonly<Record<string, string>> {
  const makers: Record<string, () => string> = {
    'ssh-rsa': lazily(() => rsaKey(seed, 'ssh', rsaBits)),
    'ecdsa-sha2-nistp256': lazily(() => p256Key(seed)),
    'ssh-ed25519': lazily(() => ed25519Key(seed)),
  };
  const keys: Record<string, string> = {};
  for (const type of types) {
    const make = makers[type];
    if (make !== undefined) Object.defineProperty(keys, type, { enumerable: true, get: make });
  }
  return keys;
}

const fileNames: Readonly<Record<string, string>> = {
  'ssh-rsa': 'rsa',
  'ecdsa-sha2-nistp256': 'ecdsa',
  'ssh-ed25519': 'ed25519',
};

/** `/etc/ssh/ssh_host_*_key.pub` as OpenSSH's package makes them at its installation. */
export function hostKeyFiles(
  keys: Readonly<Record<string, string>>,
  hostname: string,
): Record<string, PersonaFile> {
  const files: Record<string, PersonaFile> = {};
  for (const type of Object.keys(keys)) {
    const name = fileNames[type];
    if (name === undefined) continue;
    const content = lazily(() => {
      const blob = Buffer.from(sshPublicKey(type, keys[type] ?? '')).toString('base64');
      return `${type} ${blob} root@${hostname}\n`;
    });
    files[`/etc/ssh/ssh_host_${name}_key.pub`] = {
      get content() {
        return content();
      },
      mode: 0o644,
      owner: 'root',
    };
  }
  return files;
}
