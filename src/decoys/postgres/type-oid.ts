/** Types by their object identifiers. */

import type { SqlType } from '../sql/value.ts';

export const typeNames: Readonly<Record<number, string>> = {
  16: 'boolean',
  17: 'bytea',
  18: '"char"',
  19: 'name',
  20: 'bigint',
  21: 'smallint',
  23: 'integer',
  25: 'text',
  26: 'oid',
  700: 'real',
  701: 'double precision',
  1009: 'text[]',
  1043: 'character varying',
  1082: 'date',
  1114: 'timestamp without time zone',
  1184: 'timestamp with time zone',
  1186: 'interval',
  1700: 'numeric',
  2278: 'void',
};

export const shortTypes: Readonly<Record<number, string>> = {
  16: 'bool',
  17: 'bytea',
  18: 'char',
  19: 'name',
  20: 'int8',
  21: 'int2',
  23: 'int4',
  25: 'text',
  26: 'oid',
  700: 'float4',
  701: 'float8',
  1043: 'varchar',
  1082: 'date',
  1114: 'timestamp',
  1184: 'timestamptz',
  1700: 'numeric',
};

export const oidOfType = (type: SqlType, declared: string): number => {
  if (declared.startsWith('character varying')) return 1043;
  const wanted: Partial<Record<SqlType, number>> = {
    integer: 23,
    bigint: 20,
    numeric: 1700,
    double: 701,
    boolean: 16,
    timestamp: 1114,
    date: 1082,
    bytes: 17,
  };
  return wanted[type] ?? 25;
};
