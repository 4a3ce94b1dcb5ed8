/** Functions from shared libraries, by which a file that was written becomes a command. */

import type { Cursor } from '../../sql/cursor.ts';
import { exploitSeen } from '../../sql/fact.ts';
import { StatementFailure } from '../../sql/failure.ts';
import { mysqlError } from '../errors.ts';
import { ok, type Answer } from './answer.ts';
import type { Execution } from './execution.ts';

const functionLimit = 64;

/** CREATE FUNCTION name RETURNS type SONAME 'library' */
export function createFunction({ view, connection, host }: Execution, cursor: Cursor): Answer {
  const mayExist = cursor.take('if', 'not', 'exists');
  const name = cursor.path().at(-1) ?? '';
  if (!cursor.take('returns')) {
    if (cursor.isOperator('(')) {
      if (connection.database === '') throw mysqlError.noDatabase();
      cursor.finish();
      return ok;
    }
    throw cursor.fail();
  }
  const type = cursor.takeOneOf('string', 'real', 'int', 'integer', 'decimal');
  if (type === '') throw cursor.fail();
  cursor.expect('soname');
  const library = cursor.string();
  const { instance } = view;
  host.outputs.push(
    exploitSeen('mysql', {
      name: 'mysql-udf-create',
      class: 'rce',
      technique: 'T1129',
      detail: `${name} from ${library}`,
    }),
  );
  if (instance.functions.has(name.toLowerCase())) {
    if (mayExist) return ok;
    throw new StatementFailure(1125, 'HY000', `Function '${name}' already exists`);
  }
  const held = [...instance.files.keys()].some((path) => path.split(/[\\/]/).at(-1) === library);
  if (!held) throw mysqlError.cannotOpenLibrary(library);
  if (instance.functions.size < functionLimit) {
    instance.functions.set(name.toLowerCase(), {
      name,
      library,
      returns:
        type === 'integer'
          ? 'int'
          : type === 'string' || type === 'real' || type === 'decimal'
            ? type
            : 'int',
    });
  }
  return ok;
}

export function dropFunction(
  { view, connection }: Execution,
  cursor: Cursor,
  kind: 'function' | 'procedure',
  mayLack: boolean,
): Answer {
  const path = cursor.path();
  const name = path.at(-1) ?? '';
  if (view.instance.functions.delete(name.toLowerCase()) || mayLack) return ok;
  const text = connection.database === '' ? `(UDF) ${name}` : `${connection.database}.${name}`;
  throw kind === 'function' ? mysqlError.unknownFunction(text) : mysqlError.unknownProcedure(text);
}
