import { isBusybox, type Command, type Process } from '../process.ts';
import { connectionPrompt } from './connection-prompt.ts';
import { readOptions } from './input-text.ts';
import { reach, reasons } from './reach.ts';
import { portName } from './sockets.ts';

/** Which of the programs called nc this machine has. */
function kindOf(process: Process): 'busybox' | 'openbsd' | 'traditional' | 'ncat' {
  const { busybox, packages } = process.state.machine;
  if (busybox) return 'busybox';
  if (process.name === 'ncat' || packages.family === 'redhat') return 'ncat';
  return packages.installed.has('netcat-openbsd') && process.name !== 'nc.traditional'
    ? 'openbsd'
    : 'traditional';
}

export const netcat: Command = {
  names: ['nc', 'netcat', 'ncat', 'nc.traditional'],
  folder: '/bin',
  systems: 'both',
  *run(process) {
    const kind = kindOf(process);
    const { flags, values, operands } = readOptions(
      process.words,
      kind === 'openbsd' ? 'wpqsXxIiMmTVOP' : 'wpqsecigGo',
    );
    if (kind === 'openbsd' && (flags.has('e') || flags.has('c'))) {
      process.error.write(
        `nc: invalid option -- '${flags.has('e') ? 'e' : 'c'}'\nusage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]\n\t  [-m minttl] [-O length] [-P proxy_username] [-p source_port]\n\t  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]\n\t  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]\n\t  [destination] [port]\n`,
      );
      return 1;
    }
    if (flags.has('l')) {
      const port = Number(values.get('p') ?? operands.at(-1) ?? 0);
      if (process.state.machine.persona.services.some((service) => service.port === port)) {
        process.error.write(
          kind === 'ncat'
            ? `Ncat: bind to :::${port}: Address already in use. QUITTING.\n`
            : `nc: Address already in use\n`,
        );
        return kind === 'ncat' ? 2 : 1;
      }
      if (flags.has('v'))
        process.error.write(
          kind === 'openbsd'
            ? `Listening on 0.0.0.0 ${port}\n`
            : kind === 'ncat'
              ? `Ncat: Listening on :::${port}\nNcat: Listening on 0.0.0.0:${port}\n`
              : `listening on [any] ${port} ...\n`,
        );
      // Nobody comes; what is typed goes nowhere.
      yield* process.input.all();
      return 1;
    }
    const [host, ports] = operands;
    if (host === undefined || ports === undefined) {
      process.error.write(
        kind === 'busybox'
          ? `BusyBox ${process.state.machine.busyboxVersion} multi-call binary.\n\nUsage: nc [-iN] [-wN] [-l] [-p PORT] [-f FILE|IPADDR PORT] [-e PROG]\n`
          : kind === 'ncat'
            ? 'Ncat: You must specify a host to connect to. QUITTING.\n'
            : kind === 'traditional'
              ? 'Cmd line: no destination\n'
              : 'usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]\n\t  [-m minttl] [-O length] [-P proxy_username] [-p source_port]\n\t  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]\n\t  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]\n\t  [destination] [port]\n',
      );
      return kind === 'ncat' ? 2 : 1;
    }
    const range = /^(\d{1,5})-(\d{1,5})$/.exec(ports);
    const from = Number(range?.[1] ?? ports);
    const to = Math.min(Number(range?.[2] ?? ports), from + 64);
    let status = 1;
    for (let port = from; port <= to; port += 1)
      if (knock(process, kind, host, port, flags, Number(values.get('w') ?? 0) || 0)) status = 0;
    if (status === 0 && !flags.has('z')) yield* process.input.all();
    return status;
  },
};

function knock(
  process: Process,
  kind: ReturnType<typeof kindOf>,
  host: string,
  port: number,
  flags: ReadonlySet<string>,
  seconds: number,
): boolean {
  const { address, how } = reach(process, host, port, seconds);
  const protocol = flags.has('u') ? 'udp' : 'tcp';
  const service = portName(port, false);
  if (how === 'open') {
    if (flags.has('v'))
      process.error.write(
        kind === 'ncat'
          ? `Ncat: Connected to ${address}:${port}.\n`
          : kind === 'traditional'
            ? `localhost [${address}] ${port} (${service}) open\n`
            : `Connection to ${host} ${port} port [${protocol}/${service === String(port) ? '*' : service}] succeeded!\n`,
      );
    const { persona } = process.state.machine;
    if (!flags.has('z') && persona.services.some((one) => one.decoy === 'ssh' && one.port === port))
      process.output.write(`${persona.ssh?.version ?? ''}\r\n`);
    return true;
  }
  if (how === 'unknown') {
    process.error.write(
      kind === 'busybox'
        ? `nc: bad address '${host}'\n`
        : kind === 'ncat'
          ? `Ncat: Could not resolve hostname "${host}": Name or service not known. QUITTING.\n`
          : kind === 'traditional'
            ? `${host}: forward host lookup failed: Unknown host\n`
            : `nc: getaddrinfo for host "${host}" port ${port}: Name or service not known\n`,
    );
    return false;
  }
  if (kind === 'busybox')
    process.error.write(
      `nc: ${how === 'timeout' ? 'timed out' : `can't connect to remote host (${address}): Connection refused`}\n`,
    );
  else if (kind === 'ncat') process.error.write(`Ncat: ${how === 'timeout' ? 'TIMEOUT' : reasons[how]}.\n`);
  else if (flags.has('v'))
    process.error.write(
      kind === 'traditional'
        ? `(UNKNOWN) [${address}] ${port} (${service === String(port) ? '?' : service}) : ${reasons[how]}\n`
        : `nc: connect to ${host} port ${port} (${protocol}) ${how === 'timeout' ? 'timed out: Operation now in progress' : `failed: ${reasons[how]}`}\n`,
    );
  return false;
}

export const telnet: Command = {
  names: ['telnet'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { operands } = readOptions(process.words, 'lbeSn');
    const [host, port = '23'] = operands;
    const busybox = isBusybox(process);
    if (host === undefined) {
      if (busybox) {
        process.error.write(
          `BusyBox ${process.state.machine.busyboxVersion} multi-call binary.\n\nUsage: telnet [-a] [-l USER] HOST [PORT]\n`,
        );
        return 1;
      }
      return yield* connectionPrompt(process, 'telnet> ');
    }
    const { address, how } = reach(process, host, Number(port) || 23, 0);
    if (how === 'unknown') {
      process.error.write(
        busybox
          ? `telnet: bad address '${host}'\n`
          : `telnet: could not resolve ${host}/${port}: Name or service not known\n`,
      );
      return 1;
    }
    if (!busybox) process.output.write(`Trying ${address}...\n`);
    if (how === 'open') {
      process.output.write(`Connected to ${host}.\nEscape character is '^]'.\n`);
      const { persona } = process.state.machine;
      if (persona.services.some((one) => one.decoy === 'ssh' && one.port === Number(port)))
        process.output.write(`${persona.ssh?.version ?? ''}\n`);
      yield* process.input.line();
      process.output.write('Connection closed by foreign host.\n');
      return 1;
    }
    process.error.write(
      busybox
        ? `telnet: can't connect to remote host (${address}): ${reasons[how]}\n`
        : `telnet: Unable to connect to remote host: ${reasons[how]}\n`,
    );
    return 1;
  },
};
