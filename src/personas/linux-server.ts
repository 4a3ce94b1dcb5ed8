/** A rented server of Ubuntu 20.04 or Debian 11: what all of them have, around what one of them is for. */

import type { HttpIdentity, PersonaFile, PersonaService, Software, TlsIdentity } from '../core/persona.ts';
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
import { bullseyeOsRelease, bullseyeReleases, focalOsRelease, focalReleases } from './releases.ts';
import { history, serverFiles } from './server-files.ts';
import { hostKeyFiles } from './ssh-host-key.ts';
import type { Seed } from './seed.ts';

export interface LinuxServer {
  readonly distribution: 'ubuntu' | 'debian';
  readonly leastMemoryKilobytes?: number;
  /** Beside what the host rents out: a machine of the owner's own. */
  readonly hardware?: Pick<Hardware, 'cpu' | 'memoryKilobytes'>;
  readonly roles: readonly [string, ...string[]];
  /** Lines as `accountsOf` reads them, beside those of the system and one person. */
  readonly accounts?: readonly string[];
  readonly packages: PackageList;
  readonly software: Readonly<Record<string, Software>>;
  readonly services: readonly PersonaService[];
  readonly http?: HttpIdentity;
  readonly files?: Readonly<Record<string, PersonaFile>>;
  /** What root has typed. */
  readonly history: readonly string[];
  certificate?(machine: {
    readonly hostname: string;
    readonly address: string;
    readonly installedAt: number;
  }): TlsIdentity;
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

export function linuxServer(seed: Seed, options: PersonaOptions, server: LinuxServer): PersonaParts {
  const random = seed.random('server');
  const distribution = distributions[server.distribution];
  const release = pick(random, distribution.releases);
  const rented = serverHardware(seed, server.leastMemoryKilobytes ?? 0);
  const hardware = server.hardware === undefined ? rented : { ...rented, ...server.hardware };
  const address = options.address ?? privateAddress(seed, hardware.naming);
  const hostname = serverName(seed, hardware.naming, address, server.roles, server.distribution);
  const installedAt = momentBetween(seed, 'install', '2021-09-01', '2023-10-01');
  const bootedAt = lastStart(seed, options.now, 20, 200);
  const person = pick(random, distribution.people);
  const accounts = accountsOf(
    [
      debianBase.trim(),
      distribution.accounts.trim(),
      ...(server.accounts ?? []),
      `${person}:P:1000:1000:,,,:/home/${person}:/bin/bash`,
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
      '/etc/debian_version': textFile(`${distribution.version}\n`),
      '/root/.bash_history': textFile(history(seed, 'root', server.history), 0o600),
      ...server.files,
    },
    login: serverPolicy(
      seed,
      accounts.filter((account) => account.password === 'set').map((account) => account.name),
    ),
    issue: `${distribution.system}\n`,
    ssh,
    tls: () =>
      server.certificate?.({ hostname, address, installedAt }) ??
      snakeoilCertificate(seed, hostname, installedAt),
    http: server.http ?? null,
    redis: null,
    software: server.software,
    services: server.services,
  };
}
