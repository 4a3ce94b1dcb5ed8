/**
 * What a persona draws from its seed. Everything goes through SHAKE256, so that nothing that a visitor sees of one
 * purpose (a host name, a serial) says anything of another (a host key).
 */

import { createHash } from 'node:crypto';
import type { Random } from '../core/random.ts';
import { seededRandom } from '../core/random.ts';

export interface Seed {
  /** The same bytes at every call with the same purpose and count. */
  bytes(purpose: string, count: number): Uint8Array;
  random(purpose: string): Random;
}

/** The seed of one persona on one sensor; a zero octet keeps seed and name apart. */
export function seedOf(seed: string, persona: string): Seed {
  const bytes = (purpose: string, count: number): Uint8Array => {
    const hash = createHash('shake256', { outputLength: count });
    return new Uint8Array(hash.update(`${seed}\0${persona}\0${purpose}`).digest());
  };
  return {
    bytes,
    random: (purpose) => seededRandom(Buffer.from(bytes(`random ${purpose}`, 32)).toString('hex')),
  };
}

/** A value that is made when it is first asked for: an RSA key takes a while, and not every persona is asked for its own. */
export function lazily<Value>(make: () => Value): () => Value {
  let made: { value: Value } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
