/** CREATE TABLE, DROP TABLE and ALTER TABLE. */

import type { Cursor } from '../../sql/cursor.ts';
import { ransomNote } from '../../sql/fact.ts';
import { StatementFailure } from '../../sql/failure.ts';
import { parseQuery } from '../../sql/query-parser.ts';
import { column, rowOctets, tableOf, type TableColumn } from '../../sql/store.ts';
import type { Value } from '../../sql/value.ts';
import { catalogTable } from '../catalog.ts';
import { isSystemDatabase } from '../database-names.ts';
import { mysqlError } from '../errors.ts';
import { ok, type Answer } from './answer.ts';
import { columnDefinitions } from './column-definition.ts';
import type { Execution } from './execution.ts';
import { deniedDatabase, writableTable } from './writable-table.ts';

const tableLimit = 128;

export function createTable(execution: Execution, cursor: Cursor, orReplace: boolean): Answer {
  const { view, connection, host, runner } = execution;
  const mayExist = cursor.take('if', 'not', 'exists');
  const path = cursor.path();
  const name = path.at(-1) ?? '';
  const database = path.at(-2) ?? connection.database;
  if (database === '') throw mysqlError.noDatabase();
  if (database.toLowerCase() === 'information_schema') throw deniedDatabase(connection, database);
  const { space } = view.instance;
  let tables = space.databases.get(database);
  if (tables === undefined) {
    if (!isSystemDatabase(view.instance, database)) throw mysqlError.unknownDatabase(database);
    if (catalogTable(view, database, name) !== null) throw mysqlError.tableExists(name);
    // In `mysql` itself, where droppers like to put their blobs: kept beside, under the same name.
    tables = new Map();
    space.databases.set(database, tables);
  }
  let columns: TableColumn[] = [];
  let rows: (readonly Value[])[] = [];
  if (cursor.take('like')) columns = [...writableTable(execution, cursor.path()).columns];
  else if (cursor.isOperator('(') && !cursor.startsQuery()) columns = columnDefinitions(cursor);
  const mark = cursor.mark();
  while (!cursor.isAtEnd && !cursor.startsQuery()) cursor.next();
  if (cursor.startsQuery()) {
    const found = runner.run(parseQuery(cursor));
    if (columns.length === 0)
      columns = found.columns.map((each) =>
        column(each.name, each.type, each.type === 'bytes' ? 'blob' : 'varchar(255)'),
      );
    rows = found.rows.slice(0, 1000);
  } else if (columns.length === 0) {
    cursor.back(mark);
    throw cursor.fail();
  }
  if (tables.has(name) && !orReplace) {
    if (mayExist) return ok;
    throw mysqlError.tableExists(name);
  }
  const octets = 512 + columns.length * 128 + rows.reduce((sum, row) => sum + rowOctets(row), 0);
  if (tables.size >= tableLimit || !space.reserve(octets)) throw mysqlError.tableFull(name);
  tables.set(name, tableOf(name, columns, [...rows]));
  host.outputs.push(...ransomNote('mysql', name, ''));
  return { kind: 'ok', affected: rows.length };
}

export function dropTables({ view, connection }: Execution, cursor: Cursor, mayLack: boolean): Answer {
  const { databases } = view.instance.space;
  const missing: string[] = [];
  do {
    const path = cursor.path();
    const name = path.at(-1) ?? '';
    const database = path.at(-2) ?? connection.database;
    if (database === '') throw mysqlError.noDatabase();
    if (databases.get(database)?.delete(name) !== true) missing.push(`${database}.${name}`);
  } while (cursor.takeOperator(','));
  cursor.takeOneOf('cascade', 'restrict');
  if (missing.length > 0 && !mayLack) throw mysqlError.unknownTableToDrop(missing.join(','));
  return ok;
}

export function alterTable(execution: Execution, cursor: Cursor): Answer {
  const table = writableTable(execution, cursor.path());
  if (cursor.takeOneOf('drop') !== '') {
    cursor.take('column');
    const name = cursor.name();
    if (!table.columns.some((each) => each.name.toLowerCase() === name.toLowerCase())) {
      throw new StatementFailure(
        1091,
        '42000',
        execution.view.instance.identity.isMariaDb
          ? `Can't DROP COLUMN \`${name}\`; check that it exists`
          : `Can't DROP '${name}'; check that column/key exists`,
      );
    }
  }
  cursor.finish();
  return { kind: 'ok', info: 'Records: 0  Duplicates: 0  Warnings: 0' };
}
