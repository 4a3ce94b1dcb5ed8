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

/** `==` where no code of the script has a say. */
export function isEqual(left: Value, right: Value, depth = 0): boolean {
  if (left === right) return true;
  if (isNumber(left) && isNumber(right))
    return Number(left) === Number(right) && keyOf(left) === keyOf(right);
  if (left instanceof Bytes && right instanceof Bytes) return left.text === right.text;
  if (depth > 40) return false;
  if ((left instanceof List && right instanceof List) || (left instanceof Tuple && right instanceof Tuple))
    return (
      left.items.length === right.items.length &&
      left.items.length < mostCompared &&
      left.items.every((item, index) => isEqual(item, right.items[index] ?? null, depth + 1))
    );
  if (left instanceof Dictionary && right instanceof Dictionary) {
    if (left.entries.size !== right.entries.size) return false;
    for (const [key, entry] of left.entries) {
      const other = right.entries.get(key);
      if (other === undefined || !isEqual(entry.value, other.value, depth + 1)) return false;
    }
    return true;
  }
  if (left instanceof SetValue && right instanceof SetValue)
    return (
      left.items.size === right.items.size && [...left.items.keys()].every((key) => right.items.has(key))
    );
  if (left instanceof Range && right instanceof Range)
    return left.start === right.start && left.stop === right.stop && left.step === right.step;
  if (left instanceof Instance && right instanceof Instance) return identityOf(left) === identityOf(right);
  return false;
}

/** -1, 0, 1; null where the two have no order. */
export function order(left: Value, right: Value, depth = 0): number | null {
  if (isNumber(left) && isNumber(right)) return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  if (left instanceof Bytes && right instanceof Bytes) return order(left.text, right.text);
  if (depth > 40) return null;
  if ((left instanceof List && right instanceof List) || (left instanceof Tuple && right instanceof Tuple)) {
    for (const [index, item] of left.items.entries()) {
      const other = right.items[index];
      if (other === undefined) return 1;
      if (!isEqual(item, other)) return order(item, other, depth + 1);
    }
    return left.items.length < right.items.length ? -1 : 0;
  }
  return null;
}
