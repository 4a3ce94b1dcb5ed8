/** CONFIG's parameters as Debian's redis.conf leaves them. */

import { redisAtLeast } from './version.ts';

const common = `
dir /var/lib/redis
dbfilename dump.rdb
requirepass
masterauth
masteruser
unixsocket
logfile /var/log/redis/redis-server.log
pidfile /run/redis/redis-server.pid
slave-announce-ip
replica-announce-ip
maxmemory 0
maxmemory-samples 5
maxmemory-policy noeviction
timeout 0
auto-aof-rewrite-percentage 100
auto-aof-rewrite-min-size 67108864
hash-max-ziplist-entries 512
hash-max-ziplist-value 64
list-max-ziplist-size -2
list-compress-depth 0
set-max-intset-entries 512
zset-max-ziplist-entries 128
zset-max-ziplist-value 64
hll-sparse-max-bytes 3000
lua-time-limit 5000
slowlog-log-slower-than 10000
latency-monitor-threshold 0
slowlog-max-len 128
port 6379
tcp-backlog 511
databases 16
repl-ping-slave-period 10
repl-timeout 60
repl-backlog-size 1048576
repl-backlog-ttl 3600
maxclients 10000
min-slaves-to-write 0
min-slaves-max-lag 10
hz 10
stop-writes-on-bgsave-error yes
daemonize yes
rdbcompression yes
rdbchecksum yes
activerehashing yes
protected-mode no
appendonly no
appendfilename appendonly.aof
appendfsync everysec
save
slaveof
replicaof
notify-keyspace-events
bind 0.0.0.0
tcp-keepalive 300
supervised auto
loglevel notice
syslog-enabled no
slave-read-only yes
replica-read-only yes
slave-serve-stale-data yes
replica-serve-stale-data yes
io-threads 1
cluster-enabled no
aclfile
client-output-buffer-limit
`;

export class Configuration {
  readonly #values = new Map<string, string>();
  readonly #version: string;

  constructor(version: string, password: string) {
    this.#version = version;
    for (const line of common.trim().split('\n')) {
      const at = line.indexOf(' ');
      this.#values.set(at < 0 ? line : line.slice(0, at), at < 0 ? '' : line.slice(at + 1));
    }
    const seven = redisAtLeast(version, 7, 0);
    this.#values.set('save', seven ? '3600 1 300 100 60 10000' : '900 1 300 10 60 10000');
    this.#values.set('requirepass', password);
    this.#values.set(
      'client-output-buffer-limit',
      'normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60',
    );
    if (seven) {
      this.#values.set('enable-protected-configs', 'no');
      this.#values.set('enable-debug-command', 'no');
      this.#values.set('enable-module-command', 'no');
    }
  }

  get(name: string): string {
    return this.#values.get(name) ?? '';
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  names(): string[] {
    return [...this.#values.keys()];
  }

  /**
   * Sets a parameter as CONFIG SET does; the error text of this version, or null where it took. Directories are those
   * of the machine and those in which attackers look for something to overwrite.
   */
  set(name: string, value: string, hasDirectory: (path: string) => boolean): string | null {
    const seven = redisAtLeast(this.#version, 7, 0);
    if (!this.#values.has(name)) {
      return seven
        ? `ERR Unknown option or number of arguments for CONFIG SET - '${name}'`
        : `ERR Unsupported CONFIG parameter: ${name}`;
    }
    const refuse = (why: string): string =>
      seven
        ? `ERR CONFIG SET failed (possibly related to argument '${name}') - ${why}`
        : `ERR Invalid argument '${value.slice(0, 256)}' for CONFIG SET '${name}' - ${why}`;
    if (seven && (name === 'dir' || name === 'dbfilename')) return refuse("can't set protected config");
    if (
      [
        'databases',
        'port',
        'bind',
        'daemonize',
        'cluster-enabled',
        'io-threads',
        'supervised',
        'pidfile',
      ].includes(name) &&
      !(seven && (name === 'port' || name === 'bind'))
    ) {
      return seven ? refuse("can't set immutable config") : `ERR Unsupported CONFIG parameter: ${name}`;
    }
    if (name === 'dir' && !hasDirectory(value)) return 'ERR Changing directory: No such file or directory';
    if (name === 'dbfilename' && value.includes('/'))
      return refuse("dbfilename can't be a path, just a filename");
    const current = this.get(name);
    if (current === 'yes' || current === 'no') {
      if (value.toLowerCase() !== 'yes' && value.toLowerCase() !== 'no') {
        return refuse("argument must be 'yes' or 'no'");
      }
      this.#values.set(name, value.toLowerCase());
      return null;
    }
    this.#values.set(name, value.slice(0, 4096));
    return null;
  }
}

/** Directories of every such server, beside those that the persona's files lie in. */
const usualDirectories = [
  '/',
  '/etc',
  '/etc/cron.d',
  '/etc/cron.hourly',
  '/etc/init.d',
  '/etc/profile.d',
  '/etc/redis',
  '/home',
  '/opt',
  '/root',
  '/root/.ssh',
  '/tmp',
  '/usr/local/bin',
  '/var',
  '/var/lib/redis',
  '/var/log',
  '/var/spool/cron',
  '/var/spool/cron/crontabs',
  '/var/tmp',
  '/var/www',
  '/var/www/html',
  '/dev/shm',
];

export function directoriesOf(files: readonly string[]): (path: string) => boolean {
  const known = new Set(usualDirectories);
  for (const file of files) {
    for (let at = file.lastIndexOf('/'); at > 0; at = file.lastIndexOf('/', at - 1))
      known.add(file.slice(0, at));
  }
  return (path) => known.has(path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path);
}
