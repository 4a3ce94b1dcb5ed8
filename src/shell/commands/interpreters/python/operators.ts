import { limits } from '../../../limits.ts';
import { Unsupported } from '../script/unsupported.ts';
import { fail, type Machinery } from './machinery.ts';
import { formatPercent } from './percent-format.ts';
import { integerOf, isNumber } from './truth.ts';
import { typeName } from './types.ts';
import { Bytes, Dictionary, List, SetValue, Tuple, type Value } from './value.ts';

const mostBits = 200_000;

const bitsOf = (value: bigint): number => value.toString(16).length * 4;

/** Beyond what a processor's register holds. */
const large = (value: bigint): boolean => value > 0xffffffffffffffffn || value < -0xffffffffffffffffn;

/** Integers rounded down, as Python divides. */
function floorDivide(left: bigint, right: bigint): bigint {
  const quotient = left / right;
  return left % right !== 0n && left < 0n !== right < 0n ? quotient - 1n : quotient;
}

function integers(machinery: Machinery, operator: string, left: bigint, right: bigint): Value {
  const isLarge = large(left) || large(right);
  if (isLarge) machinery.world.spend(bitsOf(left) + bitsOf(right));
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      if (isLarge && bitsOf(left) + bitsOf(right) > mostBits) throw new Unsupported('large');
      return left * right;
    case '/':
      if (right === 0n) return fail(machinery, 'ZeroDivisionError', 'division by zero');
      return Number(left) / Number(right);
    case '//':
      if (right === 0n)
        return fail(
          machinery,
          'ZeroDivisionError',
          machinery.minor >= 14 ? 'division by zero' : 'integer division or modulo by zero',
        );
      return floorDivide(left, right);
    case '%':
      if (right === 0n)
        return fail(
          machinery,
          'ZeroDivisionError',
          machinery.minor >= 11 ? 'integer modulo by zero' : 'integer division or modulo by zero',
        );
      return left - floorDivide(left, right) * right;
    case '**':
      if (right < 0n)
        return left === 0n
          ? fail(machinery, 'ZeroDivisionError', '0.0 cannot be raised to a negative power')
          : Number(left) ** Number(right);
      if (bitsOf(left) * Number(right) > mostBits && left !== 0n && left !== 1n && left !== -1n)
        throw new Unsupported('large');
      machinery.world.spend(bitsOf(left) * Number(right));
      return left ** right;
    case '<<':
      if (right < 0n) return fail(machinery, 'ValueError', 'negative shift count');
      if (Number(right) + bitsOf(left) > mostBits) throw new Unsupported('large');
      machinery.world.spend(Number(right));
      return left << right;
    case '>>':
      if (right < 0n) return fail(machinery, 'ValueError', 'negative shift count');
      return right > BigInt(mostBits) ? (left < 0n ? -1n : 0n) : left >> right;
    case '&':
      return left & right;
    case '|':
      return left | right;
    default:
      return left ^ right;
  }
}

function floats(machinery: Machinery, operator: string, left: number, right: number): Value {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? fail(machinery, 'ZeroDivisionError', 'float division by zero') : left / right;
    case '//':
      return right === 0
        ? fail(
            machinery,
            'ZeroDivisionError',
            machinery.minor >= 10 ? 'float floor division by zero' : 'float divmod()',
          )
        : Math.floor(left / right);
    case '%': {
      if (right === 0)
        return fail(machinery, 'ZeroDivisionError', machinery.minor >= 10 ? 'float modulo' : 'float modulo');
      const rest = left % right;
      return rest !== 0 && rest < 0 !== right < 0 ? rest + right : rest;
    }
    default:
      if (left < 0 && !Number.isInteger(right)) throw new Unsupported('complex');
      if (left === 0 && right < 0)
        return fail(machinery, 'ZeroDivisionError', '0.0 cannot be raised to a negative power');
      return left ** right;
  }
}

function sets(operator: string, left: SetValue, right: SetValue): Value {
  const result = new SetValue(left.frozen);
  for (const [key, item] of left.items) {
    const shared = right.items.has(key);
    if (operator === '|' || (operator === '&' ? shared : !shared)) result.items.set(key, item);
  }
  if (operator === '|' || operator === '^')
    for (const [key, item] of right.items) if (!left.items.has(key)) result.items.set(key, item);
  return result;
}

function repeat(machinery: Machinery, value: string | Bytes | List | Tuple, times: bigint): Value {
  const count = times < 0n ? 0 : Number(times);
  const size =
    typeof value === 'string'
      ? value.length
      : value instanceof Bytes
        ? value.text.length
        : value.items.length * 16;
  if (size * count > limits.oneFileBytes) fail(machinery, 'MemoryError', '');
  machinery.world.spend(size * count);
  if (typeof value === 'string') return value.repeat(count);
  if (value instanceof Bytes) return new Bytes(value.text.repeat(count), value.mutable);
  const items: Value[] = [];
  for (let time = 0; time < count; time += 1) items.push(...value.items);
  return value instanceof List ? new List(items) : new Tuple(items);
}

const isSequence = (value: Value): value is string | Bytes | List | Tuple =>
  typeof value === 'string' || value instanceof Bytes || value instanceof List || value instanceof Tuple;

function add(machinery: Machinery, left: Value, right: Value): Value | undefined {
  const join = (one: number, other: number): void => {
    if (one + other > limits.oneFileBytes) fail(machinery, 'MemoryError', '');
    machinery.world.spend(one + other);
  };
  if (typeof left === 'string' && typeof right === 'string') {
    // The engine keeps both halves: only the new half is work.
    join(right.length, 0);
    if (left.length + right.length > limits.oneFileBytes) fail(machinery, 'MemoryError', '');
    return left + right;
  }
  if (left instanceof Bytes && right instanceof Bytes) {
    join(left.text.length, right.text.length);
    return new Bytes(left.text + right.text, left.mutable);
  }
  if (left instanceof List && right instanceof List) {
    join(left.items.length * 16, right.items.length * 16);
    return new List([...left.items, ...right.items]);
  }
  if (left instanceof Tuple && right instanceof Tuple) {
    join(left.items.length * 16, right.items.length * 16);
    return new Tuple([...left.items, ...right.items]);
  }
  if (typeof left === 'string')
    return fail(
      machinery,
      'TypeError',
      machinery.minor < 7
        ? `must be str, not ${typeName(right)}`
        : `can only concatenate str (not "${typeName(right)}") to str`,
    );
  if (left instanceof List)
    return fail(machinery, 'TypeError', `can only concatenate list (not "${typeName(right)}") to list`);
  if (left instanceof Tuple)
    return fail(machinery, 'TypeError', `can only concatenate tuple (not "${typeName(right)}") to tuple`);
  if (left instanceof Bytes)
    return fail(machinery, 'TypeError', `can't concat ${typeName(right)} to ${typeName(left)}`);
  return undefined;
}

/** An operator on values of the system; `undefined` where it has no meaning for the two. */
export function operate(
  machinery: Machinery,
  operator: string,
  left: Value,
  right: Value,
): Value | undefined {
  if (isNumber(left) && isNumber(right)) {
    if (typeof left === 'boolean' && typeof right === 'boolean' && '&|^'.includes(operator))
      return operator === '&' ? left && right : operator === '|' ? left || right : left !== right;
    const [one, other] = [integerOf(left), integerOf(right)];
    if (one !== null && other !== null && operator !== '@') return integers(machinery, operator, one, other);
    if (['+', '-', '*', '/', '//', '%', '**'].includes(operator))
      return floats(machinery, operator, Number(left), Number(right));
    return undefined;
  }
  if (operator === '+') return add(machinery, left, right);
  if (operator === '%' && typeof left === 'string') return undefined;
  if (operator === '%' && left instanceof Bytes)
    return new Bytes(formatPercent(machinery, left.text, right, true));
  if (operator === '*') {
    const times = integerOf(right);
    if (isSequence(left) && times !== null) return repeat(machinery, left, times);
    const before = integerOf(left);
    if (isSequence(right) && before !== null) return repeat(machinery, right, before);
    if (isSequence(left))
      return fail(machinery, 'TypeError', `can't multiply sequence by non-int of type '${typeName(right)}'`);
    if (isSequence(right))
      return fail(machinery, 'TypeError', `can't multiply sequence by non-int of type '${typeName(left)}'`);
  }
  if (left instanceof SetValue && right instanceof SetValue && '&|^-'.includes(operator))
    return sets(operator, left, right);
  if (left instanceof Dictionary && right instanceof Dictionary && operator === '|' && machinery.minor >= 9) {
    const merged = new Dictionary();
    for (const source of [left, right])
      for (const [key, entry] of source.entries) merged.entries.set(key, { ...entry });
    return merged;
  }
  return undefined;
}
