import type { Value } from '../sql/value.ts';
import type { ConnectionView } from './view.ts';

export function processRow(view: ConnectionView): Value[] {
  const { statement, database } = view;
  return [
    view.thread,
    view.user,
    view.peer,
    database === '' ? null : database,
    'Query',
    0,
    view.instance.identity.isMariaDb ? 'starting' : 'init',
    statement.slice(0, 100),
  ];
}
