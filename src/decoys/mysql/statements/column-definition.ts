/** The columns that CREATE TABLE declares. */

import type { Cursor } from '../../sql/cursor.ts';
import { typeName } from '../../sql/type-name.ts';
import { column, type TableColumn } from '../../sql/store.ts';
import type { SqlType } from '../../sql/value.ts';

const columnLimit = 128;

const typeOfDeclared = (declared: string): SqlType => {
  if (/^(?:tiny|small|medium|big)?int|^integer|^bool|^bit|^year/.test(declared))
    return declared.startsWith('big') ? 'bigint' : 'integer';
  if (/^(?:decimal|numeric)/.test(declared)) return 'numeric';
  if (/^(?:float|double|real)/.test(declared)) return 'double';
  if (/^(?:datetime|timestamp)/.test(declared)) return 'timestamp';
  if (declared.startsWith('date')) return 'date';
  return /blob|binary/.test(declared) ? 'bytes' : 'text';
};

const widths: Readonly<Record<string, string>> = {
  int: 'int(11)',
  integer: 'int(11)',
  bigint: 'bigint(20)',
  tinyint: 'tinyint(4)',
  smallint: 'smallint(6)',
  bool: 'tinyint(1)',
  boolean: 'tinyint(1)',
  char: 'char(1)',
};

/** ( name type options, …, PRIMARY KEY (name), … ) */
export function columnDefinitions(cursor: Cursor): TableColumn[] {
  cursor.expectOperator('(');
  const columns: TableColumn[] = [];
  const keys = new Set<string>();
  do {
    if (
      cursor.takeOneOf('primary', 'unique', 'key', 'index', 'fulltext', 'constraint', 'foreign', 'check') !==
      ''
    ) {
      const isPrimary = /primary\s{0,8}$/i.test(cursor.text.slice(0, cursor.before));
      for (let depth = 0; ;) {
        if (cursor.isAtEnd) throw cursor.fail();
        if (depth === 0 && (cursor.isOperator(',') || cursor.isOperator(')'))) break;
        const token = cursor.next();
        if (token.kind === 'operator' && token.text === '(') depth += 1;
        else if (token.kind === 'operator' && token.text === ')') depth -= 1;
        else if (depth === 1 && isPrimary) keys.add(token.text.toLowerCase());
      }
      continue;
    }
    const name = cursor.name();
    const start = cursor.token.start;
    typeName(cursor);
    const written = cursor.text.slice(start, cursor.before).toLowerCase();
    const declared = widths[written] ?? written;
    const more = {
      isNullable: true,
      key: '' as TableColumn['key'],
      fallback: null as string | null,
      isCounter: false,
    };
    while (!cursor.isOperator(',') && !cursor.isOperator(')')) {
      if (cursor.isAtEnd) throw cursor.fail();
      if (cursor.take('not', 'null')) more.isNullable = false;
      else if (cursor.take('auto_increment')) more.isCounter = true;
      else if (cursor.take('primary')) more.key = 'PRI';
      else if (cursor.take('unique')) more.key = 'UNI';
      else if (cursor.take('default')) {
        const token = cursor.next();
        more.fallback = token.kind === 'word' && /^null$/i.test(token.text) ? null : token.text;
        if (cursor.takeOperator('(')) cursor.expectOperator(')');
      } else if (cursor.takeOperator('(')) {
        while (!cursor.takeOperator(')')) if (cursor.next().kind === 'end') throw cursor.fail();
      } else cursor.next();
    }
    if (columns.length >= columnLimit) throw cursor.fail();
    columns.push(column(name, typeOfDeclared(declared), declared, more));
  } while (cursor.takeOperator(','));
  cursor.expectOperator(')');
  return columns.map((each) =>
    keys.has(each.name.toLowerCase()) || each.key === 'PRI'
      ? Object.assign({}, each, { key: 'PRI' as const, isNullable: false })
      : each,
  );
}
