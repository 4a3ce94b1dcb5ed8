/** Functions of arrays that need no function of the script. */

import { Unsupported } from '../../script/unsupported.ts';
import { compare, floatOf, identical, keyOf, numberOf, textKey, textOf } from '../conversion.ts';
import type { Machine } from '../machine.ts';
import type { Given, NativeTable } from '../native.ts';
import { binary } from '../operators.ts';
import { ArrayValue, type Key, ObjectValue, stored, typeName, type Value, whole } from '../value.ts';

/** Keeps texts' keys and counts the others anew. */
function renumbered(entries: Iterable<readonly [Key, Value]>): ArrayValue {
  const made = new ArrayValue();
  for (const [key, value] of entries)
    if (typeof key === 'bigint') made.push(stored(value));
    else made.set(key, stored(value));
  return made;
}

const arrays = (machine: Machine, given: Given, from = 0): ArrayValue[] =>
  given.rest(from).map((value) => {
    if (!(value instanceof ArrayValue)) throw new Unsupported('array');
    machine.spend(value.size * 16);
    return value;
  });

/** `array_diff` and its kin: what `keeps` says of whether the others have it. */
const against =
  (by: 'value' | 'key' | 'both', keeps: boolean) =>
  (machine: Machine, given: Given): Value => {
    const [first, ...others] = arrays(machine, given);
    const markOf = ([key, value]: readonly [Key, Value]): string =>
      by === 'value'
        ? textOf(value)
        : by === 'key'
          ? `${typeof key}${key}`
          : `${typeof key}${key}\0${textOf(value)}`;
    const sets = others.map((other) => new Set(Array.from(other.entries(), markOf)));
    const kept = [...(first ?? new ArrayValue()).entries()].filter((entry) =>
      keeps ? sets.every((set) => set.has(markOf(entry))) : !sets.some((set) => set.has(markOf(entry))),
    );
    return ArrayValue.from(kept.map(([key, value]) => [key, stored(value)]));
  };

function counted(machine: Machine, value: Value, deep: boolean, depth = 0): bigint {
  if (!(value instanceof ArrayValue) || depth > 50) throw new Unsupported('count');
  let total = BigInt(value.size);
  if (deep) {
    machine.spend(value.size * 16);
    for (const one of value.values())
      if (one instanceof ArrayValue) total += counted(machine, one, true, depth + 1);
  }
  return total;
}

function sliced(machine: Machine, given: Given): Value {
  const array = given.array(0);
  machine.spend(array.size * 8);
  const entries = [...array.entries()];
  const start = given.number(1) < 0 ? Math.max(0, entries.length + given.number(1)) : given.number(1);
  const end = given.isNull(2)
    ? entries.length
    : given.number(2) < 0
      ? entries.length + given.number(2)
      : start + given.number(2);
  const part = entries.slice(start, Math.max(start, end));
  return given.flag(3) ? ArrayValue.from(part.map(([key, value]) => [key, stored(value)])) : renumbered(part);
}

function spliced(machine: Machine, given: Given): Value {
  const array = machine.own(given.ref(0));
  machine.spend(array.size * 16);
  const entries = [...array.entries()];
  const start =
    given.number(1) < 0
      ? Math.max(0, entries.length + given.number(1))
      : Math.min(given.number(1), entries.length);
  const count = given.isNull(2)
    ? entries.length - start
    : given.number(2) < 0
      ? Math.max(0, entries.length + given.number(2) - start)
      : given.number(2);
  const replacement = given.value(3);
  const added =
    replacement instanceof ArrayValue ? [...replacement.values()] : given.count > 3 ? [replacement] : [];
  const removed = entries.splice(start, count, ...added.map((value): [Key, Value] => [0n, value]));
  array.replace(renumbered(entries).entries());
  return renumbered(removed);
}

function ranged(machine: Machine, given: Given): Value {
  const [from, to] = [given.value(0), given.value(1)];
  const letters =
    typeof from === 'string' &&
    typeof to === 'string' &&
    from !== '' &&
    to !== '' &&
    !/^[\d.+-]/.test(from) &&
    !/^[\d.+-]/.test(to);
  const numbers = letters
    ? [from.charCodeAt(0), to.charCodeAt(0)]
    : [Number(numberOf(from)), Number(numberOf(to))];
  const [start = 0, end = 0] = numbers;
  const step = Math.abs(given.number(2));
  if (step === 0 || (step > Math.abs(end - start) && end !== start)) {
    if (step === 0 || given.count > 2)
      machine.throwError('ValueError', 'range(): Argument #3 ($step) must not exceed the specified range');
  }
  const count = Math.floor(Math.abs(end - start) / step + 1e-9) + 1;
  if (!(count < 1_000_000)) throw new Unsupported('large');
  machine.spend(count * 16);
  const isFloat =
    [from, to, given.value(2)].some(
      (value) => typeof value === 'number' || (typeof value === 'string' && /\./.test(value)),
    ) && !letters;
  return ArrayValue.of(
    Array.from({ length: count }, (_, index): Value => {
      const value = start + (end < start ? -index : index) * step;
      return letters ? String.fromCharCode(value) : isFloat ? value : BigInt(Math.trunc(value));
    }),
  );
}

function uniqueOf(machine: Machine, given: Given): Value {
  const array = given.array(0);
  machine.spend(array.size * 16);
  const seen = new Set<string>();
  const kept: [Key, Value][] = [];
  for (const [key, value] of array.entries()) {
    const text = textOf(value);
    if (seen.has(text)) continue;
    seen.add(text);
    kept.push([key, stored(value)]);
  }
  return ArrayValue.from(kept);
}

const extreme =
  (name: string, wanted: 1 | -1) =>
  (machine: Machine, given: Given): Value => {
    const [only] = given.values;
    if (given.count === 1 && !(only instanceof ArrayValue))
      machine.throwError(
        'TypeError',
        `${name}(): Argument #1 ($value) must be of type array, ${typeName(only ?? null)} given`,
      );
    const values = given.count === 1 && only instanceof ArrayValue ? [...only.values()] : given.values;
    let [best] = values;
    if (best === undefined)
      return machine.throwError(
        'ValueError',
        `${name}(): Argument #1 ($value) must contain at least one element`,
      );
    for (const value of values.slice(1))
      if (compare(value, best, () => machine.step()) === wanted) best = value;
    return stored(best);
  };

function merged(machine: Machine, one: ArrayValue, other: ArrayValue, depth: number): ArrayValue {
  if (depth > 50) throw new Unsupported('deep');
  machine.spend((one.size + other.size) * 16);
  const made = renumberedKeeping(one);
  for (const [key, value] of other.entries()) {
    const before = typeof key === 'string' ? made.get(key) : undefined;
    if (typeof key === 'bigint') made.push(stored(value));
    else if (before === undefined) made.set(key, stored(value));
    else {
      const [left, right] = [before, value].map((each) =>
        each instanceof ArrayValue ? each : ArrayValue.of([each]),
      );
      made.set(key, merged(machine, left ?? new ArrayValue(), right ?? new ArrayValue(), depth + 1));
    }
  }
  return made;
}

const renumberedKeeping = (array: ArrayValue): ArrayValue => renumbered(array.entries());

const addends = (machine: Machine, given: Given, operator: string, start: bigint): Value => {
  machine.spend(given.array(0).size * 16);
  let total: Value = start;
  for (const value of given.array(0).values()) {
    if (value instanceof ArrayValue) continue;
    const number = numberOf(value);
    total = binary(machine, operator, total, number);
  }
  return total;
};

export const arrayFunctions: NativeTable = {
  'count(Countable|array $value, int $mode = 0)': (machine, given) => {
    const value = given.value(0);
    return value instanceof ObjectValue
      ? machine.method(value, 'count', [])
      : counted(machine, value, given.number(1) === 1);
  },
  'sizeof(Countable|array $value, int $mode = 0)': (machine, given) =>
    counted(machine, given.value(0), given.number(1) === 1),
  'in_array(mixed $needle, array $haystack, bool $strict = false)': (machine, given) => {
    const step = (): void => machine.step();
    for (const value of given.array(1).values()) {
      machine.step();
      if (given.flag(2) ? identical(value, given.value(0), step) : compare(value, given.value(0), step) === 0)
        return true;
    }
    return false;
  },
  'array_search(mixed $needle, array $haystack, bool $strict = false)': (machine, given) => {
    const step = (): void => machine.step();
    for (const [key, value] of given.array(1).entries())
      if (given.flag(2) ? identical(value, given.value(0), step) : compare(value, given.value(0), step) === 0)
        return key;
    return false;
  },
  'array_key_exists(mixed $key, array $array)': (_machine, given) =>
    given.array(1).has(keyOf(given.value(0)) ?? ''),
  'key_exists(mixed $key, array $array)': (_machine, given) =>
    given.array(1).has(keyOf(given.value(0)) ?? ''),
  'array_keys(array $array, mixed $filter_value = null, bool $strict = false)': (machine, given) => {
    machine.spend(given.array(0).size * 16);
    if (given.count < 2) return ArrayValue.of(given.array(0).keys());
    return ArrayValue.of(
      [...given.array(0).entries()]
        .filter(([, value]) => compare(value, given.value(1), () => machine.step()) === 0)
        .map(([key]) => key),
    );
  },
  'array_values(array $array)': (machine, given) => (
    machine.spend(given.array(0).size * 16),
    ArrayValue.of(Array.from(given.array(0).values(), stored))
  ),
  'array_merge(array ...$arrays)': (machine, given) =>
    renumbered(arrays(machine, given).flatMap((array) => Array.from(array.entries()))),
  'array_merge_recursive(array ...$arrays)': (machine, given) =>
    arrays(machine, given).reduce((made, array) => merged(machine, made, array, 0), new ArrayValue()),
  'array_replace(array $array, array ...$replacements)': (machine, given) =>
    ArrayValue.from(
      arrays(machine, given).flatMap((array) =>
        Array.from(array.entries(), ([key, value]): [Key, Value] => [key, stored(value)]),
      ),
    ),
  'array_combine(array $keys, array $values)': (machine, given) => {
    const [keys, values] = arrays(machine, given).map((array) => Array.from(array.values()));
    if (keys?.length !== values?.length)
      machine.throwError(
        'ValueError',
        'array_combine(): Argument #1 ($keys) and argument #2 ($values) must have the same number of elements',
      );
    return ArrayValue.from(
      (keys ?? []).map((key, at) => [textKey(textOf(key)), stored(values?.[at] ?? null)]),
    );
  },
  'array_flip(array $array)': (machine, given) => {
    machine.spend(given.array(0).size * 16);
    const made = new ArrayValue();
    for (const [key, value] of given.array(0).entries())
      if (typeof value === 'string' || typeof value === 'bigint') made.set(keyOf(value) ?? '', key);
      else machine.warn('array_flip(): Can only flip string and integer values, entry skipped');
    return made;
  },
  'array_reverse(array $array, bool $preserve_keys = false)': (machine, given) => {
    machine.spend(given.array(0).size * 16);
    const entries = [...given.array(0).entries()].toReversed();
    return given.flag(1)
      ? ArrayValue.from(entries.map(([key, value]) => [key, stored(value)]))
      : renumbered(entries);
  },
  'array_slice(array $array, int $offset, ?int $length = null, bool $preserve_keys = false)': sliced,
  'array_splice(array &$array, int $offset, ?int $length = null, mixed $replacement = [])': spliced,
  'array_push(array &$array, mixed ...$values)': (machine, given) => {
    const array = machine.own(given.ref(0));
    for (const value of given.rest(1)) array.push(stored(value));
    machine.spend(given.count * 96);
    return BigInt(array.size);
  },
  'array_pop(array &$array)': (machine, given) => {
    const array = machine.own(given.ref(0));
    machine.spend(array.size * 8);
    const key = array.keys().at(-1);
    if (key === undefined) return null;
    const value = array.get(key) ?? null;
    array.delete(key);
    array.next = array
      .keys()
      .reduce<bigint>((next, one) => (typeof one === 'bigint' && one >= next ? one + 1n : next), 0n);
    return value;
  },
  'array_shift(array &$array)': (machine, given) => {
    const array = machine.own(given.ref(0));
    machine.spend(array.size * 16);
    const [first, ...rest] = array.entries();
    if (first === undefined) return null;
    array.replace(renumbered(rest).entries());
    return first[1];
  },
  'array_unshift(array &$array, mixed ...$values)': (machine, given) => {
    const array = machine.own(given.ref(0));
    machine.spend((array.size + given.count) * 16);
    array.replace(
      renumbered([...given.rest(1).map((value): [Key, Value] => [0n, value]), ...array.entries()]).entries(),
    );
    return BigInt(array.size);
  },
  'array_unique(array $array, int $flags = 2)': uniqueOf,
  'array_diff(array $array, array ...$arrays)': against('value', false),
  'array_diff_key(array $array, array ...$arrays)': against('key', false),
  'array_diff_assoc(array $array, array ...$arrays)': against('both', false),
  'array_intersect(array $array, array ...$arrays)': against('value', true),
  'array_intersect_key(array $array, array ...$arrays)': against('key', true),
  'array_intersect_assoc(array $array, array ...$arrays)': against('both', true),
  'array_fill(int $start_index, int $count, mixed $value)': (machine, given) => {
    if (given.number(1) < 0)
      machine.throwError(
        'ValueError',
        'array_fill(): Argument #2 ($count) must be greater than or equal to 0',
      );
    if (given.number(1) > 1_000_000) throw new Unsupported('large');
    machine.spend(given.number(1) * 16);
    return ArrayValue.from(
      Array.from({ length: given.number(1) }, (_, at) => [
        given.integer(0) + BigInt(at),
        stored(given.value(2)),
      ]),
    );
  },
  'array_fill_keys(array $keys, mixed $value)': (machine, given) => {
    machine.spend(given.array(0).size * 16);
    return ArrayValue.from(
      Array.from(given.array(0).values(), (key) => [textKey(textOf(key)), stored(given.value(1))]),
    );
  },
  'array_pad(array $array, int $length, mixed $value)': (machine, given) => {
    const missing = Math.abs(given.number(1)) - given.array(0).size;
    if (missing > 1_000_000) throw new Unsupported('large');
    machine.spend((given.array(0).size + Math.max(0, missing)) * 16);
    const added = Array.from({ length: Math.max(0, missing) }, (): [Key, Value] => [0n, given.value(2)]);
    return renumbered(
      given.number(1) < 0 ? [...added, ...given.array(0).entries()] : [...given.array(0).entries(), ...added],
    );
  },
  'array_chunk(array $array, int $length, bool $preserve_keys = false)': (machine, given) => {
    if (given.number(1) < 1)
      machine.throwError('ValueError', 'array_chunk(): Argument #2 ($length) must be greater than 0');
    machine.spend(given.array(0).size * 32);
    const entries = [...given.array(0).entries()];
    const chunks: ArrayValue[] = [];
    for (let at = 0; at < entries.length; at += given.number(1)) {
      const part = entries.slice(at, at + given.number(1));
      chunks.push(
        given.flag(2)
          ? ArrayValue.from(part.map(([key, value]) => [key, stored(value)]))
          : ArrayValue.of(part.map(([, value]) => stored(value))),
      );
    }
    return ArrayValue.of(chunks);
  },
  'array_column(array $array, int|string|null $column_key, int|string|null $index_key = null)': (
    machine,
    given,
  ) => {
    machine.spend(given.array(0).size * 16);
    const made = new ArrayValue();
    for (const row of given.array(0).values()) {
      if (!(row instanceof ArrayValue)) continue;
      const value = given.isNull(1) ? row : row.get(keyOf(given.value(1)) ?? '');
      if (value === undefined) continue;
      const key = given.isNull(2) ? undefined : row.get(keyOf(given.value(2)) ?? '');
      made.bind(key === undefined ? made.next : (keyOf(key) ?? made.next), stored(value));
    }
    return made;
  },
  'array_sum(array $array)': (machine, given) => addends(machine, given, '+', 0n),
  'array_product(array $array)': (machine, given) => addends(machine, given, '*', 1n),
  'array_count_values(array $array)': (machine, given) => {
    machine.spend(given.array(0).size * 16);
    const made = new ArrayValue();
    for (const value of given.array(0).values()) {
      const key = keyOf(value);
      if (key !== null) made.set(key, whole(BigInt(floatOf(made.get(key) ?? 0n) + 1)));
    }
    return made;
  },
  'array_change_key_case(array $array, int $case = 0)': (machine, given) => {
    machine.spend(given.array(0).size * 16);
    return ArrayValue.from(
      Array.from(given.array(0).entries(), ([key, value]) => [
        typeof key === 'bigint' ? key : given.number(1) === 1 ? key.toUpperCase() : key.toLowerCase(),
        stored(value),
      ]),
    );
  },
  'array_is_list(array $array)': (machine, given) => (
    machine.spend(given.array(0).size * 8),
    given.array(0).isList
  ),
  'array_key_first(array $array)': (_machine, given) => given.array(0).entries().next().value?.[0] ?? null,
  'array_key_last(array $array)': (machine, given) => (
    machine.spend(given.array(0).size * 8),
    given.array(0).keys().at(-1) ?? null
  ),
  'range(mixed $start, mixed $end, int|float $step = 1)': ranged,
  'max(mixed $value, mixed ...$values)': extreme('max', 1),
  'min(mixed $value, mixed ...$values)': extreme('min', -1),
};
