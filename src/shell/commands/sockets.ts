import type { Process } from '../process.ts';
import { processTable, programOf, visitorProcesses } from './process-table.ts';

export interface Socket {
  readonly transport: 'tcp' | 'udp';
  readonly state: 'LISTEN' | 'ESTABLISHED' | '';
  readonly local: string;
  readonly localPort: number;
  readonly remote: string;
  readonly remotePort: number;
  readonly pid: number;
  readonly program: string;
  readonly command: string;
  readonly user: string;
  readonly descriptor: number;
  readonly inode: number;
}

const programs: Readonly<Record<string, RegExp>> = {
  ssh: /sshd|dropbear/,
  telnet: /telnetd/,
  http: /httpd|apache2|nginx|java/,
  redis: /redis/,
  mysql: /mysqld|mariadbd/,
  postgres: /postgres/,
  docker: /dockerd/,
  kubernetes: /kube-apiserver|kubelet/,
  ollama: /ollama/,
  s3: /minio/,
  smtp: /master/,
  ftp: /vsftpd/,
};

/** What listens on the machine, and the visitor's own connection. */
export function socketsOf(process: Process): Socket[] {
  const { options, machine } = process.state;
  const { persona } = machine;
  const table = processTable(process);
  const owner = (decoy: string): { pid: number; program: string; command: string; user: string } => {
    const row = table.find(({ command }) => programs[decoy]?.test(command) === true) ?? table[0];
    return {
      pid: row?.pid ?? 1,
      program: programOf(row?.command ?? ''),
      command: row?.command ?? '',
      user: row?.user ?? 'root',
    };
  };
  const inode = (port: number): number =>
    14_000 + ((port * 7_919 + (persona.mac.codePointAt(16) ?? 0) * 131) % 30_000);
  const sockets: Socket[] = persona.services
    .toSorted((one, other) =>
      one.transport < other.transport ? -1 : one.transport > other.transport ? 1 : one.port - other.port,
    )
    .map(({ decoy, port, transport }, index) => {
      const { pid, program, command, user } = owner(decoy);
      return {
        transport,
        state: transport === 'tcp' ? 'LISTEN' : '',
        local: '0.0.0.0',
        localPort: port,
        remote: '0.0.0.0',
        remotePort: 0,
        pid,
        program,
        command,
        user,
        descriptor: 3 + (index % 4),
        inode: inode(port),
      };
    });
  const served = visitorProcesses(process.state)[0];
  sockets.push({
    transport: 'tcp',
    state: 'ESTABLISHED',
    local: persona.address,
    localPort: options.destinationPort,
    remote: options.source.replace(/^::ffff:/, ''),
    remotePort: options.sourcePort,
    pid: served?.pid ?? 1,
    program: programOf(served?.command ?? ''),
    command: served?.command ?? '',
    user: served?.user ?? 'root',
    descriptor: 4,
    inode: inode(options.sourcePort),
  });
  return sockets;
}

const names: Readonly<Record<number, string>> = {
  21: 'ftp',
  22: 'ssh',
  23: 'telnet',
  25: 'smtp',
  53: 'domain',
  80: 'http',
  110: 'pop3',
  143: 'imap2',
  443: 'https',
  587: 'submission',
  3306: 'mysql',
  5432: 'postgresql',
  6379: 'redis',
  8080: 'http-alt',
  9000: 'cslistener',
};

/** A port as /etc/services names it. */
export const portName = (port: number, numeric: boolean): string =>
  port === 0 ? '*' : numeric ? String(port) : (names[port] ?? String(port));
