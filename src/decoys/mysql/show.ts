/** SHOW. */

import type { Relation, Value } from '../sql/value.ts';
import { characterSets, collations } from './character-sets.ts';
import { databaseNames } from './database-names.ts';
import { describe } from './description.ts';
import { engineRows } from './engines.ts';
import { mysqlError } from './errors.ts';
import { isAtLeast } from './identity.ts';
import { processRow } from './process-row.ts';
import { created } from './show-create.ts';
import {
  columns,
  databaseNamed,
  exact,
  filtered,
  isTable,
  type Show,
  tableNamed,
  tableNames,
} from './show-subject.ts';
import { tableStatus } from './table-description.ts';
import { statusOf, variablesOf } from './variables.ts';

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
