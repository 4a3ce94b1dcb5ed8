import type { Cursor } from '../../sql/cursor.ts';
import { StatementFailure } from '../../sql/failure.ts';
import type { PostgresView } from '../view.ts';
import { failureOf } from '../errors.ts';
import { done, type Answer } from './answer.ts';

export function createExtension(view: PostgresView, cursor: Cursor): Answer {
  const { instance } = view;
  const mayExist = cursor.take('if', 'not', 'exists');
  const name = cursor.name();
  cursor.finish();
  if (name === 'plpgsql') {
    if (mayExist) return done('CREATE EXTENSION');
    throw failureOf('42710', 'extension "plpgsql" already exists');
  }
  const text = `could not open extension control file "/usr/share/postgresql/${instance.major}/extension/${name}.control": No such file or directory`;
  throw instance.major < 14
    ? failureOf('58P01', text)
    : new StatementFailure(0, '0A000', `extension "${name}" is not available`, {
        detail: `Could not open extension control file "/usr/share/postgresql/${instance.major}/extension/${name}.control": No such file or directory.`,
        hint: 'The extension must first be installed on the system where PostgreSQL is running.',
      });
}
