import type { StatementFailure } from '../../sql/failure.ts';
import { column, tableOf, type Table } from '../../sql/store.ts';
import { catalogTable } from '../catalog.ts';
import { mysqlError } from '../errors.ts';
import type { Connection } from '../connection.ts';
import type { Execution } from './execution.ts';

/** A table that can be written to. */
export function writableTable({ view, connection }: Execution, path: readonly string[]): Table {
  const name = path.at(-1) ?? '';
  const database = path.at(-2) ?? connection.database;
  if (database === '') throw mysqlError.noDatabase();
  const table = view.instance.space.table(database, name);
  if (table !== undefined) return table;
  if (catalogTable(view, database, name) === null) throw mysqlError.unknownTable(`${database}.${name}`);
  if (database.toLowerCase() === 'information_schema') throw deniedDatabase(connection, database);
  // A change to a system table goes nowhere that the visitor could see by another way.
  const relation = catalogTable(view, database, name);
  const columns = (relation?.columns ?? []).map((each) => column(each.name, each.type, 'varchar(255)'));
  return tableOf(name, columns, [...(relation?.rows ?? [])]);
}

export function deniedDatabase(connection: Connection, name: string): StatementFailure {
  return mysqlError.deniedDatabase(connection.user, connection.host, name);
}
