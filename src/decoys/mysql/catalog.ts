/** information_schema and the system tables, made when they are asked for. */

import { dateTime } from '../sql/functions.ts';
import type { Table } from '../sql/store.ts';
import type { Column, Relation, Value } from '../sql/value.ts';
import { isAtLeast } from './identity.ts';
import type { MysqlInstance } from './instance.ts';
import { statusOf, variablesOf } from './variables.ts';

export interface ConnectionView {
  readonly instance: MysqlInstance;
  readonly thread: number;
  readonly user: string;
  /** `host:port` of the client. */
  readonly peer: string;
  readonly host: string;
  readonly database: string;
  readonly statement: string;
  now(): number;
}

const numbers = new Set(
  'VERSION TABLE_ROWS AVG_ROW_LENGTH DATA_LENGTH MAX_DATA_LENGTH INDEX_LENGTH DATA_FREE AUTO_INCREMENT ORDINAL_POSITION ID TIME MAXLEN NON_UNIQUE SEQ_IN_INDEX'.split(
    ' ',
  ),
);

function relation(names: string, rows: readonly (readonly Value[])[] = []): Relation {
  return {
    columns: names
      .split(' ')
      .map((name): Column => ({ name, type: numbers.has(name.toUpperCase()) ? 'bigint' : 'text' })),
    rows,
  };
}

/** Names of the databases that every server has, in the order of SHOW DATABASES. */
export function systemDatabases(instance: MysqlInstance): string[] {
  const { isMariaDb, version } = instance.identity;
  const hasSys = isMariaDb ? isAtLeast(version, 10, 6) : isAtLeast(version, 5, 7);
  return ['information_schema', 'mysql', 'performance_schema', ...(hasSys ? ['sys'] : [])];
}

export function databaseNames(instance: MysqlInstance): string[] {
  const names = [...new Set([...systemDatabases(instance), ...instance.space.databases.keys()])].sort();
  if (instance.identity.method === 'caching_sha2_password') return names;
  // Before MySQL 8 the list of directories follows the one that is none.
  return ['information_schema', ...names.filter((name) => name !== 'information_schema')];
}

export function isSystemDatabase(instance: MysqlInstance, name: string): boolean {
  return systemDatabases(instance).includes(name.toLowerCase());
}

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

const privilegeNames =
  'Select_priv Insert_priv Update_priv Delete_priv Create_priv Drop_priv Reload_priv Shutdown_priv Process_priv File_priv Grant_priv References_priv Index_priv Alter_priv Show_db_priv Super_priv Create_tmp_table_priv Lock_tables_priv Execute_priv Repl_slave_priv Repl_client_priv Create_view_priv Show_view_priv Create_routine_priv Alter_routine_priv Create_user_priv Event_priv Trigger_priv Create_tablespace_priv';

function accountRows(instance: MysqlInstance): Value[][] {
  const privileges = privilegeNames.split(' ');
  return [...instance.accounts].map(([account, secret]) => {
    const [, user = '', host = ''] = /^'(.*)'@'(.*)'$/.exec(account) ?? [];
    const all = user === 'root' ? 'Y' : 'N';
    return [host, user].concat(
      privileges.map(() => all),
      [instance.identity.method, 'N', secret],
    );
  });
}

/** A table of `mysql`; null where there is none of the name. */
function systemTable(view: ConnectionView, name: string): Relation | null {
  const { instance } = view;
  switch (name) {
    case 'user':
    case 'global_priv': {
      return relation(
        `Host User ${privilegeNames} plugin password_expired authentication_string`,
        accountRows(instance),
      );
    }
    case 'func': {
      const kinds = { string: 0, real: 1, int: 2, decimal: 4 } as const;
      return {
        columns: [
          { name: 'name', type: 'text' },
          { name: 'ret', type: 'integer' },
          { name: 'dl', type: 'text' },
          { name: 'type', type: 'text' },
        ],
        rows: [...instance.functions.values()].map((each) => [
          each.name,
          kinds[each.returns],
          each.library,
          'function',
        ]),
      };
    }
    case 'plugin':
      return relation('name dl');
    case 'db':
      return relation(`Host Db User ${privilegeNames}`);
    case 'proc':
      return instance.identity.isMariaDb || !isAtLeast(instance.identity.version, 8)
        ? relation('db name type specific_name language body definer created')
        : null;
    case 'tables_priv':
    case 'columns_priv':
    case 'procs_priv':
    case 'proxies_priv':
      return relation('Host Db User Table_name Grantor Timestamp');
    case 'servers':
      return relation('Server_name Host Db Username Password Port Socket Wrapper Owner');
    case 'event':
      return relation('db name body definer');
    case 'slow_log':
    case 'general_log':
      return relation('event_time user_host thread_id server_id command_type argument');
    case 'time_zone_name':
      return relation('Name Time_zone_id');
    case 'help_topic':
      return relation('help_topic_id name help_category_id description example url');
    case 'innodb_table_stats':
      return relation(
        'database_name table_name last_update n_rows clustered_index_size sum_of_other_index_sizes',
      );
    default:
      return null;
  }
}

export const systemTables: Readonly<Record<string, readonly string[]>> = {
  mysql: [
    'columns_priv',
    'db',
    'event',
    'func',
    'general_log',
    'global_priv',
    'help_topic',
    'innodb_table_stats',
    'plugin',
    'proc',
    'procs_priv',
    'proxies_priv',
    'servers',
    'slow_log',
    'tables_priv',
    'time_zone_name',
    'user',
  ],
  information_schema:
    'CHARACTER_SETS COLLATIONS COLUMNS COLUMN_PRIVILEGES ENGINES EVENTS FILES GLOBAL_STATUS GLOBAL_VARIABLES KEY_COLUMN_USAGE PARAMETERS PARTITIONS PLUGINS PROCESSLIST REFERENTIAL_CONSTRAINTS ROUTINES SCHEMATA SCHEMA_PRIVILEGES SESSION_STATUS SESSION_VARIABLES STATISTICS TABLES TABLESPACES TABLE_CONSTRAINTS TABLE_PRIVILEGES TRIGGERS USER_PRIVILEGES VIEWS'.split(
      ' ',
    ),
  performance_schema: [],
  sys: [],
};

const allPrivileges =
  'SELECT INSERT UPDATE DELETE CREATE DROP RELOAD SHUTDOWN PROCESS FILE REFERENCES INDEX ALTER SHOW_DATABASES SUPER CREATE_TEMPORARY_TABLES LOCK_TABLES EXECUTE REPLICATION_SLAVE REPLICATION_CLIENT CREATE_VIEW SHOW_VIEW CREATE_ROUTINE ALTER_ROUTINE CREATE_USER EVENT TRIGGER CREATE_TABLESPACE'
    .split(' ')
    .map((name) => name.replaceAll('_', ' '));

export function processRow(view: ConnectionView): Value[] {
  const { statement, database } = view;
  return [
    view.thread,
    view.user,
    view.peer,
    database === '' ? null : database,
    'Query',
    0,
    view.instance.identity.isMariaDb ? 'starting' : 'init',
    statement.slice(0, 100),
  ];
}

export const engineRows = (isMariaDb: boolean): Value[][] => [
  ['CSV', 'YES', isMariaDb ? 'Stores tables as CSV files' : 'CSV storage engine', 'NO', 'NO', 'NO'],
  ['MRG_MyISAM', 'YES', 'Collection of identical MyISAM tables', 'NO', 'NO', 'NO'],
  ['MEMORY', 'YES', 'Hash based, stored in memory, useful for temporary tables', 'NO', 'NO', 'NO'],
  ...(isMariaDb
    ? [
        [
          'Aria',
          'YES',
          'Crash-safe tables with MyISAM heritage. Used for internal temporary tables and privilege tables',
          'NO',
          'NO',
          'NO',
        ],
      ]
    : [
        [
          'BLACKHOLE',
          'YES',
          '/dev/null storage engine (anything you write to it disappears)',
          'NO',
          'NO',
          'NO',
        ],
      ]),
  [
    'MyISAM',
    'YES',
    isMariaDb
      ? 'Non-transactional engine with good performance and small data footprint'
      : 'MyISAM storage engine',
    'NO',
    'NO',
    'NO',
  ],
  [
    'InnoDB',
    'DEFAULT',
    isMariaDb
      ? 'Supports transactions, row-level locking, foreign keys and encryption for tables'
      : 'Supports transactions, row-level locking, and foreign keys',
    'YES',
    'YES',
    'YES',
  ],
  ['PERFORMANCE_SCHEMA', 'YES', 'Performance Schema', 'NO', 'NO', 'NO'],
];

/** A table of information_schema; null where there is none of the name. */
function informationTable(view: ConnectionView, name: string): Relation | null {
  const { instance } = view;
  const [charset, collation] = charsetOf(instance);
  const tables = [...instance.space.databases].flatMap(([database, held]) =>
    [...held.values()].map((table) => ({ database, table })),
  );
  switch (name) {
    case 'schemata':
      return relation(
        'CATALOG_NAME SCHEMA_NAME DEFAULT_CHARACTER_SET_NAME DEFAULT_COLLATION_NAME SQL_PATH',
        databaseNames(instance).map((database) => ['def', database, charset, collation, null]),
      );
    case 'tables':
      return relation(
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
      return relation(
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
      return relation('ID USER HOST DB COMMAND TIME STATE INFO', [processRow(view)]);
    case 'user_privileges':
      return relation(
        'GRANTEE TABLE_CATALOG PRIVILEGE_TYPE IS_GRANTABLE',
        [...instance.accounts.keys()].flatMap((account) =>
          account.startsWith("'root'")
            ? allPrivileges.map((each): Value[] => [account, 'def', each, 'YES'])
            : [[account, 'def', 'USAGE', 'NO']],
        ),
      );
    case 'engines':
      return relation(
        'ENGINE SUPPORT COMMENT TRANSACTIONS XA SAVEPOINTS',
        engineRows(instance.identity.isMariaDb),
      );
    case 'plugins':
      return relation('PLUGIN_NAME PLUGIN_VERSION PLUGIN_STATUS PLUGIN_TYPE PLUGIN_LIBRARY', [
        ['binlog', '1.0', 'ACTIVE', 'STORAGE ENGINE', null],
        ['mysql_native_password', '1.0', 'ACTIVE', 'AUTHENTICATION', null],
        ['InnoDB', '1.0', 'ACTIVE', 'STORAGE ENGINE', null],
      ]);
    case 'global_variables':
    case 'session_variables':
      return relation(
        'VARIABLE_NAME VARIABLE_VALUE',
        [...variablesOf(instance)].map(([key, value]) => [key.toUpperCase(), value]),
      );
    case 'global_status':
    case 'session_status':
      return relation(
        'VARIABLE_NAME VARIABLE_VALUE',
        [...statusOf(instance, view.now())].map(([key, value]) => [key.toUpperCase(), value]),
      );
    case 'character_sets':
      return relation('CHARACTER_SET_NAME DEFAULT_COLLATE_NAME DESCRIPTION MAXLEN', characterSets);
    case 'collations':
      return relation('COLLATION_NAME CHARACTER_SET_NAME ID IS_DEFAULT IS_COMPILED SORTLEN', collations);
    case 'key_column_usage':
      return relation(
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
      return relation(
        'CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_SCHEMA TABLE_NAME CONSTRAINT_TYPE',
        tables
          .filter(({ table }) => table.columns.some((each) => each.key === 'PRI'))
          .map(({ database, table }) => ['def', database, 'PRIMARY', database, table.name, 'PRIMARY KEY']),
      );
    case 'statistics':
      return relation(
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
      return relation('GRANTEE TABLE_CATALOG TABLE_SCHEMA TABLE_NAME PRIVILEGE_TYPE IS_GRANTABLE');
    case 'views':
      return relation(
        'TABLE_CATALOG TABLE_SCHEMA TABLE_NAME VIEW_DEFINITION CHECK_OPTION IS_UPDATABLE DEFINER SECURITY_TYPE',
      );
    case 'triggers':
      return relation(
        'TRIGGER_CATALOG TRIGGER_SCHEMA TRIGGER_NAME EVENT_MANIPULATION EVENT_OBJECT_SCHEMA EVENT_OBJECT_TABLE ACTION_STATEMENT ACTION_TIMING DEFINER',
      );
    case 'events':
      return relation('EVENT_CATALOG EVENT_SCHEMA EVENT_NAME DEFINER EVENT_DEFINITION STATUS');
    case 'routines':
    case 'parameters':
      return relation(
        'SPECIFIC_NAME ROUTINE_CATALOG ROUTINE_SCHEMA ROUTINE_NAME ROUTINE_TYPE DATA_TYPE ROUTINE_DEFINITION DEFINER',
      );
    case 'partitions':
    case 'files':
    case 'tablespaces':
      return relation(
        'FILE_ID FILE_NAME FILE_TYPE TABLESPACE_NAME TABLE_CATALOG TABLE_SCHEMA TABLE_NAME LOGFILE_GROUP_NAME LOGFILE_GROUP_NUMBER ENGINE TOTAL_EXTENTS INITIAL_SIZE EXTENT_SIZE EXTRA PARTITION_NAME',
      );
    case 'referential_constraints':
      return relation(
        'CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME UNIQUE_CONSTRAINT_NAME UPDATE_RULE DELETE_RULE TABLE_NAME REFERENCED_TABLE_NAME',
      );
    default:
      return null;
  }
}

export const characterSets: Value[][] = [
  ['latin1', 'latin1_swedish_ci', 'cp1252 West European', 1],
  ['utf8', 'utf8_general_ci', 'UTF-8 Unicode', 3],
  ['utf8mb4', 'utf8mb4_general_ci', 'UTF-8 Unicode', 4],
  ['binary', 'binary', 'Binary pseudo charset', 1],
];

export const collations: Value[][] = [
  ['latin1_swedish_ci', 'latin1', 8, 'Yes', 'Yes', 1],
  ['latin1_bin', 'latin1', 47, '', 'Yes', 1],
  ['utf8_general_ci', 'utf8', 33, 'Yes', 'Yes', 1],
  ['utf8_bin', 'utf8', 83, '', 'Yes', 1],
  ['utf8mb4_general_ci', 'utf8mb4', 45, 'Yes', 'Yes', 1],
  ['utf8mb4_bin', 'utf8mb4', 46, '', 'Yes', 1],
  ['utf8mb4_unicode_ci', 'utf8mb4', 224, '', 'Yes', 8],
  ['binary', 'binary', 63, 'Yes', 'Yes', 1],
];

/** A table by database and name; null where there is none. Names of system tables do not tell capitals. */
export function catalogTable(view: ConnectionView, database: string, name: string): Relation | null {
  switch (database.toLowerCase()) {
    case 'information_schema':
      return informationTable(view, name.toLowerCase());
    case 'mysql':
      return systemTable(view, name);
    case 'performance_schema': {
      const kind = name.toLowerCase();
      if (kind === 'global_variables' || kind === 'session_variables') return informationTable(view, kind);
      return kind === 'global_status' || kind === 'session_status' ? informationTable(view, kind) : null;
    }
    default:
      return view.instance.space.table(database, name) ?? null;
  }
}
