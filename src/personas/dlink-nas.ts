import { below, pick } from '../core/random.ts';
import { accountsOf, usersOf } from './accounts.ts';
import { textFile, type PersonaMaker } from './build.ts';
import { lastStart, logTime, momentBetween } from './calendar.ts';
import { armCpuInfo, deviceAccountFiles } from './device-files.ts';
import { macWithPrefix } from './hardware.ts';
import { devicePolicy } from './login.ts';
import { servicesOf } from './services.ts';

const models = ['DNS-320L', 'DNS-325', 'DNS-327L', 'DNS-340L'] as const;
const prefixes = ['28:10:7b', '14:d6:4d', 'fc:75:16', 'c8:d3:a3', '00:26:5a'] as const;
const firmwares = ['1.01.0702.2013', '1.03.0904.2013', '1.06', '1.08', '1.11'] as const;

export const dlinkNas: PersonaMaker = {
  name: 'dlink-nas',
  summary: 'A D-Link ShareCenter network storage past its support, with shares, FTP and its web pages',
  make(seed, options) {
    const random = seed.random('storage');
    const model = pick(random, models);
    const firmware = pick(random, firmwares);
    const builtAt = momentBetween(seed, 'firmware', '2012-09-01', '2015-06-01');
    const mac = macWithPrefix(random, pick(random, prefixes));
    const suffix = mac.replaceAll(':', '').slice(-6).toUpperCase();
    const hostname = pick(random, [`dlink-${suffix}`, `dlink-${suffix}`, `NAS-${suffix.slice(2)}`]);
    const accounts = accountsOf(
      'root:P:0:0:Linux User,,,:/home/root:/bin/sh\nadmin:P:500:500:Linux User,,,:/home/admin:/bin/sh\nnobody:x:501:501:Linux User,,,:/home/nobody:/bin/sh',
    );
    const cpu = { model: 'Feroceon 88FR131 rev 1 (v5l)', count: 1 };
    const [month, day, time, year] = logTime(builtAt).split(' ');
    const weekday = new Date(builtAt).toUTCString().slice(0, 3);
    return {
      hostname,
      system: 'linux-busybox',
      kernel: {
        release: '2.6.31.8',
        version: `#${1 + below(random, 30)} ${weekday} ${month} ${day} ${time} CST ${year}`,
        machine: 'armv5tel',
      },
      osRelease: '',
      cpu,
      memoryKilobytes: 253_000 + 4 * below(random, 700),
      bootedAt: lastStart(seed, options.now, 10, 120),
      address: options.address ?? `192.168.${pick(random, [0, 1, 2])}.${20 + below(random, 200)}`,
      mac,
      users: usersOf(accounts),
      files: {
        ...deviceAccountFiles(seed, accounts),
        '/etc/hostname': textFile(`${hostname}\n`),
        '/etc/model': textFile(`${model}\n`),
        '/etc/fw_version': textFile(`${firmware}\n`),
        '/proc/cpuinfo': textFile(
          armCpuInfo(cpu.model, 1, 'MV88F6281', '0000000000000000', '1196.03'),
          0o444,
        ),
        '/etc/samba/smb.conf': textFile(
          `[global]\n\tserver string = ${model}\n\tworkgroup = WORKGROUP\n\tnetbios name = ${hostname}\n\tmap to guest = Bad User\n\n[Volume_1]\n\tpath = /mnt/HD/HD_a2\n\tguest ok = yes\n\twritable = yes\n`,
        ),
      },
      login: devicePolicy(seed, ['root', 'admin']),
      issue: '',
      ssh: null,
      tls: null,
      http: { server: 'lighttpd/1.4.28', products: ['dlink-nas'], title: `${model} - NAS` },
      redis: null,
      software: {
        smb: {
          product: 'Samba',
          version: '3.5.15',
          details: { shares: 'Volume_1', workgroup: 'WORKGROUP', guest: 'yes', smb1: 'yes' },
        },
        ftp: {
          product: 'vsftpd',
          version: '3.0.2',
          details: { anonymous: pick(random, ['read', 'write'] as const), tls: 'no' },
        },
      },
      services: servicesOf('ftp 21, http 80, smb 139, smb 445'),
    };
  },
};
