/** What a SHOW is about: its words, its database or table, and its filter. */

import type { Cursor } from '../sql/cursor.ts';
import { emptyScope } from '../sql/scope.ts';
import { parseExpression } from '../sql/expression-parser.ts';
import type { QueryRunner } from '../sql/query.ts';
import type { Table } from '../sql/store.ts';
import { type Column, isLike, isTrue, type Relation, textOf } from '../sql/value.ts';
import { catalogTable } from './catalog.ts';
import { isSystemDatabase } from './database-names.ts';
import { mysqlError } from './errors.ts';
import { systemTables } from './system-tables.ts';
import type { ConnectionView } from './view.ts';

/** With spaces for low lines. */
export const columns = (names: string): Column[] =>
  names.split(' ').map((name) => ({ name: name.replaceAll('_', ' '), type: 'text' }));
/** As they are written, with low lines. */
export const exact = (names: string): Column[] => names.split(' ').map((name) => ({ name, type: 'text' }));

export interface Show {
  readonly cursor: Cursor;
  readonly view: ConnectionView;
  readonly runner: QueryRunner;
}

/** LIKE 'pattern' or WHERE expression, over the rows. */
export function filtered(show: Show, relation: Relation): Relation {
  const { cursor, runner } = show;
  if (cursor.take('like')) {
    const pattern = cursor.string();
    return {
      columns: relation.columns,
      rows: relation.rows.filter((row) => isLike(textOf(row[0] ?? null), pattern, true)),
    };
  }
  if (cursor.take('where')) {
    const condition = parseExpression(cursor);
    const named = relation.columns.map((column) => ({ ...column, table: '' }));
    return {
      columns: relation.columns,
      rows: relation.rows.filter((row) =>
        isTrue(runner.value(condition, { ...emptyScope, columns: named, row })),
      ),
    };
  }
  return relation;
}

export function databaseNamed(show: Show): string {
  const { cursor, view } = show;
  const name = cursor.takeOneOf('from', 'in') === '' ? view.database : cursor.name();
  if (name === '') throw mysqlError.noDatabase();
  if (!isSystemDatabase(view.instance, name) && !view.instance.space.databases.has(name))
    throw mysqlError.unknownDatabase(name);
  return name;
}

export function tableNames(view: ConnectionView, database: string): string[] {
  const system = systemTables[database.toLowerCase()];
  return system === undefined
    ? [...(view.instance.space.databases.get(database)?.keys() ?? [])].sort()
    : [...system];
}

/** The table named next, which must be there. */
export function tableNamed(show: Show): {
  readonly database: string;
  readonly name: string;
  readonly relation: Relation;
} {
  const { cursor, view } = show;
  const path = cursor.path();
  const name = path.at(-1) ?? '';
  let database = path.at(-2) ?? view.database;
  if (cursor.takeOneOf('from', 'in') !== '') database = cursor.name();
  if (database === '') throw mysqlError.noDatabase();
  const relation = catalogTable(view, database, name);
  if (relation === null) throw mysqlError.unknownTable(`${database}.${name}`);
  return { database, name, relation };
}

export const isTable = (relation: Relation): relation is Table => 'nextCounter' in relation;
