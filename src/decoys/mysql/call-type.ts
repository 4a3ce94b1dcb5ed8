/** The type of what a function gives. */

import type { SqlType } from '../sql/value.ts';

const integers = new Set(
  'connection_id last_insert_id row_count found_rows unix_timestamp sleep benchmark isnull ord ascii length char_length character_length octet_length bit_length instr locate position strcmp field find_in_set inet_aton sys_exec'.split(
    ' ',
  ),
);
const reals = new Set('rand sqrt pow power exp ln pi'.split(' '));

export function typeOfCall(name: string, types: readonly SqlType[]): SqlType {
  if (integers.has(name)) return 'bigint';
  if (reals.has(name)) return 'double';
  if (name === 'now' || name === 'sysdate' || name === 'current_timestamp' || name === 'from_unixtime')
    return 'timestamp';
  if (name === 'curdate' || name === 'current_date') return 'date';
  if (name === 'load_file' || name === 'unhex' || name === 'from_base64' || name === 'char') return 'bytes';
  if (['round', 'abs', 'ceil', 'floor', 'mod', 'greatest', 'least'].includes(name))
    return types[0] ?? 'numeric';
  if (name === 'if') return types[1] ?? 'text';
  if (name === 'ifnull' || name === 'coalesce' || name === 'nullif')
    return types.find((type) => type !== 'unknown') ?? 'text';
  return 'text';
}
