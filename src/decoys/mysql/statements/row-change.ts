/** UPDATE and DELETE. */

import type { Cursor } from '../../sql/cursor.ts';
import { emptyScope } from '../../sql/scope.ts';
import { parseExpression } from '../../sql/expression-parser.ts';
import { rowOctets, type Table } from '../../sql/store.ts';
import type { Expression } from '../../sql/syntax.ts';
import { isTrue, type Value } from '../../sql/value.ts';
import { mysqlError } from '../errors.ts';
import { placeName } from '../place-name.ts';
import type { Answer } from './answer.ts';
import type { Execution } from './execution.ts';
import { writableTable } from './writable-table.ts';

function matchingRows(
  { runner }: Execution,
  table: Table,
  condition: Expression | null,
): Set<readonly Value[]> {
  const columns = table.columns.map((each) => ({ ...each, table: table.name }));
  return new Set(
    table.rows.filter(
      (row) => condition === null || isTrue(runner.value(condition, { ...emptyScope, columns, row })),
    ),
  );
}

export function updateStatement(execution: Execution, cursor: Cursor): Answer {
  const { view, runner } = execution;
  cursor.take('low_priority');
  cursor.take('ignore');
  const table = writableTable(execution, cursor.path());
  if (!cursor.is('set')) cursor.name();
  cursor.expect('set');
  const changes: [number, Expression][] = [];
  do {
    const name = cursor.path().at(-1) ?? '';
    cursor.expectOperator('=');
    const place = table.columns.findIndex((each) => each.name.toLowerCase() === name.toLowerCase());
    if (place < 0) throw mysqlError.unknownColumn(name, placeName(view, 'set list'));
    changes.push([place, parseExpression(cursor)]);
  } while (cursor.takeOperator(','));
  const condition = cursor.take('where') ? parseExpression(cursor) : null;
  cursor.finish();
  const matching = matchingRows(execution, table, condition);
  const columns = table.columns.map((each) => ({ ...each, table: table.name }));
  let changed = 0;
  table.rows = table.rows.map((row) => {
    if (!matching.has(row)) return row;
    const next = row.slice();
    for (const [place, value] of changes) next[place] = runner.value(value, { ...emptyScope, columns, row });
    if (next.some((value, index) => value !== row[index])) changed += 1;
    if (!view.instance.space.reserve(rowOctets(next) - rowOctets(row)))
      throw mysqlError.tableFull(table.name);
    return next;
  });
  return {
    kind: 'ok',
    affected: changed,
    info: `Rows matched: ${matching.size}  Changed: ${changed}  Warnings: 0`,
  };
}

export function deleteStatement(execution: Execution, cursor: Cursor): Answer {
  cursor.takeOneOf('low_priority', 'quick');
  cursor.take('ignore');
  cursor.expect('from');
  const table = writableTable(execution, cursor.path());
  const condition = cursor.take('where') ? parseExpression(cursor) : null;
  cursor.finish();
  const matching = matchingRows(execution, table, condition);
  table.rows = table.rows.filter((row) => !matching.has(row));
  return { kind: 'ok', affected: matching.size };
}
