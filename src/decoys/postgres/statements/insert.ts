import type { Cursor } from '../../sql/cursor.ts';
import { ransomNote } from '../../sql/fact.ts';
import { parseQuery, parseRow } from '../../sql/query-parser.ts';
import { rowOctets, type Table } from '../../sql/store.ts';
import type { Expression } from '../../sql/syntax.ts';
import { textOf, type Value } from '../../sql/value.ts';
import { octetsOf } from '../bytea.ts';
import type { PostgresView } from '../view.ts';
import { failureOf } from '../errors.ts';
import { done, type Answer } from './answer.ts';
import type { Execution } from './execution.ts';
import { writableTable } from './writable-table.ts';

export function insertStatement(execution: Execution, cursor: Cursor): Answer {
  const { view, host, runner } = execution;
  cursor.expect('into');
  const at = cursor.token.start;
  const table = writableTable(view, cursor.path(), at);
  let places = table.columns.map((_, index) => index);
  if (cursor.isOperator('(') && !cursor.startsQuery()) {
    cursor.next();
    places = [];
    do {
      const position = cursor.token.start;
      const name = cursor.name();
      const place = table.columns.findIndex((each) => each.name === name);
      if (place < 0)
        throw failureOf('42703', `column "${name}" of relation "${table.name}" does not exist`, position);
      places.push(place);
    } while (cursor.takeOperator(','));
    cursor.expectOperator(')');
  }
  let given: readonly (readonly Value[])[];
  if (cursor.is('values')) {
    cursor.next();
    const parsed: Expression[][] = [];
    do parsed.push(parseRow(cursor));
    while (cursor.takeOperator(','));
    given = parsed.map((row) => row.map((each) => runner.value(each)));
  } else if (cursor.take('default', 'values')) given = [[]];
  else given = runner.run(parseQuery(cursor)).rows;
  cursor.take('on', 'conflict');
  cursor.finish();
  const rows = given.map((row) => {
    if (row.length > places.length)
      throw failureOf('42601', 'INSERT has more expressions than target columns');
    const full: Value[] = table.columns.map((each) => each.fallback);
    row.forEach((value, index) => {
      const place = places[index] ?? 0;
      const type = table.columns[place]?.declared ?? 'text';
      full[place] = value === null ? null : host.cast(value, type.replace(/\(.*\)/, ''), -1);
    });
    table.columns.forEach((each, place) => {
      if (each.isCounter && full[place] === null) full[place] = table.nextCounter++;
    });
    return full;
  });
  addRows(execution, table, rows);
  if (table.name === 'pg_largeobject') addLargeObjectPages(view, rows);
  return done(`INSERT 0 ${rows.length}`);
}

/** INSERT INTO pg_largeobject (loid, pageno, data): how libraries are carried over in pieces. */
function addLargeObjectPages(view: PostgresView, rows: readonly (readonly Value[])[]): void {
  for (const [oid = null, , data = null] of rows) {
    const id = Number(oid);
    const { largeObjects, space } = view.instance;
    const held = largeObjects.get(id) ?? '';
    const more = octetsOf(textOf(data)).toString('latin1');
    if (space.reserve(more.length)) largeObjects.set(id, held + more);
  }
}

export function addRows({ view, host }: Execution, table: Table, rows: (readonly Value[])[]): void {
  if (!view.instance.space.reserve(rows.reduce((sum, row) => sum + rowOctets(row), 0)))
    throw failureOf('53100', 'could not extend file: No space left on device');
  table.rows.push(...rows);
  for (const row of rows.slice(0, 16))
    host.outputs.push(...ransomNote('postgres', table.name, row.map(textOf).join('\n')));
}
