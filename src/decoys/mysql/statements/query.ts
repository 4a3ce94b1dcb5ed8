/** Queries, and what EXPLAIN and DESCRIBE tell. */

import type { Cursor } from '../../sql/cursor.ts';
import { parseQuery } from '../../sql/query-parser.ts';
import { describe } from '../description.ts';
import { type Answer, rowsAnswer } from './answer.ts';
import type { Execution } from './execution.ts';
import { checkTarget, writeFile } from './written-file.ts';

export function queryStatement(execution: Execution, cursor: Cursor): Answer {
  const { view, connection, host, runner } = execution;
  const query = parseQuery(cursor);
  cursor.expectEnd();
  const { into, variables } = query;
  if (into !== null && into.how === 'dumpfile') checkTarget(view, into.name);
  const relation = runner.run(query);
  if (into !== null) return writeFile(execution, into.name, into.how, relation);
  if (variables.length > 0) {
    variables.forEach((name, index) => host.assign(name, relation.rows[0]?.[index] ?? null));
    return { kind: 'ok', affected: relation.rows.length };
  }
  return rowsAnswer(connection, relation);
}

export function explainStatement({ view, connection, runner }: Execution, cursor: Cursor): Answer {
  cursor.take('extended');
  if (cursor.startsQuery() || cursor.is('insert') || cursor.is('update') || cursor.is('delete')) {
    if (cursor.startsQuery()) runner.run(parseQuery(cursor));
    const names = 'id select_type table type possible_keys key key_len ref rows Extra'.split(' ');
    const isTableless = !/\bfrom\b/i.test(cursor.text);
    return rowsAnswer(connection, {
      columns: names.map((name) => ({ name, type: name === 'id' || name === 'rows' ? 'bigint' : 'text' })),
      rows: [
        [
          1,
          'SIMPLE',
          null,
          isTableless ? null : 'ALL',
          null,
          null,
          null,
          null,
          null,
          isTableless ? 'No tables used' : '',
        ],
      ],
    });
  }
  return rowsAnswer(connection, describe({ cursor, view, runner }, false));
}
