/** One statement, by its verb: each kind is in a file of `statements`. */

import type { Cursor } from '../sql/cursor.ts';
import { parseQuery } from '../sql/query-parser.ts';
import { QueryRunner } from '../sql/query.ts';
import type { Table } from '../sql/store.ts';
import type { PostgresView } from './view.ts';
import type { PostgresHost } from './host.ts';
import { done, type Answer } from './statements/answer.ts';
import { copyInto, copyStatement } from './statements/copy.ts';
import { createStatement, dropStatement } from './statements/definition.ts';
import type { Execution } from './statements/execution.ts';
import { noteExploit } from './statements/exploit.ts';
import { insertStatement } from './statements/insert.ts';
import { loadStatement } from './statements/library-function.ts';
import { changeStatement } from './statements/row-change.ts';
import { setStatement, showSetting } from './statements/setting.ts';
import { writableTable } from './statements/writable-table.ts';

export class StatementRunner {
  readonly #execution: Execution;

  constructor(view: PostgresView, host: PostgresHost, set: (name: string, value: string) => void) {
    this.#execution = { view, host, set, runner: new QueryRunner(host) };
  }

  run(cursor: Cursor): Answer {
    const execution = this.#execution;
    const { view, host, runner } = execution;
    if (cursor.startsQuery()) {
      const query = parseQuery(cursor);
      if (cursor.take('into')) cursor.finish();
      cursor.expectEnd();
      const relation = runner.run(query);
      return { kind: 'rows', relation, tag: `SELECT ${relation.rows.length}` };
    }
    const start = cursor.mark();
    const verb = cursor.token.kind === 'word' ? cursor.next().text.toLowerCase() : '';
    switch (verb) {
      case 'show': {
        const words: string[] = [];
        while (!cursor.isAtEnd) words.push(cursor.next().text.toLowerCase());
        return showSetting(view, words.join(' ').replaceAll(' . ', '.'));
      }
      case 'set':
        return setStatement(execution, cursor);
      case 'reset':
      case 'discard':
        cursor.finish();
        return done(verb === 'reset' ? 'RESET' : 'DISCARD ALL');
      case 'begin':
      case 'start':
        cursor.finish();
        return { kind: 'done', tag: verb === 'begin' ? 'BEGIN' : 'START TRANSACTION', transaction: 'begin' };
      case 'commit':
      case 'end':
        cursor.finish();
        return { kind: 'done', tag: 'COMMIT', transaction: 'commit' };
      case 'rollback':
      case 'abort':
        cursor.finish();
        return { kind: 'done', tag: 'ROLLBACK', transaction: 'rollback' };
      case 'create':
        return createStatement(execution, cursor);
      case 'drop':
        return dropStatement(execution, cursor);
      case 'insert':
        return insertStatement(execution, cursor);
      case 'update':
      case 'delete':
        return changeStatement(execution, cursor, verb);
      case 'truncate': {
        cursor.take('table');
        do {
          cursor.take('only');
          const at = cursor.token.start;
          writableTable(view, cursor.path(), at).rows = [];
        } while (cursor.takeOperator(','));
        cursor.finish();
        return done('TRUNCATE TABLE');
      }
      case 'copy':
        return copyStatement(execution, cursor);
      case 'alter': {
        const kind = cursor.token.text.toLowerCase();
        cursor.finish();
        return done(kind === 'user' ? 'ALTER ROLE' : `ALTER ${kind.toUpperCase()}`);
      }
      case 'do': {
        const text = cursor.token.kind === 'string' ? cursor.token.text : cursor.rest();
        cursor.finish();
        if (/copy\s[\s\S]{0,200}program/i.test(text))
          noteExploit(host, 'postgres-copy-program', text, ['CVE-2019-9193']);
        return done('DO');
      }
      case 'explain': {
        while (!cursor.isAtEnd && !cursor.startsQuery()) cursor.next();
        if (cursor.isAtEnd) throw cursor.fail();
        parseQuery(cursor);
        return {
          kind: 'rows',
          relation: {
            columns: [{ name: 'QUERY PLAN', type: 'text' }],
            rows: [['Result  (cost=0.00..0.01 rows=1 width=4)']],
          },
          tag: 'EXPLAIN',
        };
      }
      case 'load':
        return loadStatement(execution, cursor);
      case 'grant':
      case 'revoke':
      case 'vacuum':
      case 'analyze':
      case 'checkpoint':
      case 'listen':
      case 'unlisten':
      case 'notify':
      case 'lock':
      case 'comment':
      case 'reindex':
      case 'cluster':
      case 'deallocate':
      case 'savepoint':
      case 'release':
      case 'security':
      case 'close':
      case 'call':
        if (cursor.isAtEnd && ['grant', 'revoke', 'lock', 'comment', 'savepoint', 'call'].includes(verb))
          throw cursor.fail();
        cursor.finish();
        return done(verb === 'lock' ? 'LOCK TABLE' : verb.toUpperCase());
      default:
        cursor.back(start);
        throw cursor.fail();
    }
  }

  /** Lines of text that the client gave for COPY … FROM STDIN, into a table. */
  copied(table: Table, text: string): Answer {
    return copyInto(this.#execution, table, text);
  }
}
