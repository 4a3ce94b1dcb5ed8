/** Relations and schemas by their object identifiers. */

import type { PostgresView } from './view.ts';

export const namespaces: Readonly<Record<string, number>> = {
  pg_catalog: 11,
  pg_toast: 99,
  public: 2200,
  information_schema: 13_200,
};

export const catalogNames: readonly string[] =
  'pg_aggregate pg_am pg_attrdef pg_attribute pg_auth_members pg_authid pg_available_extensions pg_cast pg_class pg_collation pg_constraint pg_database pg_description pg_enum pg_event_trigger pg_extension pg_foreign_data_wrapper pg_foreign_server pg_foreign_table pg_group pg_index pg_indexes pg_inherits pg_language pg_largeobject pg_largeobject_metadata pg_locks pg_matviews pg_namespace pg_opclass pg_operator pg_partitioned_table pg_policy pg_proc pg_publication pg_range pg_rewrite pg_roles pg_rules pg_seclabel pg_sequence pg_sequences pg_settings pg_shadow pg_shdescription pg_stat_activity pg_stat_database pg_stat_user_tables pg_statistic_ext pg_subscription pg_tables pg_tablespace pg_trigger pg_type pg_user pg_views'.split(
    ' ',
  );

/** Object identifiers of relations: those of the catalog by their place, the visitor's by theirs. */
export function relationOid(view: PostgresView, name: string): number | null {
  const place = catalogNames.indexOf(name);
  if (place >= 0) return 1200 + place * 7;
  const index = [...(view.instance.space.databases.get(view.database)?.keys() ?? [])].indexOf(name);
  return index < 0 ? null : 16_400 + index * 6;
}

export function relationName(view: PostgresView, oid: number): string | null {
  const system = catalogNames[(oid - 1200) / 7];
  if (system !== undefined) return system;
  return [...(view.instance.space.databases.get(view.database)?.keys() ?? [])][(oid - 16_400) / 6] ?? null;
}
