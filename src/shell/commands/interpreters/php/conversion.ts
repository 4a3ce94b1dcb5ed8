/** How PHP's values become each other. */

import { generalText } from '../script/number-text.ts';
import { ArrayValue, type Key, ObjectValue, Resource, type Value, whole } from './value.ts';

/** `decpt` of zend_gcvt: where the point stands decides the form. */
function written(
  digits: string,
  exponent: number,
  negative: boolean,
  precision: number,
  mark: string,
): string {
  const sign = negative ? '-' : '';
  const point = exponent + 1;
  if (point < -3 || point > precision) {
    const rest = digits.slice(1);
    return `${sign}${digits.charAt(0)}.${rest === '' ? '0' : rest}${mark}${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
  }
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (digits.length <= point) return sign + digits.padEnd(point, '0');
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

function floatText(value: number, scientific: string, precision: number, mark: string): string {
  if (Number.isNaN(value)) return 'NAN';
  if (!Number.isFinite(value)) return value < 0 ? '-INF' : 'INF';
  const negative = value < 0 || Object.is(value, -0);
  if (value === 0) return negative ? '-0' : '0';
  const [mantissa = '', exponent = '0'] = scientific.replace('-', '').split('e');
  const power = Number(
    value.toExponential().split('e')[1] === exponent ? exponent : scientific.split('e')[1],
  );
  return written(mantissa.replace('.', '').replace(/0+$/, '') || '0', power, negative, precision, mark);
}

/** As `echo` shows a float: `precision` is 14. */
export const shownFloat = (value: number): string => floatText(value, value.toExponential(13), 14, 'E');

/** As `var_dump`, `var_export` and `json_encode` do: the shortest that reads back. */
export const exactFloat = (value: number, mark = 'E'): string =>
  floatText(value, value.toExponential(), 17, mark);

/** A scalar's text; `Array` for an array. Objects are for the evaluator. */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  if (value === null || value === false) return '';
  if (value === true) return '1';
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return shownFloat(value);
  if (value instanceof ArrayValue) return 'Array';
  return value instanceof Resource ? `Resource id #${value.id}` : 'Object';
}

const numeric = /^[ \t\n\r\v\f]*[-+]?(?:\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?/;

/** The number that a text begins with; null where it begins with none. `rest` where more follows than blanks. */
export function leadingNumber(text: string): { value: bigint | number; rest: boolean } | null {
  const match = numeric.exec(text.length > 2_000 ? text.slice(0, 2_000) : text);
  if (match === null) return null;
  const [all] = match;
  const trimmed = all.trim();
  const value = /[.eE]/.test(trimmed) ? Number(trimmed) : whole(BigInt(trimmed.replace(/^\+/, '')));
  return { value, rest: !/^[ \t\n\r\v\f]*$/.test(text.slice(all.length, all.length + 2_000)) };
}

/** The value of a numeric text; null for any other. */
export function numericValue(text: string): bigint | number | null {
  const found = leadingNumber(text);
  return found === null || found.rest ? null : found.value;
}

export function numberOf(value: Value): bigint | number {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  if (value === null || value === false) return 0n;
  if (value === true) return 1n;
  if (typeof value === 'string') return leadingNumber(value)?.value ?? 0n;
  if (value instanceof ArrayValue) return value.size > 0 ? 1n : 0n;
  return value instanceof Resource ? BigInt(value.id) : 1n;
}

/** A float cut to an integer; beyond 64 bits it wraps, and what is none is 0. */
export function integerFrom(value: number): bigint {
  return Number.isFinite(value) ? BigInt.asIntN(64, BigInt(Math.trunc(value))) : 0n;
}

export function integerOf(value: Value): bigint {
  const number = numberOf(value);
  if (typeof number === 'bigint') return number;
  return typeof value === 'string' && !Number.isSafeInteger(number) && Math.abs(number) > 9.2e18
    ? number > 0
      ? 2n ** 63n - 1n
      : -(2n ** 63n)
    : integerFrom(number);
}

export const floatOf = (value: Value): number => Number(numberOf(value));

export function isTrue(value: Value): boolean {
  if (typeof value === 'string') return value !== '' && value !== '0';
  if (typeof value === 'bigint') return value !== 0n;
  if (typeof value === 'number') return value !== 0;
  if (value instanceof ArrayValue) return value.size > 0;
  return value !== null && value !== false;
}

/** A text that is a decimal integer is that integer as a key. */
export function textKey(text: string): Key {
  if (!/^(?:0|-?[1-9]\d{0,18})$/.test(text)) return text;
  const value = whole(BigInt(text));
  return typeof value === 'bigint' ? value : text;
}

/** The key that a value stands for; null where it can be none. */
export function keyOf(value: Value): Key | null {
  if (typeof value === 'string') return textKey(value);
  if (typeof value === 'bigint') return value;
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') return integerFrom(value);
  return value instanceof Resource ? BigInt(value.id) : null;
}

export const keyText = (key: Key): string => (typeof key === 'bigint' ? key.toString() : key);

/** How two values compare by `<=>`; 2 where they can't be compared. */
export function compare(one: Value, other: Value, step: () => void, depth = 0): number {
  step();
  if (depth > 100) return 2;
  if (typeof one === 'string' && typeof other === 'string') {
    const [left, right] = [numericValue(one), numericValue(other)];
    if (left !== null && right !== null) return order(left, right);
    return one < other ? -1 : one > other ? 1 : 0;
  }
  if (typeof one === 'boolean' || typeof other === 'boolean' || one === null || other === null) {
    if (one === null && typeof other === 'string') return other === '' ? 0 : -1;
    if (other === null && typeof one === 'string') return one === '' ? 0 : 1;
    return Number(isTrue(one)) - Number(isTrue(other));
  }
  if (one instanceof ArrayValue && other instanceof ArrayValue) {
    if (one.size !== other.size) return one.size < other.size ? -1 : 1;
    for (const [key, value] of one.entries()) {
      const there = other.get(key);
      if (there === undefined) return 2;
      const found = compare(value, there, step, depth + 1);
      if (found !== 0) return found;
    }
    return 0;
  }
  if (one instanceof ArrayValue) return 1;
  if (other instanceof ArrayValue) return -1;
  if (one instanceof ObjectValue && other instanceof ObjectValue) {
    if (one === other) return 0;
    if (one.info !== other.info || one.properties.size !== other.properties.size) return 2;
    for (const name of one.properties.keys()) {
      const found = compare(one.get(name) ?? null, other.get(name) ?? null, step, depth + 1);
      if (found !== 0) return found;
    }
    return 0;
  }
  if (typeof one === 'string' || typeof other === 'string') {
    // A number beside a text that is none is compared as text.
    const text = typeof one === 'string' ? one : textOf(other);
    const number = typeof one === 'string' ? other : one;
    const value = numericValue(text);
    if (value === null && (typeof number === 'bigint' || typeof number === 'number')) {
      const shown = textOf(number);
      const result = text < shown ? -1 : text > shown ? 1 : 0;
      return typeof one === 'string' ? result : -result;
    }
  }
  return order(numberOf(one), numberOf(other));
}

function order(one: bigint | number, other: bigint | number): number {
  if (Number.isNaN(one) || Number.isNaN(other)) return 1;
  return one < other ? -1 : one > other ? 1 : 0;
}

export function identical(one: Value, other: Value, step: () => void, depth = 0): boolean {
  step();
  if (!(one instanceof ArrayValue && other instanceof ArrayValue)) return one === other;
  if (one.size !== other.size || depth > 100) return false;
  const theirs = other.entries();
  for (const [key, value] of one.entries()) {
    const next = theirs.next();
    if (next.done === true || next.value[0] !== key) return false;
    if (!identical(value, next.value[1], step, depth + 1)) return false;
  }
  return true;
}

/** `%.<digits>G` as `printf` has it. */
export const general = (value: number, digits: number): string =>
  generalText(value, digits).replace(/e([+-])0?(\d)$/, 'e$1$2');
