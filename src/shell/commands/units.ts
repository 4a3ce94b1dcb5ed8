import { ownMember } from '../own-member.ts';

import type { Process } from '../process.ts';
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

export interface Unit {
  readonly name: string;
  readonly description: string;
  readonly row: TableRow | null;
}

export function unitsOf(process: Process): Unit[] {
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

export const full = (unit: string): string =>
  /\.(?:service|socket|timer|target|mount|slice|scope)$/.test(unit) ? unit : `${unit}.service`;

/** A unit by its name: one that runs, or one whose file the owner or the visitor has put there. */
export function findUnit(process: Process, given: string): Unit | null {
  const alias: Readonly<Record<string, string>> = {
    'sshd.service': 'ssh.service',
    'mariadb.service': 'mysql.service',
    'redis.service': 'redis-server.service',
  };
  const name = full(given);
  const units = unitsOf(process);
  const running =
    units.find((unit) => unit.name === name) ?? units.find((unit) => unit.name === ownMember(alias, name));
  if (running !== undefined) return running;
  for (const folder of ['/etc/systemd/system', '/lib/systemd/system', '/usr/lib/systemd/system']) {
    const node = process.state.files.find(`${folder}/${name}`, '/');
    if (node?.kind !== 'file') continue;
    const text = process.state.files.read(`${folder}/${name}`, '/');
    return { name, description: /^Description=(.{0,100})/m.exec(text)?.[1] ?? name, row: null };
  }
  return null;
}
