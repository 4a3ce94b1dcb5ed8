/** What expressions and texts come to, given the values of their names. */

import type { Expression, Value } from './expression.ts';
import { callFunction, compiledPattern, numberOf, type Surroundings, textOf } from './functions.ts';
import { parseText, type Text } from './text.ts';

export interface Environment extends Surroundings {
  lookup(name: string): Value | undefined;
  /** What a call came to elsewhere, where its arguments are not known. */
  recall?(expression: Expression): Value | undefined;
  /** Functions beside the common ones; null to leave the call to those. */
  call?(name: string, values: readonly Value[]): Value | null;
}

const isNumeric = (value: Value): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(value));

function compared(left: Value, right: Value): number {
  if (isNumeric(left) && isNumeric(right)) return numberOf(left) - numberOf(right);
  const [one, other] = [textOf(left), textOf(right)];
  return one < other ? -1 : one > other ? 1 : 0;
}

function arithmetic(operator: '+' | '-' | '*' | '/' | '%', left: Value, right: Value): Value | null {
  if (operator === '+' && (typeof left === 'string' || typeof right === 'string'))
    return textOf(left) + textOf(right);
  const [one, other] = [numberOf(left), numberOf(right)];
  if (Number.isNaN(one) || Number.isNaN(other)) return null;
  switch (operator) {
    case '+':
      return one + other;
    case '-':
      return one - other;
    case '*':
      return one * other;
    case '/':
      return other === 0 ? null : one / other;
    case '%':
      return other === 0 ? null : one % other;
    default:
      return operator satisfies never;
  }
}

export const isTrue = (value: Value | null): boolean => value === true || value === 'true';

/** The value, or null where a name or function is not known. */
export function evaluate(expression: Expression, environment: Environment): Value | null {
  switch (expression.kind) {
    case 'value':
      // A literal may hold a text with holes of its own.
      return typeof expression.value === 'string' && expression.value.includes('{{')
        ? (evaluateText(parseText(expression.value), environment) ?? expression.value)
        : expression.value;
    case 'name':
      return environment.lookup(expression.name) ?? null;
    case 'unary': {
      const value = evaluate(expression.operand, environment);
      if (value === null) return null;
      return expression.operator === '!' ? !isTrue(value) : -numberOf(value);
    }
    case 'call': {
      const recalled = environment.recall?.(expression);
      if (recalled !== undefined) return recalled;
      const values: Value[] = [];
      for (const argument of expression.arguments) {
        const value = evaluate(argument, environment);
        if (value === null) return null;
        values.push(value);
      }
      return (
        environment.call?.(expression.name, values) ?? callFunction(expression.name, values, environment)
      );
    }
    case 'binary':
      return evaluateBinary(expression, environment);
    default:
      return expression satisfies never;
  }
}

function evaluateBinary(
  expression: Extract<Expression, { kind: 'binary' }>,
  environment: Environment,
): Value | null {
  const { operator } = expression;
  const left = evaluate(expression.left, environment);
  if (operator === '||' && isTrue(left)) return true;
  if (operator === '&&' && !isTrue(left)) return false;
  const right = evaluate(expression.right, environment);
  if (operator === '||' || operator === '&&') return isTrue(right);
  if (left === null || right === null) return null;
  switch (operator) {
    case '==':
      return compared(left, right) === 0;
    case '!=':
      return compared(left, right) !== 0;
    case '<':
      return compared(left, right) < 0;
    case '<=':
      return compared(left, right) <= 0;
    case '>':
      return compared(left, right) > 0;
    case '>=':
      return compared(left, right) >= 0;
    case '=~':
    case '!~':
      return (compiledPattern(textOf(right))?.matcher(textOf(left)).find() === true) === (operator === '=~');
    default:
      return arithmetic(operator, left, right);
  }
}

/** The text with its holes filled; null where one can't be. */
export function evaluateText(text: Text, environment: Environment): string | null {
  let filled = '';
  for (const part of text) {
    if (typeof part === 'string') {
      filled += part;
      continue;
    }
    const value = evaluate(part, environment);
    if (value === null) return null;
    filled += textOf(value);
  }
  return filled;
}
