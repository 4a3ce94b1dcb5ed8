import type { ScriptWorld } from '../script/world.ts';
import {
  Bytes,
  Dictionary,
  identityOf,
  Instance,
  keyOf,
  List,
  Range,
  SetValue,
  Tuple,
  type Value,
} from './value.ts';

type Comparing = Pick<ScriptWorld, 'compare' | 'spend'>;

/** Numbers and booleans alike. */
export const isNumber = (value: Value): value is boolean | bigint | number =>
  typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean';

export const integerOf = (value: Value): bigint | null =>
  typeof value === 'bigint' ? value : typeof value === 'boolean' ? BigInt(value) : null;

/** Whether a value counts as true, where no code of the script has a say. */
export function isTrue(value: Value): boolean {
  if (value instanceof Bytes) return value.text !== '';
  if (value instanceof List || value instanceof Tuple) return value.items.length > 0;
  if (value instanceof Dictionary) return value.entries.size > 0;
  if (value instanceof SetValue) return value.items.size > 0;
  if (value instanceof Range) return value.length > 0;
  return Boolean(value);
}

const mostCompared = 200_000;

/** Texts are as dear as what they have in common may be long. */
function sameText(world: Comparing, left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  world.spend(left.length);
  return left === right;
}

function orderText(world: Comparing, left: string, right: string): number {
  world.spend(Math.min(left.length, right.length));
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `==` where no code of the script has a say. Lists within lists can be many more than were made: each comparison is work. */
export function isEqual(world: Comparing, left: Value, right: Value, depth = 0): boolean {
  world.compare();
  if (typeof left === 'string' && typeof right === 'string') return sameText(world, left, right);
  if (left === right) return true;
  if (isNumber(left) && isNumber(right))
    return Number(left) === Number(right) && keyOf(left) === keyOf(right);
  if (left instanceof Bytes && right instanceof Bytes) return sameText(world, left.text, right.text);
  if (depth > 40) return false;
  if ((left instanceof List && right instanceof List) || (left instanceof Tuple && right instanceof Tuple))
    return (
      left.items.length === right.items.length &&
      left.items.length < mostCompared &&
      left.items.every((item, index) => isEqual(world, item, right.items[index] ?? null, depth + 1))
    );
  if (left instanceof Dictionary && right instanceof Dictionary) {
    if (left.entries.size !== right.entries.size) return false;
    for (const [key, entry] of left.entries) {
      const other = right.entries.get(key);
      if (other === undefined || !isEqual(world, entry.value, other.value, depth + 1)) return false;
    }
    return true;
  }
  if (left instanceof SetValue && right instanceof SetValue) {
    world.spend(left.items.size * 16);
    return (
      left.items.size === right.items.size && [...left.items.keys()].every((key) => right.items.has(key))
    );
  }
  if (left instanceof Range && right instanceof Range)
    return left.start === right.start && left.stop === right.stop && left.step === right.step;
  if (left instanceof Instance && right instanceof Instance) return identityOf(left) === identityOf(right);
  return false;
}

/** -1, 0, 1; null where the two have no order. */
export function order(world: Comparing, left: Value, right: Value, depth = 0): number | null {
  world.compare();
  if (isNumber(left) && isNumber(right)) return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === 'string' && typeof right === 'string') return orderText(world, left, right);
  if (left instanceof Bytes && right instanceof Bytes) return orderText(world, left.text, right.text);
  if (depth > 40) return null;
  if ((left instanceof List && right instanceof List) || (left instanceof Tuple && right instanceof Tuple)) {
    for (const [index, item] of left.items.entries()) {
      const other = right.items[index];
      if (other === undefined) return 1;
      if (!isEqual(world, item, other)) return order(world, item, other, depth + 1);
    }
    return left.items.length < right.items.length ? -1 : 0;
  }
  return null;
}
