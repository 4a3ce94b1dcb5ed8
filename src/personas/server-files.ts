/** Files that a Debian-family server has beside those of its accounts. */

import type { PersonaFile } from '../core/persona.ts';
import { below, pick } from '../core/random.ts';
import { machineId } from './accounts.ts';
import { textFile } from './build.ts';
import { logTime } from './calendar.ts';
import type { Seed } from './seed.ts';

export interface ServerFacts {
  readonly hostname: string;
  readonly fullName: string;
  readonly address: string;
  readonly osRelease: string;
  /** What /etc/issue says, such as `Ubuntu 20.04.6 LTS`. */
  readonly system: string;
  readonly bootedAt: number;
}

export function serverFiles(seed: Seed, facts: ServerFacts): Record<string, PersonaFile> {
  const random = seed.random('server files');
  const fullName = facts.fullName === facts.hostname ? facts.hostname : `${facts.fullName} ${facts.hostname}`;
  const peers = `10.${below(random, 250)}.${below(random, 250)}.${2 + below(random, 250)}`;
  return {
    '/etc/hostname': textFile(`${facts.hostname}\n`),
    '/etc/hosts': textFile(
      `127.0.0.1 localhost\n127.0.1.1 ${fullName}\n\n::1 localhost ip6-localhost ip6-loopback\nff02::1 ip6-allnodes\nff02::2 ip6-allrouters\n`,
    ),
    '/etc/os-release': textFile(facts.osRelease),
    '/etc/issue': textFile(`${facts.system} \\n \\l\n\n`),
    '/etc/issue.net': textFile(`${facts.system}\n`),
    '/etc/machine-id': textFile(`${machineId(seed)}\n`, 0o444),
    '/etc/resolv.conf': textFile(
      pick(random, [
        'nameserver 127.0.0.53\noptions edns0 trust-ad\n',
        `nameserver ${peers}\n`,
        'nameserver 8.8.8.8\nnameserver 8.8.4.4\n',
        'nameserver 1.1.1.1\nnameserver 9.9.9.9\n',
      ]),
    ),
    '/etc/ssh/sshd_config': textFile(
      `Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin yes\nPasswordAuthentication yes\nChallengeResponseAuthentication no\nUsePAM yes\nX11Forwarding yes\nPrintMotd no\nAcceptEnv LANG LC_*\nSubsystem sftp\t/usr/lib/openssh/sftp-server\n`,
    ),
    '/var/log/boot.log': textFile(`------------ ${logTime(facts.bootedAt)} ------------\n`, 0o600),
  };
}

/** A history of so many of these commands, in the order in which they stand, as somebody would have worked. */
export function history(seed: Seed, purpose: string, commands: readonly string[]): string {
  const random = seed.random(`history ${purpose}`);
  const lines = commands.filter(() => below(random, 3) !== 0);
  const asides = [
    'ls',
    'ls -la',
    'df -h',
    'htop',
    'free -m',
    'w',
    'uptime',
    'exit',
    'cd ..',
    'clear',
  ] as const;
  return `${lines.flatMap((line) => (below(random, 3) === 0 ? [line, pick(random, asides)] : [line])).join('\n')}\n`;
}

/** Words of which owners make passwords and names of databases. */
export function secret(seed: Seed, purpose: string): string {
  const alphabet = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
  return Array.from(seed.bytes(`secret ${purpose}`, 14), (octet) => alphabet[octet % alphabet.length]).join(
    '',
  );
}
