/** How tables and their columns are described. */

import { dateTime } from '../sql/functions.ts';
import type { Table } from '../sql/store.ts';
import type { Value } from '../sql/value.ts';
import type { MysqlInstance } from './instance.ts';

/** As declared with or without the display width that MySQL 8 leaves away. */
export function declaredType(instance: MysqlInstance, declared: string): string {
  return instance.identity.method === 'caching_sha2_password'
    ? declared.replace(/^((?:big|small|medium)?int)\(\d+\)/, '$1')
    : declared;
}

export function charsetOf(instance: MysqlInstance): readonly [charset: string, collation: string] {
  const { collation } = instance.identity;
  if (collation === 255) return ['utf8mb4', 'utf8mb4_0900_ai_ci'];
  return collation === 45 ? ['utf8mb4', 'utf8mb4_general_ci'] : ['latin1', 'latin1_swedish_ci'];
}

export function tableStatus(instance: MysqlInstance, table: Table): Value[] {
  const created = dateTime(instance.startedAt - 86_400_000 * 40);
  const rows = table.rows.length;
  const [, collation] = charsetOf(instance);
  const counter = table.columns.some((column) => column.isCounter) ? table.nextCounter : null;
  return [
    table.name,
    'InnoDB',
    10,
    'Dynamic',
    rows,
    rows === 0 ? 0 : Math.floor(16_384 / rows),
    16_384,
    0,
    0,
    0,
    counter,
    created,
    null,
    null,
    collation,
    null,
    '',
    '',
  ];
}
