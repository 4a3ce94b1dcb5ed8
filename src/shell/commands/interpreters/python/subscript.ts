import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import type { Engine } from './engine.ts';
import { requireKey } from './collection-methods.ts';
import { count, fail, type Machinery, makeError } from './machinery.ts';
import { integerOf } from './truth.ts';
import { typeName } from './types.ts';
import { Bytes, Dictionary, Instance, List, Range, Slice, Tuple, type Value } from './value.ts';

/** The places that a slice means. */
function placesOf(
  machinery: Machinery,
  slice: Slice,
  length: number,
): { start: number; stop: number; step: number } {
  const step = slice.step === null ? 1 : count(machinery, slice.step);
  if (step === 0) fail(machinery, 'ValueError', 'slice step cannot be zero');
  const bound = (value: Value, otherwise: number): number => {
    if (value === null) return otherwise;
    const found = count(machinery, value);
    const place = found < 0 ? found + length : found;
    return step > 0 ? Math.min(Math.max(place, 0), length) : Math.min(Math.max(place, -1), length - 1);
  };
  return {
    start: bound(slice.start, step > 0 ? 0 : length - 1),
    stop: bound(slice.stop, step > 0 ? length : -1),
    step,
  };
}

function sliceOf<Item>(
  machinery: Machinery,
  slice: Slice,
  length: number,
  at: (index: number) => Item,
): Item[] {
  const { start, stop, step } = placesOf(machinery, slice, length);
  const found: Item[] = [];
  for (let index = start; step > 0 ? index < stop : index > stop; index += step) found.push(at(index));
  machinery.world.spend(found.length * 4);
  return found;
}

function sliceText(machinery: Machinery, slice: Slice, text: string): string {
  const { start, stop, step } = placesOf(machinery, slice, text.length);
  if (step !== 1) return sliceOf(machinery, slice, text.length, (index) => text.charAt(index)).join('');
  machinery.world.spend(Math.max(0, stop - start));
  return text.slice(start, stop);
}

const named: Readonly<Record<string, string>> = {
  str: 'string',
  bytes: 'index',
  bytearray: 'bytearray index',
  range: 'range object index',
};

function placeOf(machinery: Machinery, value: Value, index: Value, length: number, assigns = false): number {
  const name = typeName(value);
  const found = integerOf(index);
  if (found === null) {
    const must =
      name === 'str' && machinery.minor < 11
        ? 'string indices must be integers'
        : `${name === 'str' ? 'string indices must be integers' : name === 'bytes' ? 'byte indices must be integers or slices' : `${name} indices must be integers or slices`}, not ${name === 'str' ? `'${typeName(index)}'` : typeName(index)}`;
    return fail(machinery, 'TypeError', must);
  }
  const place = Number(found < 0n ? found + BigInt(length) : found);
  if (place < 0 || place >= length)
    return fail(
      machinery,
      'IndexError',
      name === 'bytes'
        ? 'index out of range'
        : `${named[name] ?? name}${named[name] === undefined ? ` ${assigns ? 'assignment ' : ''}index` : name === 'str' ? ' index' : ''} out of range`,
    );
  return place;
}

export function* subscript(engine: Engine, value: Value, index: Value): Reading<Value> {
  if (typeof value === 'string')
    return index instanceof Slice
      ? sliceText(engine, index, value)
      : value.charAt(placeOf(engine, value, index, value.length));
  if (value instanceof Bytes)
    return index instanceof Slice
      ? new Bytes(sliceText(engine, index, value.text), value.mutable)
      : BigInt(value.text.charCodeAt(placeOf(engine, value, index, value.text.length)));
  if ((value instanceof List && value.view === '') || value instanceof Tuple) {
    const { items } = value;
    if (index instanceof Slice) {
      const found = sliceOf(engine, index, items.length, (at) => items[at] ?? null);
      return value instanceof List ? new List(found) : new Tuple(found);
    }
    return items[placeOf(engine, value, index, items.length)] ?? null;
  }
  if (value instanceof Dictionary) {
    const entry = value.entries.get(requireKey(engine, index));
    if (entry === undefined) throw makeError(engine, 'KeyError', index);
    return entry.value;
  }
  if (value instanceof Range) {
    if (index instanceof Slice) throw new Unsupported('slice of range');
    return value.start + value.step * BigInt(placeOf(engine, value, index, value.length));
  }
  if (value instanceof Instance) {
    const method = value.type.find('__getitem__');
    if (method !== undefined) return yield* engine.call(method, [value, index]);
  }
  return fail(engine, 'TypeError', `'${typeName(value)}' object is not subscriptable`);
}

export function* setSubscript(engine: Engine, value: Value, index: Value, item: Value): Reading<void> {
  if (value instanceof Dictionary) {
    const key = requireKey(engine, index);
    const entry = value.entries.get(key);
    engine.world.spend(96);
    if (entry === undefined) value.entries.set(key, { key: index, value: item });
    else entry.value = item;
    return;
  }
  if (value instanceof List && value.view === '') {
    if (index instanceof Slice) {
      const { start, stop, step } = placesOf(engine, index, value.items.length);
      if (step !== 1) throw new Unsupported('slice');
      const fresh = yield* engine.items(item);
      const rest = value.items.slice(Math.max(start, stop));
      if (start + fresh.length + rest.length > 1_000_000) throw new Unsupported('large');
      engine.world.spend((fresh.length + rest.length) * 4);
      value.items.length = start;
      for (const one of fresh) value.items.push(one);
      for (const one of rest) value.items.push(one);
      return;
    }
    value.items[placeOf(engine, value, index, value.items.length, true)] = item;
    return;
  }
  if (value instanceof Bytes && value.mutable && !(index instanceof Slice)) {
    const at = placeOf(engine, value, index, value.text.length);
    const code = Number(integerOf(item) ?? 256n);
    if (code < 0 || code > 255) fail(engine, 'ValueError', 'byte must be in range(0, 256)');
    engine.world.spend(value.text.length);
    value.text = value.text.slice(0, at) + String.fromCharCode(code) + value.text.slice(at + 1);
    return;
  }
  if (value instanceof Instance) {
    const method = value.type.find('__setitem__');
    if (method !== undefined) {
      yield* engine.call(method, [value, index, item]);
      return;
    }
  }
  fail(engine, 'TypeError', `'${typeName(value)}' object does not support item assignment`);
}

export function* deleteSubscript(engine: Engine, value: Value, index: Value): Reading<void> {
  if (value instanceof Dictionary) {
    if (!value.entries.delete(requireKey(engine, index))) throw makeError(engine, 'KeyError', index);
    return;
  }
  if (value instanceof List) {
    const { start, stop } =
      index instanceof Slice
        ? placesOf(engine, index, value.items.length)
        : { start: placeOf(engine, value, index, value.items.length, true), stop: -1 };
    value.items.splice(start, stop < 0 ? 1 : Math.max(0, stop - start));
    return;
  }
  if (value instanceof Instance && value.type.find('__delitem__') !== undefined) {
    yield* engine.call(value.type.find('__delitem__') ?? null, [value, index]);
    return;
  }
  fail(
    engine,
    'TypeError',
    `'${typeName(value)}' object does${value instanceof Tuple || typeof value === 'string' ? "n't" : ' not'} support item deletion`,
  );
}
