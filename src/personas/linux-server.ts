/** A rented server of Ubuntu 20.04 or Debian 11: what all of them have, around what one of them is for. */

import type {
  HttpIdentity,
  PersonaFile,
  PersonaService,
  RedisIdentity,
  Software,
  TlsIdentity,
} from '../core/persona.ts';
import { pick } from '../core/random.ts';
import { accountFiles, accountsOf, debianBase, debianServices, ubuntuServices, usersOf } from './accounts.ts';
import { textFile, type PersonaOptions, type PersonaParts } from './build.ts';
import { lastStart, momentBetween } from './calendar.ts';
import { snakeoilCertificate } from './certificates.ts';
import { privateAddress, serverHardware, type Hardware } from './hardware.ts';
import { serverName } from './host-name.ts';
import { serverPolicy } from './login.ts';
import { openSshIdentity } from './openssh.ts';
import { openSshPackages, packageFiles, type PackageList } from './package-files.ts';
import {
  bullseyeOsRelease,
  bullseyeReleases,
  focalOsRelease,
  focalReleases,
  type Release,
} from './releases.ts';
import { history, serverFiles } from './server-files.ts';
import { hostKeyFiles } from './ssh-host-key.ts';
import type { Seed } from './seed.ts';

/** What is known of the machine once its distribution, hardware and dates are drawn. */
interface MachineFacts {
  readonly hostname: string;
  readonly address: string;
  readonly installedAt: number;
  readonly bootedAt: number;
}

export interface LinuxServer {
  readonly distribution: 'ubuntu' | 'debian';
  /** Drawn where it is absent. */
  readonly release?: Release;
  /** The days between which it was set up, such as `2022-03-01`. */
  readonly installedBetween?: readonly [firstDay: string, lastDay: string];
  /** The fewest and the most days that it runs between two starts. */
  readonly daysBetweenStarts?: readonly [fewest: number, most: number];
  /** Ubuntu has /etc/debian_version too; false for machines that were first shown without it. */
  readonly tellsDebianVersion?: false;
  readonly leastMemoryKilobytes?: number;
  /** Beside what the host rents out: a machine of the owner's own. */
  readonly hardware?: Pick<Hardware, 'cpu' | 'memoryKilobytes'>;
  readonly roles: readonly [string, ...string[]];
  /** Lines as `accountsOf` reads them, between those of the system and those of people. */
  readonly accounts?: readonly string[];
  /** Lines as `accountsOf` reads them; one person is drawn where they are absent. */
  readonly people?: readonly string[];
  readonly packages: PackageList;
  readonly software?: Readonly<Record<string, Software>>;
  readonly services: readonly PersonaService[];
  readonly http?: HttpIdentity;
  readonly files?: Readonly<Record<string, PersonaFile>>;
  /** What root has typed. */
  readonly history: readonly string[];
  certificate?(machine: MachineFacts): TlsIdentity;
  redis?(machine: MachineFacts): RedisIdentity;
}

const distributions = {
  ubuntu: {
    releases: focalReleases,
    osRelease: focalOsRelease,
    accounts: ubuntuServices,
    system: 'Ubuntu 20.04.6 LTS',
    people: ['ubuntu', 'deploy', 'admin', 'test'],
    maintainer: 'Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>',
    version: 'bullseye/sid',
  },
  debian: {
    releases: bullseyeReleases,
    osRelease: bullseyeOsRelease,
    accounts: debianServices,
    system: 'Debian GNU/Linux 11',
    people: ['debian', 'admin', 'deploy', 'test'],
    maintainer: 'Debian Developers <debian-devel@lists.debian.org>',
    version: '11.9',
  },
} as const;

/** The account of the one who set the machine up, with a password and a home. */
export function personLine(name: string, gecos = ',,,'): string {
  return `${name}:P:1000:1000:${gecos}:/home/${name}:/bin/bash`;
}

export function linuxServer(seed: Seed, options: PersonaOptions, server: LinuxServer): PersonaParts {
  const random = seed.random('server');
  const distribution = distributions[server.distribution];
  const release = server.release ?? pick(random, distribution.releases);
  const rented = serverHardware(seed, server.leastMemoryKilobytes ?? 0);
  const hardware = server.hardware === undefined ? rented : { ...rented, ...server.hardware };
  const address = options.address ?? privateAddress(seed, hardware.naming);
  const hostname = serverName(seed, hardware.naming, address, server.roles, server.distribution);
  const [firstDay, lastDay] = server.installedBetween ?? ['2021-09-01', '2023-10-01'];
  const installedAt = momentBetween(seed, 'install', firstDay, lastDay);
  const [fewestDays, mostDays] = server.daysBetweenStarts ?? [20, 200];
  const bootedAt = lastStart(seed, options.now, fewestDays, mostDays);
  const machine: MachineFacts = { hostname, address, installedAt, bootedAt };
  const accounts = accountsOf(
    [
      debianBase.trim(),
      distribution.accounts.trim(),
      ...(server.accounts ?? []),
      ...(server.people ?? [personLine(pick(random, distribution.people))]),
    ].join('\n'),
  );
  const ssh = openSshIdentity(seed, release.openssh);
  return {
    hostname,
    system: 'linux-gnu',
    kernel: release.kernel,
    osRelease: distribution.osRelease,
    cpu: hardware.cpu,
    memoryKilobytes: hardware.memoryKilobytes,
    bootedAt,
    address,
    mac: hardware.mac,
    users: usersOf(accounts),
    files: {
      ...accountFiles(seed, accounts, installedAt),
      ...serverFiles(seed, {
        hostname,
        fullName: hostname,
        address,
        osRelease: distribution.osRelease,
        system: distribution.system,
        bootedAt,
      }),
      ...hostKeyFiles(ssh.keys, hostname),
      ...packageFiles({ ...openSshPackages(ssh.version), ...server.packages }, distribution.maintainer),
      ...(server.tellsDebianVersion === false
        ? {}
        : { '/etc/debian_version': textFile(`${distribution.version}\n`) }),
      '/root/.bash_history': textFile(history(seed, 'root', server.history), 0o600),
      ...server.files,
    },
    login: serverPolicy(
      seed,
      accounts.filter((account) => account.password === 'set').map((account) => account.name),
    ),
    issue: `${distribution.system}\n`,
    ssh,
    tls: () => server.certificate?.(machine) ?? snakeoilCertificate(seed, hostname, installedAt),
    http: server.http ?? null,
    redis: server.redis?.(machine) ?? null,
    software: server.software ?? {},
    services: server.services,
  };
}
