/** Runs a query: sources, filter, groups, select list, order, limit. Every row costs, so that a join of everything ends. */

import { aggregates } from './aggregate.ts';
import { Evaluator } from './evaluate.ts';
import type { SqlHost } from './host.ts';
import { nameOf } from './result-name.ts';
import { emptyScope, type Scope, type ScopeColumn } from './scope.ts';
import type { Body, Expression, Query, Select, SelectItem, Source } from './syntax.ts';
import {
  type Column,
  compare,
  isTrue,
  numberOf,
  type Relation,
  type SqlType,
  textOf,
  type Value,
} from './value.ts';

interface Rows {
  readonly columns: readonly ScopeColumn[];
  readonly rows: readonly (readonly Value[])[];
}

interface Result extends Relation {
  /** For the order: the scope in which each row was made; absent after a union. */
  readonly scopes: readonly Scope[] | null;
  readonly items: readonly SelectItem[];
  /** A scope without a row, for finding columns where there are no rows; null after a union. */
  readonly empty: Scope | null;
}

export class QueryRunner {
  readonly #host: SqlHost;
  readonly #evaluator: Evaluator;

  constructor(host: SqlHost) {
    this.#host = host;
    this.#evaluator = new Evaluator(host, (query, outer) => this.run(query, outer));
  }

  /** The value of an expression that stands on its own. */
  value(expression: Expression, scope: Scope = emptyScope): Value {
    return this.#evaluator.value(expression, scope);
  }

  typeOf(expression: Expression): SqlType {
    return this.#evaluator.typeOf(expression, emptyScope);
  }

  run(query: Query, outer: Scope = emptyScope): Relation {
    const named = new Map(outer.named);
    // What WITH names is seen by what follows in the same WITH.
    const surroundings = query.with.length === 0 ? outer : { ...outer, named };
    for (const { name, names, query: inner } of query.with) {
      const found = this.run(inner, surroundings);
      const renamed = {
        columns: found.columns.map(({ name: own, type }, index) => ({ name: names[index] ?? own, type })),
        rows: found.rows,
      };
      named.set(name, renamed);
    }
    const result = this.#body(query.body, surroundings);
    let rows = query.order.length === 0 ? result.rows : this.#ordered(query, result, surroundings);
    this.#evaluator.place = 'field list';
    const count = (expression: Expression | null): number | null => {
      if (expression === null) return null;
      const value = this.#evaluator.value(expression, surroundings);
      return value === null ? null : Math.max(0, Math.trunc(numberOf(value)));
    };
    const offset = count(query.offset) ?? 0;
    const limit = count(query.limit);
    if (offset > 0 || limit !== null) rows = rows.slice(offset, limit === null ? undefined : offset + limit);
    return { columns: result.columns, rows };
  }

  #body(body: Body, outer: Scope): Result {
    if (body.kind === 'select') return this.#select(body, outer);
    if (body.kind === 'nested')
      return { ...this.run(body.query, outer), scopes: null, items: [], empty: null };
    if (body.kind === 'values') {
      const rows = body.rows.map((row) => row.map((item) => this.#evaluator.value(item, outer)));
      const columns = (body.rows[0] ?? []).map((item, index) => ({
        name: `column${index + 1}`,
        type: this.#evaluator.typeOf(item, outer),
      }));
      return { columns, rows, scopes: null, items: [], empty: null };
    }
    const left = this.#body(body.left, outer);
    const right = this.#body(body.right, outer);
    if (left.columns.length !== right.columns.length) throw this.#host.unionOfDifferent(body.operator);
    const keys = (rows: Relation['rows']): Set<string> => new Set(rows.map(keyOf));
    let rows: Relation['rows'];
    if (body.operator === 'union all') rows = [...left.rows, ...right.rows];
    else if (body.operator === 'union') rows = distinct([...left.rows, ...right.rows]);
    else {
      const held = keys(right.rows);
      rows = distinct(left.rows.filter((row) => held.has(keyOf(row)) === (body.operator === 'intersect')));
    }
    this.#host.spend(rows.length);
    return { columns: left.columns, rows, scopes: null, items: [], empty: null };
  }

  #select(select: Select, outer: Scope): Result {
    let rows: Rows = { columns: [], rows: [[]] };
    this.#evaluator.place = 'field list';
    for (const source of select.from)
      rows = this.#cross(rows, this.#source(source, outer, rows), null, 'inner', outer, []);
    const scopeOf = (row: readonly Value[], group: Scope['group'] = null): Scope => ({
      columns: rows.columns,
      row,
      group,
      outer: outer === emptyScope ? null : outer,
      named: outer.named,
    });
    this.#evaluator.place = 'where clause';
    const { where } = select;
    const kept =
      where === null
        ? rows.rows
        : rows.rows.filter((row) => isTrue(this.#evaluator.value(where, scopeOf(row))));
    if (where !== null && rows.rows.length === 0) this.#resolve(where, scopeOf([]));
    const items = this.#expanded(select.items, rows.columns);
    let scopes: Scope[];
    const grouped =
      select.group.length > 0 ||
      items.some((item) => hasAggregate(item.expression)) ||
      (select.having !== null && hasAggregate(select.having));
    if (grouped) {
      this.#evaluator.place = 'group statement';
      const groups = new Map<string, (readonly Value[])[]>();
      const by = select.group.map((each) => named(each, items));
      for (const row of kept) {
        const key = keyOf(by.map((each) => this.#evaluator.value(each, scopeOf(row))));
        const group = groups.get(key);
        if (group === undefined) groups.set(key, [row]);
        else group.push(row);
      }
      if (groups.size === 0 && select.group.length === 0) groups.set('', []);
      scopes = [...groups.values()].map((group) => scopeOf(group[0] ?? [], group));
    } else scopes = kept.map((row) => scopeOf(row));
    if (select.having !== null) {
      this.#evaluator.place = 'having clause';
      const having = named(select.having, items);
      scopes = scopes.filter((scope) => isTrue(this.#evaluator.value(having, scope)));
    }
    this.#evaluator.place = 'field list';
    const blank = scopeOf([]);
    const columns: Column[] = items.map((item) => ({
      name: item.alias,
      type: this.#evaluator.typeOf(item.expression, { ...blank, group: grouped ? [] : null }),
    }));
    let results = scopes.map((scope) => items.map((item) => this.#evaluator.value(item.expression, scope)));
    if (select.distinct) {
      const seen = new Set<string>();
      const first = results.map((row) => {
        const key = keyOf(row);
        if (seen.has(key)) return false;
        seen.add(key);
        return true;
      });
      results = results.filter((_, index) => first[index] === true);
      scopes = scopes.filter((_, index) => first[index] === true);
    }
    return { columns, rows: results, scopes, items, empty: blank };
  }

  /** Finds the columns of an expression that no row will be put to, so that a wrong name is told all the same. */
  #resolve(expression: Expression, scope: Scope): void {
    switch (expression.kind) {
      case 'column':
        this.#evaluator.typeOf(expression, scope);
        return;
      case 'binary':
        this.#resolve(expression.left, scope);
        this.#resolve(expression.right, scope);
        return;
      case 'unary':
      case 'is':
      case 'cast':
      case 'between':
      case 'in':
        this.#resolve(expression.operand, scope);
        return;
      case 'call':
        for (const item of expression.items) this.#resolve(item, scope);
        return;
      default:
    }
  }

  /** The select list with its stars spelled out and its columns named. */
  #expanded(items: readonly SelectItem[], columns: readonly ScopeColumn[]): SelectItem[] {
    return items.flatMap((item): SelectItem[] => {
      const { expression } = item;
      if (expression.kind !== 'star')
        return [{ ...item, alias: item.alias === '' ? nameOf(this.#host, item) : item.alias }];
      const wanted = columns.filter(
        (column) =>
          column.hidden !== true &&
          (expression.table === '' || column.table.toLowerCase() === expression.table.toLowerCase()),
      );
      if (wanted.length === 0)
        throw this.#host.unknownColumn([expression.table, '*'], expression.at, 'field list');
      return wanted.map((column) => ({
        expression: { kind: 'column', path: [column.table, column.name], at: expression.at },
        alias: column.name,
        written: column.name,
      }));
    });
  }

  #ordered(query: Query, result: Result, outer: Scope): Relation['rows'] {
    this.#evaluator.place = 'order clause';
    const keys = result.rows.map((row, index) =>
      query.order.map(({ by }): Value => {
        if (by.kind === 'value' && typeof by.value === 'number') return row[by.value - 1] ?? null;
        if (by.kind === 'column' && by.path.length === 1) {
          const place = result.columns.findIndex(
            (column) => column.name.toLowerCase() === by.path[0]?.toLowerCase(),
          );
          if (place >= 0) return row[place] ?? null;
        }
        const scope: Scope = result.scopes?.[index] ?? {
          columns: result.columns.map((column) => ({ table: '', name: column.name, type: column.type })),
          row,
          group: null,
          outer: outer === emptyScope ? null : outer,
          named: outer.named,
        };
        return this.#evaluator.value(named(by, result.items), scope);
      }),
    );
    if (result.rows.length === 0 && result.empty !== null) {
      for (const { by } of query.order) this.#resolve(named(by, result.items), result.empty);
    }
    const ignoreCase = this.#host.dialect === 'mysql';
    const order = result.rows.map((_, index) => index);
    this.#host.spend(order.length * 4);
    order.sort((a, b) => {
      for (const [place, { descending }] of query.order.entries()) {
        const [left = null, right = null] = [keys[a]?.[place], keys[b]?.[place]];
        // MySQL puts NULL first, PostgreSQL last.
        const nulls =
          left === null || right === null ? (left === null ? 1 : 0) - (right === null ? 1 : 0) : 0;
        const found = nulls === 0 ? (compare(left, right, ignoreCase) ?? 0) : ignoreCase ? -nulls : nulls;
        if (found !== 0) return descending ? -found : found;
      }
      return a - b;
    });
    return order.map((index) => result.rows[index] ?? []);
  }

  #source(source: Source, outer: Scope, left: Rows): Rows {
    switch (source.kind) {
      case 'table': {
        const name = source.path.at(-1) ?? '';
        const own = source.path.length === 1 ? outer.named.get(name) : undefined;
        const relation = own ?? this.#host.relation(source.path, source.at);
        return tabled(relation, source.alias === '' ? name : source.alias, []);
      }
      case 'query':
        return tabled(this.run(source.query, outer), source.alias, source.names);
      case 'function': {
        // An argument may be a column of what stands to the left: then it is that of the first row.
        const scope: Scope = {
          columns: left.columns,
          row: left.rows[0] ?? [],
          group: null,
          outer,
          named: outer.named,
        };
        const items = source.call.items.map((item) => this.#evaluator.value(item, scope));
        const relation = this.#host.tableFunction(source.call, items);
        const alias = source.alias === '' ? source.call.name : source.alias;
        const single = relation.columns.length === 1 && source.names.length === 0 && source.alias !== '';
        return tabled(relation, alias, single ? [alias] : source.names);
      }
      case 'join':
      default: {
        const first = this.#source(source.left, outer, left);
        const second = this.#source(source.right, outer, first);
        return this.#cross(first, second, source.on, source.outer, outer, source.using);
      }
    }
  }

  #cross(
    left: Rows,
    right: Rows,
    on: Expression | null,
    how: 'inner' | 'left' | 'right' | 'full',
    outer: Scope,
    using: readonly string[],
  ): Rows {
    if (left.columns.length === 0 && left.rows.length === 1 && on === null) return right;
    const columns = [
      ...left.columns,
      ...right.columns.map((column) => (using.includes(column.name) ? { ...column, hidden: true } : column)),
    ];
    const pairs = using.map(
      (name) =>
        [
          left.columns.findIndex((column) => column.name === name),
          right.columns.findIndex((column) => column.name === name),
        ] as const,
    );
    const rows: (readonly Value[])[] = [];
    const matched = new Set<number>();
    this.#evaluator.place = 'on clause';
    for (const first of left.rows) {
      let found = false;
      for (const [index, second] of right.rows.entries()) {
        // A row costs by its width: it is copied.
        this.#host.spend(2 + (columns.length >> 1));
        const row = [...first, ...second];
        const fits =
          pairs.every(([a, b]) => compare(first[a] ?? null, second[b] ?? null, false) === 0) &&
          (on === null ||
            isTrue(
              this.#evaluator.value(on, {
                columns,
                row,
                group: null,
                outer: outer === emptyScope ? null : outer,
                named: outer.named,
              }),
            ));
        if (!fits) continue;
        found = true;
        matched.add(index);
        rows.push(row);
      }
      if (!found && (how === 'left' || how === 'full'))
        rows.push([...first, ...right.columns.map(() => null)]);
    }
    if (how === 'right' || how === 'full') {
      for (const [index, second] of right.rows.entries()) {
        if (!matched.has(index)) rows.push([...left.columns.map(() => null), ...second]);
      }
    }
    return { columns, rows };
  }
}

function tabled(relation: Relation, table: string, names: readonly string[]): Rows {
  return {
    columns: relation.columns.map((column, index) => ({
      table,
      name: names[index] ?? column.name,
      type: column.type,
    })),
    rows: relation.rows,
  };
}

const keyOf = (row: readonly Value[]): string =>
  row.map((value) => (value === null ? '\0' : `${textOf(value)}\x01`)).join('');

function distinct(rows: readonly (readonly Value[])[]): (readonly Value[])[] {
  return [...new Map(rows.map((row) => [keyOf(row), row])).values()];
}

/** An item's alias stands for the item, in GROUP BY, HAVING and ORDER BY. */
function named(expression: Expression, items: readonly SelectItem[]): Expression {
  if (expression.kind === 'value' && typeof expression.value === 'number') {
    return items[expression.value - 1]?.expression ?? expression;
  }
  if (expression.kind === 'column' && expression.path.length === 1) {
    const name = expression.path[0]?.toLowerCase();
    return items.find((item) => item.alias.toLowerCase() === name)?.expression ?? expression;
  }
  if (expression.kind === 'binary') {
    return { ...expression, left: named(expression.left, items), right: named(expression.right, items) };
  }
  return expression;
}

function hasAggregate(expression: Expression): boolean {
  switch (expression.kind) {
    case 'call':
      return aggregates.has(expression.name) || expression.items.some(hasAggregate);
    case 'unary':
    case 'cast':
    case 'is':
      return hasAggregate(expression.operand);
    case 'binary':
      return hasAggregate(expression.left) || hasAggregate(expression.right);
    case 'case':
      return (
        expression.branches.some(([when, then]) => hasAggregate(when) || hasAggregate(then)) ||
        (expression.otherwise !== null && hasAggregate(expression.otherwise))
      );
    default:
      return false;
  }
}

/** How PostgreSQL names a column that was given no name. */
