import { Pattern } from '../language/pattern.ts';
import type { Word } from '../language/syntax.ts';
import { evaluateTest, TestFault } from '../test-expression.ts';
import { compileExpression } from '../regular-expression.ts';
import type { Reading, Run } from '../stream.ts';
import { ExpansionFault } from './control.ts';
import { arithmetic, expandPattern, expandText } from './expansion.ts';
import type { Shell } from './shell.ts';
import { testPlace } from './test-place.ts';

interface Cursor {
  readonly words: readonly Word[];
  position: number;
}

function operatorAt(cursor: Cursor): string {
  const part = cursor.words[cursor.position]?.parts;
  const only = part?.[0];
  return part?.length === 1 && only?.kind === 'text' && !only.quoted ? only.text : '';
}

/** `[[ … ]]` of bash: words are neither split nor matched with files, `==` takes a pattern, `=~` an expression. */
export function* evaluateCondition(shell: Shell, words: readonly Word[]): Run {
  const cursor = { words, position: 0 };
  return (yield* either(shell, cursor, 0)) ? 0 : 1;
}

function* either(shell: Shell, cursor: Cursor, depth: number): Reading<boolean> {
  let value = yield* both(shell, cursor, depth);
  while (operatorAt(cursor) === '||') {
    cursor.position += 1;
    const right = yield* both(shell, cursor, depth);
    value = value || right;
  }
  return value;
}

function* both(shell: Shell, cursor: Cursor, depth: number): Reading<boolean> {
  let value = yield* primary(shell, cursor, depth);
  while (operatorAt(cursor) === '&&') {
    cursor.position += 1;
    const right = yield* primary(shell, cursor, depth);
    value = value && right;
  }
  return value;
}

const binary = new Set([
  '==',
  '=',
  '!=',
  '=~',
  '<',
  '>',
  '-eq',
  '-ne',
  '-lt',
  '-le',
  '-gt',
  '-ge',
  '-nt',
  '-ot',
  '-ef',
]);

function testOne(shell: Shell, operator: string, operand: string): boolean {
  try {
    return evaluateTest(testPlace(shell), [operator, operand]) === 0;
  } catch (error) {
    if (!(error instanceof TestFault)) throw error;
    shell.complain(error.message);
    return false;
  }
}

const comparisons: Readonly<Record<string, (left: bigint, right: bigint) => boolean>> = {
  '-eq': (left, right) => left === right,
  '-ne': (left, right) => left !== right,
  '-lt': (left, right) => left < right,
  '-le': (left, right) => left <= right,
  '-gt': (left, right) => left > right,
  '-ge': (left, right) => left >= right,
};

function* primary(shell: Shell, cursor: Cursor, depth: number): Reading<boolean> {
  if (depth > 40) return false;
  const operator = operatorAt(cursor);
  if (operator === '!') {
    cursor.position += 1;
    return !(yield* primary(shell, cursor, depth + 1));
  }
  if (operator === '(') {
    cursor.position += 1;
    const value = yield* either(shell, cursor, depth + 1);
    cursor.position += 1;
    return value;
  }
  const left = cursor.words[cursor.position];
  if (left === undefined) return false;
  if (/^-[a-zA-Z]$/.test(operator) && cursor.words[cursor.position + 1] !== undefined) {
    const operand = cursor.words[cursor.position + 1] ?? { parts: [] };
    cursor.position += 2;
    return testOne(shell, operator, yield* expandText(shell, operand));
  }
  cursor.position += 1;
  const middle = operatorAt(cursor);
  if (!binary.has(middle)) return (yield* expandText(shell, left)) !== '';
  const right = cursor.words[cursor.position + 1] ?? { parts: [] };
  cursor.position += 2;
  const value = yield* expandText(shell, left);
  if (middle === '=~') return matchExpression(shell, value, yield* expandText(shell, right));
  if (middle === '==' || middle === '=' || middle === '!=') {
    const pattern = yield* expandPattern(shell, right);
    shell.state.budget.spendBytes(pattern.length);
    return new Pattern(pattern, shell.state.budget).matches(value) === (middle !== '!=');
  }
  const other = yield* expandText(shell, right);
  const compare = comparisons[middle];
  // The operands of these are arithmetic expressions.
  if (compare !== undefined) {
    try {
      return compare(arithmetic(shell, value, '[['), arithmetic(shell, other, '[['));
    } catch (error) {
      if (!(error instanceof ExpansionFault) || error.final) throw error;
      shell.complain(error.message);
      return false;
    }
  }
  return evaluateTest(testPlace(shell), [value, middle, other]) === 0;
}

function matchExpression(shell: Shell, value: string, source: string): boolean {
  const { budget } = shell.state;
  const expression = compileExpression(source, { extended: true, ignoreCase: false }, budget);
  const match = expression?.find(value, 0, budget) ?? null;
  shell.variables.setElements('BASH_REMATCH', match === null ? [] : match.groups.map((group) => group ?? ''));
  return match !== null;
}
