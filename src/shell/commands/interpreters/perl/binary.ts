import { limits } from '../../../limits.ts';
import { Unsupported } from '../script/unsupported.ts';
import type { Machine } from './machine.ts';
import { numberOf, textOf, type Value } from './value.ts';

const truth = (value: boolean): Value => (value ? 1 : '');

const unsigned = (value: number): bigint =>
  BigInt.asUintN(64, BigInt(Math.trunc(Number.isFinite(value) ? value : 0)));

export function binary(machine: Machine, operator: string, left: Value, right: Value): Value {
  switch (operator) {
    case '.': {
      const [one, other] = [textOf(left), textOf(right)];
      machine.world.spend(other.length);
      if (one.length + other.length > limits.oneFileBytes) throw new Unsupported('large');
      return one + other;
    }
    case 'x': {
      const text = textOf(left);
      const times = Math.max(0, Math.trunc(numberOf(right)));
      if (text.length * times > limits.oneFileBytes) throw new Unsupported('large');
      machine.world.spend(text.length * times);
      return text.repeat(times);
    }
    case 'eq':
      return truth(textOf(left) === textOf(right));
    case 'ne':
      return truth(textOf(left) !== textOf(right));
    case 'lt':
      return truth(textOf(left) < textOf(right));
    case 'gt':
      return truth(textOf(left) > textOf(right));
    case 'le':
      return truth(textOf(left) <= textOf(right));
    case 'ge':
      return truth(textOf(left) >= textOf(right));
    case 'cmp':
      return textOf(left) < textOf(right) ? -1 : Number(textOf(left) > textOf(right));
    default:
  }
  const [one, other] = [numberOf(left), numberOf(right)];
  switch (operator) {
    case '+':
      return one + other;
    case '-':
      return one - other;
    case '*':
      return one * other;
    case '/':
      if (other === 0) throw new ZeroDivision('Illegal division by zero');
      return one / other;
    case '%': {
      const [whole, by] = [Math.trunc(one), Math.trunc(other)];
      if (by === 0) throw new ZeroDivision('Illegal modulus zero');
      const rest = whole % by;
      return rest !== 0 && rest < 0 !== by < 0 ? rest + by : rest;
    }
    case '**':
      return one ** other;
    case '==':
      return truth(one === other);
    case '!=':
      return truth(one !== other);
    case '<':
      return truth(one < other);
    case '>':
      return truth(one > other);
    case '<=':
      return truth(one <= other);
    case '>=':
      return truth(one >= other);
    case '<=>':
      return one < other ? -1 : Number(one > other);
    default:
  }
  if (typeof left === 'string' && typeof right === 'string' && '&|^'.includes(operator))
    return bytes(operator, left, right);
  const shift = Math.trunc(other);
  const [first, second] = [unsigned(one), unsigned(other)];
  if (operator === '<<') return Number(BigInt.asUintN(64, first << BigInt(Math.min(Math.max(shift, 0), 64))));
  if (operator === '>>') return Number(first >> BigInt(Math.min(Math.max(shift, 0), 64)));
  if (operator === '&') return Number(first & second);
  if (operator === '|') return Number(first | second);
  if (operator === '^') return Number(first ^ second);
  throw new Unsupported(operator);
}

export class ZeroDivision extends Error {}

/** Strings are joined octet by octet: how payloads are XORed. */
function bytes(operator: string, left: string, right: string): string {
  const length = operator === '&' ? Math.min(left.length, right.length) : Math.max(left.length, right.length);
  let out = '';
  for (let at = 0; at < length; at += 1) {
    const [one, other] = [left.charCodeAt(at) || 0, right.charCodeAt(at) || 0];
    out += String.fromCharCode(
      (operator === '&' ? one & other : operator === '|' ? one | other : one ^ other) & 255,
    );
  }
  return out;
}
