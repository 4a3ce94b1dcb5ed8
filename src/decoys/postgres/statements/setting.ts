/** SHOW and SET. */

import type { Cursor } from '../../sql/cursor.ts';
import type { Value } from '../../sql/value.ts';
import type { PostgresView } from '../view.ts';
import { failureOf } from '../errors.ts';
import { done, type Answer } from './answer.ts';
import type { Execution } from './execution.ts';

export function showSetting(view: PostgresView, name: string): Answer {
  const aliases: Readonly<Record<string, string>> = {
    'time zone': 'timezone',
    'transaction isolation level': 'transaction_isolation',
    'session authorization': 'session_authorization',
  };
  const settings = view.settings();
  if (name === 'all') {
    const rows = [...settings].map(([key, value]): Value[] => [key, value, '']);
    return {
      kind: 'rows',
      relation: {
        columns: ['name', 'setting', 'description'].map((each) => ({ name: each, type: 'text' })),
        rows,
      },
      tag: 'SHOW',
    };
  }
  const key = aliases[name] ?? name;
  const value = settings.get(key);
  if (value === undefined) throw failureOf('42704', `unrecognized configuration parameter "${key}"`);
  const shown = key === 'timezone' ? 'TimeZone' : key === 'datestyle' ? 'DateStyle' : key;
  return {
    kind: 'rows',
    relation: { columns: [{ name: shown, type: 'text' }], rows: [[value]] },
    tag: 'SHOW',
  };
}

export function setStatement({ view, set }: Execution, cursor: Cursor): Answer {
  cursor.takeOneOf('session', 'local');
  if (cursor.takeOneOf('transaction', 'role', 'characteristics', 'constraints', 'authorization') !== '') {
    cursor.finish();
    return done('SET');
  }
  if (cursor.take('time', 'zone')) {
    cursor.finish();
    return done('SET');
  }
  const name = cursor.path().join('.').toLowerCase();
  if (!cursor.takeOperator('=') && !cursor.take('to')) throw cursor.fail();
  const value = cursor.token.text;
  cursor.finish();
  if (!view.settings().has(name) && !name.includes('.'))
    throw failureOf('42704', `unrecognized configuration parameter "${name}"`);
  if (/^(?:server_version|server_version_num|block_size|data_checksums|integer_datetimes)$/.test(name))
    throw failureOf('55P02', `parameter "${name}" cannot be changed`);
  set(name, value.slice(0, 256));
  return done('SET');
}
