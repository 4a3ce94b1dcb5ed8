/** Expressions over a row. */

import { aggregated, aggregates } from './aggregate.ts';
import { arrayOf } from './array-text.ts';
import { findColumn } from './column-lookup.ts';
import type { Evaluation } from './evaluation.ts';
import { typeOf } from './expression-type.ts';
import type { SqlHost } from './host.ts';
import { applyBinary, applyUnary, holds } from './operator.ts';
import type { Scope } from './scope.ts';
import type { Call, Expression, Query } from './syntax.ts';
import { isTrue, numberOf, type Relation, type SqlType, textOf, type Value } from './value.ts';

export class Evaluator implements Evaluation {
  readonly host: SqlHost;
  /** How MySQL names the clause in its errors. */
  place = 'field list';
  readonly query: (query: Query, outer: Scope) => Relation;

  constructor(host: SqlHost, query: (query: Query, outer: Scope) => Relation) {
    this.host = host;
    this.query = query;
  }

  value(expression: Expression, scope: Scope): Value {
    this.host.spend(1);
    switch (expression.kind) {
      case 'value':
        return expression.value;
      case 'column': {
        const [owner, index] = findColumn(this, expression.path, expression.at, scope);
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
        return applyUnary(this.host, expression.operator, this.value(expression.operand, scope));
      case 'binary':
        return this.#binary(expression, scope);
      case 'between': {
        const operand = this.value(expression.operand, scope);
        const low = holds(this.host, '>=', operand, this.value(expression.low, scope));
        const high = holds(this.host, '<=', operand, this.value(expression.high, scope));
        if (low === null || high === null) return null;
        return (low && high) !== expression.negated;
      }
      case 'in': {
        const operand = this.value(expression.operand, scope);
        const items =
          'body' in expression.items
            ? this.query(expression.items, scope).rows.map((row) => row[0] ?? null)
            : expression.items.map((item) => this.value(item, scope));
        const found = this.#some('=', operand, items);
        return found === null ? null : found !== expression.negated;
      }
      case 'any': {
        const operand = this.value(expression.operand, scope);
        let items: readonly Value[];
        if ('body' in expression.items)
          items = this.query(expression.items, scope).rows.map((row) => row[0] ?? null);
        else {
          const list = this.value(expression.items, scope);
          if (list === null) return null;
          items = Array.isArray(list) ? list : arrayOf(textOf(list));
        }
        if (!expression.all) return this.#some(expression.operator, operand, items);
        return items.every((item) => applyBinary(this.host, expression.operator, operand, item) === true);
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
          const isIt =
            expression.operand === null
              ? isTrue(condition)
              : holds(this.host, '=', operand, condition) === true;
          if (isIt) return this.value(then, scope);
        }
        return expression.otherwise === null ? null : this.value(expression.otherwise, scope);
      }
      case 'cast':
        return this.host.cast(this.value(expression.operand, scope), expression.type, expression.at);
      case 'query':
        return this.query(expression.query, scope).rows[0]?.[0] ?? null;
      case 'exists':
        return this.query(expression.query, scope).rows.length > 0;
      case 'array':
        return 'body' in expression.items
          ? this.query(expression.items, scope).rows.map((row) => row[0] ?? null)
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
      const held = applyBinary(this.host, operator, operand, item);
      if (held === true) return true;
      if (held === null) unknown = true;
    }
    return unknown ? null : false;
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
    return applyBinary(this.host, operator, left, right);
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
    const [item, separator] = call.items;
    if (item === undefined) return null;
    const values = rows
      .map((row) => this.value(item, { ...scope, row, group: null }))
      .filter((value) => value !== null);
    const isText = call.name === 'group_concat' || call.name === 'string_agg';
    const between =
      isText && separator !== undefined && values.length > 0 ? textOf(this.value(separator, scope)) : ',';
    return aggregated(call, values, between);
  }

  /** The type that the column of a result has. */
  typeOf(expression: Expression, scope: Scope): SqlType {
    return typeOf(this, expression, scope);
  }
}
