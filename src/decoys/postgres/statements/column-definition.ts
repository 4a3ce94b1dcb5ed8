/** The columns that CREATE TABLE declares. */

import type { Cursor } from '../../sql/cursor.ts';
import { typeName } from '../../sql/type-name.ts';
import { column, type TableColumn } from '../../sql/store.ts';
import { failureOf } from '../errors.ts';

export function columnDefinitions(cursor: Cursor): TableColumn[] {
  cursor.expectOperator('(');
  const columns: TableColumn[] = [];
  if (cursor.takeOperator(')')) return columns;
  do {
    if (
      ['primary', 'unique', 'constraint', 'foreign', 'check', 'exclude', 'like'].some((word) =>
        cursor.is(word),
      )
    ) {
      skipItem(cursor);
      continue;
    }
    const name = cursor.name();
    const start = cursor.token.start;
    const at = cursor.token;
    const type = typeName(cursor);
    const written = cursor.text.slice(start, cursor.before).toLowerCase();
    const isSerial = /^(?:big|small)?serial/.test(type);
    const known =
      /^(?:pg_catalog\.)?(?:"?char"?|int\d?|integer|bigint|smallint|(?:big|small)?serial\d?|text|varchar|character(?: varying)?|bpchar|name|bool(?:ean)?|bytea|oid|numeric|decimal|real|float\d?|double precision|date|timestamp(?:tz)?|time(?:tz)?|interval|uuid|jsonb?|xml|inet|cidr|macaddr|money|bit|point|regclass|cstring)(?:\[\])*$/.test(
        type,
      );
    if (!known) throw failureOf('42704', `type "${type}" does not exist`, at.start);
    if (columns.length >= 128) throw failureOf('54011', 'tables can have at most 1600 columns');
    const kind = /int|serial|oid/.test(type)
      ? type.startsWith('big') || type === 'int8'
        ? 'bigint'
        : 'integer'
      : /bool/.test(type)
        ? 'boolean'
        : type === 'bytea'
          ? 'bytes'
          : /numeric|decimal/.test(type)
            ? 'numeric'
            : 'text';
    const declared = isSerial
      ? 'integer'
      : written.replace(/^varchar/, 'character varying').replace(/^int4?$/, 'integer');
    columns.push(column(name, kind, declared, { isCounter: isSerial, isNullable: !isSerial }));
    skipItem(cursor);
  } while (cursor.takeOperator(','));
  cursor.expectOperator(')');
  return columns;
}

/** Up to the comma or the parenthesis that ends this item. */
function skipItem(cursor: Cursor): void {
  for (let depth = 0; !cursor.isAtEnd;) {
    if (depth === 0 && (cursor.isOperator(',') || cursor.isOperator(')'))) return;
    const token = cursor.next();
    if (token.kind !== 'operator') continue;
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
  }
  throw cursor.fail();
}
