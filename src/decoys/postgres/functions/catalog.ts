/** Functions that explain rows of the catalog: names, rights, sizes. */

import { numberOf, textOf } from '../../sql/value.ts';
import { relationOid } from '../relation-oid.ts';
import { typeNames } from '../type-oid.ts';
import type { FunctionFamily } from './family.ts';

export const catalogFunction: FunctionFamily = ({ view }, name, items) => {
  const { instance } = view;
  const [first = null, second = null] = items;
  switch (name) {
    case 'pg_get_userbyid': {
      if (numberOf(first) === 3373) return 'pg_database_owner';
      const role = [...instance.roles].find(([, each]) => each.oid === numberOf(first));
      return role?.[0] ?? `unknown (OID=${numberOf(first)})`;
    }
    case 'pg_encoding_to_char':
      return numberOf(first) === 6 ? 'UTF8' : 'SQL_ASCII';
    case 'format_type': {
      const type = typeNames[numberOf(first)] ?? '???';
      const length = numberOf(second);
      return type === 'character varying' && length > 4 ? `${type}(${length - 4})` : type;
    }
    case 'pg_table_is_visible':
    case 'pg_type_is_visible':
    case 'pg_function_is_visible':
    case 'has_database_privilege':
    case 'has_table_privilege':
    case 'has_schema_privilege':
    case 'has_column_privilege':
    case 'has_any_column_privilege':
    case 'has_function_privilege':
    case 'pg_has_role':
      return true;
    case 'pg_relation_is_publishable':
      return false;
    case 'obj_description':
    case 'col_description':
    case 'shobj_description':
    case 'pg_get_expr':
    case 'pg_get_constraintdef':
    case 'pg_get_indexdef':
    case 'pg_get_viewdef':
    case 'pg_get_partkeydef':
    case 'pg_get_statisticsobjdef_columns':
      return null;
    case 'to_regclass':
      return relationOid(view, textOf(first)) === null ? null : textOf(first);
    case 'pg_database_size':
      return 8_000_000 + (textOf(first).length + instance.nextOid) * 311;
    case 'pg_total_relation_size':
    case 'pg_table_size':
    case 'pg_relation_size':
      return 16_384;
    case 'pg_size_pretty':
      return numberOf(first) < 10_240
        ? `${numberOf(first)} bytes`
        : `${Math.round(numberOf(first) / 1024)} kB`;
    default:
      return undefined;
  }
};
