import type { Command, Process } from '../process.ts';
import { readOptions } from './input-text.ts';
import { portName, type Socket, socketsOf } from './sockets.ts';
import { routeTable } from './routes.ts';

interface Choice {
  readonly sockets: readonly Socket[];
  readonly numeric: boolean;
  readonly programs: boolean;
  readonly extended: boolean;
}

/** What the letters that netstat and ss share choose. */
function choose(process: Process, flags: ReadonlySet<string>): Choice {
  const has = (letter: string, long: string): boolean => flags.has(letter) || flags.has(long);
  const [tcp, udp] = [has('t', 'tcp'), has('u', 'udp')];
  const any = tcp || udp || flags.has('x') || flags.has('w');
  const [listening, all] = [has('l', 'listening'), has('a', 'all')];
  const sockets = socketsOf(process).filter(
    (socket) =>
      (!any || (tcp && socket.transport === 'tcp') || (udp && socket.transport === 'udp')) &&
      (all || (listening ? socket.state !== 'ESTABLISHED' : socket.state === 'ESTABLISHED')),
  );
  return {
    sockets,
    numeric: has('n', 'numeric'),
    programs: has('p', 'program') || flags.has('processes'),
    extended: has('e', 'extend'),
  };
}

export const netstat: Command = {
  names: ['netstat'],
  folder: '/bin',
  systems: 'both',
  run(process) {
    const { flags } = readOptions(process.words, 'A');
    if (flags.has('r') || flags.has('route')) {
      process.output.write(routeTable(process, true));
      return 0;
    }
    if (flags.has('i') || flags.has('interfaces')) {
      process.output.write(
        `Kernel Interface table\nIface      MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n${process.state.machine.interfaceName.padEnd(8)} 1500 ${String(packets(process)).padStart(8)}      0      0 0      ${String(packets(process) >> 1).padStart(8)}      0      0      0 BMRU\nlo       65536      ${String(process.state.machine.shellPid).padStart(4)}      0      0 0          ${String(process.state.machine.shellPid).padStart(4)}      0      0      0 LRU\n`,
      );
      return 0;
    }
    const { sockets, numeric, programs, extended } = choose(process, flags);
    const which = flags.has('l')
      ? 'only servers'
      : flags.has('a')
        ? 'servers and established'
        : 'w/o servers';
    process.output.write(
      `Active Internet connections (${which})\nProto Recv-Q Send-Q Local Address           Foreign Address         State      ${extended ? ' User       Inode     ' : ''}${programs ? ' PID/Program name    ' : ''}\n`,
    );
    const mine = process.state.files.uid === 0;
    if (programs && !mine)
      process.error.write(
        '(Not all processes could be identified, non-owned process info\n will not be shown, you would have to be root to see it all.)\n',
      );
    for (const socket of sockets) {
      const end = (address: string, port: number): string =>
        `${address}:${portName(port, numeric)}`.padEnd(23);
      const program = mine
        ? `${socket.pid}/${socket.command.startsWith('sshd') ? socket.command : socket.program}`.slice(0, 19)
        : '-';
      process.output.write(
        `${socket.transport.padEnd(5)}      0 ${socket.state === 'ESTABLISHED' ? '   196' : '     0'} ${end(socket.local, socket.localPort)} ${end(socket.remote, socket.remotePort)} ${socket.state.padEnd(11)}${extended ? ` ${(numeric ? '0' : socket.user).padEnd(10)} ${String(socket.inode).padEnd(9)} ` : ''}${programs ? ` ${program.padEnd(20)}` : ''}\n`,
      );
    }
    if (!flags.has('t') && !flags.has('u') && !process.state.machine.busybox)
      process.output.write(
        `Active UNIX domain sockets (${which})\nProto RefCnt Flags       Type       State         I-Node   Path\n${unixSockets(process)}`,
      );
    return 0;
  },
};

/** Paths on which the machine's daemons listen. */
function unixSockets(process: Process): string {
  const { persona } = process.state.machine;
  const base = 11_000 + (persona.bootedAt % 4_000);
  const paths = [
    '/run/systemd/notify',
    '/run/systemd/private',
    '/run/systemd/journal/dev-log',
    '/run/systemd/journal/stdout',
    '/run/udev/control',
    '/run/dbus/system_bus_socket',
    ...(persona.services.some(({ decoy }) => decoy === 'docker')
      ? ['/run/docker.sock', '/run/containerd/containerd.sock']
      : []),
    ...(persona.services.some(({ decoy }) => decoy === 'mysql') ? ['/run/mysqld/mysqld.sock'] : []),
  ];
  return paths
    .map((path, index) =>
      index % 3 === 0
        ? `unix  2      [ ]         DGRAM                    ${String(base + index * 7).padEnd(8)} ${path}\n`
        : `unix  2      [ ACC ]     STREAM     LISTENING     ${String(base + index * 7).padEnd(8)} ${path}\n`,
    )
    .join('');
}

const packets = (process: Process): number => {
  const { persona } = process.state.machine;
  return Math.floor(
    Math.max(60, (process.state.now() - persona.bootedAt) / 1000) * (2 + (persona.address.length % 7)),
  );
};

/** A line of ss, its titles too. */
interface SocketRow {
  readonly netid: string;
  readonly state: string;
  readonly received: string;
  readonly sent: string;
  readonly local: string;
  readonly localPort: string;
  readonly remote: string;
  readonly remotePort: string;
  readonly users: string;
}

export const socketStatistics: Command = {
  names: ['ss'],
  folder: '/bin',
  systems: 'gnu',
  run(process) {
    const { flags, operands } = readOptions(process.words, 'fAKNDF');
    const unknown = [...flags].find(
      (flag) => flag.length === 1 && !'hVnraleomipstubzZ46dwxSEHOM0'.includes(flag),
    );
    if (unknown !== undefined) {
      process.error.write(
        `ss: invalid option -- '${unknown}'\nUsage: ss [ OPTIONS ]\n       ss [ OPTIONS ] [ FILTER ]\n   -h, --help          this message\n   -V, --version       output version information\n   -n, --numeric       don't resolve service names\n`,
      );
      return 255;
    }
    if (flags.has('s') || flags.has('summary')) {
      const sockets = socketsOf(process);
      const [tcp, udp] = [
        sockets.filter(({ transport }) => transport === 'tcp').length,
        sockets.filter(({ transport }) => transport === 'udp').length,
      ];
      process.output.write(
        `Total: ${90 + tcp + udp}\nTCP:   ${tcp} (estab 1, closed 0, orphaned 0, timewait 0)\n\nTransport Total     IP        IPv6\nRAW\t  0         0         0        \nUDP\t  ${String(udp).padEnd(9)} ${String(udp).padEnd(9)} 0        \nTCP\t  ${String(tcp).padEnd(9)} ${String(tcp).padEnd(9)} 0        \nINET\t  ${String(tcp + udp).padEnd(9)} ${String(tcp + udp).padEnd(9)} 0        \nFRAG\t  0         0         0        \n\n`,
      );
      return 0;
    }
    const { sockets, numeric, programs } = choose(process, flags);
    const ports = operands.flatMap((word) => /^:(\d{1,5})$/.exec(word)?.[1] ?? []).map(Number);
    const shown =
      ports.length === 0
        ? sockets
        : sockets.filter(
            ({ localPort, remotePort }) => ports.includes(localPort) || ports.includes(remotePort),
          );
    const both = !(flags.has('t') !== flags.has('u'));
    const rows = shown.map((socket): SocketRow => ({
      netid: socket.transport,
      state: socket.state === 'LISTEN' ? 'LISTEN' : socket.state === '' ? 'UNCONN' : 'ESTAB',
      received: '0',
      sent: socket.state === 'LISTEN' ? '128' : socket.state === '' ? '0' : '196',
      local: socket.local,
      localPort: portName(socket.localPort, numeric),
      remote: socket.remote,
      remotePort: portName(socket.remotePort, numeric),
      users: programs ? `users:(("${socket.program}",pid=${socket.pid},fd=${socket.descriptor}))` : '',
    }));
    const width = (title: string, cells: readonly string[]): number =>
      Math.max(title.length, ...cells.map((cell) => cell.length));
    const state = width(
      'State',
      rows.map((row) => row.state),
    );
    const local = width(
      'Local Address',
      rows.map((row) => row.local),
    );
    const localPort = width(
      'Port',
      rows.map((row) => row.localPort),
    );
    const remote = width(
      'Peer Address',
      rows.map((row) => row.remote),
    );
    const remotePort = width(
      'Port',
      rows.map((row) => row.remotePort),
    );
    const users = width(
      'Process',
      rows.map((row) => row.users),
    );
    const line = (cells: SocketRow): string =>
      `${both ? `${cells.netid.padEnd(5)} ` : ''}${cells.state.padEnd(state)} ${cells.received.padEnd(6)} ${cells.sent.padEnd(6)} ${cells.local.padStart(local)}:${cells.localPort.padEnd(localPort)} ${cells.remote.padStart(remote)}:${cells.remotePort.padEnd(remotePort)}${cells.users.padEnd(users)}\n`;
    if (!flags.has('H') && !flags.has('no-header'))
      process.output.write(
        line({
          netid: 'Netid',
          state: 'State',
          received: 'Recv-Q',
          sent: 'Send-Q',
          local: 'Local Address',
          localPort: 'Port',
          remote: 'Peer Address',
          remotePort: 'Port',
          users: 'Process',
        }),
      );
    for (const row of rows) process.output.write(line(row));
    return 0;
  },
};
