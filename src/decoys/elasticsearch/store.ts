/** Indices and documents as one source finds them, with what it has done to them. Bounded. */

import type { Persona } from '../../core/persona.ts';
import { below, pick } from '../../core/random.ts';
import { isObject, type JsonObject, type JsonValue } from '../../wire/json-value.ts';
import { plantedHexToken, plantedPassword } from '../../wire/planted-credential.ts';
import { Visitors } from '../visitors.ts';

const sourceLimit = 128;
const indexLimit = 64;
const documentLimit = 500;
const bytesLimit = 1_048_576;

export interface Index {
  readonly name: string;
  /** Of its documents, before version 7. */
  type: string;
  readonly documents: Map<string, JsonObject>;
  readonly created: number;
  settings: JsonObject;
}

export interface Store {
  readonly indices: Map<string, Index>;
  bytes: number;
  counter: number;
}

const stores = new Visitors<Store>(sourceLimit);

export function storeFor(persona: Persona, source: string): Store {
  return stores.of(persona, source, () => filled(persona, source));
}

const firstNames = [
  'anna',
  'ben',
  'carla',
  'david',
  'elena',
  'frank',
  'greta',
  'hugo',
  'ines',
  'jonas',
  'kim',
  'lena',
] as const;
const lastNames = [
  'adler',
  'brown',
  'costa',
  'dubois',
  'evans',
  'fischer',
  'garcia',
  'horvat',
  'ivanov',
  'jensen',
] as const;

function filled(persona: Persona, source: string): Store {
  const random = persona.random('elasticsearch documents');
  const store: Store = { indices: new Map(), bytes: 0, counter: 0 };
  const day = 86_400_000;
  const add = (name: string, type: string, documents: readonly JsonObject[]): void => {
    const index = makeIndex(name, type, persona.bootedAt - day * (10 + below(random, 200)));
    for (const [at, document] of documents.entries()) index.documents.set(String(at + 1), document);
    store.indices.set(name, index);
  };
  const customers = Array.from({ length: 40 + below(random, 80) }, (_, index): JsonObject => {
    const first = pick(random, firstNames);
    const last = pick(random, lastNames);
    return {
      customer_id: 1_000 + index,
      name: `${first} ${last}`,
      email: `${first}.${last}${below(random, 99)}@example.com`,
      phone: `+1555${String(1_000_000 + below(random, 8_999_999))}`,
      created_at: new Date(persona.bootedAt - day * below(random, 900)).toISOString(),
    };
  });
  add('customers', 'customer', customers);
  add(
    'orders',
    'order',
    Array.from({ length: 60 + below(random, 120) }, (_, index): JsonObject => ({
      order_id: 50_000 + index,
      customer_id: 1_000 + below(random, customers.length),
      total: below(random, 90_000) / 100,
      status: pick(random, ['paid', 'shipped', 'refunded', 'open'] as const),
    })),
  );
  const password = plantedPassword(persona, 'a search index', source);
  add('app-config', 'doc', [
    {
      service: 'billing',
      environment: 'production',
      database_url: `postgres://billing:${password}@10.0.${below(random, 250)}.12:5432/billing`,
    },
    {
      service: 'mailer',
      environment: 'production',
      api_token: plantedHexToken(persona, 'a search index', source),
    },
  ]);
  return store;
}

function makeIndex(name: string, type: string, created: number): Index {
  return { name, type, documents: new Map(), created, settings: {} };
}

export function addIndex(store: Store, name: string, type: string, now: number): Index | null {
  if (store.indices.size >= indexLimit) return null;
  const index = makeIndex(name, type, now);
  store.indices.set(name, index);
  return index;
}

/** What is there of this document now; null where there was no room for it. */
export function putDocument(
  store: Store,
  index: Index,
  id: string,
  document: JsonValue | undefined,
): 'created' | 'updated' | null {
  const size = JSON.stringify(document ?? null).length;
  const before = index.documents.has(id);
  if (store.bytes + size > bytesLimit || (!before && index.documents.size >= documentLimit)) return null;
  store.bytes += size;
  index.documents.set(id, isObject(document) ? document : {});
  return before ? 'updated' : 'created';
}

/** `a,b*,-c`, `_all`, `*`: the indices that are meant; null where one that is named is not there. */
export function indicesOf(store: Store, expression: string): Index[] | string {
  const all = [...store.indices.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const chosen = new Set<Index>();
  for (const part of expression.split(',', 32)) {
    if (part === '' || part === '_all' || part === '*') for (const index of all) chosen.add(index);
    else if (part.includes('*')) {
      const pieces = part.split('*', 8);
      for (const index of all) if (matches(index.name, pieces)) chosen.add(index);
    } else {
      const index = store.indices.get(part);
      if (index === undefined) return part;
      chosen.add(index);
    }
  }
  return [...chosen];
}

/** A pattern's pieces between its stars, in order. */
function matches(name: string, pieces: readonly string[]): boolean {
  const last = pieces.at(-1) ?? '';
  if (
    !name.startsWith(pieces[0] ?? '') ||
    !name.endsWith(last) ||
    name.length < (pieces[0] ?? '').length + last.length
  )
    return false;
  let at = (pieces[0] ?? '').length;
  for (const piece of pieces.slice(1, -1)) {
    const found = name.indexOf(piece, at);
    if (found < 0 || found + piece.length > name.length - last.length) return false;
    at = found + piece.length;
  }
  return true;
}
