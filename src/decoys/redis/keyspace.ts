/** The keys of one visitor's Redis: bounded, with expiry. All text is Latin-1, an octet a character. */

export type Entry =
  | { readonly type: 'string'; value: string }
  | { readonly type: 'list'; items: string[] }
  | { readonly type: 'set'; readonly members: Set<string> }
  | { readonly type: 'hash'; readonly fields: Map<string, string> }
  | { readonly type: 'zset'; readonly scores: Map<string, number> };

export type EntryType = Entry['type'];

const entryOverhead = 64;

/** Octets that an entry takes, with what the runtime adds for each of its items. */
function entrySize(key: string, entry: Entry): number {
  let size = entryOverhead + key.length;
  const add = (text: string): void => {
    size += text.length + entryOverhead;
  };
  if (entry.type === 'string') add(entry.value);
  else if (entry.type === 'list') entry.items.forEach(add);
  else if (entry.type === 'set') entry.members.forEach(add);
  else if (entry.type === 'zset') for (const member of entry.scores.keys()) add(member);
  else {
    for (const [field, value] of entry.fields) {
      add(field);
      add(value);
    }
  }
  return size;
}

export class Database {
  readonly #entries = new Map<string, Entry>();
  readonly #expiry = new Map<string, number>();

  /** The live entry, or undefined; what has expired is dropped on the way. */
  get(key: string, now: number): Entry | undefined {
    const until = this.#expiry.get(key);
    if (until !== undefined && until <= now) {
      this.delete(key);
      return undefined;
    }
    return this.#entries.get(key);
  }

  /** Sets the entry and forgets its expiry. */
  set(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#expiry.delete(key);
  }

  /** Sets the entry and leaves its expiry. */
  replace(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
  }

  delete(key: string): boolean {
    this.#expiry.delete(key);
    return this.#entries.delete(key);
  }

  expireAt(key: string, until: number): void {
    this.#expiry.set(key, until);
  }

  persist(key: string): boolean {
    return this.#expiry.delete(key);
  }

  /** Milliseconds since the epoch, or undefined for a key that stays. */
  expiryOf(key: string): number | undefined {
    return this.#expiry.get(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#expiry.clear();
  }

  keys(now: number): string[] {
    for (const [key, until] of this.#expiry) if (until <= now) this.delete(key);
    return [...this.#entries.keys()];
  }

  size(now: number): number {
    for (const [key, until] of this.#expiry) if (until <= now) this.delete(key);
    return this.#entries.size;
  }

  get expiring(): number {
    return this.#expiry.size;
  }

  *entries(): Iterable<readonly [string, Entry]> {
    yield* this.#entries;
  }

  octets(): number {
    let size = 0;
    for (const [key, entry] of this.#entries) size += entrySize(key, entry);
    return size;
  }
}
