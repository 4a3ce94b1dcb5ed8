import { Buffer } from 'node:buffer';
import type { Reading } from '../../../stream.ts';
import { ownMember } from '../../../own-member.ts';
import { Unsupported } from '../script/unsupported.ts';
import { decode } from './codec.ts';
import { argument, bytesOf, count, fail, integer, type Machinery, makeError, string } from './machinery.ts';
import { represent } from './representation.ts';
import { sorted } from './sorted.ts';
import { isEqual } from './truth.ts';
import { typeName } from './types.ts';
import { Bytes, Dictionary, type Keywords, keyOf, List, SetValue, Tuple, type Value } from './value.ts';

type Called<Self> = (
  machinery: Machinery,
  self: Self,
  values: readonly Value[],
  keywords: Keywords,
) => Value | Reading<Value>;

const mostItems = 1_000_000;

export function requireKey(machinery: Machinery, value: Value): string {
  const key = keyOf(value);
  if (key === null) return fail(machinery, 'TypeError', `unhashable type: '${typeName(value)}'`);
  machinery.world.spend(key.length);
  return key;
}

const position = (machinery: Machinery, value: Value | undefined, length: number): number => {
  const index = count(machinery, value);
  return index < 0 ? index + length : index;
};

const ofList: Readonly<Record<string, Called<List>>> = {
  append(_machinery, list, [value]) {
    if (list.items.length > mostItems) throw new Unsupported('large');
    list.items.push(value ?? null);
    return null;
  },
  *extend(machinery, list, [value]): Reading<Value> {
    const more = yield* machinery.items(value ?? null);
    if (list.items.length + more.length > mostItems) throw new Unsupported('large');
    for (const item of more) list.items.push(item);
    return null;
  },
  insert(machinery, list, [index, value]) {
    if (list.items.length > mostItems) throw new Unsupported('large');
    machinery.world.spend(list.items.length);
    list.items.splice(Math.max(0, position(machinery, index, list.items.length)), 0, value ?? null);
    return null;
  },
  pop(machinery, list, [index]) {
    if (list.items.length === 0) return fail(machinery, 'IndexError', 'pop from empty list');
    if (index === undefined) return list.items.pop() ?? null;
    machinery.world.spend(list.items.length);
    const at = position(machinery, index, list.items.length);
    if (at < 0 || at >= list.items.length) return fail(machinery, 'IndexError', 'pop index out of range');
    return list.items.splice(at, 1)[0] ?? null;
  },
  remove(machinery, list, [value]) {
    machinery.world.spend(list.items.length);
    const at = list.items.findIndex((item) => isEqual(machinery.world, item, value ?? null));
    if (at < 0) return fail(machinery, 'ValueError', 'list.remove(x): x not in list');
    list.items.splice(at, 1);
    return null;
  },
  clear(_machinery, list) {
    list.items.length = 0;
    return null;
  },
  copy: (machinery, list) => {
    machinery.world.spend(list.items.length * 16);
    return new List([...list.items]);
  },
  reverse(machinery, list) {
    machinery.world.spend(list.items.length);
    list.items.reverse();
    return null;
  },
  *sort(machinery, list, _values, keywords): Reading<Value> {
    const items = yield* sorted(machinery, list.items, keywords);
    list.items.length = 0;
    for (const item of items) list.items.push(item);
    return null;
  },
};

const ofSequence: Readonly<Record<string, Called<List | Tuple>>> = {
  index(machinery, list, [value, from]) {
    machinery.world.spend(list.items.length);
    const start = from === undefined ? 0 : Math.max(0, position(machinery, from, list.items.length));
    const at = list.items.findIndex(
      (item, index) => index >= start && isEqual(machinery.world, item, value ?? null),
    );
    if (at < 0)
      return fail(
        machinery,
        'ValueError',
        list instanceof Tuple
          ? 'tuple.index(x): x not in tuple'
          : `${represent(value ?? null)} is not in list`,
      );
    return BigInt(at);
  },
  count(machinery, list, [value]) {
    machinery.world.spend(list.items.length);
    return BigInt(list.items.filter((item) => isEqual(machinery.world, item, value ?? null)).length);
  },
};

const viewed = (view: string, items: Value[]): List => {
  const list = new List(items);
  list.view = view;
  return list;
};

const ofDictionary: Readonly<Record<string, Called<Dictionary>>> = {
  get(machinery, dictionary, [key, otherwise]) {
    return dictionary.entries.get(requireKey(machinery, key ?? null))?.value ?? otherwise ?? null;
  },
  keys: (machinery, { entries }) => {
    machinery.world.spend(entries.size * 16);
    return viewed(
      'dict_keys',
      [...entries.values()].map((entry) => entry.key),
    );
  },
  values: (machinery, { entries }) => {
    machinery.world.spend(entries.size * 16);
    return viewed(
      'dict_values',
      [...entries.values()].map((entry) => entry.value),
    );
  },
  items: (machinery, { entries }) => {
    machinery.world.spend(entries.size * 32);
    return viewed(
      'dict_items',
      [...entries.values()].map((entry) => new Tuple([entry.key, entry.value])),
    );
  },
  pop(machinery, { entries }, [key, otherwise]) {
    const hash = requireKey(machinery, key ?? null);
    const found = entries.get(hash);
    if (found === undefined) {
      if (otherwise === undefined) throw makeError(machinery, 'KeyError', key ?? null);
      return otherwise;
    }
    entries.delete(hash);
    return found.value;
  },
  setdefault(machinery, { entries }, [key, otherwise]) {
    const hash = requireKey(machinery, key ?? null);
    const found = entries.get(hash);
    if (found !== undefined) return found.value;
    entries.set(hash, { key: key ?? null, value: otherwise ?? null });
    return otherwise ?? null;
  },
  *update(machinery, dictionary, [given], keywords): Reading<Value> {
    if (given instanceof Dictionary) {
      machinery.world.spend(given.entries.size * 96);
      for (const [key, entry] of given.entries) dictionary.entries.set(key, { ...entry });
    } else if (given !== undefined)
      for (const pair of yield* machinery.items(given)) {
        const [key, value] = yield* machinery.items(pair);
        dictionary.entries.set(requireKey(machinery, key ?? null), {
          key: key ?? null,
          value: value ?? null,
        });
      }
    for (const [key, value] of keywords) dictionary.entries.set(keyOf(key) ?? '', { key, value });
    return null;
  },
  copy(machinery, { entries }) {
    machinery.world.spend(entries.size * 96);
    const copy = new Dictionary();
    for (const [key, entry] of entries) copy.entries.set(key, { ...entry });
    return copy;
  },
  clear(_machinery, { entries }) {
    entries.clear();
    return null;
  },
  popitem(machinery, { entries }) {
    machinery.world.spend(entries.size * 16);
    const last = [...entries].at(-1);
    if (last === undefined) return fail(machinery, 'KeyError', 'popitem(): dictionary is empty');
    entries.delete(last[0]);
    return new Tuple([last[1].key, last[1].value]);
  },
};

function* setOf(machinery: Machinery, values: readonly Value[]): Reading<SetValue> {
  const found = new SetValue();
  for (const value of values)
    for (const item of yield* machinery.items(value)) found.items.set(requireKey(machinery, item), item);
  return found;
}

const ofSet: Readonly<Record<string, Called<SetValue>>> = {
  add(machinery, set, [value]) {
    if (set.items.size > mostItems) throw new Unsupported('large');
    set.items.set(requireKey(machinery, value ?? null), value ?? null);
    return null;
  },
  discard(machinery, set, [value]) {
    set.items.delete(requireKey(machinery, value ?? null));
    return null;
  },
  remove(machinery, set, [value]) {
    if (!set.items.delete(requireKey(machinery, value ?? null)))
      throw makeError(machinery, 'KeyError', value ?? null);
    return null;
  },
  *update(machinery, set, values): Reading<Value> {
    for (const [key, item] of (yield* setOf(machinery, values)).items) set.items.set(key, item);
    return null;
  },
  *union(machinery, set, values): Reading<Value> {
    return yield* setOf(machinery, [set, ...values]);
  },
  *intersection(machinery, set, values): Reading<Value> {
    return yield* machinery.binary('&', set, yield* setOf(machinery, values));
  },
  *difference(machinery, set, values): Reading<Value> {
    return yield* machinery.binary('-', set, yield* setOf(machinery, values));
  },
  *issubset(machinery, set, values): Reading<Value> {
    const other = yield* setOf(machinery, values);
    return [...set.items.keys()].every((key) => other.items.has(key));
  },
  *issuperset(machinery, set, values): Reading<Value> {
    return [...(yield* setOf(machinery, values)).items.keys()].every((key) => set.items.has(key));
  },
  copy: (machinery, set) => {
    machinery.world.spend(set.items.size * 64);
    const copy = new SetValue(set.frozen);
    for (const [key, item] of set.items) copy.items.set(key, item);
    return copy;
  },
  clear(_machinery, set) {
    set.items.clear();
    return null;
  },
};

const ofBytes: Readonly<Record<string, Called<Bytes>>> = {
  decode(machinery, bytes, values, keywords) {
    const encoding = string(machinery, argument(values, keywords, 0, 'encoding') ?? 'utf-8');
    machinery.world.spend(bytes.text.length);
    return decode(
      machinery,
      bytes.text,
      encoding,
      string(machinery, argument(values, keywords, 1, 'errors') ?? 'strict'),
    );
  },
  hex: (machinery, { text }, [separator]) => {
    machinery.world.spend(text.length);
    const digits = Buffer.from(text, 'latin1').toString('hex');
    return typeof separator === 'string' ? (digits.match(/../g) ?? []).join(separator) : digits;
  },
  append(machinery, bytes, [value]) {
    if (!bytes.mutable) return fail(machinery, 'AttributeError', "'bytes' object has no attribute 'append'");
    bytes.text += String.fromCharCode(Number(integer(machinery, value)) & 255);
    return null;
  },
  extend(machinery, bytes, [value]) {
    if (!bytes.mutable) return fail(machinery, 'AttributeError', "'bytes' object has no attribute 'extend'");
    bytes.text += bytesOf(machinery, value);
    return null;
  },
};

const listNames = /^(?:append|extend|insert|pop|remove|clear|copy|reverse|sort|index|count)$/;

/** A method of a collection; null where it has none of this name. Throws `Unsupported`. */
export function collectionMethod(
  machinery: Machinery,
  self: Value,
  name: string,
): ((values: readonly Value[], keywords: Keywords) => Value | Reading<Value>) | null {
  if (self instanceof List && self.view === '') {
    const method = ownMember(ofList, name) ?? ownMember<Called<List>>(ofSequence, name);
    if (method !== undefined) return (values, keywords) => method(machinery, self, values, keywords);
    if (listNames.test(name)) throw new Unsupported(name);
  } else if (self instanceof Tuple) {
    const method = ownMember(ofSequence, name);
    if (method !== undefined) return (values, keywords) => method(machinery, self, values, keywords);
  } else if (self instanceof Dictionary) {
    const method = ownMember(ofDictionary, name);
    if (method !== undefined) return (values, keywords) => method(machinery, self, values, keywords);
    if (name === 'fromkeys') throw new Unsupported(name);
  } else if (self instanceof SetValue) {
    const method = ownMember(ofSet, name);
    if (method !== undefined) return (values, keywords) => method(machinery, self, values, keywords);
    if (/^(?:pop|isdisjoint|\w+_update|symmetric_difference)$/.test(name)) throw new Unsupported(name);
  } else if (self instanceof Bytes) {
    const method = ownMember(ofBytes, name);
    if (method !== undefined) return (values, keywords) => method(machinery, self, values, keywords);
  }
  if (/^__\w+__$/.test(name)) throw new Unsupported(name);
  return null;
}
