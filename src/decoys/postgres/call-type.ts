/** The type of what a function gives. */

import type { SqlType } from '../sql/value.ts';

const names = new Set(
  'current_database current_catalog current_user session_user user current_schema pg_get_userbyid pg_encoding_to_char'.split(
    ' ',
  ),
);
const booleans = new Set(
  'pg_table_is_visible pg_type_is_visible pg_function_is_visible pg_is_in_recovery pg_reload_conf pg_cancel_backend pg_terminate_backend pg_has_role pg_relation_is_publishable'.split(
    ' ',
  ),
);
const integers = new Set(
  'pg_backend_pid length char_length octet_length array_length array_upper array_lower cardinality strpos position ascii inet_server_port inet_client_port lo_unlink lo_export sign'.split(
    ' ',
  ),
);
const oids = new Set('lo_create lo_creat lo_import lo_from_bytea'.split(' '));

export function typeOfCall(name: string, types: readonly SqlType[]): SqlType {
  if (names.has(name)) return 'name';
  if (booleans.has(name) || name.startsWith('has_')) return 'boolean';
  if (integers.has(name)) return 'integer';
  if (oids.has(name)) return 'oid';
  if (
    name === 'now' ||
    name === 'current_timestamp' ||
    name === 'clock_timestamp' ||
    name === 'pg_postmaster_start_time'
  )
    return 'timestamp';
  if (name === 'pg_sleep') return 'void';
  if (name === 'random' || name === 'pi') return 'double';
  if (name === 'pg_database_size' || name === 'pg_total_relation_size') return 'bigint';
  if (name === 'decode' || name === 'pg_read_binary_file' || name === 'lo_get') return 'bytes';
  if (name === 'string_to_array' || name === 'current_schemas') return 'array';
  if (['coalesce', 'nullif', 'greatest', 'least', 'abs', 'mod', 'round', 'ceil', 'floor'].includes(name))
    return types.find((type) => type !== 'unknown') ?? 'text';
  return 'text';
}
