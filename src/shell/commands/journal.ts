import { formatDate } from '../date-format.ts';
import type { Command } from '../process.ts';
import { readOptions } from './input-text.ts';
import { processTable } from './process-table.ts';
import { unitsOf } from './units.ts';

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
