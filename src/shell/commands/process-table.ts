import type { RunningProcess } from '../machine.ts';
import type { SessionState } from '../state.ts';
import type { Process } from '../process.ts';

export interface TableRow extends RunningProcess {
  /** `?` for a service. */
  readonly terminal: string;
  readonly started: number;
  readonly state: string;
}

/** How the shell of this visitor hangs on the machine's daemons: the children of sshd (or dropbear, telnetd) that serve him, and the shell. */
export function visitorProcesses(state: SessionState): RunningProcess[] {
  const { machine, options } = state;
  const daemonOf = (pattern: RegExp): number =>
    machine.processes.find(({ command }) => pattern.test(command))?.pid ?? 1;
  const shell = machine.busybox ? '-sh' : '-bash';
  const of = (
    pid: number,
    parent: number,
    user: string,
    command: string,
    resident: number,
  ): RunningProcess => ({
    pid,
    parent,
    user,
    command,
    virtual: resident * 2 + 1_900,
    resident,
  });
  const user = options.user;
  if (options.service === 'ssh' && !machine.busybox) {
    const listener = daemonOf(/sshd/);
    const served = options.terminal ? `sshd: ${user}@pts/0` : `sshd: ${user}@notty`;
    const first = machine.shellPid - 9;
    return user === 'root'
      ? [of(first, listener, 'root', served, 8_640), of(machine.shellPid, first, user, shell, 4_980)]
      : [
          of(first, listener, 'root', `sshd: ${user} [priv]`, 9_020),
          of(first + 6, first, user, served, 6_140),
          of(machine.shellPid, first + 6, user, shell, 4_980),
        ];
  }
  if (options.service === 'ssh') {
    const child = machine.shellPid - 3;
    return [
      of(child, daemonOf(/dropbear/), 'root', '/usr/sbin/dropbear -p 22', 620),
      of(machine.shellPid, child, user, shell, 480),
    ];
  }
  const parent = daemonOf(options.service === 'telnet' ? /telnetd/ : /httpd|apache2|java|nginx/);
  return [of(machine.shellPid, parent, user, shell, machine.busybox ? 480 : 4_980)];
}

/** The processes of the machine as this visitor sees them: what he has killed is gone; his shell and the command that asks are there. */
export function processTable(process: Process): TableRow[] {
  const { state } = process;
  const { machine, options } = state;
  const terminal = options.terminal ? 'pts/0' : '?';
  const booted = machine.persona.bootedAt;
  const called = [process.name, ...process.words].join(' ');
  return [
    ...machine.processes
      .filter(({ pid }) => !state.killed.has(pid))
      .map((row) => shownAs(row, /getty/.test(row.command) ? 'tty1' : '?', booted, stateOf(row))),
    ...visitorProcesses(state).map((row) =>
      shownAs(row, row.pid === machine.shellPid ? terminal : '?', machine.startedAt, 'Ss'),
    ),
    {
      pid: process.pid,
      parent: machine.shellPid,
      user: machine.userOf(state.files.uid),
      command: called,
      virtual: machine.busybox ? 1_300 : 10_600,
      resident: machine.busybox ? 400 : 3_300,
      terminal,
      started: state.now(),
      state: 'R+',
    },
  ];
}

const shownAs = (row: RunningProcess, terminal: string, started: number, state: string): TableRow => ({
  ...row,
  terminal,
  started,
  state,
});

function stateOf({ command, resident }: RunningProcess): string {
  if (resident === 0) return /kworker|bioset|netns|kblockd/.test(command) ? 'I<' : 'S';
  if (/getty/.test(command)) return 'Ss+';
  return /rsyslogd|mysqld|mariadbd|java|dockerd|containerd|redis/.test(command) ? 'Ssl' : 'Ss';
}

/** The name of the program, as `comm` has it: fifteen characters. */
export function programOf(command: string): string {
  const thread = /^\[(.*)\]$/.exec(command);
  if (thread !== null) return (thread[1] ?? '').slice(0, 15);
  const [first = ''] = command.split(' ', 1);
  return (first.split('/').pop() ?? '').replace(/^-|:$/g, '').slice(0, 15);
}

/** Time on the processor since the start, in seconds: a little of the uptime, more for the busy. */
export function processorSeconds(row: TableRow, now: number): number {
  const up = Math.max(0, now - row.started) / 1000;
  if (row.terminal !== '?') return 0;
  return Math.floor(up * (((row.pid * 7_919) % 97) + 3) * 0.000_004 * (row.resident === 0 ? 0.3 : 1));
}
