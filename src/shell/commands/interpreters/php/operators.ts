import { textToBytes } from '../../../byte-text.ts';
import { Unsupported } from '../script/unsupported.ts';
import { compare, floatOf, identical, integerFrom, isTrue, leadingNumber, numberOf } from './conversion.ts';
import { ArrayValue, ObjectValue, typeName, type Value, whole } from './value.ts';

/** What an operator needs of the machine. */
export interface OperatorMachine {
  spend(bytes: number): void;
  step(): void;
  warn(text: string): void;
  throwError(name: string, message: string): never;
}

const arithmetic = new Set(['+', '-', '*', '/', '%', '**', '<<', '>>', '|', '&', '^']);

function operand(
  machine: OperatorMachine,
  operator: string,
  value: Value,
  left: Value,
  right: Value,
): bigint | number {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  if (value instanceof ArrayValue || value instanceof ObjectValue)
    return refused(machine, operator, left, right);
  if (typeof value === 'string') {
    const found = leadingNumber(value);
    if (found === null) return refused(machine, operator, left, right);
    if (found.rest) machine.warn('A non-numeric value encountered');
    return found.value;
  }
  return numberOf(value);
}

/** The engine's own order of the two: of bits it names the one that is none first. */
const refused = (machine: OperatorMachine, operator: string, left: Value, right: Value): never => {
  const swapped = '|&^'.includes(operator) && typeof left === 'string' && typeof right !== 'string';
  const [one, other] = swapped ? [right, left] : [left, right];
  return machine.throwError(
    'TypeError',
    `Unsupported operand types: ${typeName(one)} ${operator} ${typeName(other)}`,
  );
};

function power(one: bigint | number, other: bigint | number): bigint | number {
  if (typeof one === 'bigint' && typeof other === 'bigint' && other >= 0n) {
    if (other > 64n && one !== 0n && one !== 1n && one !== -1n) return Number(one) ** Number(other);
    return whole(other > 64n ? one ** (other % 2n === 0n ? 2n : 1n) : one ** other);
  }
  return Number(one) ** Number(other);
}

function bits(machine: OperatorMachine, operator: string, one: string, other: string): string {
  machine.spend(one.length + other.length);
  const length = operator === '|' ? Math.max(one.length, other.length) : Math.min(one.length, other.length);
  const codes = new Uint8Array(length);
  for (let at = 0; at < length; at += 1) {
    const [left, right] = [
      at < one.length ? one.charCodeAt(at) : 0,
      at < other.length ? other.charCodeAt(at) : 0,
    ];
    codes[at] = operator === '|' ? left | right : operator === '&' ? left & right : left ^ right;
  }
  return Buffer.from(codes).toString('latin1');
}

/** An operator between two values. */
export function binary(machine: OperatorMachine, operator: string, left: Value, right: Value): Value {
  if (arithmetic.has(operator)) return calculated(machine, operator, left, right);
  const step = (): void => machine.step();
  if (typeof left === 'string' && typeof right === 'string')
    machine.spend(Math.min(left.length, right.length));
  switch (operator) {
    case '==':
      return compare(left, right, step) === 0;
    case '!=':
      return compare(left, right, step) !== 0;
    case '===':
      return identical(left, right, step);
    case '!==':
      return !identical(left, right, step);
    case '<':
      return compare(left, right, step) === -1;
    case '<=': {
      const result = compare(left, right, step);
      return result === -1 || result === 0;
    }
    // `a > b` is `b < a`, also where neither holds.
    case '>':
      return compare(right, left, step) === -1;
    case '>=': {
      const result = compare(right, left, step);
      return result === -1 || result === 0;
    }
    case '<=>': {
      const result = compare(left, right, step);
      return result === 2 ? 1n : BigInt(result);
    }
    case 'xor':
      return isTrue(left) !== isTrue(right);
    default:
      throw new Unsupported(operator);
  }
}

function calculated(machine: OperatorMachine, operator: string, left: Value, right: Value): Value {
  if (operator === '+' && left instanceof ArrayValue && right instanceof ArrayValue) {
    machine.spend((left.size + right.size) * 16);
    const sum = left.copy();
    for (const [key, value] of right.entries())
      if (!sum.has(key)) sum.set(key, value instanceof ArrayValue ? value.copy() : value);
    return sum;
  }
  if ('|&^'.includes(operator) && typeof left === 'string' && typeof right === 'string')
    return bits(machine, operator, left, right);
  const one = operand(machine, operator, left, left, right);
  const other = operand(machine, operator, right, left, right);
  switch (operator) {
    case '+':
      return typeof one === 'bigint' && typeof other === 'bigint'
        ? whole(one + other)
        : Number(one) + Number(other);
    case '-':
      return typeof one === 'bigint' && typeof other === 'bigint'
        ? whole(one - other)
        : Number(one) - Number(other);
    case '*':
      return typeof one === 'bigint' && typeof other === 'bigint'
        ? whole(one * other)
        : Number(one) * Number(other);
    case '/':
      if (Number(other) === 0) return machine.throwError('DivisionByZeroError', 'Division by zero');
      return typeof one === 'bigint' && typeof other === 'bigint' && one % other === 0n
        ? whole(one / other)
        : Number(one) / Number(other);
    case '**':
      return power(one, other);
    default:
  }
  const [first, second] = [
    typeof one === 'bigint' ? one : integerFrom(one),
    typeof other === 'bigint' ? other : integerFrom(other),
  ];
  switch (operator) {
    case '%':
      if (second === 0n) return machine.throwError('DivisionByZeroError', 'Modulo by zero');
      return first % second;
    case '<<':
    case '>>':
      if (second < 0n) return machine.throwError('ArithmeticError', 'Bit shift by negative number');
      if (operator === '<<') return second > 63n ? 0n : BigInt.asIntN(64, first << second);
      return second > 63n ? (first < 0n ? -1n : 0n) : first >> second;
    case '|':
      return first | second;
    case '&':
      return first & second;
    default:
      return first ^ second;
  }
}

/** `+$x`, `-$x`, `~$x`. */
export function unary(machine: OperatorMachine, operator: string, value: Value): Value {
  if (operator === '~') {
    if (typeof value === 'string') {
      machine.spend(value.length);
      return Buffer.from(textToBytes(value).map((byte) => ~byte & 255)).toString('latin1');
    }
    if (typeof value !== 'bigint' && typeof value !== 'number')
      return machine.throwError('TypeError', `Cannot perform bitwise not on ${typeName(value)}`);
    return ~(typeof value === 'bigint' ? value : integerFrom(value));
  }
  return operator === '-' && typeof value === 'number'
    ? -value
    : calculated(machine, '*', value, operator === '-' ? -1n : 1n);
}

/** `++` of a text: `z` becomes `aa`, `Az` `Ba`, `a9` `b0`. */
export function succeeded(text: string): string {
  if (text === '') return '1';
  let out = '';
  let at = text.length - 1;
  for (; at >= 0; at -= 1) {
    const character = text.charAt(at);
    if (character === 'z' || character === 'Z' || character === '9') {
      out = (character === 'z' ? 'a' : character === 'Z' ? 'A' : '0') + out;
      const next = text.charAt(at - 1);
      if (at === 0 || !/[A-Za-z0-9]/.test(next))
        return text.slice(0, at) + (character === '9' ? '1' : character === 'z' ? 'a' : 'A') + out;
      continue;
    }
    if (!/[A-Za-z0-9]/.test(character)) return text.slice(0, at + 1) + out;
    return text.slice(0, at) + String.fromCharCode(character.charCodeAt(0) + 1) + out;
  }
  return out;
}

/** `++` and `--`. */
export function stepped(machine: OperatorMachine, value: Value, by: 1 | -1): Value {
  if (value === null) return by === 1 ? 1n : null;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return whole(value + BigInt(by));
  if (typeof value === 'number') return value + by;
  if (typeof value === 'string') {
    machine.spend(value.length * 4);
    const found = leadingNumber(value);
    if (found !== null && !found.rest)
      return typeof found.value === 'bigint' ? whole(found.value + BigInt(by)) : floatOf(found.value) + by;
    return by === 1 ? succeeded(value) : value === '' ? -1n : value;
  }
  return machine.throwError(
    'TypeError',
    `Cannot ${by === 1 ? 'increment' : 'decrement'} ${value instanceof ObjectValue ? value.info.name : typeName(value)}`,
  );
}
