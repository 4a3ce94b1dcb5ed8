import { hexDigits, pick } from '../core/random.ts';
import { textFile, type PersonaMaker } from './build.ts';
import { linuxServer, personLine } from './linux-server.ts';
import { bullseyeReleases } from './releases.ts';
import { servicesOf } from './services.ts';

export const debianDb: PersonaMaker = {
  name: 'debian-db',
  summary: 'A Debian 11 database server whose Redis is open to the world',
  make(seed, options) {
    const random = seed.random('database');
    const release = pick(random, bullseyeReleases);
    const person = pick(random, ['debian', 'admin', 'deploy', 'postgres'] as const);
    return linuxServer(seed, options, {
      distribution: 'debian',
      release,
      leastMemoryKilobytes: 2_000_000,
      daysBetweenStarts: [30, 250],
      roles: ['db', 'cache', 'redis', 'sql'],
      accounts: ['redis:!:106:112::/var/lib/redis:/usr/sbin/nologin'],
      people: [
        person === 'postgres'
          ? 'postgres:P:107:114:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash'
          : personLine(person),
      ],
      packages: {
        'mariadb-server-10.5': '1:10.5.23-0+deb11u1',
        'postgresql-13': '13.14-0+deb11u1',
        'redis-server': '5:6.0.16-1+deb11u2',
      },
      software: {
        mysql: { product: 'MariaDB', version: '10.5.23-MariaDB-0+deb11u1' },
        postgres: { product: 'PostgreSQL', version: '13.14 (Debian 13.14-0+deb11u1)' },
      },
      services: servicesOf('ssh 22, mysql 3306, postgres 5432, redis 6379'),
      // A run id belongs to one start of the daemon.
      redis: ({ bootedAt }) => ({
        version: '6.0.16',
        runId: hexDigits(seed.random(`redis started ${bootedAt}`), 40),
      }),
      files: {
        '/etc/redis/redis.conf': textFile(
          'bind 0.0.0.0\nprotected-mode no\nport 6379\ntimeout 0\ntcp-keepalive 300\ndaemonize yes\nsupervised auto\npidfile /run/redis/redis-server.pid\nloglevel notice\nlogfile /var/log/redis/redis-server.log\ndatabases 16\nsave 900 1\nsave 300 10\nsave 60 10000\ndbfilename dump.rdb\ndir /var/lib/redis\n',
          0o640,
          'redis',
        ),
      },
      history: [
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
      ],
    });
  },
};
