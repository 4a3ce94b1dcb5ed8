import type { Cursor } from '../../sql/cursor.ts';
import { parseExpression } from '../../sql/expression-parser.ts';
import { ransomNote } from '../../sql/fact.ts';
import { parseQuery, parseRow } from '../../sql/query-parser.ts';
import { rowOctets, type Table } from '../../sql/store.ts';
import type { Expression } from '../../sql/syntax.ts';
import { numberOf, textOf, type Value } from '../../sql/value.ts';
import { mysqlError } from '../errors.ts';
import { placeName } from '../place-name.ts';
import type { Answer } from './answer.ts';
import type { Execution } from './execution.ts';
import { writableTable } from './writable-table.ts';

export function insertStatement(execution: Execution, cursor: Cursor): Answer {
  const { runner } = execution;
  cursor.takeOneOf('low_priority', 'delayed', 'high_priority');
  cursor.take('ignore');
  cursor.take('into');
  const path = cursor.path();
  const table = writableTable(execution, path);
  let names: string[] | null = null;
  if (cursor.isOperator('(') && !cursor.startsQuery()) {
    cursor.next();
    names = [];
    while (!cursor.takeOperator(')')) {
      names.push(cursor.path().at(-1) ?? '');
      if (!cursor.takeOperator(',') && !cursor.isOperator(')')) throw cursor.fail();
    }
  }
  let given: (readonly Value[])[] = [];
  if (cursor.takeOneOf('values', 'value') !== '') {
    const rows: Expression[][] = [];
    do rows.push(parseRow(cursor));
    while (cursor.takeOperator(','));
    given = rows.map((row) => row.map((each) => runner.value(each)));
  } else if (cursor.take('set')) {
    names = [];
    const row: Value[] = [];
    do {
      names.push(cursor.path().at(-1) ?? '');
      cursor.expectOperator('=');
      row.push(runner.value(parseExpression(cursor)));
    } while (cursor.takeOperator(','));
    given = [row];
  } else if (cursor.startsQuery()) given = [...runner.run(parseQuery(cursor)).rows];
  else throw cursor.fail();
  if (cursor.take('on', 'duplicate')) cursor.finish();
  cursor.expectEnd();
  return addRows(execution, table, names, given);
}

export function addRows(
  { view, connection, host }: Execution,
  table: Table,
  names: readonly string[] | null,
  given: readonly (readonly Value[])[],
): Answer {
  const wanted = names ?? table.columns.map((each) => each.name);
  const places = wanted.map((name) => {
    const place = table.columns.findIndex((each) => each.name.toLowerCase() === name.toLowerCase());
    if (place < 0) throw mysqlError.unknownColumn(name, placeName(view, 'insert list'));
    return place;
  });
  given.forEach((row, index) => {
    if (row.length !== wanted.length && !(row.length === 0 && names === null))
      throw mysqlError.columnCount(String(index + 1));
  });
  let lastId = 0;
  const rows = given.map((row) => {
    const full: Value[] = table.columns.map((each) => each.fallback);
    places.forEach((place, index) => {
      full[place] = row[index] ?? null;
    });
    table.columns.forEach((each, place) => {
      if (!each.isCounter) return;
      if (full[place] === null || full[place] === 0) {
        full[place] = table.nextCounter;
        lastId ||= table.nextCounter;
      }
      table.nextCounter = Math.max(table.nextCounter, numberOf(full[place] ?? null)) + 1;
    });
    return full;
  });
  if (!view.instance.space.reserve(rows.reduce((sum, row) => sum + rowOctets(row), 0)))
    throw mysqlError.tableFull(table.name);
  table.rows.push(...rows);
  for (const row of rows.slice(0, 16))
    host.outputs.push(...ransomNote('mysql', table.name, row.map(textOf).join('\n')));
  connection.lastId = lastId === 0 ? connection.lastId : lastId;
  const info = rows.length > 1 ? `Records: ${rows.length}  Duplicates: 0  Warnings: 0` : '';
  return { kind: 'ok', affected: rows.length, lastId, info };
}
