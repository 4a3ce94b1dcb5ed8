/** CREATE ROLE, CREATE USER and their ends. */

import type { Cursor } from '../../sql/cursor.ts';
import { exploitSeen } from '../../sql/fact.ts';
import type { PostgresView } from '../view.ts';
import { failureOf } from '../errors.ts';
import { done, type Answer } from './answer.ts';
import type { Execution } from './execution.ts';

const roleLimit = 64;

export function createRole({ view, host }: Execution, cursor: Cursor, kind: 'user' | 'role'): Answer {
  const { instance } = view;
  const name = cursor.name();
  const rest = cursor.rest();
  cursor.finish();
  if (instance.roles.has(name)) throw failureOf('42710', `role "${name}" already exists`);
  if (instance.roles.size < roleLimit) {
    instance.nextOid += 1;
    instance.roles.set(name, {
      oid: instance.nextOid,
      isSuperuser: /\bsuperuser\b/i.test(rest) && !/\bnosuperuser\b/i.test(rest),
    });
  }
  host.outputs.push(
    exploitSeen('postgres', {
      name: 'postgres-account-made',
      class: 'other',
      technique: 'T1136',
      detail: `CREATE ${kind.toUpperCase()} ${name} ${rest}`,
    }),
  );
  return done('CREATE ROLE');
}

export function dropRole(view: PostgresView, cursor: Cursor, mayLack: boolean): Answer {
  const name = cursor.name();
  if (name === view.user) throw failureOf('55006', 'current user cannot be dropped');
  if (!view.instance.roles.delete(name) && !mayLack)
    throw failureOf('42704', `role "${name}" does not exist`);
  return done('DROP ROLE');
}
