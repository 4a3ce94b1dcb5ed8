/** information_schema, made when it is asked for. */

import type { Relation, Value } from '../sql/value.ts';
import { catalogRelation } from './catalog-relation.ts';
import { characterSets, collations } from './character-sets.ts';
import { databaseNames } from './database-names.ts';
import { engineRows } from './engines.ts';
import { processRow } from './process-row.ts';
import { systemTables } from './system-tables.ts';
import { charsetOf, declaredType, tableStatus } from './table-description.ts';
import { statusOf, variablesOf } from './variables.ts';
import type { ConnectionView } from './view.ts';

const allPrivileges =
  'SELECT INSERT UPDATE DELETE CREATE DROP RELOAD SHUTDOWN PROCESS FILE REFERENCES INDEX ALTER SHOW_DATABASES SUPER CREATE_TEMPORARY_TABLES LOCK_TABLES EXECUTE REPLICATION_SLAVE REPLICATION_CLIENT CREATE_VIEW SHOW_VIEW CREATE_ROUTINE ALTER_ROUTINE CREATE_USER EVENT TRIGGER CREATE_TABLESPACE'
    .split(' ')
    .map((name) => name.replaceAll('_', ' '));

/** A table of information_schema; null where there is none of the name. */
export function informationTable(view: ConnectionView, name: string): Relation | null {
  const { instance } = view;
  const [charset, collation] = charsetOf(instance);
  const tables = [...instance.space.databases].flatMap(([database, held]) =>
    [...held.values()].map((table) => ({ database, table })),
  );
  switch (name) {
    case 'schemata':
      return catalogRelation(
        'CATALOG_NAME SCHEMA_NAME DEFAULT_CHARACTER_SET_NAME DEFAULT_COLLATION_NAME SQL_PATH',
        databaseNames(instance).map((database) => ['def', database, charset, collation, null]),
      );
    case 'tables':
      return catalogRelation(
        'TABLE_CATALOG TABLE_SCHEMA TABLE_NAME TABLE_TYPE ENGINE VERSION ROW_FORMAT TABLE_ROWS AVG_ROW_LENGTH DATA_LENGTH MAX_DATA_LENGTH INDEX_LENGTH DATA_FREE AUTO_INCREMENT CREATE_TIME UPDATE_TIME CHECK_TIME TABLE_COLLATION CHECKSUM CREATE_OPTIONS TABLE_COMMENT',
        [
          ...Object.entries(systemTables).flatMap(([database, names]) =>
            names.map((table): Value[] => [
              'def',
              database,
              table,
              database === 'information_schema' ? 'SYSTEM VIEW' : 'BASE TABLE',
              database === 'information_schema' ? 'MEMORY' : 'InnoDB',
              10,
              'Dynamic',
              0,
              0,
              16_384,
              0,
              0,
              0,
              null,
              null,
              null,
              null,
              'utf8_bin',
              null,
              '',
              '',
            ]),
          ),
          ...tables.map(({ database, table }): Value[] => {
            const [first = null, ...status] = tableStatus(instance, table);
            return ['def', database, first, 'BASE TABLE', ...status];
          }),
        ],
      );
    case 'columns':
      return catalogRelation(
        'TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME ORDINAL_POSITION COLUMN_DEFAULT IS_NULLABLE DATA_TYPE CHARACTER_SET_NAME COLLATION_NAME COLUMN_TYPE COLUMN_KEY EXTRA PRIVILEGES COLUMN_COMMENT IS_GENERATED GENERATION_EXPRESSION',
        tables.flatMap(({ database, table }) =>
          table.columns.map((column, index): Value[] => {
            const isText = column.type === 'text';
            return [
              'def',
              database,
              table.name,
              column.name,
              index + 1,
              column.fallback,
              column.isNullable ? 'YES' : 'NO',
              column.declared.replace(/\(.*$/, ''),
              isText ? charset : null,
              isText ? collation : null,
              declaredType(instance, column.declared),
              column.key,
              column.isCounter ? 'auto_increment' : '',
              'select,insert,update,references',
              '',
              'NEVER',
              null,
            ];
          }),
        ),
      );
    case 'processlist':
      return catalogRelation('ID USER HOST DB COMMAND TIME STATE INFO', [processRow(view)]);
    case 'user_privileges':
      return catalogRelation(
        'GRANTEE TABLE_CATALOG PRIVILEGE_TYPE IS_GRANTABLE',
        [...instance.accounts.keys()].flatMap((account) =>
          account.startsWith("'root'")
            ? allPrivileges.map((each): Value[] => [account, 'def', each, 'YES'])
            : [[account, 'def', 'USAGE', 'NO']],
        ),
      );
    case 'engines':
      return catalogRelation(
        'ENGINE SUPPORT COMMENT TRANSACTIONS XA SAVEPOINTS',
        engineRows(instance.identity.isMariaDb),
      );
    case 'plugins':
      return catalogRelation('PLUGIN_NAME PLUGIN_VERSION PLUGIN_STATUS PLUGIN_TYPE PLUGIN_LIBRARY', [
        ['binlog', '1.0', 'ACTIVE', 'STORAGE ENGINE', null],
        ['mysql_native_password', '1.0', 'ACTIVE', 'AUTHENTICATION', null],
        ['InnoDB', '1.0', 'ACTIVE', 'STORAGE ENGINE', null],
      ]);
    case 'global_variables':
    case 'session_variables':
      return catalogRelation(
        'VARIABLE_NAME VARIABLE_VALUE',
        [...variablesOf(instance)].map(([key, value]) => [key.toUpperCase(), value]),
      );
    case 'global_status':
    case 'session_status':
      return catalogRelation(
        'VARIABLE_NAME VARIABLE_VALUE',
        [...statusOf(instance, view.now())].map(([key, value]) => [key.toUpperCase(), value]),
      );
    case 'character_sets':
      return catalogRelation('CHARACTER_SET_NAME DEFAULT_COLLATE_NAME DESCRIPTION MAXLEN', characterSets);
    case 'collations':
      return catalogRelation(
        'COLLATION_NAME CHARACTER_SET_NAME ID IS_DEFAULT IS_COMPILED SORTLEN',
        collations,
      );
    case 'key_column_usage':
      return catalogRelation(
        'CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME ORDINAL_POSITION REFERENCED_TABLE_SCHEMA REFERENCED_TABLE_NAME REFERENCED_COLUMN_NAME',
        tables.flatMap(({ database, table }) =>
          table.columns
            .filter((each) => each.key === 'PRI')
            .map((each, index): Value[] => [
              'def',
              database,
              'PRIMARY',
              'def',
              database,
              table.name,
              each.name,
              index + 1,
              null,
              null,
              null,
            ]),
        ),
      );
    case 'table_constraints':
      return catalogRelation(
        'CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_SCHEMA TABLE_NAME CONSTRAINT_TYPE',
        tables
          .filter(({ table }) => table.columns.some((each) => each.key === 'PRI'))
          .map(({ database, table }) => ['def', database, 'PRIMARY', database, table.name, 'PRIMARY KEY']),
      );
    case 'statistics':
      return catalogRelation(
        'TABLE_CATALOG TABLE_SCHEMA TABLE_NAME NON_UNIQUE INDEX_SCHEMA INDEX_NAME SEQ_IN_INDEX COLUMN_NAME',
        tables.flatMap(({ database, table }) =>
          table.columns
            .filter((each) => each.key === 'PRI')
            .map((each): Value[] => ['def', database, table.name, 0, database, 'PRIMARY', 1, each.name]),
        ),
      );
    case 'schema_privileges':
    case 'table_privileges':
    case 'column_privileges':
      return catalogRelation('GRANTEE TABLE_CATALOG TABLE_SCHEMA TABLE_NAME PRIVILEGE_TYPE IS_GRANTABLE');
    case 'views':
      return catalogRelation(
        'TABLE_CATALOG TABLE_SCHEMA TABLE_NAME VIEW_DEFINITION CHECK_OPTION IS_UPDATABLE DEFINER SECURITY_TYPE',
      );
    case 'triggers':
      return catalogRelation(
        'TRIGGER_CATALOG TRIGGER_SCHEMA TRIGGER_NAME EVENT_MANIPULATION EVENT_OBJECT_SCHEMA EVENT_OBJECT_TABLE ACTION_STATEMENT ACTION_TIMING DEFINER',
      );
    case 'events':
      return catalogRelation('EVENT_CATALOG EVENT_SCHEMA EVENT_NAME DEFINER EVENT_DEFINITION STATUS');
    case 'routines':
    case 'parameters':
      return catalogRelation(
        'SPECIFIC_NAME ROUTINE_CATALOG ROUTINE_SCHEMA ROUTINE_NAME ROUTINE_TYPE DATA_TYPE ROUTINE_DEFINITION DEFINER',
      );
    case 'partitions':
    case 'files':
    case 'tablespaces':
      return catalogRelation(
        'FILE_ID FILE_NAME FILE_TYPE TABLESPACE_NAME TABLE_CATALOG TABLE_SCHEMA TABLE_NAME LOGFILE_GROUP_NAME LOGFILE_GROUP_NUMBER ENGINE TOTAL_EXTENTS INITIAL_SIZE EXTENT_SIZE EXTRA PARTITION_NAME',
      );
    case 'referential_constraints':
      return catalogRelation(
        'CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME UNIQUE_CONSTRAINT_NAME UPDATE_RULE DELETE_RULE TABLE_NAME REFERENCED_TABLE_NAME',
      );
    default:
      return null;
  }
}
