/** DESCRIBE and SHOW COLUMNS. */

import type { Relation, Value } from '../sql/value.ts';
import { exact, filtered, isTable, type Show, tableNamed } from './show-subject.ts';
import { charsetOf, declaredType } from './table-description.ts';

/** Field, Type, Null, Key, Default, Extra; FULL adds Collation, Privileges and Comment. */
export function describe(show: Show, isFull: boolean): Relation {
  const { view } = show;
  const { relation } = tableNamed(show);
  const [, collation] = charsetOf(view.instance);
  const fields = isTable(relation)
    ? relation.columns
    : relation.columns.map((column) => ({
        name: column.name,
        type: column.type,
        declared: column.type === 'bigint' ? 'bigint(21)' : 'varchar(64)',
        isNullable: false,
        key: '',
        fallback: null,
        isCounter: false,
      }));
  const rows = fields.map((field): Value[] => {
    const isText = field.type === 'text';
    const type = declaredType(view.instance, field.declared);
    const nullable = field.isNullable ? 'YES' : 'NO';
    const extra = field.isCounter ? 'auto_increment' : '';
    const { name, key, fallback } = field;
    return isFull
      ? [
          name,
          type,
          isText ? collation : null,
          nullable,
          key,
          fallback,
          extra,
          'select,insert,update,references',
          '',
        ]
      : [name, type, nullable, key, fallback, extra];
  });
  return filtered(show, {
    columns: exact(
      isFull
        ? 'Field Type Collation Null Key Default Extra Privileges Comment'
        : 'Field Type Null Key Default Extra',
    ),
    rows,
  });
}
