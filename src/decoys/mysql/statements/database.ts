/** CREATE DATABASE and DROP DATABASE. */

import type { Cursor } from '../../sql/cursor.ts';
import { exploitSeen, ransomNote } from '../../sql/fact.ts';
import { isSystemDatabase } from '../database-names.ts';
import { mysqlError } from '../errors.ts';
import { ok, type Answer } from './answer.ts';
import type { Execution } from './execution.ts';
import { deniedDatabase } from './writable-table.ts';

const databaseLimit = 64;

export function createDatabase({ view, host }: Execution, cursor: Cursor): Answer {
  const mayExist = cursor.take('if', 'not', 'exists');
  const name = cursor.name();
  const { databases } = view.instance.space;
  if (host.hasDatabase(name)) {
    if (mayExist) return { kind: 'ok', affected: 1 };
    throw mysqlError.databaseExists(name);
  }
  if (databases.size >= databaseLimit || !view.instance.space.reserve(256 + name.length))
    throw mysqlError.tableFull(name);
  databases.set(name, new Map());
  host.outputs.push(...ransomNote('mysql', name, ''));
  return { kind: 'ok', affected: 1 };
}

export function dropDatabase(
  { view, connection, host }: Execution,
  cursor: Cursor,
  mayLack: boolean,
): Answer {
  const { instance } = view;
  const name = cursor.name();
  if (name.toLowerCase() === 'information_schema') throw deniedDatabase(connection, name);
  const tables = instance.space.databases.get(name);
  if (tables === undefined && !isSystemDatabase(instance, name)) {
    if (mayLack) return ok;
    throw mysqlError.noDatabaseToDrop(name);
  }
  instance.space.databases.delete(name);
  if (connection.database === name) connection.database = '';
  host.outputs.push(
    exploitSeen('mysql', {
      name: 'mysql-data-destruction',
      class: 'other',
      technique: 'T1485',
      detail: `DROP DATABASE ${name}`,
    }),
  );
  return { kind: 'ok', affected: tables?.size ?? 0 };
}
