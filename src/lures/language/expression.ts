/**
 * The expressions that stand between `{{` and `}}` in a lure, and in the `dsl` matchers of scanner templates: literals, names, calls,
 * and the operators `|| && == != < <= > >= =~ !~ + - * / % !`, as govaluate reads them. Parsing is bounded in depth and linear.
 */

export type Value = string | number | boolean | readonly Value[];

export type BinaryOperator =
  | '||'
  | '&&'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '=~'
  | '!~'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%';

export type Expression =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] }
  | { readonly kind: 'unary'; readonly operator: '!' | '-'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    };

const lengthLimit = 65_536;
const depthLimit = 32;

type Token =
  | { readonly kind: 'string' | 'name' | 'operator'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number };

const operators = [
  '||',
  '&&',
  '==',
  '!=',
  '<=',
  '>=',
  '=~',
  '!~',
  '<',
  '>',
  '!',
  '+',
  '-',
  '*',
  '/',
  '%',
  '(',
  ')',
  ',',
] as const;

const namePattern = /[A-Za-z_][A-Za-z0-9_.]*/y;
const numberPattern = /(?:0x[0-9A-Fa-f]{1,12}|\d{1,18}(?:\.\d{1,18})?)/y;

/** A backslash keeps the next character; line ends and tabs are written as everywhere; before a letter of a regular expression it stands. */
function readString(text: string, at: number): { value: string; end: number } | null {
  const quote = text[at];
  let value = '';
  for (let index = at + 1; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === quote) return { value, end: index + 1 };
    if (character !== '\\') {
      value += character;
      continue;
    }
    index += 1;
    const next = text.charAt(index);
    if (next === 'n') value += '\n';
    else if (next === 'r') value += '\r';
    else if (next === 't') value += '\t';
    else if (next === 'x' && /^7[bBdD]/.test(text.slice(index + 1, index + 3))) {
      // How braces are written that would end the hole.
      value += text.charAt(index + 2).toLowerCase() === 'b' ? '{' : '}';
      index += 2;
    } else if (next === '"' || next === "'" || next === '\\' || next === '/' || next === '`') value += next;
    else value += `\\${next}`;
  }
  return null;
}

function tokens(text: string): Token[] | null {
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === ' ' || character === '\t' || character === '\n' || character === '\r') {
      at += 1;
      continue;
    }
    if (character === '"' || character === "'" || character === '`') {
      const string = readString(text, at);
      if (string === null) return null;
      found.push({ kind: 'string', text: string.value });
      at = string.end;
      continue;
    }
    numberPattern.lastIndex = at;
    const number = numberPattern.exec(text);
    if (number !== null) {
      found.push({ kind: 'number', value: Number(number[0]) });
      at += number[0].length;
      continue;
    }
    namePattern.lastIndex = at;
    const name = namePattern.exec(text);
    if (name !== null) {
      found.push({ kind: 'name', text: name[0] });
      at += name[0].length;
      continue;
    }
    const operator = operators.find((candidate) => text.startsWith(candidate, at));
    if (operator === undefined) return null;
    found.push({ kind: 'operator', text: operator });
    at += operator.length;
  }
  return found;
}

const levels: readonly (readonly BinaryOperator[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<=', '>=', '<', '>', '=~', '!~'],
  ['+', '-'],
  ['*', '/', '%'],
];

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(list: readonly Token[]) {
    this.#tokens = list;
  }

  whole(): Expression | null {
    const expression = this.#binary(0);
    return expression !== null && this.#at === this.#tokens.length ? expression : null;
  }

  #operator(): string | null {
    const token = this.#tokens[this.#at];
    return token?.kind === 'operator' ? token.text : null;
  }

  #binary(level: number): Expression | null {
    const row = levels[level];
    if (row === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    while (left !== null) {
      const text = this.#operator();
      const operator = row.find((candidate) => candidate === text);
      if (operator === undefined) return left;
      this.#at += 1;
      const right = this.#binary(level + 1);
      left = right === null ? null : { kind: 'binary', operator, left, right };
    }
    return null;
  }

  #unary(): Expression | null {
    const operator = this.#operator();
    if (operator === '!' || operator === '-') {
      this.#at += 1;
      this.#depth += 1;
      const operand = this.#depth > depthLimit ? null : this.#unary();
      this.#depth -= 1;
      return operand === null ? null : { kind: 'unary', operator, operand };
    }
    return this.#primary();
  }

  #primary(): Expression | null {
    const token = this.#tokens[this.#at];
    if (token === undefined) return null;
    this.#at += 1;
    if (token.kind === 'number') return { kind: 'value', value: token.value };
    if (token.kind === 'string') return { kind: 'value', value: token.text };
    if (token.kind === 'operator') {
      if (token.text !== '(') return null;
      const inner = this.#nested();
      if (inner === null || this.#operator() !== ')') return null;
      this.#at += 1;
      return inner;
    }
    if (this.#operator() !== '(') {
      if (token.text === 'true' || token.text === 'false')
        return { kind: 'value', value: token.text === 'true' };
      return { kind: 'name', name: token.text };
    }
    this.#at += 1;
    const list: Expression[] = [];
    if (this.#operator() === ')') {
      this.#at += 1;
      return { kind: 'call', name: token.text, arguments: list };
    }
    for (;;) {
      const argument = this.#nested();
      if (argument === null) return null;
      list.push(argument);
      const next = this.#operator();
      this.#at += 1;
      if (next === ')') return { kind: 'call', name: token.text, arguments: list };
      if (next !== ',') return null;
    }
  }

  #nested(): Expression | null {
    this.#depth += 1;
    const expression = this.#depth > depthLimit ? null : this.#binary(0);
    this.#depth -= 1;
    return expression;
  }
}

/** The expression of a text, or null where it is none. */
export function parseExpression(text: string): Expression | null {
  if (text.length > lengthLimit) return null;
  const list = tokens(text);
  return list === null || list.length === 0 ? null : new Parser(list).whole();
}

/** Names that an expression looks up. */
export function namesOf(expression: Expression, found: Set<string> = new Set()): Set<string> {
  if (expression.kind === 'name') found.add(expression.name);
  else if (expression.kind === 'unary') namesOf(expression.operand, found);
  else if (expression.kind === 'binary') {
    namesOf(expression.left, found);
    namesOf(expression.right, found);
  } else if (expression.kind === 'call')
    for (const argument of expression.arguments) namesOf(argument, found);
  return found;
}

const quoted = (text: string): string =>
  `"${text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll('{{', '{\\x7b')
    .replaceAll('}}', '}\\x7d')}"`;

function shownValue(value: Value): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'object') return value.map((item) => shownValue(item)).join(', ');
  return String(value);
}

/** The expression as text that `parseExpression` reads back. */
export function shownExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'value':
      return shownValue(expression.value);
    case 'name':
      return expression.name;
    case 'call':
      return `${expression.name}(${expression.arguments.map((argument) => shownExpression(argument)).join(', ')})`;
    case 'unary':
      return `${expression.operator}${shownExpression(expression.operand)}`;
    case 'binary':
      return `(${shownExpression(expression.left)} ${expression.operator} ${shownExpression(expression.right)})`;
    default:
      return expression satisfies never;
  }
}
