/** CREATE and DROP, by what they are about. */

import type { Cursor } from '../../sql/cursor.ts';
import { done, type Answer } from './answer.ts';
import { createDatabase, dropDatabase } from './database.ts';
import type { Execution } from './execution.ts';
import { createExtension } from './extension.ts';
import { createFunction, dropFunction } from './library-function.ts';
import { createRole, dropRole } from './role.ts';
import { createTable, dropTables } from './table-definition.ts';

export function createStatement(execution: Execution, cursor: Cursor): Answer {
  const orReplace = cursor.take('or', 'replace');
  const isTemporary = cursor.takeOneOf('temp', 'temporary', 'unlogged', 'global', 'local') !== '';
  if (isTemporary) cursor.takeOneOf('temp', 'temporary');
  cursor.takeOneOf('unique', 'trusted', 'materialized');
  const kind = cursor.token.kind === 'word' ? cursor.next().text.toLowerCase() : '';
  switch (kind) {
    case 'database':
      return createDatabase(execution, cursor);
    case 'table':
      return createTable(execution, cursor);
    case 'function':
      return createFunction(execution, cursor, orReplace);
    case 'user':
    case 'role':
      return createRole(execution, cursor, kind);
    case 'extension':
      return createExtension(execution.view, cursor);
    case 'schema':
    case 'view':
    case 'index':
    case 'sequence':
    case 'type':
    case 'trigger':
    case 'language':
    case 'procedure':
    case 'aggregate':
    case 'server':
    case 'tablespace':
    case 'domain':
      if (cursor.isAtEnd) throw cursor.fail();
      cursor.finish();
      return done(`CREATE ${kind.toUpperCase()}`);
    default:
      throw cursor.fail();
  }
}

export function dropStatement(execution: Execution, cursor: Cursor): Answer {
  const kind = cursor.token.kind === 'word' ? cursor.next().text.toLowerCase() : '';
  const mayLack = cursor.take('if', 'exists');
  const { view } = execution;
  switch (kind) {
    case 'database':
      return dropDatabase(execution, cursor, mayLack);
    case 'table':
    case 'view':
      return dropTables(view, cursor, kind, mayLack);
    case 'function':
      return dropFunction(view, cursor, mayLack);
    case 'user':
    case 'role':
      return dropRole(view, cursor, mayLack);
    default:
      if (kind === '' || cursor.isAtEnd) throw cursor.fail();
      cursor.finish();
      return done(`DROP ${kind.toUpperCase()}`);
  }
}
