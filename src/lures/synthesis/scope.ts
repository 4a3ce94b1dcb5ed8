/** What the names of a template stand for, as far as it is known before any request: constants are folded away, the rest stays a hole. */

import { seededRandom } from '../../core/random.ts';
import { evaluate } from '../language/evaluate.ts';
import { type Expression, namesOf } from '../language/expression.ts';
import { isVarying, textOf } from '../language/functions.ts';
import { joinText, parseText, type Text, type TextPart } from '../language/text.ts';

const depthLimit = 8;
const foldLimit = 262_144;

function isConstantCall(expression: Expression): boolean {
  switch (expression.kind) {
    case 'call':
      return (
        !isVarying(expression.name) && expression.arguments.every((argument) => isConstantCall(argument))
      );
    case 'unary':
      return isConstantCall(expression.operand);
    case 'binary':
      return isConstantCall(expression.left) && isConstantCall(expression.right);
    case 'value':
      return typeof expression.value !== 'string' || !expression.value.includes('{{');
    default:
      return true;
  }
}

const yieldsBytes = (expression: Expression): boolean =>
  expression.kind === 'call' &&
  (['base64_decode', 'hex_decode'].includes(expression.name) ||
    expression.arguments.some((argument) => yieldsBytes(argument)));

export class Scope {
  readonly #variables: ReadonlyMap<string, string>;
  readonly #folded = new Map<string, Text>();
  #depth = 0;

  constructor(variables: ReadonlyMap<string, string>) {
    this.#variables = variables;
  }

  has(name: string): boolean {
    return this.#variables.has(name);
  }

  /** What a variable stands for, its constants folded; null where the template defines none of that name. */
  variable(name: string): Text | null {
    const known = this.#folded.get(name);
    if (known !== undefined) return known;
    const source = this.#variables.get(name);
    if (source === undefined || this.#depth >= depthLimit) return null;
    this.#depth += 1;
    const text = this.fold(parseText(source));
    this.#depth -= 1;
    this.#folded.set(name, text);
    return text;
  }

  /** The constant that a variable stands for, or null. */
  constant(name: string): string | null {
    const text = this.variable(name);
    if (text === null) return null;
    const [only] = text;
    return text.length === 0 ? '' : text.length === 1 && typeof only === 'string' ? only : null;
  }

  fold(text: Text): Text {
    let size = 0;
    const parts: TextPart[] = [];
    for (const part of text) {
      const folded = typeof part === 'string' || size > foldLimit ? part : this.#foldExpression(part);
      if (typeof folded === 'string') size += folded.length;
      parts.push(folded);
    }
    return joinText(parts);
  }

  #foldExpression(expression: Expression): TextPart {
    if (expression.kind === 'name') return this.constant(expression.name) ?? expression;
    if (!isConstantCall(expression)) return expression;
    const names = [...namesOf(expression)];
    if (names.some((name) => this.constant(name) === null)) return expression;
    const value = evaluate(expression, {
      random: seededRandom('constant'),
      now: 0,
      lookup: (name) => this.constant(name) ?? undefined,
    });
    if (value === null) return expression;
    const text = textOf(value);
    // Bytes stay as the call that makes them: as text they would be taken for characters.
    return /[^\0-\x7f]/.test(text) && yieldsBytes(expression) ? this.#withConstants(expression) : text;
  }

  #withConstants(expression: Expression): Expression {
    if (expression.kind === 'name') return { kind: 'value', value: this.constant(expression.name) ?? '' };
    if (expression.kind === 'call')
      return {
        ...expression,
        arguments: expression.arguments.map((argument) => this.#withConstants(argument)),
      };
    return expression;
  }

  /** The variables that are no constants, as they go into a lure. */
  *varying(): Iterable<readonly [string, Text]> {
    for (const name of this.#variables.keys()) {
      const text = this.variable(name);
      if (text !== null && this.constant(name) === null) yield [name, text];
    }
  }
}
