import { below, hexDigits, pick } from '../core/random.ts';
import { accountsOf, usersOf } from './accounts.ts';
import { textFile, type PersonaMaker } from './build.ts';
import { lastStart, momentBetween } from './calendar.ts';
import { selfSigned } from './certificates.ts';
import { privateAddress, serverHardware } from './hardware.ts';
import { closedPolicy } from './login.ts';
import { servicesOf } from './services.ts';

interface Site {
  readonly title: string;
  readonly products: readonly string[];
}

/** What IIS, or a server of its own in its place, is there for; the first product has the front page. */
const sites: readonly [Site, ...Site[]] = [
  { title: 'IIS Windows Server', products: ['iis', 'sharepoint'] },
  { title: 'IIS Windows Server', products: ['iis', 'wsus'] },
  { title: 'IIS Windows Server', products: ['iis', 'exchange'] },
  { title: 'IIS Windows Server', products: ['iis', 'gladinet'] },
  { title: 'MOVEit Transfer Sign On', products: ['moveit', 'iis'] },
  { title: 'ScreenConnect Remote Support Software', products: ['screenconnect', 'iis'] },
];

export const windowsServer: PersonaMaker = {
  name: 'windows-server',
  summary: 'A Windows Server 2016 with IIS, file sharing and Remote Desktop',
  make(seed, options) {
    const random = seed.random('windows');
    const hardware = serverHardware(seed, 3_900_000);
    // Setup gives the first kind of name; people give the other.
    const hostname = pick(random, [
      `WIN-${hexDigits(random, 11).toUpperCase()}`,
      `${pick(random, ['SRV', 'FS', 'APP', 'TS', 'DC'])}${String(1 + below(random, 40)).padStart(2, '0')}-${hexDigits(random, 3).toUpperCase()}`,
    ]);
    const installedAt = momentBetween(seed, 'install', '2020-01-01', '2023-10-01');
    const accounts = accountsOf(
      'Administrator:P:500:513::C:\\Users\\Administrator:\nGuest:!:501:513::C:\\Users\\Guest:',
    );
    const build = '10.0.14393';
    return {
      hostname,
      system: 'windows',
      kernel: { release: build, version: 'Windows Server 2016 Standard 14393', machine: 'AMD64' },
      osRelease: '',
      cpu: hardware.cpu,
      memoryKilobytes: hardware.memoryKilobytes,
      bootedAt: lastStart(seed, options.now, 10, 60),
      address: options.address ?? privateAddress(seed, hardware.naming),
      mac: hardware.mac,
      users: usersOf(accounts),
      files: {
        '/etc/hostname': textFile(`${hostname}\n`),
      },
      // Remote Desktop and the shares ask for names; none of their passwords is a guess away.
      login: closedPolicy,
      issue: '',
      ssh: null,
      tls: () =>
        selfSigned(seed, {
          subject: [['CN', hostname]],
          notBefore: installedAt,
          days: 3650,
          serialOctets: 16,
          keyUsage: [2, 3],
        }),
      http: { server: 'Microsoft-IIS/10.0', ...pick(seed.random('site'), sites) },
      redis: null,
      software: {
        smb: {
          product: 'Windows Server 2016',
          version: build,
          details: { smb1: 'yes', workgroup: 'WORKGROUP' },
        },
        rdp: { product: 'Windows Server 2016', version: build, details: { security: 'nla' } },
      },
      services: servicesOf('http 80, smb 139, smb 445, rdp 3389'),
    };
  },
};
