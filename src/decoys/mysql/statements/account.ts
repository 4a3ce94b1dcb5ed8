/** Accounts: CREATE USER, ALTER USER, DROP USER and GRANT. */

import type { Cursor } from '../../sql/cursor.ts';
import { exploitSeen } from '../../sql/fact.ts';
import { StatementFailure } from '../../sql/failure.ts';
import type { ConnectionView } from '../view.ts';
import { mysqlError } from '../errors.ts';
import { nativeHash } from '../native-hash.ts';
import { ok, type Answer } from './answer.ts';
import type { Execution } from './execution.ts';

const accountLimit = 64;

export function createAccount(view: ConnectionView, cursor: Cursor, kind: 'user' | 'role'): Answer {
  const mayExist = cursor.take('if', 'not', 'exists');
  const account = accountNamed(cursor);
  const { accounts } = view.instance;
  if (accounts.has(account)) {
    if (mayExist) return ok;
    throw mysqlError.userOperation(kind === 'user' ? 'CREATE USER' : 'CREATE ROLE', account);
  }
  if (accounts.size < accountLimit) accounts.set(account, secretNamed(cursor));
  return ok;
}

export function alterAccount(view: ConnectionView, cursor: Cursor): Answer {
  cursor.take('if', 'exists');
  const account = accountNamed(cursor);
  const { accounts } = view.instance;
  if (!accounts.has(account)) throw mysqlError.userOperation('ALTER USER', account);
  accounts.set(account, secretNamed(cursor));
  return ok;
}

export function dropAccount(
  view: ConnectionView,
  cursor: Cursor,
  kind: 'user' | 'role',
  mayLack: boolean,
): Answer {
  const account = accountNamed(cursor);
  if (!view.instance.accounts.delete(account) && !mayLack)
    throw mysqlError.userOperation(`DROP ${kind.toUpperCase()}`, account);
  return ok;
}

export function grantStatement({ view, host }: Execution, cursor: Cursor): Answer {
  const text = cursor.rest();
  while (!cursor.isAtEnd && !cursor.is('to') && !cursor.is('from')) cursor.next();
  if (cursor.isAtEnd) throw cursor.fail();
  cursor.next();
  const account = accountNamed(cursor);
  const { accounts, identity } = view.instance;
  const secret = secretNamed(cursor);
  if (!accounts.has(account)) {
    // Older servers make the account that a grant names, where it has a password.
    if (secret === '' || identity.method === 'caching_sha2_password') {
      throw identity.isMariaDb
        ? mysqlError.noSuchUser()
        : new StatementFailure(1410, '42000', 'You are not allowed to create a user with GRANT');
    }
    if (accounts.size < accountLimit) accounts.set(account, secret);
    host.outputs.push(
      exploitSeen('mysql', {
        name: 'mysql-account-made',
        class: 'other',
        technique: 'T1136',
        detail: `GRANT ${text}`,
      }),
    );
  }
  return ok;
}

/** 'user'@'host', as it is kept. */
function accountNamed(cursor: Cursor): string {
  const user = cursor.token.kind === 'string' ? cursor.string() : cursor.name();
  let host = '%';
  if (cursor.token.kind === 'variable') host = cursor.next().text.slice(1) || '%';
  else if (cursor.takeOperator('@')) host = cursor.token.kind === 'string' ? cursor.string() : cursor.name();
  return `'${user.slice(0, 80)}'@'${host.slice(0, 255)}'`;
}

/** IDENTIFIED [WITH plugin] BY [PASSWORD] 'secret' to the secret's hash; empty where there is none. */
function secretNamed(cursor: Cursor): string {
  while (!cursor.isAtEnd && !cursor.is('identified')) cursor.next();
  if (!cursor.take('identified')) return '';
  if (cursor.takeOneOf('with', 'via') !== '') cursor.name();
  if (cursor.takeOneOf('by', 'as', 'using') === '') return '';
  const isHash = cursor.take('password');
  if (cursor.token.kind !== 'string') return '';
  const secret = cursor.string();
  cursor.finish();
  return isHash ? secret.slice(0, 128) : nativeHash(secret);
}
