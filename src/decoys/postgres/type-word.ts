/** How error texts call the types. */

import type { SqlType } from '../sql/value.ts';

const typeWords: Readonly<Partial<Record<SqlType, string>>> = {
  integer: 'integer',
  bigint: 'bigint',
  numeric: 'numeric',
  double: 'double precision',
  boolean: 'boolean',
  text: 'text',
  name: 'name',
  oid: 'oid',
  char: '"char"',
  bytes: 'bytea',
  timestamp: 'timestamp with time zone',
  date: 'date',
  array: 'text[]',
  unknown: 'unknown',
  interval: 'interval',
};

export const typeWord = (type: SqlType): string => typeWords[type] ?? type;
