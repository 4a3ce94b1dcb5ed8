/** Sorting. The sorts are stable, as PHP's are since 8.0. */

import type { Reading } from '../../../../stream.ts';
import { compare, integerOf, numberOf, textOf } from '../conversion.ts';
import type { Machine } from '../machine.ts';
import type { Given, NativeTable } from '../native.ts';
import type { Key, Value } from '../value.ts';

type Entry = readonly [Key, Value];
type Order = (one: Value, other: Value) => Reading<number>;

/** Merges in steps, since an order can be a function of the script's. */
function* sorted(machine: Machine, entries: readonly Entry[], part: 0 | 1, order: Order): Reading<Entry[]> {
  machine.spend(entries.length * 16);
  if (entries.length < 2) return [...entries];
  const middle = entries.length >> 1;
  const left = yield* sorted(machine, entries.slice(0, middle), part, order);
  const right = yield* sorted(machine, entries.slice(middle), part, order);
  const made: Entry[] = [];
  let [at, there] = [0, 0];
  while (at < left.length && there < right.length) {
    const [one, other] = [left[at], right[there]];
    if (one === undefined || other === undefined) break;
    if (machine.world.tick()) yield;
    if ((yield* order(one[part], other[part])) <= 0) {
      made.push(one);
      at += 1;
    } else {
      made.push(other);
      there += 1;
    }
  }
  return [...made, ...left.slice(at), ...right.slice(there)];
}

function ordered(machine: Machine, flags: number): Order {
  const step = (): void => machine.step();
  const folds = (flags & 8) !== 0;
  // oxlint-disable-next-line require-yield -- an order of the script's own waits
  return function* order(one, other) {
    if ((flags & 7) === 1) return Number(numberOf(one)) - Number(numberOf(other));
    if ((flags & 7) === 2) {
      const [left, right] = [one, other].map((value) =>
        folds ? textOf(value).toLowerCase() : textOf(value),
      );
      machine.spend(Math.min(left?.length ?? 0, right?.length ?? 0));
      return (left ?? '') < (right ?? '') ? -1 : left === right ? 0 : 1;
    }
    return compare(one, other, step);
  };
}

const ofScript = (machine: Machine, callback: Value): Order =>
  function* order(one, other) {
    const result = yield* machine.call(callback, [one, other]);
    return typeof result === 'boolean' ? Number(result) : Number(integerOf(result));
  };

/** Sorts the array that was given; `keeps` its keys, or counts them anew. */
const sort = (part: 0 | 1, keeps: boolean, backwards: boolean, own: boolean) =>
  function* run(machine: Machine, given: Given): Reading<Value> {
    const array = machine.own(given.ref(0));
    const order = own ? ofScript(machine, given.value(1)) : ordered(machine, given.number(1));
    const turned: Order = backwards ? (one, other) => order(other, one) : order;
    const entries = yield* sorted(machine, [...array.entries()], part, turned);
    array.replace(keeps ? entries : entries.map(([, value], at): Entry => [BigInt(at), value]));
    return true;
  };

export const arrayOrders: NativeTable = {
  'sort(array &$array, int $flags = 0)': sort(1, false, false, false),
  'rsort(array &$array, int $flags = 0)': sort(1, false, true, false),
  'asort(array &$array, int $flags = 0)': sort(1, true, false, false),
  'arsort(array &$array, int $flags = 0)': sort(1, true, true, false),
  'ksort(array &$array, int $flags = 0)': sort(0, true, false, false),
  'krsort(array &$array, int $flags = 0)': sort(0, true, true, false),
  'usort(array &$array, callable $callback)': sort(1, false, false, true),
  'uasort(array &$array, callable $callback)': sort(1, true, false, true),
  'uksort(array &$array, callable $callback)': sort(0, true, false, true),
};
