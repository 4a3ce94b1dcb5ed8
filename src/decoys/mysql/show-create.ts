/** SHOW CREATE. */

import type { Table } from '../sql/store.ts';
import type { Relation } from '../sql/value.ts';
import { isSystemDatabase } from './database-names.ts';
import { mysqlError } from './errors.ts';
import { isAtLeast } from './identity.ts';
import { columns, isTable, type Show, tableNamed } from './show-subject.ts';
import { charsetOf, declaredType } from './table-description.ts';
import type { ConnectionView } from './view.ts';

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

export function created(show: Show): Relation {
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
