/** Expressions over a row. */

import type { SqlHost } from './host.ts';
import type { Call, Expression, Query } from './syntax.ts';
import {
  compare,
  isLike,
  isTrue,
  numberOf,
  textOf,
  type Relation,
  type SqlType,
  type Value,
} from './value.ts';

export interface ScopeColumn {
  readonly table: string;
  readonly name: string;
  readonly type: SqlType;
  /** A column that a join by USING has twice. */
  readonly hidden?: boolean;
}

export interface Scope {
  readonly columns: readonly ScopeColumn[];
  readonly row: readonly Value[];
  /** The rows of the group, where there are groups. */
  readonly group: readonly (readonly Value[])[] | null;
  readonly outer: Scope | null;
  /** Tables that WITH names. */
  readonly named: ReadonlyMap<string, Relation>;
}

export const emptyScope: Scope = { columns: [], row: [], group: null, outer: null, named: new Map() };

export const aggregates: ReadonlySet<string> = new Set([
  'count',
  'sum',
  'min',
  'max',
  'avg',
  'group_concat',
  'string_agg',
  'array_agg',
  'bool_and',
  'bool_or',
  'every',
]);

/** Text that one statement's functions may make. */
const textLimit = 1_048_576;

export class Evaluator {
  readonly host: SqlHost;
  /** How MySQL names the clause in its errors. */
  place = 'field list';
  readonly #query: (query: Query, outer: Scope) => Relation;

  constructor(host: SqlHost, query: (query: Query, outer: Scope) => Relation) {
    this.host = host;
    this.#query = query;
  }

  #find(path: readonly string[], at: number, scope: Scope): readonly [Scope, number] {
    const name = path.at(-1) ?? '';
    const table = path.at(-2) ?? '';
    const same =
      this.host.dialect === 'mysql'
        ? (left: string, right: string): boolean =>
            left.length === right.length && left.toLowerCase() === right.toLowerCase()
        : (left: string, right: string): boolean => left === right;
    for (let each: Scope | null = scope; each !== null; each = each.outer) {
      this.host.spend(1);
      let found = -1;
      for (const [index, column] of each.columns.entries()) {
        if (
          !same(column.name, name) ||
          column.hidden === true ||
          (table !== '' && !same(column.table, table))
        )
          continue;
        if (found >= 0 && table === '') throw this.host.ambiguousColumn(name, at, this.place);
        if (found < 0) found = index;
      }
      if (found >= 0) return [each, found];
    }
    let isKnown = false;
    for (let each: Scope | null = scope; each !== null; each = each.outer) {
      isKnown ||= each.columns.some((column) => same(column.table, table));
    }
    throw this.host.unknownColumn(path, at, this.place, isKnown);
  }

  value(expression: Expression, scope: Scope): Value {
    this.host.spend(1);
    switch (expression.kind) {
      case 'value':
        return expression.value;
      case 'column': {
        const [owner, index] = this.#find(expression.path, expression.at, scope);
        return owner.row[index] ?? null;
      }
      case 'variable':
        return this.host.variable(expression.name, expression.at);
      case 'assign': {
        const value = this.value(expression.value, scope);
        this.host.assign(expression.name, value);
        return value;
      }
      case 'parameter':
        return this.host.parameter(expression.index);
      case 'call':
        return this.#call(expression, scope);
      case 'unary':
        return this.#unary(expression.operator, this.value(expression.operand, scope));
      case 'binary':
        return this.#binary(expression, scope);
      case 'between': {
        const operand = this.value(expression.operand, scope);
        const low = this.#compare('>=', operand, this.value(expression.low, scope));
        const high = this.#compare('<=', operand, this.value(expression.high, scope));
        if (low === null || high === null) return null;
        return (low && high) !== expression.negated;
      }
      case 'in': {
        const operand = this.value(expression.operand, scope);
        const items =
          'body' in expression.items
            ? this.#query(expression.items, scope).rows.map((row) => row[0] ?? null)
            : expression.items.map((item) => this.value(item, scope));
        const found = this.#some('=', operand, items);
        return found === null ? null : found !== expression.negated;
      }
      case 'any': {
        const operand = this.value(expression.operand, scope);
        let items: readonly Value[];
        if ('body' in expression.items)
          items = this.#query(expression.items, scope).rows.map((row) => row[0] ?? null);
        else {
          const list = this.value(expression.items, scope);
          if (list === null) return null;
          items = Array.isArray(list) ? list : arrayOf(textOf(list));
        }
        if (!expression.all) return this.#some(expression.operator, operand, items);
        return items.every((item) => this.#apply(expression.operator, operand, item) === true);
      }
      case 'is': {
        const operand = this.value(expression.operand, scope);
        if (expression.what === 'null') return (operand === null) !== expression.negated;
        const held = operand !== null && isTrue(operand) === (expression.what === 'true');
        return held !== expression.negated;
      }
      case 'case': {
        const operand = expression.operand === null ? null : this.value(expression.operand, scope);
        for (const [when, then] of expression.branches) {
          const condition = this.value(when, scope);
          const holds =
            expression.operand === null ? isTrue(condition) : this.#compare('=', operand, condition) === true;
          if (holds) return this.value(then, scope);
        }
        return expression.otherwise === null ? null : this.value(expression.otherwise, scope);
      }
      case 'cast':
        return this.host.cast(this.value(expression.operand, scope), expression.type, expression.at);
      case 'query':
        return this.#query(expression.query, scope).rows[0]?.[0] ?? null;
      case 'exists':
        return this.#query(expression.query, scope).rows.length > 0;
      case 'array':
        return 'body' in expression.items
          ? this.#query(expression.items, scope).rows.map((row) => row[0] ?? null)
          : expression.items.map((item) => this.value(item, scope));
      case 'row':
        return expression.items.map((item) => this.value(item, scope));
      case 'element': {
        const list = this.value(expression.operand, scope);
        const items = Array.isArray(list) ? list : arrayOf(textOf(list));
        return items[numberOf(this.value(expression.index, scope)) - 1] ?? null;
      }
      case 'star':
      default:
        throw this.host.unknownColumn(['*'], 0, this.place);
    }
  }

  #some(operator: string, operand: Value, items: readonly Value[]): boolean | null {
    let unknown = false;
    for (const item of items) {
      this.host.spend(1);
      const held = this.#apply(operator, operand, item);
      if (held === true) return true;
      if (held === null) unknown = true;
    }
    return unknown ? null : false;
  }

  #unary(operator: string, operand: Value): Value {
    if (operand === null) return null;
    switch (operator) {
      case 'not':
      case '!':
        return !isTrue(operand);
      case '-':
        return typeof operand === 'bigint' ? -operand : -numberOf(operand);
      case '~':
        return this.host.dialect === 'mysql'
          ? BigInt.asUintN(64, ~BigInt(Math.trunc(numberOf(operand)) || 0))
          : ~numberOf(operand);
      default:
        return operand;
    }
  }

  #binary(expression: Expression & { kind: 'binary' }, scope: Scope): Value {
    const { operator } = expression;
    if (operator === 'and' || (operator === '&&' && this.host.dialect === 'mysql')) {
      const left = this.value(expression.left, scope);
      if (left !== null && !isTrue(left)) return false;
      const right = this.value(expression.right, scope);
      if (right !== null && !isTrue(right)) return false;
      return left === null || right === null ? null : true;
    }
    if (operator === 'or' || (operator === '||' && this.host.dialect === 'mysql')) {
      const left = this.value(expression.left, scope);
      if (isTrue(left)) return true;
      const right = this.value(expression.right, scope);
      if (isTrue(right)) return true;
      return left === null || right === null ? null : false;
    }
    const [left, right] = [this.value(expression.left, scope), this.value(expression.right, scope)];
    const failure = this.host.badOperands(
      expression,
      this.typeOf(expression.left, scope),
      this.typeOf(expression.right, scope),
    );
    if (failure !== null) throw failure;
    return this.#apply(operator, left, right);
  }

  #compare(operator: string, left: Value, right: Value): boolean | null {
    const order = compare(left, right, this.host.dialect === 'mysql');
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

  #apply(operator: string, left: Value, right: Value): Value {
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
        return this.#compare(operator, left, right);
      case 'like':
      case '~~':
        this.host.spend(20);
        return isLike(textOf(left), textOf(right), this.host.dialect === 'mysql');
      case 'ilike':
      case '~~*':
        this.host.spend(20);
        return isLike(textOf(left), textOf(right), true);
      case '!~~':
      case '!~~*':
        this.host.spend(20);
        return !isLike(textOf(left), textOf(right), operator === '!~~*');
      case 'regexp':
      case '~':
      case '~*':
      case 'similar':
        this.host.spend(50);
        return this.host.matches(textOf(left), textOf(right), operator === '~*' || operator === 'regexp');
      case '!~':
      case '!~*':
        this.host.spend(50);
        return !this.host.matches(textOf(left), textOf(right), operator === '!~*');
      case '||': {
        if (Array.isArray(left))
          return [...left, ...(Array.isArray(right) ? right : [right])].slice(0, 10_000);
        const text = textOf(left) + textOf(right);
        this.host.spend(1 + (text.length >> 6));
        return text.slice(0, textLimit);
      }
      case 'xor':
        return isTrue(left) !== isTrue(right);
      default:
        return this.#arithmetic(operator, left, right);
    }
  }

  #arithmetic(operator: string, left: Value, right: Value): Value {
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
          const failure = this.host.divisionByZero();
          if (failure !== null) throw failure;
          return null;
        }
        if (this.host.dialect === 'postgres' && isWhole(left) && isWhole(right)) return Math.trunc(a / b);
        return Math.round((a / b) * 10_000) / 10_000;
      }
      case 'div':
        return b === 0 ? null : Math.trunc(a / b);
      case '%':
      case 'mod': {
        if (b !== 0) return a % b;
        const failure = this.host.divisionByZero();
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
        return this.host.dialect === 'mysql' ? whole(a) ^ whole(b) : a ** b;
      default:
        return null;
    }
  }

  #call(call: Call, scope: Scope): Value {
    if (aggregates.has(call.name)) return this.#aggregate(call, scope);
    const items = call.items.map((item) => this.value(item, scope));
    const types = call.items.map((item) => this.typeOf(item, scope));
    this.host.spend(2);
    const value = this.host.call(call, items, types);
    if (typeof value === 'string' && value.length > 64) this.host.spend(value.length >> 6);
    return value;
  }

  #aggregate(call: Call, scope: Scope): Value {
    const rows = scope.group ?? [];
    if (call.name === 'count' && (call.star || call.items.length === 0)) return rows.length;
    const item = call.items[0];
    if (item === undefined) return null;
    let values: Value[] = rows
      .map((row) => this.value(item, { ...scope, row, group: null }))
      .filter((value) => value !== null);
    if (call.distinct) values = [...new Map(values.map((value) => [textOf(value), value])).values()];
    const [first = null] = values;
    switch (call.name) {
      case 'count':
        return values.length;
      case 'sum':
        return first === null ? null : values.reduce((sum: number, value) => sum + numberOf(value), 0);
      case 'avg':
        return first === null
          ? null
          : values.reduce((sum: number, value) => sum + numberOf(value), 0) / values.length;
      case 'min':
      case 'max': {
        const wanted = call.name === 'min' ? -1 : 1;
        return values.reduce(
          (best, value) => ((compare(value, best, false) ?? 0) * wanted > 0 ? value : best),
          first,
        );
      }
      case 'group_concat':
      case 'string_agg': {
        if (first === null) return null;
        const separator = call.items[1] === undefined ? ',' : textOf(this.value(call.items[1], scope));
        return values
          .map((value) => textOf(value))
          .join(separator)
          .slice(0, textLimit);
      }
      case 'array_agg':
        return first === null ? null : values;
      case 'bool_or':
        return first === null ? null : values.some((value) => isTrue(value));
      default:
        return first === null ? null : values.every((value) => isTrue(value));
    }
  }

  /** The type that the column of a result has. */
  typeOf(expression: Expression, scope: Scope): SqlType {
    switch (expression.kind) {
      case 'value':
        return expression.type;
      case 'column': {
        const [owner, index] = this.#find(expression.path, expression.at, scope);
        return owner.columns[index]?.type ?? 'text';
      }
      case 'cast':
        return this.host.typeNamed(expression.type);
      case 'variable':
        return this.host.typeOfVariable(expression.name);
      case 'assign':
        return this.typeOf(expression.value, scope);
      case 'call': {
        const types = expression.items.map((item) => this.typeOf(item, scope));
        switch (expression.name) {
          case 'count':
            return 'bigint';
          case 'sum':
            return types[0] === 'integer' && this.host.dialect === 'postgres' ? 'bigint' : 'numeric';
          case 'avg':
            return 'numeric';
          case 'min':
          case 'max':
            return types[0] ?? 'text';
          case 'group_concat':
          case 'string_agg':
            return 'text';
          case 'array_agg':
            return 'array';
          case 'bool_and':
          case 'bool_or':
          case 'every':
            return 'boolean';
          default:
            return this.host.typeOfCall(expression.name, types);
        }
      }
      case 'unary':
        return expression.operator === 'not' || expression.operator === '!'
          ? 'boolean'
          : this.typeOf(expression.operand, scope);
      case 'binary':
        return this.#typeOfBinary(expression, scope);
      case 'case': {
        const candidates = [
          ...expression.branches.map(([, then]) => then),
          ...(expression.otherwise === null ? [] : [expression.otherwise]),
        ];
        const types = candidates.map((each) => this.typeOf(each, scope));
        return types.find((type) => type !== 'unknown') ?? 'text';
      }
      case 'query':
        return this.#query(expression.query, scope).columns[0]?.type ?? 'text';
      case 'array':
        return 'array';
      case 'between':
      case 'in':
      case 'any':
      case 'is':
      case 'exists':
        return 'boolean';
      default:
        return 'text';
    }
  }

  #typeOfBinary(expression: Expression & { kind: 'binary' }, scope: Scope): SqlType {
    switch (expression.operator) {
      case '+':
      case '-':
      case '*':
      case '%':
      case 'mod':
      case 'div':
      case '/': {
        const types = new Set([this.typeOf(expression.left, scope), this.typeOf(expression.right, scope)]);
        for (const wide of ['timestamp', 'date', 'interval', 'double', 'numeric', 'bigint'] as const) {
          if (types.has(wide)) return wide;
        }
        if (this.host.dialect === 'mysql')
          return expression.operator === '/' ? 'numeric' : types.has('text') ? 'double' : 'bigint';
        return 'integer';
      }
      case '&':
      case '|':
      case '<<':
      case '>>':
        return 'bigint';
      case '^':
        return this.host.dialect === 'mysql' ? 'bigint' : 'double';
      case '||':
        if (this.host.dialect === 'mysql') return 'boolean';
        return this.typeOf(expression.left, scope) === 'array' ? 'array' : 'text';
      default:
        return 'boolean';
    }
  }
}

function wholeOf(value: Value): bigint {
  return typeof value === 'bigint' ? value : whole(numberOf(value));
}

function whole(number: number): bigint {
  return Number.isFinite(number) ? BigInt(Math.trunc(number)) : 0n;
}

/** `{a,b,"c d"}` or an int2vector's `1 2`. */
export function arrayOf(text: string): Value[] {
  if (!text.startsWith('{')) return text === '' ? [] : text.split(' ').slice(0, 10_000);
  const items: Value[] = [];
  let item = '';
  let quoted = false;
  let wasQuoted = false;
  for (let at = 1; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (quoted) {
      if (character === '\\') {
        at += 1;
        item += text[at] ?? '';
      } else if (character === '"') quoted = false;
      else item += character;
    } else if (character === '"') {
      quoted = true;
      wasQuoted = true;
    } else if (character === ',' || character === '}') {
      if (item !== '' || wasQuoted || character === ',')
        items.push(!wasQuoted && item.toUpperCase() === 'NULL' ? null : item);
      item = '';
      wasQuoted = false;
    } else item += character;
  }
  return items;
}
