import { ownMember } from '../own-member.ts';
import { type Command, isBusybox, type Process } from '../process.ts';
import { inputTexts, readOptions } from './input-text.ts';

const columns = ['l', 'w', 'm', 'c', 'L'] as const;
const long: Readonly<Record<string, string>> = {
  lines: 'l',
  words: 'w',
  chars: 'm',
  bytes: 'c',
  'max-line-length': 'L',
};

const measures: Readonly<Record<(typeof columns)[number], (text: string) => number>> = {
  l: (text) => text.split('\n').length - 1,
  w: (text) => text.match(/[^ \t\n\r\f\v]+/g)?.length ?? 0,
  m: (text) => text.length,
  c: (text) => text.length,
  L: (text) => text.split('\n').reduce((most, line) => Math.max(most, line.length), 0),
};

/** GNU makes columns as wide as the sum of the sizes, and seven where it can't know it. */
function widthOf(process: Process, paths: readonly string[], wanted: number, total: number): number {
  if (wanted === 1 && paths.length <= 1) return 0;
  if (isBusybox(process)) return 9;
  const known =
    paths.length > 0 &&
    paths.every((path) => path !== '-' && process.state.files.find(path, process.folder)?.kind === 'file');
  return known ? String(total).length : Math.max(7, String(total).length);
}

export const count: Command = {
  names: ['wc'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { flags, operands } = readOptions(process.words, '');
    const given = new Set([...flags].map((flag) => ownMember(long, flag) ?? flag));
    const unknown = [...given].find((flag) => !/^[lwmcL]$/.test(flag));
    if (unknown !== undefined) {
      process.error.write(
        `wc: ${unknown.length > 1 ? `unrecognized option '--${unknown}'` : `invalid option -- '${unknown}'`}\nTry 'wc --help' for more information.\n`,
      );
      return 1;
    }
    const { texts, status } = yield* inputTexts(process, operands);
    const wanted = columns.filter((column) =>
      given.size === 0 ? 'lwc'.includes(column) : given.has(column),
    );
    const rows = texts.map(({ path, text }) => ({
      path: path === '-' && operands.length === 0 ? '' : path,
      numbers: wanted.map((column) => measures[column](text)),
    }));
    if (operands.length > 1)
      rows.push({
        path: 'total',
        numbers: wanted.map((column, index) =>
          rows.reduce(
            (sum, row) =>
              column === 'L' ? Math.max(sum, row.numbers[index] ?? 0) : sum + (row.numbers[index] ?? 0),
            0,
          ),
        ),
      });
    const width = widthOf(
      process,
      operands,
      wanted.length,
      texts.reduce((sum, { text }) => sum + text.length, 0),
    );
    for (const row of rows)
      process.output.write(
        `${row.numbers.map((number) => String(number).padStart(width)).join(' ')}${row.path === '' ? '' : ` ${row.path}`}\n`,
      );
    return status;
  },
};
