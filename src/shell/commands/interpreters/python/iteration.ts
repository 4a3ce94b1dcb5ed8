import type { Reading } from '../../../stream.ts';
import { isStop } from './stop.ts';
import { fail, type Machinery } from './machinery.ts';
import { typeName } from './types.ts';
import { Bytes, Dictionary, Instance, Lazy, List, Range, SetValue, Tuple, type Value } from './value.ts';

/** An iterator over what is known from the start, by place. */
export function indexed(type: string, at: (index: number) => Value | undefined): Lazy {
  let index = 0;
  // oxlint-disable-next-line require-yield -- nothing to wait for
  return new Lazy(type, function* advance(): Reading<Value | undefined> {
    index += 1;
    return at(index - 1);
  });
}

function* ofInstance(machinery: Machinery, value: Instance): Reading<Lazy> {
  const begin = value.type.find('__iter__');
  const next = value.type.find('__next__');
  const item = value.type.find('__getitem__');
  if (begin !== undefined) {
    const iterator = yield* machinery.call(begin, [value]);
    if (!(iterator instanceof Instance)) return yield* iteratorOf(machinery, iterator);
    const step = iterator.type.find('__next__') ?? next;
    if (step === undefined)
      return fail(machinery, 'TypeError', `iter() returned non-iterator of type '${typeName(iterator)}'`);
    return new Lazy('iterator', function* advance(): Reading<Value | undefined> {
      try {
        return yield* machinery.call(step, [iterator]);
      } catch (error) {
        if (isStop(error)) return undefined;
        throw error;
      }
    });
  }
  if (item !== undefined) {
    let index = 0n;
    return new Lazy('iterator', function* advance(): Reading<Value | undefined> {
      try {
        index += 1n;
        return yield* machinery.call(item, [value, index - 1n]);
      } catch (error) {
        if (isStop(error)) return undefined;
        throw error;
      }
    });
  }
  return fail(machinery, 'TypeError', `'${typeName(value)}' object is not iterable`);
}

export function* iteratorOf(machinery: Machinery, value: Value): Reading<Lazy> {
  if (value instanceof Lazy) return value;
  if (typeof value === 'string') {
    if (!/[\ud800-\udfff]/.test(value))
      return indexed('str_iterator', (index) => (index < value.length ? value.charAt(index) : undefined));
    const characters = Array.from(value);
    return indexed('str_iterator', (index) => characters[index]);
  }
  if (value instanceof List) return indexed('list_iterator', (index) => value.items[index]);
  if (value instanceof Tuple) return indexed('tuple_iterator', (index) => value.items[index]);
  if (value instanceof Bytes)
    return indexed('bytes_iterator', (index) =>
      index < value.text.length ? BigInt(value.text.charCodeAt(index)) : undefined,
    );
  if (value instanceof Range) {
    const { length } = value;
    return indexed('range_iterator', (index) =>
      index < length ? value.start + value.step * BigInt(index) : undefined,
    );
  }
  if (value instanceof Dictionary) {
    const entries = value.entries.values();
    const { size } = value.entries;
    return indexed('dict_keyiterator', () => {
      if (value.entries.size !== size)
        fail(machinery, 'RuntimeError', 'dictionary changed size during iteration');
      return entries.next().value?.key;
    });
  }
  if (value instanceof SetValue) {
    const items = value.items.values();
    return indexed('set_iterator', () => items.next().value);
  }
  if (value instanceof Instance) return yield* ofInstance(machinery, value);
  return fail(machinery, 'TypeError', `'${typeName(value)}' object is not iterable`);
}
