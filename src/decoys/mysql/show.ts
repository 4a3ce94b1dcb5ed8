/** SHOW and DESCRIBE. */

import type { Cursor } from '../sql/cursor.ts';
import type { Table } from '../sql/store.ts';
import { isLike, isTrue, textOf, type Column, type Relation, type Value } from '../sql/value.ts';
import type { QueryRunner } from '../sql/query.ts';
import { emptyScope } from '../sql/evaluate.ts';
import { parseExpression } from '../sql/expression-parser.ts';
import { catalogTable } from './catalog.ts';
import { characterSets, collations } from './character-sets.ts';
import { charsetOf, declaredType, tableStatus } from './table-description.ts';
import { databaseNames, isSystemDatabase } from './database-names.ts';
import { engineRows } from './engines.ts';
import { processRow } from './process-row.ts';
import { systemTables } from './system-tables.ts';
import type { ConnectionView } from './view.ts';
import { mysqlError } from './errors.ts';
import { isAtLeast } from './identity.ts';
import { statusOf, variablesOf } from './variables.ts';

const columns = (names: string): Column[] =>
  names.split(' ').map((name) => ({ name: name.replaceAll('_', ' '), type: 'text' }));
const exact = (names: string): Column[] => names.split(' ').map((name) => ({ name, type: 'text' }));

interface Show {
  readonly cursor: Cursor;
  readonly view: ConnectionView;
  readonly runner: QueryRunner;
}

/** LIKE 'pattern' or WHERE expression, over the rows. */
function filtered(show: Show, relation: Relation): Relation {
  const { cursor, runner } = show;
  if (cursor.take('like')) {
    const pattern = cursor.string();
    return {
      columns: relation.columns,
      rows: relation.rows.filter((row) => isLike(textOf(row[0] ?? null), pattern, true)),
    };
  }
  if (cursor.take('where')) {
    const condition = parseExpression(cursor);
    const named = relation.columns.map((column) => ({ ...column, table: '' }));
    return {
      columns: relation.columns,
      rows: relation.rows.filter((row) =>
        isTrue(runner.value(condition, { ...emptyScope, columns: named, row })),
      ),
    };
  }
  return relation;
}

function databaseNamed(show: Show): string {
  const { cursor, view } = show;
  const name = cursor.takeOneOf('from', 'in') === '' ? view.database : cursor.name();
  if (name === '') throw mysqlError.noDatabase();
  if (!isSystemDatabase(view.instance, name) && !view.instance.space.databases.has(name))
    throw mysqlError.unknownDatabase(name);
  return name;
}

function tableNames(view: ConnectionView, database: string): string[] {
  const system = systemTables[database.toLowerCase()];
  return system === undefined
    ? [...(view.instance.space.databases.get(database)?.keys() ?? [])].sort()
    : [...system];
}

/** The table named next, which must be there. */
function tableNamed(show: Show): {
  readonly database: string;
  readonly name: string;
  readonly relation: Relation;
} {
  const { cursor, view } = show;
  const path = cursor.path();
  const name = path.at(-1) ?? '';
  let database = path.at(-2) ?? view.database;
  if (cursor.takeOneOf('from', 'in') !== '') database = cursor.name();
  if (database === '') throw mysqlError.noDatabase();
  const relation = catalogTable(view, database, name);
  if (relation === null) throw mysqlError.unknownTable(`${database}.${name}`);
  return { database, name, relation };
}

const isTable = (relation: Relation): relation is Table => 'nextCounter' in relation;

/** Field, Type, Null, Key, Default, Extra; FULL adds Collation, Privileges and Comment. */
export function describe(show: Show, isFull: boolean): Relation {
  const { view } = show;
  const { relation } = tableNamed(show);
  const [, collation] = charsetOf(view.instance);
  const fields = isTable(relation)
    ? relation.columns
    : relation.columns.map((column) => ({
        name: column.name,
        type: column.type,
        declared: column.type === 'bigint' ? 'bigint(21)' : 'varchar(64)',
        isNullable: false,
        key: '',
        fallback: null,
        isCounter: false,
      }));
  const rows = fields.map((field): Value[] => {
    const isText = field.type === 'text';
    const type = declaredType(view.instance, field.declared);
    const nullable = field.isNullable ? 'YES' : 'NO';
    const extra = field.isCounter ? 'auto_increment' : '';
    const { name, key, fallback } = field;
    return isFull
      ? [
          name,
          type,
          isText ? collation : null,
          nullable,
          key,
          fallback,
          extra,
          'select,insert,update,references',
          '',
        ]
      : [name, type, nullable, key, fallback, extra];
  });
  return filtered(show, {
    columns: exact(
      isFull
        ? 'Field Type Collation Null Key Default Extra Privileges Comment'
        : 'Field Type Null Key Default Extra',
    ),
    rows,
  });
}

export function createText(view: ConnectionView, table: Table): string {
  const [charset, collation] = charsetOf(view.instance);
  const lines = table.columns.map((column) => {
    const fallback =
      column.isCounter || (!column.isNullable && column.fallback === null)
        ? ''
        : ` DEFAULT ${column.fallback === null ? 'NULL' : `'${column.fallback}'`}`;
    const isBare = /text|blob/.test(column.declared) && column.isNullable;
    return `  \`${column.name}\` ${declaredType(view.instance, column.declared)}${column.isNullable ? '' : ' NOT NULL'}${column.isCounter ? ' AUTO_INCREMENT' : ''}${isBare && column.fallback === null ? (view.instance.identity.isMariaDb ? ' DEFAULT NULL' : '') : fallback}`;
  });
  const keys = table.columns.filter((column) => column.key === 'PRI').map((column) => `\`${column.name}\``);
  if (keys.length > 0) lines.push(`  PRIMARY KEY (${keys.join(',')})`);
  const counter =
    table.columns.some((column) => column.isCounter) && table.nextCounter > 1
      ? ` AUTO_INCREMENT=${table.nextCounter}`
      : '';
  const isNew =
    view.instance.identity.collation === 255 || isAtLeast(view.instance.identity.version, 10, 3, 37);
  return `CREATE TABLE \`${table.name}\` (\n${lines.join(',\n')}\n) ENGINE=InnoDB${counter} DEFAULT CHARSET=${charset}${isNew ? ` COLLATE=${collation}` : ''}`;
}

export function showStatement(show: Show): Relation {
  const { cursor, view } = show;
  const { instance } = view;
  const isFull = cursor.take('full');
  if (cursor.take('extended')) cursor.take('full');
  cursor.takeOneOf('global', 'session', 'local');
  const start = cursor.mark();
  const kind = cursor.token.kind === 'word' ? cursor.next().text.toLowerCase() : '';
  switch (kind) {
    case 'databases':
    case 'schemas': {
      const pattern =
        cursor.is('like') && cursor.peek(1).kind === 'string' ? ` (${cursor.peek(1).text})` : '';
      return filtered(show, {
        columns: [{ name: `Database${pattern}`, type: 'text' }],
        rows: databaseNames(instance).map((name) => [name]),
      });
    }
    case 'tables': {
      const database = databaseNamed(show);
      const pattern =
        cursor.is('like') && cursor.peek(1).kind === 'string' ? ` (${cursor.peek(1).text})` : '';
      const kindOf = database.toLowerCase() === 'information_schema' ? 'SYSTEM VIEW' : 'BASE TABLE';
      return filtered(show, {
        columns: [
          { name: `Tables_in_${database}${pattern}`, type: 'text' },
          ...(isFull ? exact('Table_type') : []),
        ],
        rows: tableNames(view, database).map((name) => (isFull ? [name, kindOf] : [name])),
      });
    }
    case 'table': {
      cursor.expect('status');
      const database = databaseNamed(show);
      const tables = [...(instance.space.databases.get(database)?.values() ?? [])];
      return filtered(show, {
        columns: exact(
          'Name Engine Version Row_format Rows Avg_row_length Data_length Max_data_length Index_length Data_free Auto_increment Create_time Update_time Check_time Collation Checksum Create_options Comment',
        ),
        rows: tables.map((table) => tableStatus(instance, table)),
      });
    }
    case 'columns':
    case 'fields':
      if (cursor.takeOneOf('from', 'in') === '') throw cursor.fail();
      return describe(show, isFull);
    case 'index':
    case 'indexes':
    case 'keys': {
      if (cursor.takeOneOf('from', 'in') === '') throw cursor.fail();
      const { name, relation } = tableNamed(show);
      const rows = isTable(relation)
        ? relation.columns
            .filter((column) => column.key === 'PRI')
            .map((column): Value[] => [
              name,
              0,
              'PRIMARY',
              1,
              column.name,
              'A',
              relation.rows.length,
              null,
              null,
              '',
              'BTREE',
              '',
              '',
            ])
        : [];
      return {
        columns: exact(
          'Table Non_unique Key_name Seq_in_index Column_name Collation Cardinality Sub_part Packed Null Index_type Comment Index_comment',
        ),
        rows,
      };
    }
    case 'variables':
      return filtered(show, {
        columns: exact('Variable_name Value'),
        rows: [...variablesOf(instance)].map(([name, value]) => [name, value]),
      });
    case 'status':
      return filtered(show, {
        columns: exact('Variable_name Value'),
        rows: [...statusOf(instance, view.now())].map(([name, value]) => [name, value]),
      });
    case 'processlist': {
      const row = processRow(view);
      const extra = instance.identity.isMariaDb;
      return {
        columns: [
          { name: 'Id', type: 'bigint' },
          ...exact('User Host db Command'),
          { name: 'Time', type: 'integer' },
          ...exact('State Info'),
          ...(extra ? exact('Progress') : []),
        ],
        rows: [extra ? [...row, '0.000'] : row],
      };
    }
    case 'grants':
      return grants(show);
    case 'engines':
      return {
        columns: exact('Engine Support Comment Transactions XA Savepoints'),
        rows: engineRows(instance.identity.isMariaDb),
      };
    case 'storage':
      cursor.expect('engines');
      return {
        columns: exact('Engine Support Comment Transactions XA Savepoints'),
        rows: engineRows(instance.identity.isMariaDb),
      };
    case 'plugins':
      return {
        columns: exact('Name Status Type Library License'),
        rows: [
          'binlog',
          'mysql_native_password',
          'CSV',
          'MEMORY',
          'MyISAM',
          'MRG_MyISAM',
          'InnoDB',
          'PERFORMANCE_SCHEMA',
        ].map((name) => [
          name,
          'ACTIVE',
          name === 'mysql_native_password' ? 'AUTHENTICATION' : 'STORAGE ENGINE',
          null,
          'GPL',
        ]),
      };
    case 'warnings':
    case 'errors':
      return { columns: exact('Level Code Message'), rows: [] };
    case 'count':
      cursor.finish();
      return { columns: [{ name: '@@session.warning_count', type: 'bigint' }], rows: [[0]] };
    case 'collation':
      return filtered(show, {
        columns: exact('Collation Charset Id Default Compiled Sortlen'),
        rows: collations,
      });
    case 'charset':
    case 'character':
      if (kind === 'character') cursor.expect('set');
      return filtered(show, {
        columns: columns('Charset Description Default_collation Maxlen'),
        rows: characterSets.map(([charset = null, collation = null, description = null, most = null]) => [
          charset,
          description,
          collation,
          most,
        ]),
      });
    case 'create':
      return created(show);
    case 'triggers':
    case 'events':
      databaseNamed(show);
      return filtered(show, {
        columns:
          kind === 'events'
            ? columns('Db Name Definer Time_zone Type Status')
            : exact('Trigger Event Table Statement Timing Created sql_mode Definer'),
        rows: [],
      });
    case 'procedure':
    case 'function':
    case 'package':
      cursor.take('body');
      cursor.expect('status');
      return filtered(show, {
        columns: exact('Db Name Type Definer Modified Created Security_type Comment'),
        rows: [],
      });
    case 'master':
    case 'slave':
    case 'replica':
    case 'all': {
      cursor.finish();
      const names =
        kind === 'master'
          ? 'File Position Binlog_Do_DB Binlog_Ignore_DB'
          : 'Slave_IO_State Master_Host Master_User Master_Port';
      return { columns: exact(names), rows: [] };
    }
    case 'binary':
      cursor.expect('logs');
      if (!instance.identity.isMariaDb && isAtLeast(instance.identity.version, 8)) {
        return { columns: exact('Log_name File_size Encrypted'), rows: [['binlog.000041', '157', 'No']] };
      }
      throw mysqlError.noBinaryLog();
    case 'open':
      cursor.expect('tables');
      cursor.finish();
      return { columns: exact('Database Table In_use Name_locked'), rows: [] };
    case 'privileges':
      return {
        columns: exact('Privilege Context Comment'),
        rows: [
          ['Alter', 'Tables', 'To alter the table'],
          ['Create', 'Databases,Tables,Indexes', 'To create new databases and tables'],
          ['Delete', 'Tables', 'To delete existing rows'],
          [
            'Drop',
            'Databases,Tables',
            instance.identity.isMariaDb
              ? 'To drop databases, tables, and views'
              : 'To drop databases, tables, and views',
          ],
          ['File', 'File access on server', 'To read and write files on the server'],
          ['Insert', 'Tables', 'To insert data into tables'],
          ['Select', 'Tables', 'To retrieve rows from table'],
          ['Super', 'Server Admin', 'To use KILL thread, SET GLOBAL, CHANGE MASTER, etc.'],
          ['Update', 'Tables', 'To update existing rows'],
        ],
      };
    default:
      cursor.back(start);
      throw cursor.fail();
  }
}

function grants(show: Show): Relation {
  const { cursor, view } = show;
  let user = view.user;
  if (cursor.take('for') && cursor.takeOneOf('current_user') === '') {
    user = cursor.token.kind === 'string' ? cursor.string() : cursor.name();
    let host = '%';
    if (cursor.token.kind === 'variable') host = cursor.next().text.slice(1);
    if (!view.instance.accounts.has(`'${user}'@'${host}'`) && user !== view.user)
      throw mysqlError.noSuchGrant(user, host);
  }
  cursor.finish();
  const quote = view.instance.identity.isMariaDb || isAtLeast(view.instance.identity.version, 8) ? '`' : "'";
  const who = `${quote}${user}${quote}@${quote}%${quote}`;
  return {
    columns: [{ name: `Grants for ${user}@%`, type: 'text' }],
    rows: [[`GRANT ALL PRIVILEGES ON *.* TO ${who} WITH GRANT OPTION`]],
  };
}

function created(show: Show): Relation {
  const { cursor, view } = show;
  const [charset, collation] = charsetOf(view.instance);
  if (cursor.takeOneOf('database', 'schema') !== '') {
    cursor.take('if', 'not', 'exists');
    const name = cursor.name();
    if (!isSystemDatabase(view.instance, name) && !view.instance.space.databases.has(name))
      throw mysqlError.unknownDatabase(name);
    const { isMariaDb, version } = view.instance.identity;
    const isNew = !isMariaDb && isAtLeast(version, 8);
    const collated = isNew || isAtLeast(version, 10, 6) ? ` COLLATE ${collation}` : '';
    const encrypted = isNew ? " /*!80016 DEFAULT ENCRYPTION='N' */" : '';
    return {
      columns: columns('Database Create_Database'),
      rows: [
        [
          name,
          `CREATE DATABASE \`${name}\` /*!40100 DEFAULT CHARACTER SET ${charset}${collated} */${encrypted}`,
        ],
      ],
    };
  }
  if (cursor.take('table')) {
    const { name, relation } = tableNamed(show);
    return {
      columns: columns('Table Create_Table'),
      rows: [
        [
          name,
          isTable(relation)
            ? createText(view, relation)
            : `CREATE TEMPORARY TABLE \`${name}\` (\n${relation.columns.map((column) => `  \`${column.name}\` varchar(64) NOT NULL DEFAULT ''`).join(',\n')}\n) ENGINE=MEMORY DEFAULT CHARSET=utf8`,
        ],
      ],
    };
  }
  cursor.takeOneOf('procedure', 'function', 'view', 'trigger', 'event');
  const path = cursor.path();
  throw mysqlError.unknownTable(path.length > 1 ? path.join('.') : `${view.database}.${path[0] ?? ''}`);
}
