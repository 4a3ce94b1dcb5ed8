/** One statement, by its verb: each kind is in a file of `statements`. */

import type { DecoyOutput } from '../../core/decoy.ts';
import type { Cursor } from '../sql/cursor.ts';
import { parseExpression } from '../sql/expression-parser.ts';
import { QueryRunner } from '../sql/query.ts';
import { numberOf } from '../sql/value.ts';
import type { ConnectionView } from './view.ts';
import { mysqlError } from './errors.ts';
import { MysqlHost } from './host.ts';
import type { Connection } from './connection.ts';
import { showStatement } from './show.ts';
import { grantStatement } from './statements/account.ts';
import { ok, rowsAnswer, type Answer } from './statements/answer.ts';
import { alterStatement, createStatement, dropStatement } from './statements/definition.ts';
import type { Execution } from './statements/execution.ts';
import { insertStatement } from './statements/insert.ts';
import { loadStatement } from './statements/load-data.ts';
import { explainStatement, queryStatement } from './statements/query.ts';
import { deleteStatement, updateStatement } from './statements/row-change.ts';
import { setStatement } from './statements/setting.ts';
import { administerStatement, maintainStatement } from './statements/upkeep.ts';
import { writableTable } from './statements/writable-table.ts';

export class StatementRunner {
  readonly #execution: Execution;

  constructor(view: ConnectionView, connection: Connection) {
    const host = new MysqlHost(view, connection);
    this.#execution = { view, connection, host, runner: new QueryRunner(host) };
  }

  get outputs(): readonly DecoyOutput[] {
    return this.#execution.host.outputs;
  }

  run(cursor: Cursor): Answer {
    const execution = this.#execution;
    const { view, connection, host, runner } = execution;
    if (cursor.startsQuery()) return queryStatement(execution, cursor);
    const start = cursor.mark();
    const verb = cursor.token.kind === 'word' ? cursor.next().text.toLowerCase() : '';
    switch (verb) {
      case 'show': {
        const relation = showStatement({ cursor, view, runner });
        if (!cursor.isAtEnd && (cursor.takeOneOf('limit', 'from', 'where', 'like') === '' || false))
          throw cursor.fail();
        return rowsAnswer(connection, relation);
      }
      case 'desc':
      case 'describe':
      case 'explain':
        return explainStatement(execution, cursor);
      case 'use': {
        const name = cursor.name();
        if (!host.hasDatabase(name)) throw mysqlError.unknownDatabase(name);
        connection.database = name;
        return { kind: 'ok', changed: true };
      }
      case 'set':
        return setStatement(execution, cursor);
      case 'create':
        return createStatement(execution, cursor);
      case 'drop':
        return dropStatement(execution, cursor);
      case 'insert':
      case 'replace':
        return insertStatement(execution, cursor);
      case 'update':
        return updateStatement(execution, cursor);
      case 'delete':
        return deleteStatement(execution, cursor);
      case 'truncate': {
        cursor.take('table');
        writableTable(execution, cursor.path()).rows = [];
        return ok;
      }
      case 'alter':
        return alterStatement(execution, cursor);
      case 'load':
        return loadStatement(execution, cursor);
      case 'grant':
      case 'revoke':
        return grantStatement(execution, cursor);
      case 'kill': {
        cursor.takeOneOf('connection', 'query', 'hard', 'soft');
        const id = numberOf(runner.value(parseExpression(cursor)));
        if (id !== connection.thread) throw mysqlError.unknownThread(String(id));
        throw mysqlError.interrupted();
      }
      case 'do':
        runner.value(parseExpression(cursor));
        return ok;
      case 'execute':
      case 'deallocate': {
        if (verb === 'deallocate') cursor.expect('prepare');
        throw mysqlError.unknownStatement(
          cursor.name(),
          verb === 'execute' ? 'EXECUTE' : 'DEALLOCATE PREPARE',
        );
      }
      case 'call': {
        const path = cursor.path();
        if (path.length === 1 && connection.database === '') throw mysqlError.noDatabase();
        throw mysqlError.unknownProcedure(
          path.length === 1 ? `${connection.database}.${path[0] ?? ''}` : path.join('.'),
        );
      }
      case 'lock':
      case 'optimize':
      case 'repair':
      case 'analyze':
      case 'check':
        return maintainStatement(execution, cursor, verb);
      case 'begin':
      case 'commit':
      case 'rollback':
      case 'savepoint':
      case 'release':
      case 'unlock':
      case 'flush':
      case 'start':
      case 'reset':
      case 'change':
      case 'install':
      case 'stop':
      case 'handler':
        return administerStatement(cursor, verb);
      default:
        cursor.back(start);
        throw cursor.fail();
    }
  }
}
