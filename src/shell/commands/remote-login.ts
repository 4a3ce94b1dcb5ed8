import type { Command, Process } from '../process.ts';
import { connectionPrompt } from './connection-prompt.ts';
import { readOptions } from './input-text.ts';
import { opensslVersion } from './openssl.ts';
import { reach, reasons } from './reach.ts';

/** `user@host:port/path` of ssh, scp and their like. */
export const hostOf = (word: string): string => word.replace(/^[^@]*@/, '').replace(/^\[([^\]]*)\].*/, '$1');

export function sshFailure(process: Process, host: string, port: number, options: readonly string[]): string {
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
  const banner = process.state.machine.persona.ssh?.version.replace(/^SSH-2\.0-/, '') ?? 'OpenSSH_8.4p1';
  return `${banner}, ${opensslVersion(process)}\n`;
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
    return process.name === 'ftpput' ? 1 : yield* connectionPrompt(process, 'ftp> ');
  },
};
