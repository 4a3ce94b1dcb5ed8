import type { Cursor } from '../../sql/cursor.ts';
import { parseExpression } from '../../sql/expression-parser.ts';
import { textOf, type Value } from '../../sql/value.ts';
import type { ConnectionView } from '../view.ts';
import { mysqlError } from '../errors.ts';
import { isReadOnly, variablesOf } from '../variables.ts';
import { ok, type Answer } from './answer.ts';
import type { Execution } from './execution.ts';

/** SET a = 1, @b = 2, GLOBAL c = 3, NAMES utf8mb4, PASSWORD = … */
export function setStatement({ view, host, runner }: Execution, cursor: Cursor): Answer {
  do {
    if (cursor.take('names') || cursor.take('charset') || cursor.take('character', 'set')) {
      if (cursor.token.kind === 'string') cursor.string();
      else cursor.name();
      if (cursor.take('collate')) cursor.next();
      continue;
    }
    if (cursor.take('password')) {
      cursor.finish();
      return ok;
    }
    const scope = cursor.takeOneOf('global', 'session', 'local', 'persist');
    if (cursor.take('transaction')) {
      cursor.finish();
      return ok;
    }
    const name = cursor.token.kind === 'variable' ? cursor.next().text : cursor.path().join('.');
    if (!cursor.takeOperator('=') && !cursor.takeOperator(':=')) throw cursor.fail();
    const word = cursor.token;
    const isWord = word.kind === 'word' && cursor.peek(1).kind !== 'operator';
    const value: Value =
      isWord && !/^(?:null|true|false)$/i.test(word.text)
        ? cursor.next().text
        : runner.value(parseExpression(cursor));
    if (name.startsWith('@') && !name.startsWith('@@')) host.assign(name, value);
    else changeSetting(view, scope, name, value);
  } while (cursor.takeOperator(','));
  cursor.expectEnd();
  return ok;
}

function changeSetting(view: ConnectionView, scope: string, written: string, value: Value): void {
  const isGlobal = scope === 'global' || scope === 'persist' || /^@@global\./i.test(written);
  const name = written
    .replace(/^@@/, '')
    .replace(/^(?:global|session|local|persist)\./i, '')
    .toLowerCase();
  const known = variablesOf(view.instance);
  if (!known.has(name)) {
    if (
      /^(?:sql_log_bin|sql_notes|sql_quote_show_create|sql_auto_is_null|net_|max_|timestamp|insert_id|last_insert_id|optimizer_|innodb_|join_|sort_|read_|tmp_|key_|query_|profiling|character_set_|collation_|session_track_|transaction_|tx_|log_|slow_|general_|secure_auth|old_passwords|information_schema_|gtid_|lock_wait|validate_password|bulk_|low_priority|sql_|binlog_|slave_|delay_|concurrent_|completion_)/.test(
        name,
      )
    )
      return;
    throw mysqlError.unknownVariable(name);
  }
  if (isReadOnly(name)) throw mysqlError.readOnlyVariable(name);
  if (isGlobal && view.instance.settings.size < 64)
    view.instance.settings.set(name, settingText(value).slice(0, 256));
}

function settingText(value: Value): string {
  return typeof value === 'boolean' ? (value ? 'ON' : 'OFF') : textOf(value);
}
