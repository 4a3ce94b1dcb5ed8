/** Operators, applied to values. */

import type { SqlHost } from './host.ts';
import { compare, isLike, isTrue, numberOf, longestText, textOf, type Value } from './value.ts';

export function applyUnary(host: SqlHost, operator: string, operand: Value): Value {
  if (operand === null) return null;
  switch (operator) {
    case 'not':
    case '!':
      return !isTrue(operand);
    case '-':
      return typeof operand === 'bigint' ? -operand : -numberOf(operand);
    case '~':
      return host.dialect === 'mysql'
        ? BigInt.asUintN(64, ~BigInt(Math.trunc(numberOf(operand)) || 0))
        : ~numberOf(operand);
    default:
      return operand;
  }
}

export function holds(host: SqlHost, operator: string, left: Value, right: Value): boolean | null {
  const order = compare(left, right, host.dialect === 'mysql');
  if (order === null) return null;
  switch (operator) {
    case '=':
      return order === 0;
    case '<>':
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '>':
      return order > 0;
    case '<=':
      return order <= 0;
    default:
      return order >= 0;
  }
}

export function applyBinary(host: SqlHost, operator: string, left: Value, right: Value): Value {
  if (operator === '<=>' || operator === '<!>') {
    const same = left === null || right === null ? left === right : compare(left, right, false) === 0;
    return same === (operator === '<=>');
  }
  if (left === null || right === null) return null;
  switch (operator) {
    case '=':
    case '<>':
    case '!=':
    case '<':
    case '>':
    case '<=':
    case '>=':
      return holds(host, operator, left, right);
    case 'like':
    case '~~':
      host.spend(20);
      return isLike(textOf(left), textOf(right), host.dialect === 'mysql');
    case 'ilike':
    case '~~*':
      host.spend(20);
      return isLike(textOf(left), textOf(right), true);
    case '!~~':
    case '!~~*':
      host.spend(20);
      return !isLike(textOf(left), textOf(right), operator === '!~~*');
    case 'regexp':
    case '~':
    case '~*':
    case 'similar':
      host.spend(50);
      return host.matches(textOf(left), textOf(right), operator === '~*' || operator === 'regexp');
    case '!~':
    case '!~*':
      host.spend(50);
      return !host.matches(textOf(left), textOf(right), operator === '!~*');
    case '||': {
      if (Array.isArray(left)) return [...left, ...(Array.isArray(right) ? right : [right])].slice(0, 10_000);
      const text = textOf(left) + textOf(right);
      host.spend(1 + (text.length >> 6));
      return text.slice(0, longestText);
    }
    case 'xor':
      return isTrue(left) !== isTrue(right);
    default:
      return arithmetic(host, operator, left, right);
  }
}

function arithmetic(host: SqlHost, operator: string, left: Value, right: Value): Value {
  const isWhole = (value: Value): boolean =>
    typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
  const [a, b] = [numberOf(left), numberOf(right)];
  switch (operator) {
    case '+':
    case '-':
    case '*': {
      const result = operator === '+' ? a + b : operator === '-' ? a - b : a * b;
      if (isWhole(left) && isWhole(right) && !Number.isSafeInteger(result)) {
        const [x, y] = [wholeOf(left), wholeOf(right)];
        const exact = operator === '+' ? x + y : operator === '-' ? x - y : x * y;
        return exact > 10n ** 64n || exact < -(10n ** 64n) ? result : exact;
      }
      return result;
    }
    case '/': {
      if (b === 0) {
        const failure = host.divisionByZero();
        if (failure !== null) throw failure;
        return null;
      }
      if (host.dialect === 'postgres' && isWhole(left) && isWhole(right)) return Math.trunc(a / b);
      return Math.round((a / b) * 10_000) / 10_000;
    }
    case 'div':
      return b === 0 ? null : Math.trunc(a / b);
    case '%':
    case 'mod': {
      if (b !== 0) return a % b;
      const failure = host.divisionByZero();
      if (failure !== null) throw failure;
      return null;
    }
    case '&':
      return whole(a) & whole(b);
    case '|':
      return whole(a) | whole(b);
    case '<<':
      return BigInt.asUintN(64, whole(a) << (whole(b) & 63n));
    case '>>':
      return whole(a) >> (whole(b) & 63n);
    case '^':
      return host.dialect === 'mysql' ? whole(a) ^ whole(b) : a ** b;
    default:
      return null;
  }
}

function wholeOf(value: Value): bigint {
  return typeof value === 'bigint' ? value : whole(numberOf(value));
}

function whole(number: number): bigint {
  return Number.isFinite(number) ? BigInt(Math.trunc(number)) : 0n;
}
