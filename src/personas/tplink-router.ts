import { below, hexDigits, pick } from '../core/random.ts';
import { accountsOf, usersOf } from './accounts.ts';
import { textFile, type PersonaMaker } from './build.ts';
import { lastStart, logTime, momentBetween } from './calendar.ts';
import { selfSigned } from './certificates.ts';
import { armCpuInfo, deviceAccountFiles } from './device-files.ts';
import { dropbearIdentity } from './dropbear.ts';
import { macWithPrefix } from './hardware.ts';
import { devicePolicy } from './login.ts';
import { servicesOf } from './services.ts';

/** Blocks of addresses that are registered to TP-Link. */
const prefixes = [
  '50:c7:bf',
  '98:da:c4',
  'b0:be:76',
  '60:32:b1',
  '3c:84:6a',
  'ac:84:c6',
  'd8:07:b6',
] as const;

const models = ['Archer AX21', 'Archer AX1800'] as const;

export const tplinkRouter: PersonaMaker = {
  name: 'tplink-router',
  summary: 'A TP-Link Archer home router with its web pages, SSH and telnet open',
  make(seed, options) {
    const random = seed.random('router');
    const model = pick(random, models);
    const builtAt = momentBetween(seed, 'firmware', '2021-06-01', '2023-01-15');
    const bootedAt = lastStart(seed, options.now, 3, 60);
    const mac = macWithPrefix(random, pick(random, prefixes));
    const address = options.address ?? `192.168.${pick(random, [0, 1])}.1`;
    const build = new Date(builtAt).toISOString().slice(0, 10).replaceAll('-', '');
    const firmware = `1.1.${1 + below(random, 4)} Build ${build} rel.${10_000 + below(random, 69_999)}(4555)`;
    const accounts = accountsOf(
      'root:P:0:0:root:/root:/bin/ash\nadmin:P:0:0:admin:/var:/bin/ash\nnobody:x:65534:65534:nobody:/var:/bin/false\ndropbear:x:500:500:dropbear:/tmp/dropbear:/bin/false',
    );
    // The owner's name for the network carries the end of the address, as the label on the device does.
    const suffix = mac.replaceAll(':', '').slice(-4).toUpperCase();
    const hostname = pick(random, [
      'ArcherAX21',
      'Archer_AX21',
      'TP-Link',
      'TP-Link_AX1800',
      `TP-Link_${suffix}`,
    ]);
    const cpu = { model: 'ARMv7 Processor rev 5 (v7l)', count: 3 };
    return {
      hostname,
      system: 'linux-busybox',
      kernel: { release: '4.1.52', version: `#1 SMP PREEMPT ${kernelDate(builtAt)}`, machine: 'armv7l' },
      osRelease: '',
      cpu,
      memoryKilobytes: 248_000 + 4 * below(random, 900),
      bootedAt,
      address,
      mac,
      users: usersOf(accounts),
      files: {
        ...deviceAccountFiles(seed, accounts),
        '/etc/hostname': textFile(`${hostname}\n`),
        '/proc/cpuinfo': textFile(
          armCpuInfo(cpu.model, 3, 'Broadcom BCM6750', '0000000000000000', '1800.00'),
          0o444,
        ),
        '/etc/config/system': textFile(
          `config system\n\toption hostname '${hostname}'\n\toption timezone 'UTC'\n\nconfig info\n\toption model '${model}'\n\toption firmware '${firmware}'\n`,
        ),
        '/etc/config/wireless': textFile(
          `config wifi-iface\n\toption device 'wl0'\n\toption ssid 'TP-Link_${suffix}'\n\toption encryption 'psk2+ccmp'\n\toption key '${String(10_000_000 + below(random, 89_999_999))}'\n`,
          0o600,
        ),
        '/etc/config/dropbear': textFile("config dropbear\n\toption PasswordAuth 'on'\n\toption Port '22'\n"),
        '/etc/openwrt_version': textFile('12.09-rc1\n'),
        '/tmp/device_id': textFile(`${hexDigits(random, 40).toUpperCase()}\n`),
      },
      login: devicePolicy(seed, ['root', 'admin']),
      issue: '',
      ssh: dropbearIdentity(seed),
      tls: () =>
        selfSigned(seed, {
          subject: [
            ['C', 'CN'],
            ['CN', 'tplinkwifi.net'],
          ],
          notBefore: Date.parse('2010-01-01T00:00:00Z'),
          days: 7300,
          serialOctets: 8,
          alternativeNames: [
            { kind: 'dns', name: 'tplinkwifi.net' },
            { kind: 'dns', name: 'tplinkmodem.net' },
          ],
        }),
      http: { server: '', products: ['tplink-archer'], title: model },
      redis: null,
      services: servicesOf('ssh 22, telnet 23, http 80, http 443 tls, ssdp 1900 udp'),
    };
  },
};

/** `Tue Aug 16 10:01:22 CST 2022`, the build host's zone. */
function kernelDate(milliseconds: number): string {
  const local = milliseconds + 8 * 3_600_000;
  const [month, day, time, year] = logTime(local).split(' ');
  const weekday = new Date(local).toUTCString().slice(0, 3);
  return `${weekday} ${month} ${day} ${time} CST ${year}`;
}
