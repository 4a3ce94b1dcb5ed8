import { formatDate } from '../date-format.ts';
import type { Command, Process } from '../process.ts';
import { readOptions } from './input-text.ts';
import { processTable, programOf, type TableRow } from './process-table.ts';

/** Units by the program that they run. */
const unitNames: readonly (readonly [program: RegExp, unit: string, description: string])[] = [
  [/^systemd-journal/, 'systemd-journald', 'Journal Service'],
  [/^systemd-udevd/, 'systemd-udevd', 'udev Kernel Device Manager'],
  [/^systemd-logind/, 'systemd-logind', 'Login Service'],
  [/^cron$/, 'cron', 'Regular background program processing daemon'],
  [/^rsyslogd/, 'rsyslog', 'System Logging Service'],
  [/^sshd/, 'ssh', 'OpenBSD Secure Shell server'],
  [/^agetty/, 'getty@tty1', 'Getty on tty1'],
  [/^apache2/, 'apache2', 'The Apache HTTP Server'],
  [/^httpd/, 'httpd', 'The Apache HTTP Server'],
  [/^nginx/, 'nginx', 'A high performance web server and a reverse proxy server'],
  [/^redis/, 'redis-server', 'Advanced key-value store'],
  [/^(?:mysqld|mariadbd)/, 'mysql', 'MySQL Community Server'],
  [/^postgres/, 'postgresql@main', 'PostgreSQL Cluster'],
  [/^dockerd/, 'docker', 'Docker Application Container Engine'],
  [/^containerd/, 'containerd', 'containerd container runtime'],
  [/^kubelet/, 'kubelet', 'kubelet: The Kubernetes Node Agent'],
  [/^ollama/, 'ollama', 'Ollama Service'],
  [/^minio/, 'minio', 'MinIO'],
  [/^master/, 'postfix@-', 'Postfix Mail Transport Agent'],
  [/^vsftpd/, 'vsftpd', 'vsftpd FTP server'],
];

interface Unit {
  readonly name: string;
  readonly description: string;
  readonly row: TableRow | null;
}

function unitsOf(process: Process): Unit[] {
  const redHat = process.state.machine.packages.family === 'redhat';
  const { machine } = process.state;
  const rows = processTable(process).filter(({ pid }) => machine.processes.some((row) => row.pid === pid));
  return unitNames.flatMap(([program, unit, description]) => {
    const row = rows.find(
      ({ command, terminal }) => terminal !== 'pts/0' && program.test(programOf(command)),
    );
    if (row === undefined) return [];
    const name = redHat ? ({ ssh: 'sshd', cron: 'crond', mysql: 'mysqld' }[unit] ?? unit) : unit;
    return [{ name: `${name}.service`, description, row }];
  });
}

const full = (unit: string): string =>
  /\.(?:service|socket|timer|target|mount|slice|scope)$/.test(unit) ? unit : `${unit}.service`;

/** A unit by its name: one that runs, or one whose file the owner or the visitor has put there. */
function find(process: Process, given: string): Unit | null {
  const alias: Readonly<Record<string, string>> = {
    'sshd.service': 'ssh.service',
    'mariadb.service': 'mysql.service',
    'redis.service': 'redis-server.service',
  };
  const name = full(given);
  const units = unitsOf(process);
  const running = units.find((unit) => unit.name === name) ?? units.find((unit) => unit.name === alias[name]);
  if (running !== undefined) return running;
  for (const folder of ['/etc/systemd/system', '/lib/systemd/system', '/usr/lib/systemd/system']) {
    const node = process.state.files.find(`${folder}/${name}`, '/');
    if (node?.kind !== 'file') continue;
    const text = process.state.files.read(`${folder}/${name}`, '/');
    return { name, description: /^Description=(.{0,100})/m.exec(text)?.[1] ?? name, row: null };
  }
  return null;
}

function status(process: Process, unit: Unit): number {
  const { machine } = process.state;
  const since = machine.persona.bootedAt + 9_000;
  const days = Math.floor((process.state.now() - since) / 86_400_000);
  const ago =
    days > 0
      ? `${days > 7 ? `${Math.floor(days / 7)} weeks ${days % 7}` : days} days ago`
      : `${Math.floor((process.state.now() - since) / 3_600_000)}h ago`;
  const dot = '\xe2\x97\x8f';
  const lines = [
    `${dot} ${unit.name} - ${unit.description}`,
    `     Loaded: loaded (${unit.row === null ? '/etc' : '/lib'}/systemd/system/${unit.name}; ${unit.row === null ? 'disabled' : 'enabled'}; vendor preset: enabled)`,
    ...(unit.row === null
      ? ['     Active: inactive (dead)']
      : [
          `     Active: active (running) since ${formatDate(since, '%a %Y-%m-%d %H:%M:%S UTC')}; ${ago}`,
          `   Main PID: ${unit.row.pid} (${programOf(unit.row.command)})`,
          '      Tasks: 1 (limit: 1131)',
          `     Memory: ${(unit.row.resident / 1024).toFixed(1)}M`,
          `     CGroup: /system.slice/${unit.name}`,
          `             \xe2\x94\x94\xe2\x94\x80${unit.row.pid} ${unit.row.command}`,
        ]),
  ];
  process.output.write(`${lines.join('\n')}\n`);
  return unit.row === null ? 3 : 0;
}

function listUnits(process: Process): void {
  const units = unitsOf(process);
  const width = Math.max(4, ...units.map(({ name }) => name.length));
  process.output.write(`  ${'UNIT'.padEnd(width)} LOAD   ACTIVE SUB     DESCRIPTION\n`);
  for (const { name, description } of units)
    process.output.write(`  ${name.padEnd(width)} loaded active running ${description}\n`);
  process.output.write(
    `\nLOAD   = Reflects whether the unit definition was properly loaded.\nACTIVE = The high-level unit activation state, i.e. generalization of SUB.\nSUB    = The low-level unit activation state, values depend on unit type.\n\n${units.length} loaded units listed.\n`,
  );
}

export const serviceControl: Command = {
  names: ['systemctl'],
  folder: '/bin',
  systems: 'gnu',
  run(process) {
    const { flags, operands } = readOptions(process.words, 'tHMnop');
    const [verb = 'list-units', ...names] = operands;
    if (flags.has('version')) {
      process.output.write(
        `systemd ${process.state.machine.packages.installed.get('systemd')?.split(/[.-]/)[0] ?? '245'}\n+PAM +AUDIT +SELINUX +IMA +APPARMOR +SMACK +SYSVINIT +UTMP +LIBCRYPTSETUP +GCRYPT +GNUTLS +ACL +XZ +LZ4 +SECCOMP +BLKID +ELFUTILS +KMOD +IDN2 -IDN +PCRE2 default-hierarchy=hybrid\n`,
      );
      return 0;
    }
    if (verb === 'list-units') {
      listUnits(process);
      return 0;
    }
    if (verb === 'list-unit-files') {
      process.output.write(
        `UNIT FILE                              STATE\n${unitsOf(process)
          .map(({ name }) => `${name.padEnd(38)} enabled\n`)
          .join('')}`,
      );
      return 0;
    }
    if (/^(?:daemon-reload|daemon-reexec|reset-failed|default|isolate)$/.test(verb)) return 0;
    if (verb === 'is-system-running') {
      process.output.write('running\n');
      return 0;
    }
    if (
      !/^(?:start|stop|restart|reload|try-restart|enable|disable|mask|unmask|status|kill|is-active|is-enabled|is-failed|cat|show|reenable)$/.test(
        verb,
      )
    ) {
      process.error.write(`Unknown command verb ${verb}.\n`);
      return 1;
    }
    if (names.length === 0) {
      process.error.write('Too few arguments.\n');
      return 1;
    }
    let result = 0;
    for (const name of names) result = act(process, verb, name) || result;
    return result;
  },
};

function act(process: Process, verb: string, name: string): number {
  const unit = find(process, name);
  if (verb === 'is-active' || verb === 'is-failed') {
    process.output.write(unit?.row ? 'active\n' : 'inactive\n');
    return unit?.row ? 0 : 3;
  }
  if (verb === 'is-enabled') {
    if (unit === null)
      process.error.write(`Failed to get unit file state for ${full(name)}: No such file or directory\n`);
    else process.output.write(unit.row === null ? 'disabled\n' : 'enabled\n');
    return unit?.row ? 0 : 1;
  }
  if (unit === null) {
    const absent = full(name);
    process.error.write(
      verb === 'status'
        ? `Unit ${absent} could not be found.\n`
        : verb === 'enable' || verb === 'disable' || verb === 'mask'
          ? verb === 'mask'
            ? `Unit ${absent} does not exist, proceeding anyway.\n`
            : `Failed to ${verb} unit: Unit file ${absent} does not exist.\n`
          : verb === 'cat'
            ? `No files found for ${absent}.\n`
            : `Failed to ${verb} ${absent}: Unit ${absent} not ${verb === 'stop' ? 'loaded' : 'found'}.\n`,
    );
    return verb === 'status' ? 4 : /able$|mask|cat/.test(verb) ? 1 : 5;
  }
  if (verb === 'status') return status(process, unit);
  if (process.state.files.uid !== 0) {
    process.error.write(
      `Failed to ${verb} ${unit.name}: Interactive authentication required.\nSee system logs and 'systemctl status ${unit.name}' for details.\n`,
    );
    return 1;
  }
  if ((verb === 'stop' || verb === 'kill') && unit.row !== null) process.state.killed.add(unit.row.pid);
  if (verb === 'enable')
    process.error.write(
      `Created symlink /etc/systemd/system/multi-user.target.wants/${unit.name} \xe2\x86\x92 ${unit.row === null ? '/etc' : '/lib'}/systemd/system/${unit.name}.\n`,
    );
  if (verb === 'disable')
    process.error.write(`Removed /etc/systemd/system/multi-user.target.wants/${unit.name}.\n`);
  if (verb === 'cat') {
    const path = `/etc/systemd/system/${unit.name}`;
    if (process.state.files.find(path, '/') !== null)
      process.output.write(`# ${path}\n${process.state.files.read(path, '/')}`);
  }
  return 0;
}

export const services: Command = {
  names: ['service', 'invoke-rc.d'],
  folder: '/usr/sbin',
  systems: 'gnu',
  run(process) {
    const [name = '', verb = ''] = process.words;
    if (name === '--status-all') {
      for (const unit of unitsOf(process))
        process.output.write(` [ + ]  ${unit.name.replace('.service', '')}\n`);
      return 0;
    }
    if (name === '' || name.startsWith('-')) {
      process.error.write(
        'Usage: service < option > | --status-all | [ service_name [ command | --full-restart ] ]\n',
      );
      return 1;
    }
    const unit = find(process, name);
    if (unit === null) {
      const redHat = process.state.machine.packages.family === 'redhat';
      process.error.write(
        redHat
          ? `Redirecting to /bin/systemctl ${verb} ${name}.service\nFailed to ${verb} ${name}.service: Unit ${name}.service not found.\n`
          : `${name}: unrecognized service\n`,
      );
      return redHat ? 5 : 1;
    }
    return act(process, verb === 'force-reload' ? 'reload' : verb === '' ? 'status' : verb, name);
  },
};

/** Which services start with the machine; it is not asked again before the visitor is gone. */
export const serviceLinks: Command = {
  names: ['update-rc.d', 'chkconfig'],
  folder: '/usr/sbin',
  systems: 'gnu',
  run(process) {
    const name = process.words.find((word) => !word.startsWith('-'));
    if (name === undefined) {
      if (process.name === 'chkconfig') return 0;
      process.error.write('update-rc.d: error: not enough arguments\n');
      return 1;
    }
    if (process.state.files.find(`/etc/init.d/${name}`, '/') !== null || find(process, name) !== null)
      return 0;
    process.error.write(
      process.name === 'chkconfig'
        ? `error reading information on service ${name}: No such file or directory\n`
        : `update-rc.d: error: cannot find a LSB script for ${name}\n`,
    );
    return 1;
  },
};

/** The journal of this start: what systemd and sshd say of it. */
export const journal: Command = {
  names: ['journalctl'],
  folder: '/bin',
  systems: 'gnu',
  run(process) {
    const { flags, values } = readOptions(process.words, 'unpSUto');
    const { machine, options } = process.state;
    if (flags.has('disk-usage')) {
      process.output.write(
        `Archived and active journals take up ${16 + (machine.diskUsedKilobytes % 90)}.0M in the file system.\n`,
      );
      return 0;
    }
    if (values.has('vacuum-time') || values.has('vacuum-size') || flags.has('rotate') || flags.has('flush')) {
      if (!flags.has('rotate'))
        process.output.write('Vacuuming done, freed 0B of archived journals from /var/log/journal.\n');
      return 0;
    }
    if (process.state.files.uid !== 0)
      process.error.write(
        "Hint: You are currently not seeing messages from other users and the system.\n      Users in groups 'adm', 'systemd-journal' can see all messages.\n      Pass -q to turn off this notice.\n",
      );
    const stamp = (time: number): string => formatDate(time, '%b %d %H:%M:%S');
    const booted = machine.persona.bootedAt;
    const unit = values.get('u')?.replace(/\.service$/, '');
    const sshd = processTable(process).find(({ command }) => command.includes('sshd'));
    const entries: readonly (readonly [time: number, unit: string, text: string])[] = [
      [booted, 'kernel', `kernel: Linux version ${machine.kernel.release} ${machine.kernel.version}`],
      [booted + 2_000, 'systemd', `systemd[1]: Set hostname to <${machine.hostname}>.`],
      ...unitsOf(process).map(
        ({ name, description }, index) =>
          [
            booted + 6_000 + index * 300,
            name.replace('.service', ''),
            `systemd[1]: Started ${description}.`,
          ] as const,
      ),
      ...(options.service === 'ssh'
        ? ([
            [
              machine.startedAt,
              'ssh',
              `sshd[${machine.shellPid - 9}]: Accepted password for ${options.user} from ${options.source} port ${options.sourcePort} ssh2`,
            ],
            [
              machine.startedAt,
              'ssh',
              `sshd[${machine.shellPid - 9}]: pam_unix(sshd:session): session opened for user ${options.user}${sshd === undefined ? '' : ' by (uid=0)'}`,
            ],
          ] as const)
        : []),
    ];
    const chosen = entries.filter(
      ([, name]) => unit === undefined || name === unit || (unit === 'sshd' && name === 'ssh'),
    );
    const most = Number(values.get('n') ?? values.get('lines') ?? 1_000) || 10;
    if (chosen.length === 0) process.output.write('-- No entries --\n');
    else {
      process.output.write(
        `-- Logs begin at ${formatDate(booted, '%a %Y-%m-%d %H:%M:%S UTC')}, end at ${formatDate(process.state.now(), '%a %Y-%m-%d %H:%M:%S UTC')}. --\n`,
      );
      for (const [time, , text] of chosen.slice(-most))
        process.output.write(`${stamp(time)} ${machine.hostname} ${text}\n`);
    }
    return 0;
  },
};
