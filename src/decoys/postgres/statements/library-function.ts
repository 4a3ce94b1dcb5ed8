/** Functions in other languages, above all those of libraries, by which a file that was written becomes a command. */

import type { Cursor } from '../../sql/cursor.ts';
import { StatementFailure } from '../../sql/failure.ts';
import type { PostgresView } from '../view.ts';
import { failureOf } from '../errors.ts';
import { done, type Answer } from './answer.ts';
import type { Execution } from './execution.ts';
import { noteExploit } from './exploit.ts';

const functionLimit = 64;

/** CREATE FUNCTION name(args) RETURNS type AS 'library', 'symbol' LANGUAGE C … */
export function createFunction({ view, host }: Execution, cursor: Cursor, orReplace: boolean): Answer {
  const name = cursor.path().at(-1) ?? '';
  const strings: string[] = [];
  let language = '';
  let depth = 0;
  while (!cursor.isAtEnd) {
    if (cursor.isOperator('(')) depth += 1;
    if (cursor.isOperator(')')) depth -= 1;
    if (depth === 0 && cursor.take('language'))
      language = (cursor.token.kind === 'string' ? cursor.string() : cursor.name()).toLowerCase();
    else if (cursor.token.kind === 'string') strings.push(cursor.string());
    else cursor.next();
  }
  if (language === '' && strings.length === 0) throw failureOf('42P13', 'no function body specified');
  if (language === '') throw failureOf('42P13', 'no language specified');
  if (language === 'c') {
    const [library = ''] = strings;
    noteExploit(host, 'postgres-library-function', `${name} from ${library}`, []);
    const { instance } = view;
    const path = [library, `${library}.so`].find((each) => instance.files.has(each));
    const isOwn = /^\$libdir|^\/lib|libc/.test(library);
    if (path === undefined && !isOwn)
      throw failureOf('58P01', `could not access file "${library}": No such file or directory`);
    if (path === undefined && library.includes('libc'))
      throw new StatementFailure(0, 'XX000', `incompatible library "${library}": missing magic block`, {
        hint: 'Extension libraries are required to use the PG_MODULE_MAGIC macro.',
      });
    if (instance.functions.has(name) && !orReplace)
      throw failureOf('42723', `function "${name}" already exists with same argument types`);
    if (instance.functions.size < functionLimit) instance.functions.set(name, library);
    return done('CREATE FUNCTION');
  }
  if (/^(?:plpython3?u|plperlu?|pltclu?|plsh)$/.test(language)) {
    noteExploit(host, 'postgres-untrusted-language', `${name} in ${language}: ${strings[0] ?? ''}`, []);
    throw new StatementFailure(0, '42704', `language "${language}" does not exist`, {
      hint: 'Use CREATE EXTENSION to load the language into the database.',
    });
  }
  if (!['sql', 'plpgsql', 'internal'].includes(language))
    throw failureOf('42704', `language "${language}" does not exist`);
  return done('CREATE FUNCTION');
}

export function dropFunction(view: PostgresView, cursor: Cursor, mayLack: boolean): Answer {
  const name = cursor.path().at(-1) ?? '';
  cursor.finish();
  if (!view.instance.functions.delete(name) && !mayLack)
    throw failureOf('42883', `could not find a function named "${name}"`);
  return done('DROP FUNCTION');
}

/** LOAD 'library' */
export function loadStatement({ view, host }: Execution, cursor: Cursor): Answer {
  const library = cursor.string();
  noteExploit(host, 'postgres-library-load', library, []);
  if (!view.instance.files.has(library))
    throw failureOf('58P01', `could not access file "${library}": No such file or directory`);
  return done('LOAD');
}
