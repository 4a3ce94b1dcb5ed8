import { ownMember } from '../own-member.ts';
import { formatDate } from '../date-format.ts';
import type { Command } from '../process.ts';
import { linesOf, nameOf } from './account-files.ts';

export const databaseEntries: Command = {
  names: ['getent'],
  folder: '/usr/bin',
  systems: 'gnu',
  run(process) {
    const [database = '', ...keys] = process.words;
    const paths: Readonly<Record<string, string>> = {
      passwd: '/etc/passwd',
      group: '/etc/group',
      shadow: '/etc/shadow',
      hosts: '/etc/hosts',
      ahosts: '/etc/hosts',
      services: '/etc/services',
    };
    const path = ownMember(paths, database);
    if (path === undefined) {
      process.error.write(
        `Unknown database: ${database}\nTry \`getent --help' or \`getent --usage' for more information.\n`,
      );
      return 1;
    }
    if (database === 'shadow' && process.state.files.uid !== 0) return 2;
    const lines = linesOf(process, path).filter((line) => !line.startsWith('#'));
    const separator = database.includes('host') ? /\s+/ : /:/;
    const found =
      keys.length === 0
        ? lines
        : lines.filter((line) => keys.some((key) => line.split(separator).slice(0, 3).includes(key)));
    for (const line of found)
      process.output.write(
        `${database.includes('host') ? line.replace(/\s+/, ' '.repeat(Math.max(1, 16 - nameOf(line.split(/\s/, 1)[0] ?? '').length))) : line}\n`,
      );
    return found.length === 0 ? 2 : 0;
  },
};

export const lastLogins: Command = {
  names: ['lastlog', 'lastb'],
  folder: '/usr/bin',
  systems: 'gnu',
  run(process) {
    const { machine, options } = process.state;
    if (process.name === 'lastb') {
      if (process.state.files.uid !== 0) {
        process.error.write('lastb: cannot open /var/log/btmp: Permission denied\n');
        return 1;
      }
      process.output.write(`\nbtmp begins ${formatDate(machine.persona.bootedAt, '%a %b %e %H:%M:%S %Y')}\n`);
      return 0;
    }
    process.output.write('Username         Port     From             Latest\n');
    for (const user of linesOf(process, '/etc/passwd').map(nameOf))
      process.output.write(
        user === options.user
          ? `${user.padEnd(16)} pts/0    ${options.source.padEnd(16)} ${formatDate(machine.startedAt, '%a %b %e %H:%M:%S +0000 %Y')}\n`
          : `${user.padEnd(16)}                           **Never logged in**\n`,
      );
    return 0;
  },
};
