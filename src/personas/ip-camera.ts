import { below, hexDigits, pick } from '../core/random.ts';
import { accountsOf, usersOf } from './accounts.ts';
import { textFile, type PersonaMaker } from './build.ts';
import { lastStart, logTime, momentBetween } from './calendar.ts';
import { armCpuInfo, deviceAccountFiles } from './device-files.ts';
import { macWithPrefix } from './hardware.ts';
import { devicePolicy } from './login.ts';
import { servicesOf } from './services.ts';

interface Chip {
  readonly name: string;
  readonly kernel: string;
  readonly model: string;
  readonly machine: string;
  readonly bogomips: string;
}

/** Chips of HiSilicon's camera line with the kernels of their development kits. */
const chips: readonly [Chip, ...Chip[]] = [
  {
    name: 'hi3518',
    kernel: '3.0.8',
    model: 'ARM926EJ-S rev 5 (v5l)',
    machine: 'armv5tejl',
    bogomips: '218.72',
  },
  {
    name: 'hi3518e',
    kernel: '3.4.35',
    model: 'ARM926EJ-S rev 5 (v5l)',
    machine: 'armv5tejl',
    bogomips: '218.72',
  },
  {
    name: 'hi3516',
    kernel: '3.4.35',
    model: 'ARMv7 Processor rev 5 (v7l)',
    machine: 'armv7l',
    bogomips: '1196.03',
  },
];

interface Make {
  readonly hostname: string;
  readonly server: string;
  readonly title: string;
  readonly products: readonly string[];
  readonly prefix: string;
}

const makes: readonly [Make, ...Make[]] = [
  {
    hostname: 'LocalHost',
    server: '',
    title: 'NETSurveillance WEB',
    products: ['tbk-dvr', 'mvpower-dvr', 'lilin-dvr'],
    prefix: '00:12:16',
  },
  {
    hostname: 'dvrdvs',
    server: 'App-webs/',
    title: 'index',
    products: ['hikvision'],
    prefix: '44:19:b6',
  },
  {
    hostname: 'localhost',
    server: 'Boa/0.94.14rc21',
    title: 'Network Camera',
    products: ['realtek-sdk', 'goahead', 'avtech'],
    prefix: '00:62:6e',
  },
];

export const ipCamera: PersonaMaker = {
  name: 'ip-camera',
  summary: 'A cheap network camera with telnet and the password of its maker',
  make(seed, options) {
    const random = seed.random('camera');
    const chip = pick(random, chips);
    const make = pick(random, makes);
    const builtAt = momentBetween(seed, 'firmware', '2013-03-01', '2018-11-01');
    const bootedAt = lastStart(seed, options.now, 2, 45);
    const accounts = accountsOf('root:P:0:0:root:/:/bin/sh');
    const address = options.address ?? `192.168.${pick(random, [0, 1, 8, 10])}.${20 + below(random, 200)}`;
    const serial = hexDigits(random, 16);
    const weekday = new Date(builtAt).toUTCString().slice(0, 3);
    const [month, day, time, year] = logTime(builtAt).split(' ');
    return {
      hostname: make.hostname,
      system: 'linux-busybox',
      kernel: {
        release: chip.kernel,
        version: `#${1 + below(random, 40)} ${weekday} ${month} ${day} ${time} CST ${year}`,
        machine: chip.machine,
      },
      osRelease: '',
      cpu: { model: chip.model, count: 1 },
      memoryKilobytes: pick(random, [38_584, 42_756, 46_892, 60_412]) - 4 * below(random, 300),
      bootedAt,
      address,
      mac: macWithPrefix(random, make.prefix),
      users: usersOf(accounts),
      files: {
        ...deviceAccountFiles(seed, accounts),
        '/etc/hostname': textFile(`${make.hostname}\n`),
        '/proc/cpuinfo': textFile(armCpuInfo(chip.model, 1, chip.name, serial, chip.bogomips), 0o444),
        '/etc/init.d/rcS': textFile(
          '#!/bin/sh\nmount -a\necho /sbin/mdev > /proc/sys/kernel/hotplug\nmdev -s\ntelnetd &\n/mnt/mtd/run.sh &\n',
          0o755,
        ),
        '/mnt/mtd/Config/SerialNumber': textFile(`${serial}\n`),
        '/mnt/mtd/Config/Account1': textFile(
          `{ "Users" : [ { "Group" : "admin", "Name" : "admin", "Password" : "${hexDigits(random, 8)}" } ] }\n`,
        ),
      },
      login: devicePolicy(seed, ['root']),
      issue: '',
      ssh: null,
      tls: null,
      http: { server: make.server, products: make.products, title: make.title },
      redis: null,
      services: servicesOf('telnet 23, http 80, rtsp 554'),
    };
  },
};
