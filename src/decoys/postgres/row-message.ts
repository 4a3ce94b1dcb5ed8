/** Messages that carry rows. */

import { Buffer } from 'node:buffer';
import { int16, int32, postgresMessage, zeroText } from '../../wire/postgres-message.ts';
import { type Column, type SqlType, textOf, type Value } from '../sql/value.ts';
import { binaryOctets } from './binary-value.ts';

/** Object identifier and length of each type on the wire. */
const wireTypes: Readonly<Record<SqlType, readonly [oid: number, length: number]>> = {
  boolean: [16, 1],
  integer: [23, 4],
  bigint: [20, 8],
  double: [701, 8],
  numeric: [1700, -1],
  text: [25, -1],
  name: [19, 64],
  char: [18, 1],
  oid: [26, 4],
  bytes: [17, -1],
  timestamp: [1184, 8],
  date: [1082, 4],
  interval: [1186, 16],
  array: [1009, -1],
  unknown: [25, -1],
  void: [2278, 4],
};

/** Int8 format, Int16 columns, Int16 formats */
export function copyHead(type: 'G' | 'H', columns: number): Buffer {
  return postgresMessage(
    type,
    Buffer.of(0),
    int16(columns),
    ...Array.from({ length: columns }, () => int16(0)),
  );
}

/** Int16 columns; of each String name, Int32 table, Int16 place, Int32 type, Int16 length, Int32 modifier, Int16 format */
export function rowDescription(columns: readonly Column[], formats: readonly number[]): Buffer {
  const parts = columns.flatMap((column, index) => {
    const [oid, length] = wireTypes[column.type];
    return [
      zeroText(column.name.slice(0, 63)),
      int32(0),
      int16(0),
      int32(oid),
      int16(length),
      int32(-1),
      int16(formatOf(formats, index, column.type)),
    ];
  });
  return postgresMessage('T', int16(columns.length), ...parts);
}

/** Binary where the client wants it and the type has a form here; text is the same either way. */
function formatOf(formats: readonly number[], index: number, type: SqlType): number {
  const wanted = formats[formats.length === 1 ? 0 : index] ?? 0;
  return wanted === 1 &&
    ['integer', 'bigint', 'boolean', 'oid', 'double', 'text', 'name', 'unknown'].includes(type)
    ? 1
    : 0;
}

/** Int16 columns; of each Int32 length (-1 for NULL) and the value */
export function dataRow(
  row: readonly Value[],
  columns: readonly Column[],
  formats: readonly number[],
): Buffer {
  const parts = row.flatMap((value, index): Buffer[] => {
    if (value === null) return [int32(-1)];
    const type = columns[index]?.type ?? 'text';
    const octets =
      formatOf(formats, index, type) === 1 ? binaryOctets(value, type) : Buffer.from(textOf(value), 'latin1');
    return [int32(octets.length), octets];
  });
  return postgresMessage('D', int16(row.length), ...parts);
}
