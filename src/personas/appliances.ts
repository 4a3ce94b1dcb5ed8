/** Gateways that companies have at their edge, with what each of them shows. */

import { below, hexDigits, pick, type Random } from '../core/random.ts';
import { accountsOf, usersOf } from './accounts.ts';
import { textFile, type PersonaOptions, type PersonaParts } from './build.ts';
import { lastStart, momentBetween } from './calendar.ts';
import { selfSigned, type SelfSigned } from './certificates.ts';
import { macWithPrefix } from './hardware.ts';
import { closedPolicy } from './login.ts';
import type { Seed } from './seed.ts';
import { servicesOf } from './services.ts';

export interface Appliance {
  readonly products: readonly string[];
  readonly title: string;
  readonly kernel: { readonly release: string; readonly version: string; readonly machine: string };
  readonly cpu: string;
  /** Whether it ends IPsec tunnels. */
  readonly hasTunnels: boolean;
  readonly prefix: string;
  server(random: Random): string;
  hostname(random: Random): string;
  certificate(hostname: string, random: Random): Omit<SelfSigned, 'notBefore'>;
}

const capitals = (random: Random, count: number): string =>
  Array.from({ length: count }, () => String.fromCharCode(65 + below(random, 26))).join('');

/** The certificate with which each maker ships, as it is seen on devices whose owner never changed it. */
export const appliances: readonly [Appliance, Appliance, ...Appliance[]] = [
  {
    products: ['fortios'],
    hasTunnels: true,
    title: '',
    kernel: { release: '3.2.16', version: '#2 SMP', machine: 'x86_64' },
    cpu: 'Intel(R) Atom(TM) CPU C3338 @ 1.50GHz',
    prefix: '00:09:0f',
    // FortiOS replaces the product's name by characters of its own.
    server: () => 'xxxxxxxx-xxxxx',
    hostname: (random) =>
      `${pick(random, ['FGT60F', 'FG100F', 'FGT61E', 'FG200E'])}TK${19 + below(random, 5)}${String(below(random, 1_000_000)).padStart(6, '0')}`,
    certificate: () => ({
      subject: [
        ['O', 'Fortinet Ltd.'],
        ['CN', 'FortiGate'],
      ],
      days: 3650,
      serialOctets: 8,
      authority: true,
    }),
  },
  {
    products: ['ivanti-connect-secure', 'pulse-secure'],
    hasTunnels: false,
    title: 'Ivanti Connect Secure',
    kernel: { release: '2.6.32-00324-g3e7bb5c', version: '#1 SMP', machine: 'x86_64' },
    cpu: 'Intel(R) Xeon(R) CPU E3-1275 v6 @ 3.80GHz',
    prefix: '00:22:19',
    server: () => '',
    hostname: (random) => `${pick(random, ['vpn', 'remote', 'sslvpn', 'access'])}${1 + below(random, 4)}`,
    certificate: (hostname, random) => ({
      subject: [
        ['CN', hostname],
        ['O', pick(random, ['IT', 'Network', 'Security', 'Infrastructure'])],
      ],
      days: 3650,
      serialOctets: 8,
    }),
  },
  {
    products: ['citrix-adc'],
    hasTunnels: false,
    title: 'Citrix Gateway',
    kernel: { release: '11.4-NETSCALER-13.1', version: 'FreeBSD 11.4-NETSCALER-13.1', machine: 'amd64' },
    cpu: 'Intel(R) Xeon(R) CPU E5-2650 v3 @ 2.30GHz',
    prefix: '00:e0:ed',
    server: () => 'Apache',
    hostname: (random) => `ns-${hexDigits(random, 4)}`,
    certificate: (_hostname, random) => ({
      subject: [
        ['C', 'US'],
        ['ST', 'California'],
        ['L', 'San Jose'],
        ['O', 'Citrix ANG'],
        ['OU', 'NS Internal'],
        ['CN', `default ${capitals(random, 6)}`],
      ],
      days: 5475,
      serialOctets: 0,
      version: 1,
    }),
  },
  {
    products: ['f5-bigip'],
    hasTunnels: false,
    title: 'BIG-IP&reg;- Redirect',
    kernel: { release: '3.10.0-862.14.4.el7.ve.x86_64', version: '#1 SMP', machine: 'x86_64' },
    cpu: 'Intel(R) Xeon(R) CPU E5-2630 v4 @ 2.20GHz',
    prefix: '00:0a:49',
    server: () => 'Apache',
    hostname: (random) => `bigip${1 + below(random, 6)}`,
    certificate: () => {
      const name = [
        ['C', '--'],
        ['ST', 'WA'],
        ['L', 'Seattle'],
        ['O', 'MyCompany'],
        ['OU', 'MyOrg'],
        ['CN', 'localhost.localdomain'],
        ['emailAddress', 'root@localhost.localdomain'],
      ] as const;
      return { subject: name, days: 3650, serialOctets: 4 };
    },
  },
  {
    products: ['pan-os'],
    hasTunnels: true,
    title: 'GlobalProtect Portal',
    kernel: { release: '3.10.88-oct2-mp', version: '#1 SMP', machine: 'x86_64' },
    cpu: 'Cavium Octeon III V0.2 FPU V0.0',
    prefix: '00:1b:17',
    server: () => '',
    hostname: (random) => `PA-${pick(random, ['220', '820', '850', '3220'])}`,
    certificate: (_hostname, random) => ({
      subject: [
        ['C', 'US'],
        ['ST', 'CA'],
        ['L', 'Sunnyvale'],
        ['O', 'Palo Alto Networks'],
        ['OU', 'Support'],
        ['CN', hexDigits(random, 64)],
        ['emailAddress', 'support@paloaltonetworks.com'],
      ],
      days: 3650,
      serialOctets: 8,
      authority: true,
    }),
  },
];

export function makeAppliance(seed: Seed, options: PersonaOptions, appliance: Appliance): PersonaParts {
  const random = seed.random('device');
  const hostname = appliance.hostname(random);
  const installedAt = momentBetween(seed, 'install', '2018-01-01', '2022-12-01');
  const accounts = accountsOf('root:x:0:0:root:/root:/bin/sh\nadmin:P:500:500:admin:/:/bin/sh');
  return {
    hostname,
    system: 'firmware',
    kernel: appliance.kernel,
    osRelease: '',
    cpu: { model: appliance.cpu, count: pick(random, [2, 4, 8]) },
    memoryKilobytes: pick(random, [3_902_472, 8_062_984, 16_268_760]) - 4 * below(random, 2000),
    bootedAt: lastStart(seed, options.now, 60, 400),
    address: options.address ?? `10.${below(random, 250)}.${below(random, 250)}.${pick(random, [1, 2, 254])}`,
    mac: macWithPrefix(random, appliance.prefix),
    users: usersOf(accounts),
    files: { '/etc/hostname': textFile(`${hostname}\n`) },
    // Its console is not offered: nobody guesses a way in, what is attacked is the web side.
    login: closedPolicy,
    issue: '',
    ssh: null,
    tls: () =>
      selfSigned(seed, {
        ...appliance.certificate(hostname, seed.random('certificate')),
        notBefore: installedAt,
      }),
    http: { server: appliance.server(random), products: appliance.products, title: appliance.title },
    redis: null,
    services: servicesOf(appliance.hasTunnels ? 'http 443 tls, ike 500 udp' : 'http 80, http 443 tls'),
  };
}
