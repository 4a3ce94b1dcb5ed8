import { encodeText } from './byte-text.ts';
import { below } from '../core/random.ts';
import type { Shell } from './evaluate/shell.ts';
import { accountOf } from './account.ts';
import { formatDate } from './date-format.ts';
import type { ShellOptions } from './options.ts';
import type { FileSystem } from './files/file-system.ts';
import type { Machine } from './machine.ts';
import { type ShellProgram, shellProgramAt } from './shell-program.ts';
import type { SessionState } from './state.ts';

/** The shell of an account; a login that names none, or one that is no shell, gets the system's own. */
export function loginProgram(machine: Machine, files: FileSystem, user: string): ShellProgram {
  const { shell } = accountOf(machine, user);
  return (
    shellProgramAt(machine, files, shell) ??
    shellProgramAt(machine, files, '/bin/sh') ?? {
      dialect: machine.busybox ? 'ash' : 'bash',
      posix: false,
      name: 'sh',
    }
  );
}

/** Sets up the login shell as login(1) and the system's profile do. */
export function prepareLogin(shell: Shell, options: ShellOptions): void {
  const { state } = shell;
  const { machine } = state;
  const user = encodeText(options.user);
  const { shell: program, uid, home } = accountOf(machine, options.user);
  state.files.uid = uid;
  const folder = state.files.find(home, '/')?.kind === 'directory' ? home : '/';
  const set = (name: string, value: string, exported = true): void => {
    shell.variables.set(name, value);
    if (exported) shell.variables.mark(name, 'exported');
  };
  set('USER', user);
  set('LOGNAME', user);
  set('HOME', home);
  set(
    'PATH',
    machine.busybox
      ? '/sbin:/usr/sbin:/bin:/usr/bin'
      : '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  );
  set('SHELL', program);
  set('PWD', folder);
  if (options.terminal) set('TERM', machine.busybox ? 'vt102' : 'xterm-256color');
  for (const [name, value] of options.environment ?? []) set(name, encodeText(value));
  if (options.service === 'ssh') {
    set('SSH_CLIENT', `${options.source} ${options.sourcePort} ${options.destinationPort}`);
    set(
      'SSH_CONNECTION',
      `${options.source} ${options.sourcePort} ${options.destination} ${options.destinationPort}`,
    );
    if (options.terminal) set('SSH_TTY', '/dev/pts/0');
  }
  const random = machine.persona.random('shell:prompt');
  const plain = machine.busybox && below(random, 3) === 0;
  set('PS1', machine.busybox ? (plain ? '# ' : '\\w \\$ ') : '\\u@\\h:\\w\\$ ', false);
  set('PS2', '> ', false);
  set('IFS', ' \t\n', false);
  set('OPTIND', '1', false);
  if (shell.bash) {
    set('BASH_VERSION', machine.bashVersion, false);
    set('HOSTNAME', machine.hostname, false);
    set('UID', String(state.files.uid), false);
    set('EUID', String(state.files.uid), false);
    set('BASH', '/bin/bash', false);
    set('OSTYPE', 'linux-gnu', false);
    set('MACHTYPE', `${machine.kernel.machine}-pc-linux-gnu`, false);
    set('HOSTTYPE', machine.kernel.machine, false);
  }
  set('PPID', String(shell.parentPid), false);
  shell.folder = folder;
  shell.descriptors.set(0, { input: state.input, output: null });
  shell.descriptors.set(1, { input: null, output: state.output });
  shell.descriptors.set(2, { input: null, output: state.error });
}

/** What the visitor reads before the first prompt. */
export function loginText(state: SessionState): string {
  const { machine } = state;
  const own = state.files.find('/etc/motd', '/') === null ? '' : state.files.read('/etc/motd', '/');
  if (machine.busybox) {
    const banner = `\n\nBusyBox ${machine.busyboxVersion} built-in shell (ash)\nEnter 'help' for a list of built-in commands.\n\n`;
    return own + banner;
  }
  const random = machine.persona.random('shell:last-login');
  const last = state.now() - 3_600_000 * (5 + below(random, 200)) - below(random, 3_600_000);
  const from = machine.persona.address.replace(/\d+$/, String(2 + below(random, 240)));
  return `${own}Last login: ${formatDate(last, '%a %b %e %H:%M:%S %Y')} from ${from}\n`;
}
