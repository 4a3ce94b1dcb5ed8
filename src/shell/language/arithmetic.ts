import type { Dialect } from './dialect.ts';

/** Arithmetic expansion (POSIX.1-2017 §2.6.4): C's operators on 64-bit signed integers, with `**` and `,` of bash. */

export class ArithmeticFault extends Error {
  /** The text at which reading failed, for `error token is "…"`. */
  readonly token: string;
  /** What dash says instead; where it begins with a capital, all that it says. */
  readonly plain: string;
  /** The expression of which it is told: that of a variable where it came from one. */
  expression: string | null = null;

  constructor(message: string, token: string, plain = 'expecting primary') {
    super(message);
    this.token = token;
    this.plain = plain;
  }
}

export interface ArithmeticVariables {
  get(name: string): string;
  set(name: string, value: string): void;
}

const maximumDepth = 40;
const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);

type Binary = (left: bigint, right: bigint, rest: string) => bigint;

const truth = (value: boolean): bigint => (value ? 1n : 0n);

function divided(left: bigint, right: bigint, rest: string, remainder: boolean): bigint {
  if (right === 0n) throw new ArithmeticFault('division by 0', rest, 'division by zero');
  return remainder ? left % right : left / right;
}

function power(base: bigint, exponent: bigint, rest: string): bigint {
  if (exponent < 0n) throw new ArithmeticFault('exponent less than 0', rest);
  let result = 1n;
  let factor = base;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = wrap(result * factor);
    factor = wrap(factor * factor);
  }
  return result;
}

/** Binary operators, by how tightly they bind. */
const levels: readonly Readonly<Record<string, Binary>>[] = [
  { '|': (left, right) => left | right },
  { '^': (left, right) => left ^ right },
  { '&': (left, right) => left & right },
  { '==': (left, right) => truth(left === right), '!=': (left, right) => truth(left !== right) },
  {
    '<=': (left, right) => truth(left <= right),
    '>=': (left, right) => truth(left >= right),
    '<': (left, right) => truth(left < right),
    '>': (left, right) => truth(left > right),
  },
  { '<<': (left, right) => left << (right & 63n), '>>': (left, right) => left >> (right & 63n) },
  { '+': (left, right) => left + right, '-': (left, right) => left - right },
  {
    '*': (left, right) => left * right,
    '/': (left, right, rest) => divided(left, right, rest, false),
    '%': (left, right, rest) => divided(left, right, rest, true),
  },
];

const tokenPattern =
  /^(?:(\d[0-9a-zA-Z_#@]{0,70})|([A-Za-z_]\w{0,200}(?:\[[^\]]{0,60}\])?)|(<<=|>>=|\*\*|&&|\|\||<<|>>|<=|>=|==|!=|\+\+|--|[-+*/%&|^]=|[-+*/%&|^~!<>=?:,()]))/;

/** dash knows no `**`, `++`, `--` and no comma. */
const dashPattern =
  /^(?:(0[xX][0-9a-fA-F]{1,60}|0[0-7]{0,60}|[1-9]\d{0,60})|([A-Za-z_]\w{0,200})|(<<=|>>=|&&|\|\||<<|>>|<=|>=|==|!=|[-+*/%&|^]=|[-+*/%&|^~!<>=?:()]))/;

interface Token {
  readonly kind: 'number' | 'name' | 'operator' | 'bad' | 'end';
  readonly text: string;
  readonly at: number;
}

class Evaluator {
  readonly #text: string;
  readonly #variables: ArithmeticVariables;
  readonly #depth: number;
  readonly #dialect: Dialect;
  readonly #tokens: Token[] = [];
  #index = 0;
  /** Above zero in the branch that is not taken: assignments are then passed over. */
  #skipping = 0;

  constructor(text: string, variables: ArithmeticVariables, depth: number, dialect: Dialect) {
    if (depth > maximumDepth) throw new ArithmeticFault('expression recursion level exceeded', text);
    this.#text = text;
    this.#variables = variables;
    this.#depth = depth;
    this.#dialect = dialect;
    this.#readTokens();
  }

  #readTokens(): void {
    let position = 0;
    for (;;) {
      while (position < this.#text.length && ' \t\n\r'.includes(this.#text.charAt(position))) position += 1;
      if (position >= this.#text.length) break;
      const pattern = this.#dialect === 'dash' ? dashPattern : tokenPattern;
      const match = pattern.exec(this.#text.slice(position, position + 280));
      if (match === null && this.#dialect === 'dash') {
        this.#tokens.push({ kind: 'bad', text: this.#text.charAt(position), at: position });
        break;
      }
      if (match === null) throw this.#misplaced(position);
      const kind = match[1] !== undefined ? 'number' : match[2] !== undefined ? 'name' : 'operator';
      this.#tokens.push({ kind, text: match[0], at: position });
      position += match[0].length;
    }
  }

  /** Where a value came before, bash misses an operator. */
  #misplaced(position: number): ArithmeticFault {
    const before = this.#tokens.at(-1);
    const operand = before === undefined || (before.kind === 'operator' && before.text !== ')');
    const fault = new ArithmeticFault(
      `syntax error: ${operand ? 'operand expected' : 'invalid arithmetic operator'}`,
      this.#text.slice(position),
    );
    fault.expression = this.#text;
    return fault;
  }

  evaluate(): bigint {
    if (this.#tokens.length === 0) return 0n;
    try {
      return this.#whole();
    } catch (error) {
      if (error instanceof ArithmeticFault) error.expression ??= this.#text;
      throw error;
    }
  }

  #whole(): bigint {
    const value = this.#comma(0);
    if (this.#peek().kind !== 'end')
      throw new ArithmeticFault('syntax error in expression', this.#rest(), 'expecting EOF');
    return value;
  }

  #peek(): Token {
    return this.#tokens[this.#index] ?? { kind: 'end', text: '', at: this.#text.length };
  }

  /** From the token at which reading stopped; at the end bash names the last one. */
  #rest(): string {
    const token = this.#peek();
    if (token.kind === 'end') return this.#text.slice(this.#tokens.at(-1)?.at ?? 0);
    return this.#text.slice(token.at);
  }

  #take(text: string): boolean {
    if (this.#peek().kind !== 'operator' || this.#peek().text !== text) return false;
    this.#index += 1;
    return true;
  }

  #comma(depth: number): bigint {
    let value = this.#assignment(depth);
    while (this.#take(',')) value = this.#assignment(depth);
    return value;
  }

  #assignment(depth: number): bigint {
    if (depth > maximumDepth) throw new ArithmeticFault('expression recursion level exceeded', this.#rest());
    const name = this.#peek();
    const operator = this.#tokens[this.#index + 1];
    if (
      name.kind === 'name' &&
      operator?.kind === 'operator' &&
      /^(?:<<|>>|[-+*/%&|^])?=$/.test(operator.text)
    ) {
      this.#index += 2;
      const right = this.#assignment(depth + 1);
      const symbol = operator.text.slice(0, -1);
      const apply = levels.find((level) => Object.hasOwn(level, symbol))?.[symbol];
      const value = apply === undefined ? right : apply(this.#value(name.text), right, this.#rest());
      return this.#store(name.text, wrap(value));
    }
    const value = this.#conditional(depth);
    const next = this.#peek();
    if (next.kind === 'operator' && /^(?:<<|>>|[-+*/%&|^])?=$/.test(next.text))
      throw new ArithmeticFault(
        'attempted assignment to non-variable',
        this.#rest(),
        depth > 0 ? "expecting ')'" : 'expecting EOF',
      );
    return value;
  }

  #conditional(depth: number): bigint {
    const condition = this.#either(depth);
    if (!this.#take('?')) return condition;
    if (this.#peek().text === ':' || this.#peek().kind === 'end')
      throw new ArithmeticFault('expression expected', this.#rest());
    const chosen = this.#skipUnless(condition !== 0n, () => this.#comma(depth + 1));
    if (!this.#take(':'))
      throw new ArithmeticFault("`:' expected for conditional expression", this.#rest(), "expecting ':'");
    if (this.#peek().kind === 'end') throw new ArithmeticFault('expression expected', this.#rest());
    const other = this.#skipUnless(condition === 0n, () => this.#conditional(depth + 1));
    return condition !== 0n ? chosen : other;
  }

  #skipUnless(taken: boolean, read: () => bigint): bigint {
    if (!taken) this.#skipping += 1;
    const value = read();
    if (!taken) this.#skipping -= 1;
    return value;
  }

  #either(depth: number): bigint {
    let value = this.#both(depth);
    while (this.#take('||')) {
      const left = value !== 0n;
      const right = this.#skipUnless(!left, () => this.#both(depth));
      value = truth(left || right !== 0n);
    }
    return value;
  }

  #both(depth: number): bigint {
    let value = this.#binary(0, depth);
    while (this.#take('&&')) {
      const left = value !== 0n;
      const right = this.#skipUnless(left, () => this.#binary(0, depth));
      value = truth(left && right !== 0n);
    }
    return value;
  }

  #binary(level: number, depth: number): bigint {
    const operators = levels[level];
    if (operators === undefined) return this.#exponent(depth);
    let value = this.#binary(level + 1, depth);
    for (;;) {
      const token = this.#peek();
      if (token.kind !== 'operator' || !Object.hasOwn(operators, token.text)) return value;
      this.#index += 1;
      const rest = this.#rest();
      const right = this.#binary(level + 1, depth);
      if (this.#skipping > 0) continue;
      value = wrap(operators[token.text]?.(value, right, rest) ?? 0n);
    }
  }

  #exponent(depth: number): bigint {
    const base = this.#unary(depth + 1);
    if (!this.#take('**')) return base;
    const rest = this.#rest();
    const exponent = this.#exponent(depth + 1);
    return this.#skipping > 0 ? 0n : power(base, exponent, rest);
  }

  #unary(depth: number): bigint {
    if (depth > maximumDepth * 2)
      throw new ArithmeticFault('expression recursion level exceeded', this.#rest());
    for (const step of ['++', '--']) {
      if (!this.#take(step)) continue;
      const name = this.#peek();
      if (name.kind !== 'name') {
        // `--1` is minus minus one.
        return this.#unary(depth + 1);
      }
      this.#index += 1;
      return this.#store(name.text, wrap(this.#value(name.text) + (step === '++' ? 1n : -1n)));
    }
    if (this.#take('-')) return wrap(-this.#unary(depth + 1));
    if (this.#take('+')) return this.#unary(depth + 1);
    if (this.#take('!')) return truth(this.#unary(depth + 1) === 0n);
    if (this.#take('~')) return wrap(~this.#unary(depth + 1));
    return this.#operand(depth);
  }

  #operand(depth: number): bigint {
    const token = this.#peek();
    if (token.kind === 'number') {
      this.#index += 1;
      try {
        return readNumber(token.text);
      } catch (error) {
        // bash has cut its copy of the expression off behind the number.
        if (error instanceof ArithmeticFault)
          error.expression = this.#text.slice(0, token.at + token.text.length);
        throw error;
      }
    }
    if (token.kind === 'name') {
      this.#index += 1;
      const value = this.#value(token.text);
      if (this.#take('++')) this.#store(token.text, wrap(value + 1n));
      else if (this.#take('--')) this.#store(token.text, wrap(value - 1n));
      return value;
    }
    if (this.#take('(')) {
      const value = this.#comma(depth + 1);
      if (!this.#take(')')) throw new ArithmeticFault("missing `)'", this.#rest(), "expecting ')'");
      return value;
    }
    throw new ArithmeticFault('syntax error: operand expected', this.#rest());
  }

  /** A variable's value is itself an expression. */
  #value(name: string): bigint {
    const text = this.#variables.get(name);
    if (/^-?\d{1,18}$/.test(text) && !/^-?0\d/.test(text)) return BigInt(text);
    if (this.#dialect === 'dash') return plainNumber(text);
    return new Evaluator(text, this.#variables, this.#depth + 1, this.#dialect).evaluate();
  }

  #store(name: string, value: bigint): bigint {
    if (this.#skipping === 0) this.#variables.set(name, String(value));
    return value;
  }
}

/** dash takes only a number from a variable. */
function plainNumber(text: string): bigint {
  const match = /^\s*([-+]?)(0[xX][0-9a-fA-F]{1,30}|0[0-7]{0,30}|[1-9]\d{0,30})?\s*$/.exec(text);
  if (match === null || (match[2] === undefined && match[1] !== ''))
    throw new ArithmeticFault('syntax error', text, `Illegal number: ${text}`);
  const value = readNumber(match[2] ?? '0');
  return match[1] === '-' ? -value : value;
}

const digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_';

/** Decimal, `0x`, octal with a leading 0, `base#digits`. */
function readNumber(text: string): bigint {
  const based = /^(\d{1,2})#(\w{1,60})$/.exec(text);
  const base = based !== null ? Number(based[1]) : /^0[xX]/.test(text) ? 16 : /^0./.test(text) ? 8 : 10;
  const body = based !== null ? (based[2] ?? '') : base === 16 ? text.slice(2) : text;
  let value = 0n;
  for (const character of body) {
    const digit = digits.indexOf(base <= 36 ? character.toLowerCase() : character);
    if (digit < 0 || digit >= base) throw new ArithmeticFault('value too great for base', text);
    value = wrap(value * BigInt(base) + BigInt(digit));
  }
  return value;
}

/** The value of an expression whose expansions are done. Throws `ArithmeticFault`. */
export function evaluateArithmetic(text: string, variables: ArithmeticVariables, dialect: Dialect): bigint {
  return new Evaluator(text, variables, 0, dialect).evaluate();
}
