import { hexDigits, pick } from '../core/random.ts';
import { accountFiles, accountsOf, debianBase, debianServices, usersOf } from './accounts.ts';
import { textFile, type PersonaMaker } from './build.ts';
import { lastStart, momentBetween } from './calendar.ts';
import { snakeoilCertificate } from './certificates.ts';
import { privateAddress, serverHardware } from './hardware.ts';
import { serverName } from './host-name.ts';
import { serverPolicy } from './login.ts';
import { openSshIdentity } from './openssh.ts';
import { bullseyeOsRelease, bullseyeReleases } from './releases.ts';
import { history, serverFiles } from './server-files.ts';
import { hostKeyFiles } from './ssh-host-key.ts';
import { openSshPackages, packageFiles } from './package-files.ts';
import { servicesOf } from './services.ts';

export const debianDb: PersonaMaker = {
  name: 'debian-db',
  summary: 'A Debian 11 database server whose Redis is open to the world',
  make(seed, options) {
    const random = seed.random('database');
    const release = pick(random, bullseyeReleases);
    const hardware = serverHardware(seed, 2_000_000);
    const address = options.address ?? privateAddress(seed, hardware.naming);
    const hostname = serverName(seed, hardware.naming, address, ['db', 'cache', 'redis', 'sql'], 'debian');
    const installedAt = momentBetween(seed, 'install', '2021-09-01', '2023-10-01');
    const bootedAt = lastStart(seed, options.now, 30, 250);
    const people = pick(random, ['debian', 'admin', 'deploy', 'postgres'] as const);
    const person =
      people === 'postgres'
        ? 'postgres:P:107:114:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash'
        : `${people}:P:1000:1000:,,,:/home/${people}:/bin/bash`;
    const accounts = accountsOf(
      `${debianBase.trim()}\n${debianServices.trim()}\nredis:!:106:112::/var/lib/redis:/usr/sbin/nologin\n${person}`,
    );
    const ssh = openSshIdentity(seed, release.openssh);
    return {
      hostname,
      system: 'linux-gnu',
      kernel: release.kernel,
      osRelease: bullseyeOsRelease,
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
          osRelease: bullseyeOsRelease,
          system: 'Debian GNU/Linux 11',
          bootedAt,
        }),
        ...hostKeyFiles(ssh.keys, hostname),
        ...packageFiles(
          {
            ...openSshPackages(ssh.version),
            'mariadb-server-10.5': '1:10.5.23-0+deb11u1',
            'postgresql-13': '13.14-0+deb11u1',
            'redis-server': '5:6.0.16-1+deb11u2',
          },
          'Debian Developers <debian-devel@lists.debian.org>',
        ),
        '/etc/debian_version': textFile('11.9\n'),
        '/etc/redis/redis.conf': textFile(
          'bind 0.0.0.0\nprotected-mode no\nport 6379\ntimeout 0\ntcp-keepalive 300\ndaemonize yes\nsupervised auto\npidfile /run/redis/redis-server.pid\nloglevel notice\nlogfile /var/log/redis/redis-server.log\ndatabases 16\nsave 900 1\nsave 300 10\nsave 60 10000\ndbfilename dump.rdb\ndir /var/lib/redis\n',
          0o640,
          'redis',
        ),
        '/root/.bash_history': textFile(
          history(seed, 'root', [
            'apt install redis-server',
            'vim /etc/redis/redis.conf',
            'systemctl restart redis-server',
            'redis-cli ping',
            'redis-cli info memory',
            'ss -tlnp',
            'tail -n 50 /var/log/redis/redis-server.log',
            'sysctl vm.overcommit_memory=1',
            'redis-cli bgsave',
            'ls -la /var/lib/redis',
          ]),
          0o600,
        ),
      },
      login: serverPolicy(
        seed,
        accounts.filter((account) => account.password === 'set').map((account) => account.name),
      ),
      issue: 'Debian GNU/Linux 11\n',
      ssh,
      tls: () => snakeoilCertificate(seed, hostname, installedAt),
      http: null,
      // A run id belongs to one start of the daemon.
      software: {
        mysql: { product: 'MariaDB', version: '10.5.23-MariaDB-0+deb11u1' },
        postgres: { product: 'PostgreSQL', version: '13.14 (Debian 13.14-0+deb11u1)' },
      },
      services: servicesOf('ssh 22, mysql 3306, postgres 5432, redis 6379'),
      redis: { version: '6.0.16', runId: hexDigits(seed.random(`redis started ${bootedAt}`), 40) },
    };
  },
};
