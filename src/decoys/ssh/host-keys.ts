import type { SshIdentity } from '../../core/persona.ts';
import { keyTypeOf, readHostKey, type SshHostKey } from '../../wire/ssh-key.ts';

/** Keys that have been read, by identity: reading an RSA key costs more than a login. */
const read = new WeakMap<SshIdentity, Map<string, SshHostKey>>();

/** The key with which this identity signs under that algorithm; null where it has none. */
export function hostKeyFor(identity: SshIdentity, algorithm: string): SshHostKey | null {
  let keys = read.get(identity);
  if (keys === undefined) {
    keys = new Map();
    read.set(identity, keys);
  }
  const type = keyTypeOf(algorithm);
  const known = keys.get(type);
  if (known !== undefined) return known;
  const pem = identity.keys[type];
  if (pem === undefined) return null;
  const key = readHostKey(type, pem);
  keys.set(type, key);
  return key;
}

/** All keys of an identity, in the order of sshd_config's HostKey lines: RSA, ECDSA, Ed25519. */
export function allHostKeys(identity: SshIdentity): SshHostKey[] {
  return ['ssh-rsa', 'ecdsa-sha2-nistp256', 'ssh-ed25519'].flatMap((type) => {
    const offered = identity.hostKey.some((algorithm) => keyTypeOf(algorithm) === type);
    const key = offered ? hostKeyFor(identity, type) : null;
    return key === null ? [] : [key];
  });
}
