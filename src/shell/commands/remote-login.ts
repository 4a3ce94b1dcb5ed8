import { addressOf } from '../download.ts';
import { FileFault } from '../files/fault.ts';
import { isBusybox, type Command, type Process } from '../process.ts';
import type { Reading } from '../stream.ts';
import { readOptions } from './input-text.ts';
import { portName } from './sockets.ts';

const isAddress = (text: string): boolean =>
  /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) || /^[0-9a-f]*:[0-9a-f:.]+$/i.test(text);
const isName = (text: string): boolean =>
  text === 'localhost' || /^(?:[a-z0-9_](?:[a-z0-9_-]{0,62})\.)+[a-z]{2,20}\.?$/i.test(text);

interface Reached {
  readonly address: string;
  /** `open` for a port of the machine itself that listens. */
  readonly how: 'unknown' | 'refused' | 'timeout' | 'open';
}

/** Where a connection that does not happen ends: the target is recorded; only the machine's own ports answer. */
function reach(process: Process, host: string, port: number, seconds: number): Reached {
  process.state.recordCommand(['nc', host, String(port)]);
  if (!isAddress(host) && !isName(host)) return { address: '', how: 'unknown' };
  const { persona } = process.state.machine;
  const local = host === 'localhost' || host.startsWith('127.') || host === persona.address;
  const address = host === 'localhost' ? '127.0.0.1' : isAddress(host) ? host : addressOf(process, host);
  if (local)
    return {
      address,
      how: persona.services.some((service) => service.transport === 'tcp' && service.port === port)
        ? 'open'
        : 'refused',
    };
  const silent = seconds > 0 && persona.random(`shell:reach:${host}:${port}`).next() % 3 > 0;
  process.state.sleep(
    silent ? Math.min(seconds, 30) * 1000 : 40 + (process.state.machine.nextRandom() % 160),
  );
  return { address, how: silent ? 'timeout' : 'refused' };
}

const reasons = {
  refused: 'Connection refused',
  timeout: 'Connection timed out',
  unknown: 'Name or service not known',
  open: '',
} as const;

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
      return yield* prompt(process, 'telnet> ');
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

/** A prompt of a client that is connected to nothing, until it is left. */
function* prompt(process: Process, text: string): Reading<number> {
  for (;;) {
    process.output.write(text);
    const line = yield* process.input.line();
    if (line === null) return 0;
    const word = line.trim().split(' ', 1)[0] ?? '';
    if (/^(?:quit|bye|exit|q)$/.test(word)) return 0;
    if (word === 'open' || word === 'o')
      process.output.write(`${process.name}: connect: Connection refused\n`);
    else if (word !== '')
      process.output.write(process.name === 'ftp' ? 'Not connected.\n' : '?Invalid command\n');
  }
}

/** `user@host:port/path` of ssh, scp and their like. */
const hostOf = (word: string): string => word.replace(/^[^@]*@/, '').replace(/^\[([^\]]*)\].*/, '$1');

function sshFailure(process: Process, host: string, port: number, options: readonly string[]): string {
  const limit = Number(
    options
      .map((word) => /^(?:-o)?ConnectTimeout[= ](\d{1,4})$/i.exec(word)?.[1])
      .find((found) => found !== undefined) ?? 0,
  );
  const { how } = reach(process, host, port, limit);
  process.state.recordCommand(['ssh', host]);
  if (how === 'unknown') return `ssh: Could not resolve hostname ${host}: Name or service not known\n`;
  if (how === 'open') return 'Host key verification failed.\n';
  return `ssh: connect to host ${host} port ${port}: ${reasons[how]}\n`;
}

const sshVersion = (process: Process): string => {
  const { persona, packages } = process.state.machine;
  const banner = persona.ssh?.version.replace(/^SSH-2\.0-/, '') ?? 'OpenSSH_8.4p1';
  const library =
    packages.family === 'redhat'
      ? 'OpenSSL 1.1.1k  FIPS 25 Mar 2021'
      : packages.codename === 'focal'
        ? 'OpenSSL 1.1.1f  31 Mar 2020'
        : 'OpenSSL 1.1.1w  11 Sep 2023';
  return `${banner}, ${library}\n`;
};

export const secureShell: Command = {
  names: ['ssh'],
  folder: '/usr/bin',
  systems: 'gnu',
  run(process) {
    const { flags, values, operands } = readOptions(process.words, 'BbcDEeFIiJLlmOopQRSWw');
    if (flags.has('V')) {
      process.error.write(sshVersion(process));
      return 0;
    }
    const [target] = operands;
    if (target === undefined) {
      process.error.write(
        'usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] [-B bind_interface]\n           [-b bind_address] [-c cipher_spec] [-D [bind_address:]port]\n           [-E log_file] [-e escape_char] [-F configfile] [-I pkcs11]\n           [-i identity_file] [-J [user@]host[:port]] [-L address]\n           [-l login_name] [-m mac_spec] [-O ctl_cmd] [-o option] [-p port]\n           [-Q query_option] [-R address] [-S ctl_path] [-W host:port]\n           [-w local_tun[:remote_tun]] destination [command]\n',
      );
      return 255;
    }
    process.error.write(
      sshFailure(process, hostOf(target), Number(values.get('p') ?? 22) || 22, process.words),
    );
    return 255;
  },
};

export const secureCopy: Command = {
  names: ['scp', 'sftp'],
  folder: '/usr/bin',
  systems: 'gnu',
  *run(process) {
    const { values, operands } = readOptions(process.words, 'cFiJloPSDBbRsX');
    const remote =
      operands.find((word) => /^[^/]*:/.test(word)) ?? (process.name === 'sftp' ? operands[0] : undefined);
    if (operands.length === 0 || (process.name === 'scp' && operands.length < 2)) {
      process.error.write(
        process.name === 'scp'
          ? 'usage: scp [-346BCpqrTv] [-c cipher] [-F ssh_config] [-i identity_file]\n            [-J destination] [-l limit] [-o ssh_option] [-P port]\n            [-S program] source ... target\n'
          : 'usage: sftp [-46aCfpqrv] [-B buffer_size] [-b batchfile] [-c cipher]\n          [-D sftp_server_path] [-F ssh_config] [-i identity_file]\n          [-J destination] [-l limit] [-o ssh_option] [-P port]\n          [-R num_requests] [-S program] [-s subsystem | sftp_server]\n          destination\n',
      );
      return 1;
    }
    if (remote === undefined)
      return yield* process.execute(['cp', ...(process.words.includes('-r') ? ['-r'] : []), ...operands]);
    process.error.write(
      `${sshFailure(process, hostOf(remote.split(':', 1)[0] ?? ''), Number(values.get('P') ?? 22) || 22, process.words)}${process.name === 'scp' ? 'lost connection\n' : 'Connection closed\n'}`,
    );
    return process.name === 'scp' ? 1 : 255;
  },
};

export const synchronise: Command = {
  names: ['rsync'],
  folder: '/usr/bin',
  systems: 'gnu',
  *run(process) {
    const { operands } = readOptions(process.words, 'eTfB');
    const version = process.state.machine.packages.installed.get('rsync')?.split('-')[0] ?? '3.1.3';
    if (operands.length === 0) {
      process.error.write(
        `rsync error: syntax or usage error (code 1) at main.c(1569) [client=${version}]\n`,
      );
      return 1;
    }
    const remote = operands.find((word) => /^rsync:\/\/|^[^/]+:/.test(word));
    if (remote === undefined)
      return operands.length < 2 ? 0 : yield* process.execute(['cp', '-r', ...operands]);
    const daemon = /^rsync:\/\/([^/:]+)(?::(\d{1,5}))?|^([^:]+)::/.exec(remote);
    if (daemon !== null) {
      const host = hostOf(daemon[1] ?? daemon[3] ?? '');
      const { address, how } = reach(process, host, Number(daemon[2] ?? 873), 0);
      process.error.write(
        how === 'unknown'
          ? `rsync: getaddrinfo: ${host} 873: Name or service not known\nrsync error: error in socket IO (code 10) at clientserver.c(127) [Receiver=${version}]\n`
          : `rsync: failed to connect to ${host} (${address}): Connection refused (111)\nrsync error: error in socket IO (code 10) at clientserver.c(127) [Receiver=${version}]\n`,
      );
      return 10;
    }
    process.error.write(
      `${sshFailure(process, hostOf(remote.split(':', 1)[0] ?? ''), 22, process.words)}rsync: connection unexpectedly closed (0 bytes received so far) [Receiver]\nrsync error: unexplained error (code 255) at io.c(235) [Receiver=${version}]\n`,
    );
    return 255;
  },
};

export const fileFetch: Command = {
  names: ['ftp', 'ftpput'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { values, operands } = readOptions(process.words, 'upP');
    const [host] = operands;
    if (host !== undefined) {
      const { address, how } = reach(process, host, Number(values.get('P') ?? 21) || 21, 0);
      process.error.write(
        process.name === 'ftpput'
          ? `ftpput: can't connect to remote host (${address}): Connection refused\n`
          : how === 'unknown'
            ? `ftp: ${host}: Name or service not known\n`
            : 'ftp: connect: Connection refused\n',
      );
    }
    return process.name === 'ftpput' ? 1 : yield* prompt(process, 'ftp> ');
  },
};

export const git: Command = {
  names: ['git'],
  folder: '/usr/bin',
  systems: 'gnu',
  run(process) {
    const words = process.words.filter(
      (word, index) => word !== '-C' && word !== '-c' && !/^-[cC]$/.test(process.words[index - 1] ?? ''),
    );
    const [verb] = words;
    const version =
      process.state.machine.packages.installed.get('git')?.replace(/^1:/, '').split('-')[0] ?? '2.25.1';
    if (verb === '--version' || verb === 'version') process.output.write(`git version ${version}\n`);
    else if (verb === 'config' && words.includes('--global')) return 0;
    else if (verb === 'clone') {
      const [url = '', into] = readOptions(words.slice(1), 'bocj').operands;
      if (url === '') {
        process.error.write(
          'fatal: You must specify a repository to clone.\n\nusage: git clone [<options>] [--] <repo> [<dir>]\n',
        );
        return 129;
      }
      const name =
        into ??
        url
          .replace(/\/+$/, '')
          .replace(/\.git$/, '')
          .split(/[/:]/)
          .pop() ??
        '';
      const match = /^(https?|git):\/\/(?:[^@/]*@)?([^/:]+)(?::(\d{1,5}))?/.exec(url);
      if (match === null && !/^[^/]+@?[^/]*:/.test(url)) {
        process.error.write(`fatal: repository '${url}' does not exist\n`);
        return 128;
      }
      process.error.write(`Cloning into '${name}'...\n`);
      if (match === null) {
        process.error.write(
          `${sshFailure(process, hostOf(url.split(':', 1)[0] ?? ''), 22, [])}fatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.\n`,
        );
        return 128;
      }
      const [, scheme = 'https', host = '', given] = match;
      const port = Number(given ?? (scheme === 'https' ? 443 : scheme === 'http' ? 80 : 9418));
      const { how } = reach(process, host, port, 0);
      process.error.write(
        how === 'unknown'
          ? `fatal: unable to access '${url.replace(/\/?$/, '/')}': Could not resolve host: ${host}\n`
          : `fatal: unable to access '${url.replace(/\/?$/, '/')}': Failed to connect to ${host} port ${port}: Connection refused\n`,
      );
      return 128;
    } else if (verb === 'init') {
      try {
        process.state.files.makeDirectory('.git', process.folder);
      } catch (error) {
        // It is there already, which git does not mind.
        if (!(error instanceof FileFault)) throw error;
      }
      process.output.write(`Initialized empty Git repository in ${process.folder}/.git/\n`);
    } else if (verb === undefined || verb === 'help' || verb === '--help') {
      process.output.write(
        'usage: git [--version] [--help] [-C <path>] [-c <name>=<value>]\n           [--exec-path[=<path>]] [--html-path] [--man-path] [--info-path]\n           [-p | --paginate | -P | --no-pager] [--no-replace-objects] [--bare]\n           [--git-dir=<path>] [--work-tree=<path>] [--namespace=<name>]\n           <command> [<args>]\n',
      );
      return 1;
    } else {
      process.error.write('fatal: not a git repository (or any of the parent directories): .git\n');
      return 128;
    }
    return 0;
  },
};
