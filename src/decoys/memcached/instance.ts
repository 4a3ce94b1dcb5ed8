/** One cache as one visitor finds it. */

import type { Persona } from '../../core/persona.ts';
import { below, hexDigits, pick } from '../../core/random.ts';
import { Visitors } from '../visitors.ts';

const visitorLimit = 48;
const storeLimit = 1024 * 1024;
const itemLimit = 4096;
/** The greatest value that the daemon takes by default: a page, less the item's head. */
export const largestValue: number = 1024 * 1024 - 512;

export interface Item {
  readonly value: string;
  readonly flags: number;
  /** Milliseconds since the epoch; 0 for ever. */
  readonly expires: number;
  readonly unique: number;
  readonly setAt: number;
}

const versions = ['1.6.9', '1.5.22', '1.6.14', '1.5.6', '1.4.25', '1.6.18'] as const;

export class MemcachedInstance {
  readonly version: string;
  readonly processId: number;
  readonly startedAt: number;
  readonly items: Map<string, Item> = new Map();
  readonly counts: Record<'get' | 'set' | 'hits' | 'flush' | 'touch' | 'total' | 'connections', number>;
  #octets = 0;
  #unique: number;

  constructor(persona: Persona, now: number) {
    const random = persona.random('memcached');
    this.version = persona.software['memcached']?.version ?? pick(random, versions);
    this.processId = 500 + below(random, 1200);
    this.startedAt = Math.min(now, persona.bootedAt + 5000 + below(random, 9000));
    const gets = 1000 + below(random, 900_000);
    const sets = 200 + below(random, 90_000);
    this.counts = {
      get: gets,
      set: sets,
      hits: Math.floor(gets * 0.8),
      flush: 0,
      touch: 0,
      total: sets,
      connections: 20 + below(random, 5000),
    };
    this.#unique = sets;
    const prefix = pick(random, ['sess', 'user', 'app', 'cache', 'wp'] as const);
    for (let count = 3 + below(random, 9); count > 0; count -= 1) {
      const value = `a:1:{s:2:"id";i:${below(random, 9000)};s:5:"token";s:16:"${hexDigits(random, 16)}";}`;
      this.put(`${prefix}:${hexDigits(random, 20)}`, value, 0, 0, now);
    }
    this.counts.total = sets;
  }

  get octets(): number {
    return this.#octets;
  }

  find(key: string, now: number): Item | undefined {
    const item = this.items.get(key);
    if (item !== undefined && item.expires !== 0 && item.expires <= now) {
      this.remove(key);
      return undefined;
    }
    return item;
  }

  /** Keeps the item; those longest there make room. */
  put(key: string, value: string, flags: number, expires: number, now: number): Item {
    this.remove(key);
    this.#unique += 1;
    this.counts.total += 1;
    const item: Item = { value, flags, expires, unique: this.#unique, setAt: now };
    this.items.set(key, item);
    this.#octets += key.length + value.length + 56;
    for (const oldest of this.items.keys()) {
      if (this.#octets <= storeLimit && this.items.size <= itemLimit) break;
      this.remove(oldest);
    }
    return item;
  }

  remove(key: string): boolean {
    const item = this.items.get(key);
    if (item === undefined) return false;
    this.#octets -= key.length + item.value.length + 56;
    return this.items.delete(key);
  }

  clear(): void {
    this.items.clear();
    this.#octets = 0;
    this.counts.flush += 1;
  }
}

const instances = new Visitors<MemcachedInstance>(visitorLimit);

/** The instance for a source on a persona. */
export function instanceFor(persona: Persona, source: string, now: number): MemcachedInstance {
  return instances.of(persona, source, () => new MemcachedInstance(persona, now));
}

/** An expiry as the protocol gives it: seconds from now up to 30 days, else a moment; negative is at once. 0 stays 0. */
export function expiryOf(seconds: number, now: number): number {
  if (seconds === 0) return 0;
  if (seconds < 0) return 1;
  return seconds > 2_592_000 ? seconds * 1000 : now + seconds * 1000;
}
