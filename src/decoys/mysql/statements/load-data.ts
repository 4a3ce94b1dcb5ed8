import type { Cursor } from '../../sql/cursor.ts';
import { StatementFailure } from '../../sql/failure.ts';
import { textOf, type Value } from '../../sql/value.ts';
import { variablesOf } from '../variables.ts';
import type { Answer } from './answer.ts';
import type { Execution } from './execution.ts';
import { addRows } from './insert.ts';
import { writableTable } from './writable-table.ts';

/** LOAD DATA [LOCAL] INFILE 'name' INTO TABLE t … */
export function loadStatement(execution: Execution, cursor: Cursor): Answer {
  const { view, connection, host } = execution;
  if (!cursor.take('data')) cursor.expect('xml');
  cursor.takeOneOf('low_priority', 'concurrent');
  const isLocal = cursor.take('local');
  cursor.expect('infile');
  const name = cursor.string();
  cursor.takeOneOf('replace', 'ignore');
  cursor.expect('into', 'table');
  const path = cursor.path();
  cursor.finish();
  const isAllowed = variablesOf(view.instance).get('local_infile') === 'ON' && connection.givesFiles;
  const table = isLocal && !isAllowed ? null : writableTable(execution, path);
  if (isLocal || table === null) {
    if (!isAllowed) {
      throw view.instance.identity.isMariaDb
        ? new StatementFailure(
            4166,
            'HY000',
            'The used command is not allowed because the MariaDB server or client has disabled the local infile capability',
          )
        : new StatementFailure(
            3948,
            '42000',
            'Loading local data is disabled; this must be enabled on both the client and server sides',
          );
    }
    return { kind: 'file', name };
  }
  const text =
    view.instance.files.get(name) ??
    textOf(
      host.call(
        {
          kind: 'call',
          name: 'load_file',
          written: 'load_file',
          items: [],
          star: false,
          distinct: false,
          at: 0,
        },
        [name],
      ),
    );
  if (text === '')
    throw new StatementFailure(
      29,
      'HY000',
      `File '${name}' not found (Errcode: 2 "No such file or directory")`,
    );
  const rows = text
    .split('\n', 1000)
    .filter((line) => line !== '')
    .map((line) => {
      const cells: Value[] = line.split('\t');
      return table.columns.map((_, index) => cells[index] ?? null);
    });
  return addRows(execution, table, null, rows);
}
