/** What administrators run: locks, checks of tables, transactions. */

import type { Cursor } from '../../sql/cursor.ts';
import type { Value } from '../../sql/value.ts';
import { ok, rowsAnswer, type Answer } from './answer.ts';
import type { Execution } from './execution.ts';
import { writableTable } from './writable-table.ts';

export function maintainStatement(execution: Execution, cursor: Cursor, verb: string): Answer {
  const { connection } = execution;
  cursor.takeOneOf('local', 'no_write_to_binlog');
  if (cursor.takeOneOf('table', 'tables') === '') throw cursor.fail();
  const rows: Value[][] = [];
  do {
    const path = cursor.path();
    const table = writableTable(execution, path);
    rows.push([`${path.at(-2) ?? connection.database}.${table.name}`, verb, 'status', 'OK']);
    cursor.takeOneOf('read', 'write', 'as');
    cursor.takeOneOf('local');
  } while (cursor.takeOperator(','));
  if (verb === 'lock') return ok;
  return rowsAnswer(connection, {
    columns: ['Table', 'Op', 'Msg_type', 'Msg_text'].map((name) => ({ name, type: 'text' })),
    rows,
  });
}

export function administerStatement(cursor: Cursor, verb: string): Answer {
  if (verb === 'start' && cursor.takeOneOf('transaction', 'slave', 'replica') === '') throw cursor.fail();
  if (verb === 'flush' && cursor.isAtEnd) throw cursor.fail();
  cursor.finish();
  return ok;
}
