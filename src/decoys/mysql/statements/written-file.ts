/** SELECT … INTO OUTFILE and DUMPFILE. */

import { Buffer } from 'node:buffer';
import { exploitSeen } from '../../sql/fact.ts';
import { StatementFailure } from '../../sql/failure.ts';
import { textOf, type Relation } from '../../sql/value.ts';
import type { ConnectionView } from '../view.ts';
import { mysqlError } from '../errors.ts';
import type { Answer } from './answer.ts';
import type { Execution } from './execution.ts';

export function checkTarget(view: ConnectionView, path: string): void {
  const { identity, files } = view.instance;
  const product = identity.isMariaDb ? 'MariaDB' : 'MySQL';
  const isAbsent = !/^(?:\/(?:tmp|var|usr|etc|home|opt|dev|root|srv|lib|lib64|run)\/|[\w.-]+$|\.\.?\/)/.test(
    path,
  );
  if (isAbsent && !/^[a-z]:[\\/]/i.test(path)) throw mysqlError.secureFile(product);
  if (files.has(path) || view.instance.persona.files[path] !== undefined) throw mysqlError.fileExists(path);
}

/** A file written by the server: what attackers bring their libraries and web shells by. */
export function writeFile(
  { view, host }: Execution,
  path: string,
  how: 'outfile' | 'dumpfile',
  relation: Relation,
): Answer {
  checkTarget(view, path);
  const text =
    how === 'dumpfile'
      ? (relation.rows[0] ?? []).map(textOf).join('')
      : relation.rows
          .map((row) => `${row.map((value) => (value === null ? '\\N' : textOf(value))).join('\t')}\n`)
          .join('');
  if (!view.instance.keepFile(path, text))
    throw new StatementFailure(
      3,
      'HY000',
      `Error writing file '${path}' (Errcode: 28 "No space left on device")`,
    );
  host.outputs.push(
    { do: 'capture', bytes: Buffer.from(text, 'latin1'), how: `mysql-${how}`, name: path.slice(0, 255) },
    exploitSeen('mysql', {
      ...dropKind(path, text),
      class: 'rce',
      detail: `${text.length} bytes into ${path}`,
    }),
  );
  return { kind: 'ok', affected: relation.rows.length };
}

function dropKind(path: string, text: string): { readonly name: string; readonly technique: string } {
  if (
    /\.(?:so|dll)$/i.test(path) ||
    path.includes('plugin') ||
    text.startsWith('\x7fELF') ||
    text.startsWith('MZ')
  )
    return { name: 'mysql-udf-drop', technique: 'T1129' };
  if (/\.(?:php\d?|phtml|jsp|jspx|asp|aspx)$/i.test(path))
    return { name: 'mysql-webshell-drop', technique: 'T1505.003' };
  if (/cron/.test(path)) return { name: 'mysql-cron-drop', technique: 'T1053.003' };
  if (path.includes('.ssh')) return { name: 'mysql-ssh-key-drop', technique: 'T1098.004' };
  return { name: 'mysql-file-write', technique: 'T1105' };
}
