import { below, hexDigits, pick } from '../core/random.ts';
import { accountsOf, usersOf } from './accounts.ts';
import { textFile, type PersonaMaker } from './build.ts';
import { lastStart } from './calendar.ts';
import { macWithPrefix } from './hardware.ts';
import { closedPolicy } from './login.ts';
import { routerOsIdentity } from './openssh.ts';
import { servicesOf } from './services.ts';

interface Board {
  readonly name: string;
  readonly cpu: string;
  readonly count: number;
  readonly machine: string;
  readonly memoryKilobytes: number;
}

const boards: readonly [Board, ...Board[]] = [
  { name: 'RB750Gr3', cpu: 'MIPS 1004Kc V2.15', count: 4, machine: 'mmips', memoryKilobytes: 262_144 },
  { name: 'RB2011UiAS', cpu: 'MIPS 74Kc V4.12', count: 1, machine: 'mipsbe', memoryKilobytes: 131_072 },
  { name: 'RB4011iGS+', cpu: 'ARMv7', count: 4, machine: 'arm', memoryKilobytes: 1_048_576 },
  { name: 'RB3011UiAS', cpu: 'ARMv7', count: 2, machine: 'arm', memoryKilobytes: 1_048_576 },
];

/** Releases of the long-term and stable channels. */
const releases = ['6.45.9', '6.47.10', '6.48.6', '6.49.6', '6.49.10'] as const;
const prefixes = [
  '4c:5e:0c',
  '6c:3b:6b',
  '64:d1:54',
  'cc:2d:e0',
  '74:4d:28',
  'b8:69:f4',
  '2c:c8:1b',
] as const;

export const mikrotikRouter: PersonaMaker = {
  name: 'mikrotik-router',
  summary: 'A MikroTik router with RouterOS 6: web pages, SSH, FTP, SNMP and a resolver towards the world',
  make(seed, options) {
    const random = seed.random('router');
    const board = pick(random, boards);
    const version = pick(random, releases);
    // Most keep the name that it comes with; the others are named for a place.
    const hostname =
      below(random, 3) === 0
        ? 'MikroTik'
        : `${pick(random, ['GW', 'RB', 'core', 'edge', 'office'])}-${hexDigits(random, 3)}`;
    const accounts = accountsOf('admin:P:0:0::/:');
    return {
      hostname,
      system: 'firmware',
      kernel: { release: version, version: `RouterOS ${version}`, machine: board.machine },
      osRelease: '',
      cpu: { model: board.cpu, count: board.count },
      memoryKilobytes: board.memoryKilobytes,
      bootedAt: lastStart(seed, options.now, 15, 300),
      address: options.address ?? `192.168.${pick(random, [0, 1, 10, 88])}.1`,
      mac: macWithPrefix(random, pick(random, prefixes)),
      users: usersOf(accounts),
      files: { '/etc/hostname': textFile(`${hostname}\n`) },
      // Behind its login stands no Linux shell, so nobody gets that far.
      login: closedPolicy,
      issue: '',
      ssh: routerOsIdentity(seed),
      tls: null,
      http: { server: '', products: [], title: 'RouterOS router configuration page' },
      redis: null,
      software: {
        ftp: {
          product: 'MikroTik FTP',
          version,
          details: {
            banner: `220 ${hostname} FTP server (MikroTik ${version}) ready`,
            anonymous: 'no',
            tls: 'no',
          },
        },
        dns: { product: 'RouterOS', version, details: { recursion: 'yes' } },
        snmp: {
          product: 'RouterOS',
          version,
          details: {
            description: `RouterOS ${board.name}`,
            object: '1.3.6.1.4.1.14988.1',
            community: 'public',
            contact: '',
            location: '',
          },
        },
      },
      services: servicesOf('ftp 21, ssh 22, dns 53 udp, http 80, snmp 161 udp'),
    };
  },
};
