/** UPDATE and DELETE. */

import type { Cursor } from '../../sql/cursor.ts';
import { emptyScope } from '../../sql/scope.ts';
import { parseExpression } from '../../sql/expression-parser.ts';
import type { Expression } from '../../sql/syntax.ts';
import { isTrue, type Value } from '../../sql/value.ts';
import { failureOf } from '../errors.ts';
import { done, type Answer } from './answer.ts';
import type { Execution } from './execution.ts';
import { writableTable } from './writable-table.ts';

export function changeStatement(
  { view, runner }: Execution,
  cursor: Cursor,
  verb: 'update' | 'delete',
): Answer {
  if (verb === 'delete') cursor.expect('from');
  cursor.take('only');
  const at = cursor.token.start;
  const table = writableTable(view, cursor.path(), at);
  const columns = table.columns.map((each) => ({ name: each.name, type: each.type, table: table.name }));
  const changes: [number, Expression][] = [];
  if (verb === 'update') {
    if (!cursor.is('set')) cursor.name();
    cursor.expect('set');
    do {
      const position = cursor.token.start;
      const name = cursor.name();
      cursor.expectOperator('=');
      const place = table.columns.findIndex((each) => each.name === name);
      if (place < 0)
        throw failureOf('42703', `column "${name}" of relation "${table.name}" does not exist`, position);
      changes.push([place, parseExpression(cursor)]);
    } while (cursor.takeOperator(','));
  }
  const condition = cursor.take('where') ? parseExpression(cursor) : null;
  cursor.finish();
  let count = 0;
  const next: (readonly Value[])[] = [];
  for (const row of table.rows) {
    const scope = { ...emptyScope, columns, row };
    if (condition !== null && !isTrue(runner.value(condition, scope))) {
      next.push(row);
      continue;
    }
    count += 1;
    if (verb === 'delete') continue;
    const changed = row.slice();
    for (const [place, value] of changes) changed[place] = runner.value(value, scope);
    next.push(changed);
  }
  table.rows = next;
  return done(`${verb.toUpperCase()} ${count}`);
}
