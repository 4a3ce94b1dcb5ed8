/** SCRAM (RFC 5802, RFC 7677) from the server's side, where the server knows no password but has some to try. */

import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { Buffer } from 'node:buffer';

export type ScramHash = 'sha1' | 'sha256';

const hmac = (hash: ScramHash, key: Uint8Array, text: string): Buffer =>
  createHmac(hash, key).update(text, 'latin1').digest();

export interface ScramKeys {
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

/** RFC 5802 §3: StoredKey := H(HMAC(SaltedPassword, "Client Key")), ServerKey := HMAC(SaltedPassword, "Server Key"). */
function scramKeys(hash: ScramHash, password: string, salt: Uint8Array, iterations: number): ScramKeys {
  const salted = pbkdf2Sync(
    Buffer.from(password, 'latin1'),
    salt,
    iterations,
    hash === 'sha1' ? 20 : 32,
    hash,
  );
  return {
    storedKey: createHash(hash)
      .update(hmac(hash, salted, 'Client Key'))
      .digest(),
    serverKey: hmac(hash, salted, 'Server Key'),
  };
}

/** Whether a proof fits these keys: H(proof XOR HMAC(StoredKey, AuthMessage)) is StoredKey. */
export function scramFits(hash: ScramHash, keys: ScramKeys, proof: Uint8Array, message: string): boolean {
  if (proof.length !== keys.storedKey.length) return false;
  const signature = hmac(hash, keys.storedKey, message);
  const clientKey = Buffer.from(proof.map((octet, index) => octet ^ (signature[index] ?? 0)));
  return timingSafeEqual(createHash(hash).update(clientKey).digest(), keys.storedKey);
}

/** What the server proves of itself in return. */
export function scramSignature(hash: ScramHash, keys: ScramKeys, message: string): string {
  return hmac(hash, keys.serverKey, message).toString('base64');
}

/** `n=user,r=nonce` to its parts. */
export function scramAttributes(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const part of text.slice(0, 4096).split(',').slice(0, 16)) {
    if (part[1] === '=') found.set(part[0] ?? '', part.slice(2));
  }
  return found;
}

const longestKeyCache = 512;

/** Keys by what they were made from, so that a guesser does not cost an iteration of thousands each time. Bounded. */
export class ScramKeyCache {
  readonly #held: Map<string, ScramKeys> = new Map();

  keys(hash: ScramHash, password: string, salt: Uint8Array, iterations: number): ScramKeys {
    const name = `${hash} ${iterations} ${Buffer.from(salt).toString('base64')} ${password}`;
    const known = this.#held.get(name);
    if (known !== undefined) return known;
    const made = scramKeys(hash, password, salt, iterations);
    if (this.#held.size >= longestKeyCache) this.#held.clear();
    this.#held.set(name, made);
    return made;
  }
}
