/** Relations of the catalog, by a short form of their columns. */

import type { Column, Relation, SqlType, Value } from '../sql/value.ts';

const kinds: Readonly<Record<string, SqlType>> = {
  o: 'oid',
  n: 'name',
  t: 'text',
  b: 'boolean',
  i: 'integer',
  l: 'bigint',
  c: 'char',
  s: 'timestamp',
  a: 'array',
  d: 'double',
};

/** `oid:o datname:n`: columns with the letter of their type. */
export function catalogRelation(columns: string, rows: readonly (readonly Value[])[] = []): Relation {
  return {
    columns: columns.split(' ').map((each): Column => {
      const [name = '', kind = 't'] = each.split(':');
      return { name, type: kinds[kind] ?? 'text' };
    }),
    rows,
  };
}
