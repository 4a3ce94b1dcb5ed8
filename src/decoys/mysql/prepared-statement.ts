/** A statement that waits for its parameters. */

import { Buffer } from 'node:buffer';
import type { MysqlFields } from '../../wire/mysql-packet.ts';
import type { Value } from '../sql/value.ts';
import { binaryValue } from './binary-value.ts';

export interface PreparedStatement {
  readonly text: string;
  readonly parameters: number;
  types: readonly number[];
}

/** int<1> flags; int<4> 1; NULL bitmap; int<1> types follow; int<2> types; values */
export function boundValues(fields: MysqlFields, prepared: PreparedStatement): Value[] {
  fields.octets(5);
  const values: Value[] = [];
  if (prepared.parameters > 0) {
    const nulls = Buffer.from(fields.octets((prepared.parameters + 7) >> 3));
    if (fields.integer(1) === 1) {
      prepared.types = Array.from({ length: prepared.parameters }, () => fields.integer(2) & 0xff);
    }
    for (let index = 0; index < prepared.parameters && !fields.failed; index += 1) {
      const isNull = ((nulls[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
      values.push(isNull ? null : binaryValue(fields, prepared.types[index] ?? 0xfd));
    }
  }
  return values;
}
