/** Relations of the catalog, by the names of their columns. */

import type { Column, Relation, Value } from '../sql/value.ts';

const numbers = new Set(
  'VERSION TABLE_ROWS AVG_ROW_LENGTH DATA_LENGTH MAX_DATA_LENGTH INDEX_LENGTH DATA_FREE AUTO_INCREMENT ORDINAL_POSITION ID TIME MAXLEN NON_UNIQUE SEQ_IN_INDEX'.split(
    ' ',
  ),
);

export function catalogRelation(names: string, rows: readonly (readonly Value[])[] = []): Relation {
  return {
    columns: names
      .split(' ')
      .map((name): Column => ({ name, type: numbers.has(name.toUpperCase()) ? 'bigint' : 'text' })),
    rows,
  };
}
