import { Buffer } from 'node:buffer';
import { encodeText } from './byte-text.ts';
import type { Persona } from '../core/persona.ts';
import { below, pick, type Random } from '../core/random.ts';
import type { FileNode } from './files/node.ts';
import { PackageSet } from './packages/package-set.ts';

/** Prefixes of makers of routers in the IEEE's registry. */
const routerVendors = ['00:1a:1e', '00:04:96', '00:1b:17', '00:09:0f', '00:05:85', '00:1e:bd'] as const;

export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  readonly user: string;
  readonly command: string;
  /** Kilobytes; 0 for a thread of the kernel. */
  readonly virtual: number;
  readonly resident: number;
}

const elfNumbers: Readonly<Record<string, readonly [code: number, bits: 1 | 2, order: 1 | 2]>> = {
  x86_64: [62, 2, 1],
  i686: [3, 1, 1],
  aarch64: [183, 2, 1],
  armv7l: [40, 1, 1],
  armv6l: [40, 1, 1],
  armv5tejl: [40, 1, 1],
  mips: [8, 1, 2],
  mipsel: [8, 1, 1],
  ppc: [20, 1, 2],
  riscv64: [243, 2, 1],
};

const kernelThreads = [
  'kthreadd',
  'ksoftirqd/0',
  'kworker/0:0H',
  'rcu_sched',
  'migration/0',
  'khelper',
  'kdevtmpfs',
  'netns',
  'kswapd0',
  'bioset',
  'kblockd',
];

/** What the shell and its commands know of the persona's machine. All that differs between machines is drawn from the persona's seed, so it agrees with itself at every visit. */
export class Machine {
  readonly persona: Persona;
  readonly busybox: boolean;
  readonly hostname: string;
  readonly kernel: Persona['kernel'];
  readonly users: Persona['users'];
  /** Such as `v1.30.1 (2019-06-17 09:41:12 UTC)`. */
  readonly busyboxVersion: string;
  readonly bashVersion: string;
  readonly processes: readonly RunningProcess[];
  readonly packages: PackageSet;
  readonly interfaceName: string;
  /** The router of the machine's network, as `route` and `arp` show it. */
  readonly gateway: { readonly address: string; readonly mac: string };
  readonly diskKilobytes: number;
  readonly diskUsedKilobytes: number;
  readonly freeKilobytes: number;
  readonly cachedKilobytes: number;
  /** The pid that the first shell of a visitor gets. */
  readonly shellPid: number;
  readonly startedAt: number;
  readonly #random: Random;
  readonly #block: string;
  readonly #programs: Map<number, string>;

  /** `model` is a machine of the same persona, with which this one shares what is the same at every visit. */
  constructor(persona: Persona, visit: string, startedAt: number, model: Machine | null = null) {
    this.persona = persona;
    this.busybox = persona.system === 'linux-busybox';
    this.hostname = encodeText(persona.hostname);
    this.kernel = persona.kernel;
    this.users = persona.users;
    this.startedAt = startedAt;
    const random = persona.random('shell:machine');
    const built = new Date(Math.max(1.3e12, persona.bootedAt - below(random, 9e10))).toISOString();
    const busybox = persona.software['busybox']?.version;
    const drawn = `${pick(random, ['v1.19.4', 'v1.22.1', 'v1.24.2', 'v1.27.2', 'v1.30.1'])} (${built.slice(0, 10)} ${built.slice(11, 19)} UTC)`;
    this.busyboxVersion =
      busybox === undefined ? drawn : `v${busybox} (${built.slice(0, 10)} ${built.slice(11, 19)} UTC)`;
    this.packages = model?.packages ?? new PackageSet(persona);
    this.bashVersion = this.packages.release?.bash ?? '';
    this.interfaceName = this.busybox ? 'eth0' : pick(random, ['eth0', 'ens3', 'ens5', 'enp1s0']);
    // A stream of its own: what else is drawn stays as it was.
    const router = persona.random('gateway');
    const half = Array.from({ length: 3 }, () => below(router, 256).toString(16).padStart(2, '0'));
    this.gateway = {
      address: persona.address.replace(/\d+$/, '1'),
      mac: `${pick(router, routerVendors)}:${half.join(':')}`,
    };
    this.diskKilobytes = this.busybox
      ? 6_000 + below(random, 60_000)
      : 20_000_000 + below(random, 60_000_000);
    this.diskUsedKilobytes = Math.floor(this.diskKilobytes * (0.15 + below(random, 50) / 100));
    this.freeKilobytes = Math.floor(persona.memoryKilobytes * (0.1 + below(random, 30) / 100));
    this.cachedKilobytes = Math.floor(persona.memoryKilobytes * (0.15 + below(random, 25) / 100));
    this.processes = model?.processes ?? listProcesses(this, random);
    this.#random = persona.random(`shell:visit:${visit}`);
    this.shellPid = (this.processes.at(-1)?.pid ?? 400) + 20 + below(this.#random, 4000);
    this.#programs = model === null ? new Map() : model.#programs;
    if (model !== null) {
      this.#block = model.#block;
      return;
    }
    let block = '';
    const filler = persona.random('shell:binary');
    while (block.length < 8192) {
      const word = filler.next();
      block += String.fromCharCode(word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24);
    }
    this.#block = block;
  }

  nextRandom(): number {
    return this.#random.next();
  }

  randomText(count: number): string {
    const bytes = Buffer.alloc(Math.ceil(count / 4) * 4);
    for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(this.#random.next(), at);
    return bytes.toString('latin1', 0, count);
  }

  userOf(uid: number): string {
    return this.users.find((user) => user.uid === uid)?.name ?? (uid === 0 ? 'root' : String(uid));
  }

  uidOf(name: string): number | null {
    if (name === 'root') return 0;
    const found = this.users.find((user) => user.name === name);
    return found?.uid ?? (/^\d{1,9}$/.test(name) ? Number(name) : null);
  }

  homeOf(name: string): string {
    return this.users.find((user) => user.name === name)?.home ?? (name === 'root' ? '/root' : '/');
  }

  /** Names a program's file by its size, which this machine gives to no other. */
  addProgram(size: number, name: string): number {
    let unique = size;
    while (this.#programs.has(unique)) unique += 8;
    this.#programs.set(unique, name);
    return unique;
  }

  /** The size of a program's file; null for a name that is no program here. */
  programSize(name: string): number | null {
    for (const [size, program] of this.#programs) if (program === name) return size;
    return null;
  }

  /** The program in a file of the system, or in a copy of it; null for any other content. */
  programOf(file: FileNode): string | null {
    const size = file.size >= 0 ? file.size : typeof file.content === 'string' ? file.content.length : -1;
    const name = this.#programs.get(size);
    if (name === undefined) return null;
    if (typeof file.content === 'function') return name;
    return file.content === this.binary(size) ? name : null;
  }

  /** Bytes that look like a program for this machine: an ELF header as its linker writes it, then code that is noise. */
  binary(size: number): string {
    const [code, bits, order] = elfNumbers[this.kernel.machine] ?? [62, 2, 1];
    const half = (value: number): string =>
      order === 1
        ? String.fromCharCode(value & 255, value >> 8)
        : String.fromCharCode(value >> 8, value & 255);
    const wide = (value: number): string => {
      const low = half(value & 0xffff);
      const high = half(value >>> 16);
      const four = order === 1 ? low + high : high + low;
      return bits === 1 ? four : order === 1 ? `${four}\0\0\0\0` : `\0\0\0\0${four}`;
    };
    const four = (value: number): string => (order === 1 ? half(value) + half(0) : half(0) + half(value));
    // ELF header: e_ident[16], e_type, e_machine, e_version, e_entry, e_phoff, e_shoff, e_flags, e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx
    const headerSize = bits === 1 ? 52 : 64;
    const header = `\x7fELF${String.fromCharCode(bits, order, 1)}${'\0'.repeat(9)}${half(2)}${half(code)}${four(1)}${wide(0x8000 + (size & 0xff0))}${wide(headerSize)}${wide(Math.max(0, size - 1200))}${four(code === 8 ? 0x1007 : code === 40 ? 0x2 : 0)}${half(headerSize)}${half(bits === 1 ? 32 : 56)}${half(3)}${half(bits === 1 ? 40 : 64)}${half(21)}${half(20)}`;
    const body = this.#block.slice(size & 0xfff) + this.#block.slice(0, size & 0xfff);
    return (header + body.repeat(Math.ceil(size / body.length))).slice(0, size);
  }
}

/** What the process list of a server shows of its services, as their packages start them. */
function serviceProcesses(persona: Persona): string[] {
  const has = (decoy: string): boolean => persona.services.some((service) => service.decoy === decoy);
  const server = persona.http?.server ?? '';
  const { mysql, postgres } = persona.software;
  const major = Number.parseInt(postgres?.version ?? '', 10);
  const web = server.startsWith('Apache')
    ? server.includes('Red Hat')
      ? '/usr/sbin/httpd -DFOREGROUND'
      : '/usr/sbin/apache2 -k start'
    : server === ''
      ? '/usr/lib/jvm/java-8-openjdk-amd64/bin/java -Djava.awt.headless=true -Xms1024m -Xmx1024m'
      : 'nginx: master process /usr/sbin/nginx -g daemon on; master_process on;';
  const lines: readonly (readonly [shown: boolean, command: string])[] = [
    [persona.http !== null, web],
    [persona.redis !== null, '/usr/bin/redis-server 0.0.0.0:6379'],
    [
      has('mysql'),
      mysql?.product === 'MariaDB' ? '/usr/sbin/mariadbd' : '/usr/libexec/mysqld --basedir=/usr',
    ],
    [
      has('postgres'),
      `/usr/lib/postgresql/${major}/bin/postgres -D /var/lib/postgresql/${major}/main -c config_file=/etc/postgresql/${major}/main/postgresql.conf`,
    ],
    [has('docker'), '/usr/bin/dockerd'],
    [has('docker') || has('kubernetes'), '/usr/bin/containerd'],
    [
      has('kubernetes'),
      'kube-apiserver --anonymous-auth=true --secure-port=6443 --service-cluster-ip-range=10.96.0.0/12',
    ],
    [has('kubernetes'), '/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml'],
    [has('ollama'), '/usr/local/bin/ollama serve'],
    [has('s3'), '/usr/local/bin/minio server --console-address 127.0.0.1:9001 /srv/minio'],
    [has('smtp'), '/usr/lib/postfix/sbin/master -w'],
    [has('ftp'), '/usr/sbin/vsftpd /etc/vsftpd.conf'],
  ];
  return lines.flatMap(([shown, command]) => (shown ? [command] : []));
}

function listProcesses(machine: Machine, random: Random): RunningProcess[] {
  const processes: RunningProcess[] = [];
  let pid = 1;
  const add = (command: string, parent = 1, user = 'root', thread = false): void => {
    processes.push({
      pid,
      parent,
      user,
      command,
      virtual: thread ? 0 : 900 + below(random, machine.busybox ? 3_000 : 90_000),
      resident: thread ? 0 : 300 + below(random, machine.busybox ? 900 : 9_000),
    });
    pid += 1 + (thread ? 0 : below(random, 40));
  };
  add(machine.busybox ? 'init' : '/sbin/init', 0);
  pid = 2;
  for (const name of kernelThreads) add(`[${name}]`, name === 'kthreadd' ? 0 : 2, 'root', true);
  pid = machine.busybox ? 60 + below(random, 200) : 300 + below(random, 200);
  const { persona } = machine;
  const daemons = machine.busybox
    ? [
        '/sbin/syslogd -n',
        '/sbin/klogd -n',
        '/usr/sbin/telnetd',
        'udhcpc -i eth0 -s /etc/udhcpc.script',
        ...(persona.http === null ? [] : ['/usr/sbin/httpd -p 80 -h /www']),
        ...(persona.ssh === null ? [] : ['/usr/sbin/dropbear -p 22']),
        '/bin/watchdog -t 5 /dev/watchdog',
      ]
    : [
        '/lib/systemd/systemd-journald',
        '/lib/systemd/systemd-udevd',
        '/usr/sbin/cron -f',
        '/usr/sbin/rsyslogd -n -iNONE',
        '/lib/systemd/systemd-logind',
        ...(persona.ssh === null ? [] : ['sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups']),
        ...serviceProcesses(persona),
        '/sbin/agetty -o -p -- \\u --noclear tty1 linux',
      ];
  for (const daemon of daemons) add(daemon);
  return processes;
}
