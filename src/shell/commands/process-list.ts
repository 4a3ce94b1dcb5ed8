import { formatDate } from '../date-format.ts';
import type { Command, Process } from '../process.ts';
import { processorSeconds, processTable, programOf, type TableRow } from './process-table.ts';

const two = (value: number): string => String(value).padStart(2, '0');

/** `00:01:02`, with days ahead where there are any. */
function clock(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const rest = seconds % 86_400;
  return `${days > 0 ? `${two(days)}-` : ''}${two(Math.floor(rest / 3600))}:${two(Math.floor((rest % 3600) / 60))}:${two(rest % 60)}`;
}

const begun = (row: TableRow, now: number): string => {
  const age = now - row.started;
  return formatDate(row.started, age < 86_400_000 ? '%H:%M' : age < 31_536_000_000 ? '%b%d' : '%Y');
};

interface Column {
  readonly title: string;
  /** Negative: to the left. */
  readonly width: number;
  show(row: TableRow, process: Process): string;
}

const percent = (row: TableRow, process: Process): string =>
  ((row.resident / process.state.machine.persona.memoryKilobytes) * 100).toFixed(1);

const columns: Readonly<Record<string, Column>> = {
  user: {
    title: 'USER',
    width: -8,
    show: (row) => (row.user.length > 8 ? `${row.user.slice(0, 7)}+` : row.user),
  },
  uid: { title: 'UID', width: 5, show: (row, process) => String(process.state.machine.uidOf(row.user) ?? 0) },
  group: { title: 'GROUP', width: -8, show: (row) => row.user },
  pid: { title: 'PID', width: 7, show: (row) => String(row.pid) },
  ppid: { title: 'PPID', width: 7, show: (row) => String(row.parent) },
  pcpu: { title: '%CPU', width: 4, show: () => '0.0' },
  pmem: { title: '%MEM', width: 4, show: percent },
  vsz: { title: 'VSZ', width: 6, show: (row) => String(row.virtual) },
  rss: { title: 'RSS', width: 5, show: (row) => String(row.resident) },
  tty: { title: 'TT', width: -8, show: (row) => row.terminal },
  stat: { title: 'STAT', width: -4, show: (row) => row.state },
  s: { title: 'S', width: 1, show: (row) => row.state.slice(0, 1) },
  ni: { title: 'NI', width: 3, show: (row) => (row.state.includes('<') ? '-20' : '0') },
  c: { title: 'C', width: 2, show: () => '0' },
  stime: { title: 'STIME', width: 5, show: (row, process) => begun(row, process.state.now()) },
  lstart: { title: 'STARTED', width: 24, show: (row) => formatDate(row.started, '%a %b %e %H:%M:%S %Y') },
  etime: {
    title: 'ELAPSED',
    width: 11,
    show: (row, process) => clock(Math.floor((process.state.now() - row.started) / 1000)).replace(/^00:/, ''),
  },
  time: {
    title: 'TIME',
    width: 8,
    show: (row, process) => clock(processorSeconds(row, process.state.now())),
  },
  comm: { title: 'COMMAND', width: -15, show: (row) => programOf(row.command) },
  args: { title: 'COMMAND', width: -27, show: (row) => row.command },
};

const alias: Readonly<Record<string, string>> = {
  cmd: 'args',
  command: 'args',
  '%cpu': 'pcpu',
  '%mem': 'pmem',
  euser: 'user',
  ruser: 'user',
  tname: 'tty',
  tt: 'tty',
  vsize: 'vsz',
  rssize: 'rss',
  state: 's',
  start: 'stime',
  start_time: 'stime',
  ucmd: 'comm',
  fname: 'comm',
  euid: 'uid',
  nice: 'ni',
  cputime: 'time',
};

const titled = (name: string, title: string): [Column, string] | [] => {
  const found = columns[alias[name] ?? name];
  return found === undefined ? [] : [found, title];
};

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
          const column = titled(name.toLowerCase(), title ?? columns[alias[name] ?? name]?.title ?? '');
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
    const by = sortValues[wish.sort.replace(/^[-+]/, '')];
    if (by !== undefined)
      rows.sort((one, other) => (by(one) - by(other)) * (wish.sort.startsWith('-') ? -1 : 1));
    const layout: readonly (readonly [Column, string, number])[] =
      wish.shape === 'own'
        ? wish.format.map(([column, title]) => [column, title, column.width] as const)
        : shapes[wish.shape].flatMap(([name, title, width]) => {
            const column = columns[name];
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

export const processTree: Command = {
  names: ['pstree'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const rows = processTable(process);
    const withPid = process.words.includes('-p');
    const label = (row: TableRow): string => programOf(row.command) + (withPid ? `(${row.pid})` : '');
    const draw = (row: TableRow, indent: string, depth: number): string => {
      const children = rows.filter(
        (child) => child.parent === row.pid && child.pid !== row.pid && child.resident > 0,
      );
      const text = label(row);
      if (children.length === 0 || depth > 12) return text;
      const pad = indent + ' '.repeat(text.length);
      return children
        .map((child, index) => {
          const only = children.length === 1;
          const head =
            index === 0
              ? `${text}${only ? '---' : '-+-'}`
              : `${pad} ${index === children.length - 1 ? '`' : '|'}-`;
          return head + draw(child, `${pad} ${index === children.length - 1 ? ' ' : '|'} `, depth + 1);
        })
        .join('\n');
    };
    const [root] = rows;
    if (root !== undefined) process.output.write(`${draw(root, '', 0)}\n`);
    return 0;
  },
};
