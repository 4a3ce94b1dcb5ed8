import { formatDate } from '../date-format.ts';
import type { Command, Process } from '../process.ts';
import { readOptions } from './input-text.ts';
import { programOf } from './process-table.ts';
import { findUnit, full, type Unit, unitsOf } from './units.ts';

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
  const unit = findUnit(process, name);
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
    const unit = findUnit(process, name);
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
    if (process.state.files.find(`/etc/init.d/${name}`, '/') !== null || findUnit(process, name) !== null)
      return 0;
    process.error.write(
      process.name === 'chkconfig'
        ? `error reading information on service ${name}: No such file or directory\n`
        : `update-rc.d: error: cannot find a LSB script for ${name}\n`,
    );
    return 1;
  },
};
