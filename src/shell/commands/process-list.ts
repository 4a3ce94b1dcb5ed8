import { ownMember } from '../own-member.ts';
import type { Command, Process } from '../process.ts';
import { alias, type Column, columns, titled } from './process-columns.ts';
import { processTable, programOf, type TableRow } from './process-table.ts';

interface Wish {
  readonly shape: 'plain' | 'full' | 'user' | 'bsd' | 'own';
  readonly format: readonly (readonly [Column, string])[];
  readonly chosen: (row: TableRow) => boolean;
  readonly forest: boolean;
  readonly sort: string;
  readonly titles: boolean;
}

function readWish(process: Process): Wish | string {
  const letters = new Set<string>();
  const format: (readonly [Column, string])[] = [];
  const lists = new Map<string, string[]>();
  let [sort, titles, bsd, forest] = ['', true, false, false];
  const words = [...process.words];
  while (words.length > 0) {
    const word = words.shift() ?? '';
    const long = /^--([a-z-]+)(?:=(.*))?$/.exec(word);
    if (long !== null) {
      const [, name = '', value] = long;
      if (name === 'sort') sort = value ?? words.shift() ?? '';
      else if (name === 'no-headers' || name === 'no-heading') titles = false;
      else if (name === 'forest') forest = true;
      else if (name === 'pid' || name === 'ppid')
        lists.set(name === 'pid' ? 'p' : 'P', (value ?? words.shift() ?? '').split(','));
      else if (name === 'format' || name === 'user')
        words.unshift(name === 'format' ? '-o' : '-u', value ?? words.shift() ?? '');
      continue;
    }
    if (/^\d+$/.test(word)) {
      lists.set('p', [...(lists.get('p') ?? []), word]);
      continue;
    }
    const dashed = word.startsWith('-');
    if (!dashed) bsd = true;
    const bundle = dashed ? word.slice(1) : word;
    for (let at = 0; at < bundle.length; at += 1) {
      const letter = bundle.charAt(at);
      if (letter === 'o' || letter === 'O') {
        const value = bundle.slice(at + 1) === '' ? (words.shift() ?? '') : bundle.slice(at + 1);
        for (const part of value.split(/[, ]+/)) {
          const [name = '', title] = part.split('=');
          const column = titled(
            name.toLowerCase(),
            title ?? ownMember(columns, ownMember(alias, name) ?? name)?.title ?? '',
          );
          if (column.length === 0) return `unknown user-defined format specifier "${name}"`;
          format.push([column[0], title ?? (name === 'cmd' ? 'CMD' : column[1])]);
          if (title === '') titles = false;
        }
        break;
      }
      if ((dashed && 'pCuUGtq'.includes(letter)) || (!dashed && letter === 'p')) {
        const value = bundle.slice(at + 1) === '' ? (words.shift() ?? '') : bundle.slice(at + 1);
        lists.set(letter === 'U' ? 'u' : letter, value.split(/[, ]+/));
        break;
      }
      letters.add(dashed ? `-${letter}` : letter);
    }
  }
  const has = (letter: string): boolean => letters.has(letter);
  const all = has('-e') || has('-A') || (bsd && has('x') && has('a')) || has('-ax');
  const named = (key: string): readonly string[] | undefined => lists.get(key);
  const terminal = process.state.options.terminal ? 'pts/0' : '?';
  const own = process.state.machine.userOf(process.state.files.uid);
  const chosen = (row: TableRow): boolean => {
    if (lists.size > 0)
      return (
        (named('p') ?? named('q') ?? []).includes(String(row.pid)) ||
        (named('P') ?? []).includes(String(row.parent)) ||
        (named('C') ?? []).includes(programOf(row.command)) ||
        (named('u') ?? []).some(
          (user) => row.user === user || String(process.state.machine.uidOf(row.user)) === user,
        )
      );
    if (all) return true;
    if (bsd && has('a')) return row.terminal !== '?';
    if (bsd && has('x')) return row.user === own;
    if (has('-a')) return row.terminal !== '?' && row.pid !== process.state.machine.shellPid;
    return row.terminal === terminal && row.pid >= process.state.machine.shellPid;
  };
  return {
    shape:
      format.length > 0
        ? 'own'
        : has('u') || has('-u')
          ? 'user'
          : has('-f') || has('-F') || has('-l')
            ? 'full'
            : bsd
              ? 'bsd'
              : 'plain',
    format,
    chosen,
    forest: forest || has('f') || has('-H'),
    sort,
    titles,
  };
}

const shapes: Readonly<
  Record<Exclude<Wish['shape'], 'own'>, readonly (readonly [name: string, title: string, width?: number])[]>
> = {
  plain: [
    ['pid', 'PID'],
    ['tty', 'TTY'],
    ['time', 'TIME'],
    ['comm', 'CMD'],
  ],
  full: [
    ['user', 'UID'],
    ['pid', 'PID'],
    ['ppid', 'PPID'],
    ['c', 'C'],
    ['stime', 'STIME'],
    ['tty', 'TTY'],
    ['time', 'TIME', 12],
    ['args', 'CMD'],
  ],
  user: [
    ['user', 'USER'],
    ['pid', 'PID'],
    ['pcpu', '%CPU'],
    ['pmem', '%MEM'],
    ['vsz', 'VSZ'],
    ['rss', 'RSS'],
    ['tty', 'TTY'],
    ['stat', 'STAT'],
    ['stime', 'START'],
    ['time', 'TIME', 6],
    ['args', 'COMMAND'],
  ],
  bsd: [
    ['pid', 'PID'],
    ['tty', 'TTY'],
    ['stat', 'STAT'],
    ['time', 'TIME', 6],
    ['args', 'COMMAND'],
  ],
};

const sortValues: Readonly<Record<string, (row: TableRow) => number>> = {
  pid: (row) => row.pid,
  pcpu: (row) => row.resident,
  '%cpu': (row) => row.resident,
  pmem: (row) => row.resident,
  '%mem': (row) => row.resident,
  rss: (row) => row.resident,
  vsz: (row) => row.virtual,
  start_time: (row) => row.started,
};

export const processList: Command = {
  names: ['ps'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const table = processTable(process);
    if (process.state.machine.busybox) {
      process.output.write('  PID USER       VSZ STAT COMMAND\n');
      for (const { pid, user, virtual, state, command } of table)
        process.output.write(
          `${String(pid).padStart(5)} ${user.padEnd(8)} ${String(virtual).padStart(5)} ${state.slice(0, 1).padEnd(4)} ${command}\n`,
        );
      return 0;
    }
    const wish = readWish(process);
    if (typeof wish === 'string') {
      process.error.write(
        `error: ${wish}\n\nUsage:\n ps [options]\n\n Try 'ps --help <simple|list|output|threads|misc|all>'\n  or 'ps --help <s|l|o|t|m|a>'\n for additional help text.\n\nFor more details see ps(1).\n`,
      );
      return 1;
    }
    const rows = table.filter(wish.chosen);
    const by = ownMember(sortValues, wish.sort.replace(/^[-+]/, ''));
    if (by !== undefined)
      rows.sort((one, other) => (by(one) - by(other)) * (wish.sort.startsWith('-') ? -1 : 1));
    const layout: readonly (readonly [Column, string, number])[] =
      wish.shape === 'own'
        ? wish.format.map(([column, title]) => [column, title, column.width] as const)
        : shapes[wish.shape].flatMap(([name, title, width]) => {
            const column = ownMember(columns, name);
            return column === undefined ? [] : [[column, title, width ?? column.width] as const];
          });
    const line = (cells: readonly string[]): string =>
      `${cells
        .map((cell, index) => {
          const width = layout[index]?.[2] ?? 0;
          if (index === cells.length - 1 && width < 0) return cell;
          return width < 0 ? cell.padEnd(-width) : cell.padStart(width);
        })
        .join(' ')}\n`;
    if (wish.titles) process.output.write(line(layout.map(([, title]) => title)));
    for (const row of rows) {
      process.state.budget.spend(1);
      process.output.write(
        line(
          layout.map(([column, , width]) => {
            const text = column.show(row, process);
            // The short form of a time has no hours.
            return width === 6 && column === columns['time']
              ? `${Number(text.slice(-8, -6)) * 60 + Number(text.slice(-5, -3))}:${text.slice(-2)}`
              : text;
          }),
        ),
      );
    }
    return rows.length > 0 ? 0 : 1;
  },
};
