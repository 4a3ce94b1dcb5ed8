/** CREATE, DROP and ALTER, by what they are about. */

import type { Cursor } from '../../sql/cursor.ts';
import { mysqlError } from '../errors.ts';
import { alterAccount, createAccount, dropAccount } from './account.ts';
import { ok, type Answer } from './answer.ts';
import { createDatabase, dropDatabase } from './database.ts';
import type { Execution } from './execution.ts';
import { createFunction, dropFunction } from './library-function.ts';
import { alterTable, createTable, dropTables } from './table-definition.ts';

export function createStatement(execution: Execution, cursor: Cursor): Answer {
  const { view, connection } = execution;
  const orReplace = cursor.take('or', 'replace');
  cursor.takeOneOf('temporary', 'aggregate', 'unique');
  const kind = cursor.token.kind === 'word' ? cursor.next().text.toLowerCase() : '';
  switch (kind) {
    case 'database':
    case 'schema':
      return createDatabase(execution, cursor);
    case 'table':
      return createTable(execution, cursor, orReplace);
    case 'function':
      return createFunction(execution, cursor);
    case 'user':
    case 'role':
      return createAccount(view, cursor, kind);
    case 'procedure':
    case 'trigger':
    case 'event':
    case 'view':
    case 'index':
    case 'definer':
      if (connection.database === '' && !cursor.rest().includes('.')) throw mysqlError.noDatabase();
      cursor.finish();
      return ok;
    default:
      throw cursor.fail();
  }
}

export function dropStatement(execution: Execution, cursor: Cursor): Answer {
  cursor.take('temporary');
  const kind = cursor.token.kind === 'word' ? cursor.next().text.toLowerCase() : '';
  const mayLack = cursor.take('if', 'exists');
  switch (kind) {
    case 'database':
    case 'schema':
      return dropDatabase(execution, cursor, mayLack);
    case 'table':
    case 'tables':
    case 'view':
      return dropTables(execution, cursor, mayLack);
    case 'function':
    case 'procedure':
      return dropFunction(execution, cursor, kind, mayLack);
    case 'user':
    case 'role':
      return dropAccount(execution.view, cursor, kind, mayLack);
    case 'trigger':
    case 'event':
    case 'index':
    case 'prepare':
      cursor.finish();
      return ok;
    default:
      throw cursor.fail();
  }
}

export function alterStatement(execution: Execution, cursor: Cursor): Answer {
  const kind = cursor.token.kind === 'word' ? cursor.next().text.toLowerCase() : '';
  if (kind === 'user') return alterAccount(execution.view, cursor);
  if (kind === 'database' || kind === 'schema' || kind === 'instance' || kind === 'event') {
    cursor.finish();
    return { kind: 'ok', affected: 1 };
  }
  if (kind !== 'table') throw cursor.fail();
  return alterTable(execution, cursor);
}
