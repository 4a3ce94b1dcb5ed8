import type { Command } from '../process.ts';
import type { Budget } from '../limits.ts';
import { compileExpression } from '../regular-expression.ts';

class ExprFault extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

const isNumber = (text: string): boolean => /^-?\d{1,40}$/.test(text);

function integer(text: string): bigint {
  if (!isNumber(text)) throw new ExprFault('non-integer argument', 2);
  return BigInt(text);
}

const truth = (text: string): boolean => text !== '' && !/^-?0+$/.test(text);

/** The levels of expr(1), the loosest first. */
const levels: readonly (readonly string[])[] = [
  ['|'],
  ['&'],
  ['<', '<=', '=', '==', '!=', '>=', '>'],
  ['+', '-'],
  ['*', '/', '%'],
  [':'],
];

class Evaluator {
  readonly #words: readonly string[];
  readonly #budget: Budget;
  #at = 0;
  #depth = 0;

  constructor(words: readonly string[], budget: Budget) {
    this.#words = words;
    this.#budget = budget;
  }

  evaluate(): string {
    const value = this.#level(0);
    const extra = this.#words[this.#at];
    if (extra !== undefined) throw new ExprFault(`syntax error: unexpected argument '${extra}'`, 2);
    return value;
  }

  #level(level: number): string {
    const operators = levels[level];
    if (operators === undefined) return this.#primary();
    let left = this.#level(level + 1);
    for (;;) {
      const operator = this.#words[this.#at];
      if (operator === undefined || !operators.includes(operator)) return left;
      this.#at += 1;
      left = apply(operator, left, this.#level(level + 1), this.#budget);
    }
  }

  #primary(): string {
    const word = this.#words[this.#at];
    if (word === undefined)
      throw new ExprFault(
        this.#at === 0
          ? 'missing operand'
          : `syntax error: missing argument after '${this.#words[this.#at - 1] ?? ''}'`,
        2,
      );
    this.#at += 1;
    this.#depth += 1;
    if (this.#depth > 200) throw new ExprFault('syntax error', 2);
    if (word === '+') return this.#word();
    if (word === '(') {
      const value = this.#level(0);
      const close = this.#words[this.#at];
      if (close === undefined)
        throw new ExprFault(`syntax error: expecting ')' after '${this.#words[this.#at - 1] ?? ''}'`, 2);
      if (close !== ')') throw new ExprFault(`syntax error: expecting ')' instead of '${close}'`, 2);
      this.#at += 1;
      return value;
    }
    if (word === ')') throw new ExprFault("syntax error: unexpected ')'", 2);
    const next = this.#words[this.#at];
    if (next === undefined) return word;
    if (word === 'length') return String(this.#word().length);
    if (word === 'match') return apply(':', this.#word(), this.#word(), this.#budget);
    if (word === 'index') {
      const [text, set] = [this.#word(), this.#word()];
      const found = Array.from(text).findIndex((character) => set.includes(character));
      return String(found + 1);
    }
    if (word === 'substr') {
      const [text, from, count] = [this.#word(), this.#word(), this.#word()];
      if (!isNumber(from) || !isNumber(count) || Number(from) < 1 || Number(count) < 1) return '';
      return text.slice(Number(from) - 1, Number(from) - 1 + Number(count));
    }
    return word;
  }

  #word(): string {
    return this.#primary();
  }
}

function apply(operator: string, left: string, right: string, budget: Budget): string {
  switch (operator) {
    case '|':
      return truth(left) ? left : truth(right) ? right : '0';
    case '&':
      return truth(left) && truth(right) ? left : '0';
    case '+':
      return String(integer(left) + integer(right));
    case '-':
      return String(integer(left) - integer(right));
    case '*':
      return String(integer(left) * integer(right));
    case '/':
    case '%': {
      const divisor = integer(right);
      const dividend = integer(left);
      if (divisor === 0n) throw new ExprFault('division by zero', 2);
      return String(operator === '/' ? dividend / divisor : dividend % divisor);
    }
    case ':': {
      const source = `^${right.replace(/^\^/, '')}`;
      const expression = compileExpression(source, { extended: false, ignoreCase: false }, budget);
      const match = expression?.find(left, 0, budget) ?? null;
      if (/\\\(/.test(right)) return match?.groups[1] ?? '';
      return String(match === null ? 0 : match.end);
    }
    default: {
      const numbers = isNumber(left) && isNumber(right);
      const order = numbers
        ? BigInt(left) < BigInt(right)
          ? -1
          : BigInt(left) > BigInt(right)
            ? 1
            : 0
        : left < right
          ? -1
          : left > right
            ? 1
            : 0;
      const holds =
        {
          '<': order < 0,
          '<=': order <= 0,
          '=': order === 0,
          '==': order === 0,
          '!=': order !== 0,
          '>=': order >= 0,
          '>': order > 0,
        }[operator] ?? false;
      return holds ? '1' : '0';
    }
  }
}

export const expr: Command = {
  names: ['expr'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    try {
      const value = new Evaluator(process.words, process.state.budget).evaluate();
      process.output.write(`${value}\n`);
      return truth(value) ? 0 : 1;
    } catch (error) {
      if (!(error instanceof ExprFault)) throw error;
      const hint =
        error.message === 'missing operand' && !process.state.machine.busybox
          ? "\nTry 'expr --help' for more information."
          : '';
      process.error.write(`expr: ${error.message}${hint}\n`);
      return error.status;
    }
  },
};
