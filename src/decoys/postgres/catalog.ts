/** pg_catalog, made when it is asked for. */

import type { Relation, Value } from '../sql/value.ts';
import { catalogRelation } from './catalog-relation.ts';
import { informationTable } from './information-schema.ts';
import type { PostgresInstance } from './instance.ts';
import { catalogNames, namespaces, relationOid } from './relation-oid.ts';
import { timestamp } from './timestamp.ts';
import { oidOfType, shortTypes } from './type-oid.ts';
import type { PostgresView } from './view.ts';

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
      return catalogRelation(
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
      return catalogRelation(
        'rolname:n rolsuper:b rolinherit:b rolcreaterole:b rolcreatedb:b rolcanlogin:b rolreplication:b rolconnlimit:i rolpassword:t rolvaliduntil:s rolbypassrls:b rolconfig:a oid:o',
        roleRows(instance),
      );
    case 'pg_user':
    case 'pg_shadow':
      return catalogRelation(
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
      return catalogRelation('roleid:o member:o grantor:o admin_option:b grosysid:o groname:n');
    case 'pg_namespace':
      return catalogRelation(
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
      return catalogRelation(
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
      return catalogRelation(
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
      return catalogRelation(
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
      return catalogRelation(
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
      return catalogRelation('oid:o lanname:n lanowner:o lanispl:b lanpltrusted:b', [
        [12, 'internal', 10, false, false],
        [13, 'c', 10, false, false],
        [14, 'sql', 10, false, true],
        [13_500, 'plpgsql', 10, true, true],
      ]);
    case 'pg_extension':
      return catalogRelation('oid:o extname:n extowner:o extnamespace:o extrelocatable:b extversion:t', [
        [13_498, 'plpgsql', 10, 11, false, '1.0'],
      ]);
    case 'pg_available_extensions':
      return catalogRelation('name:n default_version:t installed_version:t comment:t', [
        ['plpgsql', '1.0', '1.0', 'PL/pgSQL procedural language'],
      ]);
    case 'pg_tablespace':
      return catalogRelation('oid:o spcname:n spcowner:o spcacl:a spcoptions:a', [
        [1663, 'pg_default', 10, null, null],
        [1664, 'pg_global', 10, null, null],
      ]);
    case 'pg_am':
      return catalogRelation('oid:o amname:n amhandler:t amtype:c', [
        [2, 'heap', 'heap_tableam_handler', 't'],
        [403, 'btree', 'bthandler', 'i'],
        [405, 'hash', 'hashhandler', 'i'],
      ]);
    case 'pg_tables':
      return catalogRelation(
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
      return catalogRelation(
        'relid:o schemaname:n relname:n n_live_tup:l n_dead_tup:l',
        tables.map((table) => [relationOid(view, table.name), 'public', table.name, table.rows.length, 0]),
      );
    case 'pg_views':
    case 'pg_matviews':
      return catalogRelation('schemaname:n viewname:n viewowner:n definition:t');
    case 'pg_settings':
      return catalogRelation(
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
      return catalogRelation(
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
      return catalogRelation(
        'datid:o datname:n numbackends:i xact_commit:l xact_rollback:l',
        databases.map((each, index) => [5 + index, each, each === view.database ? 1 : 0, 4000 + index, 7]),
      );
    case 'pg_largeobject':
      return catalogRelation(
        'loid:o pageno:i data:t',
        [...instance.largeObjects].map(([oid, text]) => [oid, 0, text]),
      );
    case 'pg_largeobject_metadata':
      return catalogRelation(
        'oid:o lomowner:o lomacl:a',
        [...instance.largeObjects.keys()].map((oid) => [oid, 10, null]),
      );
    case 'pg_collation':
      return catalogRelation('oid:o collname:n collnamespace:o collprovider:c', [
        [100, 'default', 11, 'd'],
        [950, 'C', 11, 'c'],
      ]);
    case 'pg_index':
      return catalogRelation(
        'indexrelid:o indrelid:o indnatts:i indisunique:b indisprimary:b indisexclusion:b indimmediate:b indisclustered:b indisvalid:b indcheckxmin:b indisready:b indislive:b indisreplident:b indkey:t indpred:t indexprs:t',
      );
    case 'pg_constraint':
      return catalogRelation(
        'oid:o conname:n connamespace:o contype:c condeferrable:b condeferred:b convalidated:b conrelid:o contypid:o conindid:o conparentid:o confrelid:o confupdtype:c confdeltype:c conkey:a confkey:a',
      );
    default:
      if (!catalogNames.includes(name)) return null;
      // What an ordinary database has no rows in.
      return catalogRelation(
        'oid:o objoid:o classoid:o objsubid:i description:t inhrelid:o inhparent:o inhseqno:i inhdetachpending:b adrelid:o adnum:i adbin:t polname:n polrelid:o prrelid:o tgname:n tgrelid:o tgisinternal:b stxname:n stxrelid:o pubname:n subname:n puballtables:b evtname:n srvname:n fdwname:n ftrelid:o enumlabel:n enumtypid:o seqrelid:o schemaname:n indexname:n tablename:n provider:t label:t ev_class:o rulename:n conname:n amname:n',
      );
  }
}
