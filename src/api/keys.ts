/** API keys: 256 random bits, known to their owner alone. Kept is the SHA-256; a slow hash would add nothing to that much randomness. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { scopes, type KeyStore, type Scope } from './contract.ts';

const keyForm = /^picket_[A-Za-z0-9_-]{43}$/;

export interface Caller {
  readonly name: string;
  readonly scopes: readonly string[];
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** Makes a key and returns its text, which is kept nowhere. Null where the name is taken. */
export function createKey(
  keys: KeyStore,
  key: { readonly name: string; readonly scopes: readonly Scope[]; readonly at: number },
  by?: string,
): string | null {
  // The prefix lets secret scanners find a key that was committed somewhere.
  const text = `picket_${randomBytes(32).toString('base64url')}`;
  return keys.addKey({ ...key, hash: hashOf(text).toString('hex') }, by) ? text : null;
}

/** At the first start: makes the key `admin` and returns its text, to be printed once. Null where there is any key already. */
export function createFirstKeys(keys: KeyStore, at: number = Date.now()): string | null {
  return keys.keys().length > 0 ? null : createKey(keys, { name: 'admin', scopes: ['admin'], at });
}

/** Who sends this `Authorization` header; null where it carries no key that is known. The time it takes does not depend on how much of a key is right. */
export function callerOf(keys: KeyStore, authorization: string | undefined): Caller | null {
  const match = /^Bearer +(\S{1,128})$/i.exec(authorization ?? '');
  const text = match?.[1] ?? '';
  if (!keyForm.test(text)) return null;
  const hash = hashOf(text);
  let caller: Caller | null = null;
  for (const key of keys.keys()) {
    const known = Buffer.from(key.hash, 'hex');
    if (known.length === hash.length && timingSafeEqual(known, hash)) caller = key;
  }
  return caller;
}

/** Each scope holds those before it. */
export function permits(caller: Caller, needed: Scope): boolean {
  return scopes.slice(scopes.indexOf(needed)).some((scope) => caller.scopes.includes(scope));
}
