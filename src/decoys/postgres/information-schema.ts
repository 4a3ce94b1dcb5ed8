/** information_schema, made when it is asked for. */

import type { Relation, Value } from '../sql/value.ts';
import { catalogRelation } from './catalog-relation.ts';
import { catalogNames, namespaces } from './relation-oid.ts';
import { oidOfType, shortTypes } from './type-oid.ts';
import type { PostgresView } from './view.ts';

export function informationTable(view: PostgresView, name: string): Relation | null {
  const tables = [...(view.instance.space.databases.get(view.database)?.values() ?? [])];
  switch (name) {
    case 'tables':
      return catalogRelation(
        'table_catalog:n table_schema:n table_name:n table_type:t is_insertable_into:t',
        [
          ...tables.map((table): Value[] => [view.database, 'public', table.name, 'BASE TABLE', 'YES']),
          ...catalogNames.map((each): Value[] => [view.database, 'pg_catalog', each, 'BASE TABLE', 'YES']),
        ],
      );
    case 'columns':
      return catalogRelation(
        'table_catalog:n table_schema:n table_name:n column_name:n ordinal_position:i column_default:t is_nullable:t data_type:t character_maximum_length:i udt_name:n',
        tables.flatMap((table) =>
          table.columns.map((column, index): Value[] => [
            view.database,
            'public',
            table.name,
            column.name,
            index + 1,
            column.fallback,
            column.isNullable ? 'YES' : 'NO',
            column.declared.replace(/\(.*\)/, ''),
            null,
            shortTypes[oidOfType(column.type, column.declared)] ?? 'text',
          ]),
        ),
      );
    case 'schemata':
      return catalogRelation(
        'catalog_name:n schema_name:n schema_owner:n',
        Object.keys(namespaces).map((each) => [view.database, each, 'postgres']),
      );
    case 'routines':
    case 'views':
    case 'key_column_usage':
    case 'table_constraints':
    case 'role_table_grants':
      return catalogRelation(
        'table_catalog:n table_schema:n table_name:n routine_schema:n routine_name:n constraint_name:n constraint_type:t column_name:n grantee:n privilege_type:t view_definition:t',
      );
    default:
      return null;
  }
}
