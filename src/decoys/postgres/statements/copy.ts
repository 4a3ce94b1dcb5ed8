import type { Cursor } from '../../sql/cursor.ts';
import { StatementFailure } from '../../sql/failure.ts';
import { parseQuery, parseRow } from '../../sql/query-parser.ts';
import type { Table } from '../../sql/store.ts';
import { textOf, type Relation, type Value } from '../../sql/value.ts';
import { failureOf } from '../errors.ts';
import { done, type Answer } from './answer.ts';
import type { Execution } from './execution.ts';
import { noteExploit } from './exploit.ts';
import { addRows } from './insert.ts';
import { writableTable } from './writable-table.ts';

/** COPY t [(columns)] FROM | TO { 'file' | PROGRAM 'command' | STDIN | STDOUT }, COPY (query) TO … */
export function copyStatement(execution: Execution, cursor: Cursor): Answer {
  const { view, host, runner } = execution;
  let table: Table | null = null;
  let relation: Relation;
  if (cursor.isOperator('(')) {
    cursor.next();
    relation = runner.run(parseQuery(cursor));
    cursor.expectOperator(')');
  } else {
    const at = cursor.token.start;
    table = writableTable(view, cursor.path(), at);
    relation = table;
    if (cursor.isOperator('(')) parseRow(cursor);
  }
  const direction = cursor.takeOneOf('from', 'to');
  if (direction === '') throw cursor.fail();
  const isProgram = cursor.take('program');
  const standard = cursor.takeOneOf('stdin', 'stdout');
  const target = standard === '' ? cursor.string() : '';
  cursor.finish();
  if (standard !== '') {
    if (direction === 'to' || table === null) return { kind: 'out', relation };
    return { kind: 'in', table };
  }
  if (isProgram) {
    noteExploit(host, 'postgres-copy-program', target, ['CVE-2019-9193']);
    const text = direction === 'to' ? relation.rows.map(copyLine).join('') : '';
    const run = host.machine.shell(target, text);
    if (run.status !== 0) {
      throw new StatementFailure(0, '38000', `program "${target.slice(0, 4096)}" failed`, {
        detail: `child process exited with exit code ${run.status}`,
      });
    }
    if (direction === 'to' || table === null) return done(`COPY ${relation.rows.length}`);
    return copyInto(execution, table, run.text);
  }
  if (direction === 'from' && table !== null) {
    const run = runner.value({
      kind: 'call',
      name: 'pg_read_file',
      written: 'pg_read_file',
      items: [{ kind: 'value', value: target, type: 'text', written: '' }],
      star: false,
      distinct: false,
      at: 0,
    });
    return copyInto(execution, table, textOf(run));
  }
  host.machine.write(target, relation.rows.map(copyLine).join(''), 'postgres-copy');
  return done(`COPY ${relation.rows.length}`);
}

/** Lines of text into a table. */
export function copyInto(execution: Execution, table: Table, text: string): Answer {
  const lines = text.split('\n', 10_000);
  if (lines.at(-1) === '') lines.pop();
  const rows: Value[][] = [];
  for (const [index, line] of lines.entries()) {
    if (line === '\\.') break;
    const cells = line.split('\t');
    if (cells.length > table.columns.length)
      throw failureOf('22P04', `extra data after last expected column`);
    if (cells.length < table.columns.length)
      throw failureOf('22P04', `missing data for column "${table.columns[cells.length]?.name ?? ''}"`);
    rows.push(cells.map((cell) => (cell === '\\N' ? null : cell.replaceAll('\\\\', '\\'))));
    if (index > 10_000) break;
  }
  addRows(execution, table, rows);
  return done(`COPY ${rows.length}`);
}

export function copyLine(row: readonly Value[]): string {
  return `${row.map((value) => (value === null ? '\\N' : textOf(value).replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n'))).join('\t')}\n`;
}
