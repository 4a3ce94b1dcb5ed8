import { Unsupported } from '../script/unsupported.ts';
import type { Expression } from './syntax.ts';
import { TermParser } from './term-parser.ts';

const levels: readonly (readonly string[])[] = [
  ['||', '//'],
  ['&&'],
  ['|', '^'],
  ['&'],
  ['<=>', '==', '!=', 'eq', 'ne', 'cmp'],
  ['<=', '>=', '<', '>', 'lt', 'gt', 'le', 'ge'],
  ['<<', '>>'],
  ['+', '-', '.'],
  ['*', '/', '%', 'x'],
];
const assignments = /^(?:\*\*|\|\||&&|\/\/|<<|>>|[-+*/.%x|&^])?=(?![=~>])/;
const deepest = 60;

/** Expressions of Perl. Throws `Unsupported` for what it does not know: then the text may be Perl all the same. */
export abstract class ExpressionParser extends TermParser {
  #depth = 0;

  /** With the operators that are words: `not`, `and`, `or`. */
  expression(): Expression {
    let left = this.#conjunction();
    for (;;) {
      if (this.reader.take('or')) left = { kind: 'binary', operator: '||', left, right: this.#conjunction() };
      else if (this.reader.take('xor')) throw new Unsupported('xor');
      else return left;
    }
  }

  #conjunction(): Expression {
    let left = this.#negation();
    while (this.reader.take('and')) left = { kind: 'binary', operator: '&&', left, right: this.#negation() };
    return left;
  }

  #negation(): Expression {
    if (this.reader.take('not')) return { kind: 'unary', operator: '!', value: this.#negation() };
    return this.list();
  }

  list(): Expression {
    const first = this.assignment();
    if (this.reader.peek(/^(?:,|=>)/) === null) return first;
    const items = [first];
    while (this.reader.take('=>') || this.reader.take(',')) {
      if (this.ends()) break;
      items.push(this.assignment());
    }
    return { kind: 'list', items };
  }

  assignment(): Expression {
    this.#depth += 1;
    if (this.#depth > deepest) throw new Unsupported('deep');
    const value = this.#assignment();
    this.#depth -= 1;
    return value;
  }

  #assignment(): Expression {
    const left = this.#conditional();
    const operator = this.reader.peek(assignments)?.[0];
    if (operator === undefined || (operator.startsWith('x') && this.reader.peek(/^x=/) === null)) return left;
    this.reader.at += operator.length;
    return { kind: 'assign', operator: operator.slice(0, -1), target: left, value: this.assignment() };
  }

  #conditional(): Expression {
    const test = this.#range();
    if (!this.reader.take('?')) return test;
    const yes = this.assignment();
    this.reader.expect(':');
    return { kind: 'conditional', test, yes, no: this.assignment() };
  }

  #range(): Expression {
    const left = this.binary(0);
    if (this.reader.peek(/^\.\.(?!\.)/) === null) return left;
    this.reader.at += 2;
    return { kind: 'binary', operator: '..', left, right: this.binary(0) };
  }

  #operator(level: number): string | null {
    for (const operator of levels[level] ?? []) {
      const word = /\w/.test(operator);
      const found = this.reader.peek(
        /^(?:<=>|\|\|=|&&=|\/\/=|\*\*=?|<<=|>>=|==|!=|<=|>=|<<|>>|\|\||&&|\/\/|=~|!~|\.\.|[-+*/.%|&^x]=|[-+*/.%|&^<>]|\w+)/,
      )?.[0];
      if (found === undefined) return null;
      if (found === operator || (operator === 'x' && /^x\d/.test(found))) {
        this.reader.at += operator.length;
        if (word && this.reader.peek(/^=>/) !== null) this.reader.fail('word');
        return operator;
      }
    }
    return null;
  }

  protected binary(level: number): Expression {
    if (level === levels.length) return this.#binding();
    let left = this.binary(level + 1);
    for (let links = 0; ; links += 1) {
      const operator = this.#operator(level);
      if (operator === null) return left;
      if (links > 300) throw new Unsupported('deep');
      left = { kind: 'binary', operator, left, right: this.binary(level + 1) };
    }
  }

  #binding(): Expression {
    const left = this.unary();
    const operator = this.reader.peek(/^[=!]~/)?.[0];
    if (operator === undefined) return left;
    this.reader.at += 2;
    const right = this.unary();
    if (right.kind === 'match') return { ...right, target: left, negated: operator === '!~' };
    if (right.kind === 'translate') return { ...right, target: left };
    return {
      kind: 'match',
      pattern: [right],
      flags: '',
      replacement: null,
      target: left,
      negated: operator === '!~',
    };
  }

  protected unary(): Expression {
    const operator = this.reader.peek(/^(?:\+\+|--|!(?!~)|~|\\|-(?![a-zA-Z]\b)|\+)/)?.[0];
    if (operator !== undefined) {
      this.reader.at += operator.length;
      this.#depth += 1;
      if (this.#depth > deepest) throw new Unsupported('deep');
      const value = this.unary();
      this.#depth -= 1;
      if (operator === '++' || operator === '--') return { kind: 'step', operator, value, before: true };
      return operator === '+' ? value : { kind: 'unary', operator, value };
    }
    const test = this.reader.peek(/^-([edfrwxszl])\s+(?=[$"'/\w])|^-([edfrwxszl])(?=[$"'])/);
    if (test !== null) {
      this.reader.at += 2;
      return { kind: 'fileTest', letter: test[1] ?? test[2] ?? 'e', value: this.unary() };
    }
    let value = this.#postfix(this.primary());
    const step = this.reader.peek(/^(?:\+\+|--)/)?.[0];
    if (step !== undefined) {
      this.reader.at += 2;
      value = { kind: 'step', operator: step, value, before: false };
    }
    if (this.reader.peek(/^\*\*(?!=)/) === null) return value;
    this.reader.at += 2;
    return { kind: 'binary', operator: '**', left: value, right: this.unary() };
  }

  #postfix(start: Expression): Expression {
    let value = start;
    for (;;) {
      const subscripted = value.kind === 'element' || value.kind === 'entry' || value.kind === 'callValue';
      if (this.reader.take('->')) value = this.arrow(value);
      else if (subscripted && this.reader.peek(/^\[/) !== null)
        value = {
          kind: 'element',
          array: { kind: 'dereference', sigil: '@', value },
          index: this.bracket(),
        };
      else if (subscripted && this.reader.peek(/^\{/) !== null)
        value = { kind: 'entry', hash: { kind: 'dereference', sigil: '%', value }, key: this.key() };
      else if (value.kind === 'list' && this.reader.peek(/^\[/) !== null)
        value = { kind: 'slice', array: value, index: this.bracket() };
      else return value;
    }
  }
}
