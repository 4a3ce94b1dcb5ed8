/** CREATE DATABASE and DROP DATABASE. */

import type { Cursor } from '../../sql/cursor.ts';
import { exploitSeen, ransomNote } from '../../sql/fact.ts';
import { failureOf } from '../errors.ts';
import { done, type Answer } from './answer.ts';
import type { Execution } from './execution.ts';

const databaseLimit = 64;

export function createDatabase({ view, host }: Execution, cursor: Cursor): Answer {
  const { instance } = view;
  const name = cursor.name();
  cursor.finish();
  if (instance.space.databases.has(name)) throw failureOf('42P04', `database "${name}" already exists`);
  if (instance.space.databases.size >= databaseLimit || !instance.space.reserve(256))
    throw failureOf('53100', 'could not create directory: No space left on device');
  instance.space.databases.set(name, new Map());
  host.outputs.push(...ransomNote('postgres', name, ''));
  return done('CREATE DATABASE');
}

export function dropDatabase({ view, host }: Execution, cursor: Cursor, mayLack: boolean): Answer {
  const { instance } = view;
  const name = cursor.name();
  cursor.finish();
  if (!instance.space.databases.has(name)) {
    if (mayLack) return done('DROP DATABASE');
    throw failureOf('3D000', `database "${name}" does not exist`);
  }
  if (name === view.database) throw failureOf('55006', 'cannot drop the currently open database');
  if (name.startsWith('template')) throw failureOf('42809', 'cannot drop a template database');
  instance.space.databases.delete(name);
  host.outputs.push(
    exploitSeen('postgres', {
      name: 'postgres-data-destruction',
      class: 'other',
      technique: 'T1485',
      detail: `DROP DATABASE ${name}`,
    }),
  );
  return done('DROP DATABASE');
}
