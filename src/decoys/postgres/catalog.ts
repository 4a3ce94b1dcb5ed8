/** pg_catalog and information_schema, made when they are asked for. */

import { dateTime } from '../sql/functions.ts';
import type { Column, Relation, SqlType, Value } from '../sql/value.ts';
import type { PostgresInstance } from './instance.ts';

export interface PostgresView {
  readonly instance: PostgresInstance;
  readonly process: number;
  readonly user: string;
  readonly database: string;
  readonly application: string;
  readonly source: string;
  readonly sourcePort: number;
  readonly statement: string;
  settings(): ReadonlyMap<string, string>;
  now(): number;
}

const kinds: Readonly<Record<string, SqlType>> = {
  o: 'oid',
  n: 'name',
  t: 'text',
  b: 'boolean',
  i: 'integer',
  l: 'bigint',
  c: 'char',
  s: 'timestamp',
  a: 'array',
  d: 'double',
};

/** `oid:o datname:n`: columns with the letter of their type. */
function relation(columns: string, rows: readonly (readonly Value[])[] = []): Relation {
  return {
    columns: columns.split(' ').map((each): Column => {
      const [name = '', kind = 't'] = each.split(':');
      return { name, type: kinds[kind] ?? 'text' };
    }),
    rows,
  };
}

export const namespaces: Readonly<Record<string, number>> = {
  pg_catalog: 11,
  pg_toast: 99,
  public: 2200,
  information_schema: 13_200,
};

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

const shortTypes: Readonly<Record<number, string>> = {
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

const oidOfType = (type: SqlType, declared: string): number => {
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

/** Text types come as their length and four octets of head in atttypmod. */
const modifier = (declared: string): number => {
  const found = /\((\d{1,6})\)/.exec(declared);
  return found === null ? -1 : Number(found[1]) + 4;
};

function roleRows(instance: PostgresInstance): Value[][] {
  const system = [
    'pg_database_owner',
    'pg_read_all_data',
    'pg_write_all_data',
    'pg_monitor',
    'pg_read_all_settings',
    'pg_read_all_stats',
    'pg_stat_scan_tables',
    'pg_read_server_files',
    'pg_write_server_files',
    'pg_execute_server_program',
    'pg_signal_backend',
  ];
  return [
    ...[...instance.roles].map(([name, role]): Value[] => [
      name,
      role.isSuperuser,
      true,
      role.isSuperuser,
      role.isSuperuser,
      true,
      role.isSuperuser,
      -1,
      '********',
      null,
      role.isSuperuser,
      null,
      role.oid,
    ]),
    ...system.map((name, index): Value[] => [
      name,
      false,
      true,
      false,
      false,
      false,
      false,
      -1,
      '********',
      null,
      false,
      null,
      3373 + index,
    ]),
  ];
}

export function catalogTable(view: PostgresView, schema: string, name: string): Relation | null {
  if (schema === 'information_schema') return informationTable(view, name);
  const { instance } = view;
  const tables = [...(instance.space.databases.get(view.database)?.values() ?? [])];
  const databases = [...instance.space.databases.keys()];
  switch (name) {
    case 'pg_database': {
      const all = [
        'postgres',
        'template1',
        'template0',
        ...databases.filter((each) => each !== 'postgres' && each !== 'template1'),
      ];
      return relation(
        'oid:o datname:n datdba:o encoding:i datlocprovider:c datistemplate:b datallowconn:b datconnlimit:i datfrozenxid:i datminmxid:i dattablespace:o datcollate:t datctype:t daticulocale:t datcollversion:t datacl:a',
        all
          .filter((each) => each === 'template0' || databases.includes(each))
          .map((each, index) => {
            const isTemplate = each.startsWith('template');
            return [
              each === 'template1' ? 1 : each === 'postgres' ? 5 : 4 + index * 4096,
              each,
              10,
              6,
              'c',
              isTemplate,
              each !== 'template0',
              -1,
              722,
              1,
              1663,
              'en_US.UTF-8',
              'en_US.UTF-8',
              null,
              '2.36',
              isTemplate ? '{=c/postgres,postgres=CTc/postgres}' : null,
            ];
          }),
      );
    }
    case 'pg_roles':
    case 'pg_authid':
      return relation(
        'rolname:n rolsuper:b rolinherit:b rolcreaterole:b rolcreatedb:b rolcanlogin:b rolreplication:b rolconnlimit:i rolpassword:t rolvaliduntil:s rolbypassrls:b rolconfig:a oid:o',
        roleRows(instance),
      );
    case 'pg_user':
    case 'pg_shadow':
      return relation(
        'usename:n usesysid:o usecreatedb:b usesuper:b userepl:b usebypassrls:b passwd:t valuntil:s useconfig:a',
        [...instance.roles].map(([role, { oid, isSuperuser }]) => [
          role,
          oid,
          isSuperuser,
          isSuperuser,
          isSuperuser,
          isSuperuser,
          '********',
          null,
          null,
        ]),
      );
    case 'pg_group':
    case 'pg_auth_members':
      return relation('roleid:o member:o grantor:o admin_option:b grosysid:o groname:n');
    case 'pg_namespace':
      return relation(
        'oid:o nspname:n nspowner:o nspacl:a',
        Object.entries(namespaces).map(([schemaName, oid]) => [
          oid,
          schemaName,
          // From version 14 the public schema belongs to a role of its own.
          schemaName === 'public' && instance.major >= 14 ? 3373 : 10,
          null,
        ]),
      );
    case 'pg_class': {
      const row = (
        oid: number,
        relname: string,
        namespace: number,
        kind: string,
        columns: number,
        count: number,
      ): Value[] => [
        oid,
        relname,
        namespace,
        0,
        10,
        kind === 'r' ? 2 : 0,
        oid,
        0,
        1,
        count,
        0,
        0,
        false,
        false,
        'p',
        kind,
        columns,
        0,
        false,
        false,
        false,
        false,
        false,
        true,
        'd',
        false,
        null,
        null,
        0,
      ];
      return relation(
        'oid:o relname:n relnamespace:o reltype:o relowner:o relam:o relfilenode:o reltablespace:o relpages:i reltuples:d relallvisible:i reltoastrelid:o relhasindex:b relisshared:b relpersistence:c relkind:c relnatts:i relchecks:i relhasrules:b relhastriggers:b relhassubclass:b relrowsecurity:b relforcerowsecurity:b relispopulated:b relreplident:c relispartition:b relacl:a reloptions:a reloftype:o',
        [
          ...catalogNames.map((each) =>
            row(
              relationOid(view, each) ?? 0,
              each,
              11,
              /s$|user|shadow|group/.test(each) && !each.endsWith('class') ? 'v' : 'r',
              4,
              0,
            ),
          ),
          ...tables.map((table) =>
            row(
              relationOid(view, table.name) ?? 0,
              table.name,
              2200,
              'r',
              table.columns.length,
              table.rows.length,
            ),
          ),
        ],
      );
    }
    case 'pg_attribute':
      return relation(
        'attrelid:o attname:n atttypid:o attlen:i attnum:i atttypmod:i attnotnull:b atthasdef:b attidentity:c attgenerated:c attisdropped:b attcollation:o attstorage:c attstattarget:i attcompression:c attndims:i',
        tables.flatMap((table) =>
          table.columns.map((column, index): Value[] => [
            relationOid(view, table.name),
            column.name,
            oidOfType(column.type, column.declared),
            -1,
            index + 1,
            modifier(column.declared),
            !column.isNullable,
            false,
            '',
            '',
            false,
            0,
            'p',
            -1,
            '',
            0,
          ]),
        ),
      );
    case 'pg_type':
      return relation(
        'oid:o typname:n typnamespace:o typowner:o typlen:i typtype:c typcategory:c typrelid:o typelem:o typarray:o typbasetype:o typtypmod:i typcollation:o typnotnull:b typdelim:c typinput:t typreceive:t',
        Object.entries(shortTypes).map(([oid, typname]) => [
          Number(oid),
          typname,
          11,
          10,
          -1,
          'b',
          'U',
          0,
          0,
          0,
          0,
          -1,
          0,
          false,
          ',',
          `${typname}in`,
          `${typname}recv`,
        ]),
      );
    case 'pg_proc':
      return relation(
        'oid:o proname:n pronamespace:o proowner:o prolang:o prosrc:t probin:t prokind:c prorettype:o proargtypes:t pronargs:i',
        [...instance.functions].map(([proname, library], index) => [
          16_900 + index,
          proname,
          2200,
          10,
          13,
          proname,
          library,
          'f',
          23,
          '25',
          1,
        ]),
      );
    case 'pg_language':
      return relation('oid:o lanname:n lanowner:o lanispl:b lanpltrusted:b', [
        [12, 'internal', 10, false, false],
        [13, 'c', 10, false, false],
        [14, 'sql', 10, false, true],
        [13_500, 'plpgsql', 10, true, true],
      ]);
    case 'pg_extension':
      return relation('oid:o extname:n extowner:o extnamespace:o extrelocatable:b extversion:t', [
        [13_498, 'plpgsql', 10, 11, false, '1.0'],
      ]);
    case 'pg_available_extensions':
      return relation('name:n default_version:t installed_version:t comment:t', [
        ['plpgsql', '1.0', '1.0', 'PL/pgSQL procedural language'],
      ]);
    case 'pg_tablespace':
      return relation('oid:o spcname:n spcowner:o spcacl:a spcoptions:a', [
        [1663, 'pg_default', 10, null, null],
        [1664, 'pg_global', 10, null, null],
      ]);
    case 'pg_am':
      return relation('oid:o amname:n amhandler:t amtype:c', [
        [2, 'heap', 'heap_tableam_handler', 't'],
        [403, 'btree', 'bthandler', 'i'],
        [405, 'hash', 'hashhandler', 'i'],
      ]);
    case 'pg_tables':
      return relation(
        'schemaname:n tablename:n tableowner:n tablespace:n hasindexes:b hasrules:b hastriggers:b rowsecurity:b',
        [
          ...tables.map((table): Value[] => [
            'public',
            table.name,
            'postgres',
            null,
            true,
            false,
            false,
            false,
          ]),
          ...catalogNames
            .filter((each) => !each.endsWith('s'))
            .map((each): Value[] => ['pg_catalog', each, 'postgres', null, true, false, false, false]),
        ],
      );
    case 'pg_stat_user_tables':
      return relation(
        'relid:o schemaname:n relname:n n_live_tup:l n_dead_tup:l',
        tables.map((table) => [relationOid(view, table.name), 'public', table.name, table.rows.length, 0]),
      );
    case 'pg_views':
    case 'pg_matviews':
      return relation('schemaname:n viewname:n viewowner:n definition:t');
    case 'pg_settings':
      return relation(
        'name:t setting:t unit:t category:t short_desc:t context:t vartype:t source:t boot_val:t reset_val:t pending_restart:b',
        [...view.settings()].map(([key, value]) => [
          key,
          value,
          null,
          'Client Connection Defaults',
          '',
          'user',
          'string',
          'configuration file',
          value,
          value,
          false,
        ]),
      );
    case 'pg_stat_activity':
      return relation(
        'datid:o datname:n pid:i leader_pid:i usesysid:o usename:n application_name:t client_addr:t client_hostname:t client_port:i backend_start:s xact_start:s query_start:s state_change:s wait_event_type:t wait_event:t state:t backend_xid:i backend_xmin:i query_id:l query:t backend_type:t',
        [
          [
            5,
            view.database,
            view.process,
            null,
            10,
            view.user,
            view.application,
            view.source,
            null,
            view.sourcePort,
            timestamp(view.now()),
            timestamp(view.now()),
            timestamp(view.now()),
            timestamp(view.now()),
            null,
            null,
            'active',
            null,
            722,
            null,
            view.statement.slice(0, 1024),
            'client backend',
          ],
        ],
      );
    case 'pg_stat_database':
      return relation(
        'datid:o datname:n numbackends:i xact_commit:l xact_rollback:l',
        databases.map((each, index) => [5 + index, each, each === view.database ? 1 : 0, 4000 + index, 7]),
      );
    case 'pg_largeobject':
      return relation(
        'loid:o pageno:i data:t',
        [...instance.largeObjects].map(([oid, text]) => [oid, 0, text]),
      );
    case 'pg_largeobject_metadata':
      return relation(
        'oid:o lomowner:o lomacl:a',
        [...instance.largeObjects.keys()].map((oid) => [oid, 10, null]),
      );
    case 'pg_collation':
      return relation('oid:o collname:n collnamespace:o collprovider:c', [
        [100, 'default', 11, 'd'],
        [950, 'C', 11, 'c'],
      ]);
    case 'pg_index':
      return relation(
        'indexrelid:o indrelid:o indnatts:i indisunique:b indisprimary:b indisexclusion:b indimmediate:b indisclustered:b indisvalid:b indcheckxmin:b indisready:b indislive:b indisreplident:b indkey:t indpred:t indexprs:t',
      );
    case 'pg_constraint':
      return relation(
        'oid:o conname:n connamespace:o contype:c condeferrable:b condeferred:b convalidated:b conrelid:o contypid:o conindid:o conparentid:o confrelid:o confupdtype:c confdeltype:c conkey:a confkey:a',
      );
    default:
      if (!catalogNames.includes(name)) return null;
      // What an ordinary database has no rows in.
      return relation(
        'oid:o objoid:o classoid:o objsubid:i description:t inhrelid:o inhparent:o inhseqno:i inhdetachpending:b adrelid:o adnum:i adbin:t polname:n polrelid:o prrelid:o tgname:n tgrelid:o tgisinternal:b stxname:n stxrelid:o pubname:n subname:n puballtables:b evtname:n srvname:n fdwname:n ftrelid:o enumlabel:n enumtypid:o seqrelid:o schemaname:n indexname:n tablename:n provider:t label:t ev_class:o rulename:n conname:n amname:n',
      );
  }
}

/** `2026-03-01 12:00:00+00` */
export function timestamp(milliseconds: number): string {
  return `${dateTime(milliseconds)}.${String(milliseconds % 1000).padStart(3, '0')}+00`;
}

function informationTable(view: PostgresView, name: string): Relation | null {
  const tables = [...(view.instance.space.databases.get(view.database)?.values() ?? [])];
  switch (name) {
    case 'tables':
      return relation('table_catalog:n table_schema:n table_name:n table_type:t is_insertable_into:t', [
        ...tables.map((table): Value[] => [view.database, 'public', table.name, 'BASE TABLE', 'YES']),
        ...catalogNames.map((each): Value[] => [view.database, 'pg_catalog', each, 'BASE TABLE', 'YES']),
      ]);
    case 'columns':
      return relation(
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
      return relation(
        'catalog_name:n schema_name:n schema_owner:n',
        Object.keys(namespaces).map((each) => [view.database, each, 'postgres']),
      );
    case 'routines':
    case 'views':
    case 'key_column_usage':
    case 'table_constraints':
    case 'role_table_grants':
      return relation(
        'table_catalog:n table_schema:n table_name:n routine_schema:n routine_name:n constraint_name:n constraint_type:t column_name:n grantee:n privilege_type:t view_definition:t',
      );
    default:
      return null;
  }
}
