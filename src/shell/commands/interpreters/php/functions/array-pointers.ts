/** The pointer inside an array, its order by chance, and arrays that become variables. */

import { Unsupported } from '../../script/unsupported.ts';
import { textOf } from '../conversion.ts';
import type { Machine } from '../machine.ts';
import type { Given, NativeTable } from '../native.ts';
import { ArrayValue, Ref, stored, type Value } from '../value.ts';

const pointed = (array: ArrayValue, at: number): Value => {
  const key = array.keys()[at];
  return key === undefined ? false : stored(array.get(key) ?? null);
};

/** Moves the internal pointer of an array that was given by reference. */
const moving =
  (move: (array: ArrayValue) => number) =>
  (machine: Machine, given: Given): Value => {
    const { value } = given.ref(0);
    if (!(value instanceof ArrayValue)) throw new Unsupported('array');
    machine.spend(value.size * 8);
    value.position = move(value);
    return pointed(value, value.position);
  };

export const arrayPointers: NativeTable = {
  'compact(mixed $var_name, mixed ...$var_names)': (machine, given) => {
    const made = new ArrayValue();
    const add = (value: Value): void => {
      if (value instanceof ArrayValue) for (const one of value.values()) add(one);
      else {
        const ref = machine.variables.get(textOf(value));
        if (ref === undefined) machine.warn(`compact(): Undefined variable $${textOf(value)}`);
        else made.set(textOf(value), stored(ref.value));
      }
    };
    machine.spend(given.count * 64);
    for (const value of given.values) add(value);
    return made;
  },
  'extract(array $array, int $flags = 0)': (machine, given) => {
    let count = 0n;
    machine.spend(given.array(0).size * 96);
    for (const [key, value] of given.array(0).entries()) {
      if (typeof key !== 'string' || !/^[A-Za-z_\x80-\xff][\w\x80-\xff]*$/.test(key) || key === 'this')
        continue;
      const ref = machine.variables.get(key);
      if (ref !== undefined && given.number(1) === 1) continue;
      if (ref === undefined) machine.variables.set(key, new Ref(stored(value)));
      else ref.value = stored(value);
      count += 1n;
    }
    return count;
  },
  'current(array $array)': (machine, given) => (
    machine.spend(given.array(0).size * 8),
    pointed(given.array(0), given.array(0).position)
  ),
  'pos(array $array)': (machine, given) => (
    machine.spend(given.array(0).size * 8),
    pointed(given.array(0), given.array(0).position)
  ),
  'key(array $array)': (machine, given) => (
    machine.spend(given.array(0).size * 8),
    given.array(0).keys()[given.array(0).position] ?? null
  ),
  'next(array &$array)': moving((array) => array.position + 1),
  'prev(array &$array)': moving((array) => (array.position <= 0 ? array.size : array.position - 1)),
  'reset(array &$array)': moving(() => 0),
  'end(array &$array)': moving((array) => Math.max(0, array.size - 1)),
  'array_rand(array $array, int $num = 1)': (machine, given) => {
    if (given.number(1) !== 1) throw new Unsupported('array_rand');
    if (given.array(0).size === 0)
      machine.throwError('ValueError', 'array_rand(): Argument #1 ($array) cannot be empty');
    machine.spend(given.array(0).size * 8);
    const keys = given.array(0).keys();
    return keys[machine.world.process.state.machine.nextRandom() % keys.length] ?? null;
  },
  'shuffle(array &$array)': (machine, given) => {
    const array = machine.own(given.ref(0));
    machine.spend(array.size * 16);
    const values = [...array.values()];
    for (let at = values.length - 1; at > 0; at -= 1) {
      const other = machine.world.process.state.machine.nextRandom() % (at + 1);
      [values[at], values[other]] = [values[other] ?? null, values[at] ?? null];
    }
    array.replace(values.map((value, at) => [BigInt(at), value]));
    return true;
  },
};
