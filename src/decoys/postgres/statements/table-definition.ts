/** CREATE TABLE and DROP TABLE. */

import type { Cursor } from '../../sql/cursor.ts';
import { ransomNote } from '../../sql/fact.ts';
import { parseQuery } from '../../sql/query-parser.ts';
import { column, rowOctets, tableOf, type TableColumn } from '../../sql/store.ts';
import type { Value } from '../../sql/value.ts';
import { namespaces } from '../relation-oid.ts';
import type { PostgresView } from '../view.ts';
import { failureOf, unknownRelation } from '../errors.ts';
import { done, type Answer } from './answer.ts';
import { columnDefinitions } from './column-definition.ts';
import type { Execution } from './execution.ts';

const tableLimit = 128;

export function createTable({ view, host, runner }: Execution, cursor: Cursor): Answer {
  const mayExist = cursor.take('if', 'not', 'exists');
  const path = cursor.path();
  const name = path.at(-1) ?? '';
  const { space } = view.instance;
  const tables = space.databases.get(view.database);
  if (tables === undefined) throw unknownRelation(name, -1);
  const schema = path.at(-2);
  if (schema !== undefined && namespaces[schema] === undefined && !schema.startsWith('pg_temp'))
    throw failureOf('3F000', `schema "${schema}" does not exist`);
  if (schema === 'pg_catalog') throw failureOf('42501', `permission denied to create "pg_catalog.${name}"`);
  let columns: TableColumn[] = [];
  let rows: (readonly Value[])[] = [];
  let tag = 'CREATE TABLE';
  if (cursor.isOperator('(')) columns = columnDefinitions(cursor);
  if (cursor.take('as')) {
    const found = runner.run(parseQuery(cursor));
    columns = found.columns.map((each) =>
      column(each.name, each.type, each.type === 'integer' ? 'integer' : 'text'),
    );
    rows = found.rows.slice(0, 1000);
    tag = `SELECT ${rows.length}`;
  }
  cursor.finish();
  if (tables.has(name)) {
    if (mayExist) return done('CREATE TABLE');
    throw failureOf('42P07', `relation "${name}" already exists`);
  }
  const octets = 512 + columns.length * 128 + rows.reduce((sum, row) => sum + rowOctets(row), 0);
  if (tables.size >= tableLimit || !space.reserve(octets))
    throw failureOf('53100', 'could not extend file: No space left on device');
  tables.set(name, tableOf(name, columns, rows));
  host.outputs.push(...ransomNote('postgres', name, ''));
  return done(tag);
}

export function dropTables(
  view: PostgresView,
  cursor: Cursor,
  kind: 'table' | 'view',
  mayLack: boolean,
): Answer {
  do {
    const path = cursor.path();
    const name = path.at(-1) ?? '';
    if (view.instance.space.databases.get(view.database)?.delete(name) !== true && !mayLack)
      throw failureOf('42P01', `${kind} "${path.join('.')}" does not exist`);
  } while (cursor.takeOperator(','));
  cursor.finish();
  return done(`DROP ${kind.toUpperCase()}`);
}
