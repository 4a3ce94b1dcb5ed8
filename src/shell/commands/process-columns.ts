import { ownMember } from '../own-member.ts';
import { formatDate } from '../date-format.ts';
import type { Process } from '../process.ts';
import { processorSeconds, programOf, type TableRow } from './process-table.ts';

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

export interface Column {
  readonly title: string;
  /** Negative: to the left. */
  readonly width: number;
  show(row: TableRow, process: Process): string;
}

const percent = (row: TableRow, process: Process): string =>
  ((row.resident / process.state.machine.persona.memoryKilobytes) * 100).toFixed(1);

export const columns: Readonly<Record<string, Column>> = {
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

export const alias: Readonly<Record<string, string>> = {
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

export const titled = (name: string, title: string): [Column, string] | [] => {
  const found = ownMember(columns, ownMember(alias, name) ?? name);
  return found === undefined ? [] : [found, title];
};
