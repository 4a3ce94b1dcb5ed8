import { below, hexDigits, pick } from '../core/random.ts';
import { accountsOf, usersOf } from './accounts.ts';
import { textFile, type PersonaMaker } from './build.ts';
import { lastStart, logTime, momentBetween } from './calendar.ts';
import { armCpuInfo, deviceAccountFiles } from './device-files.ts';
import { macWithPrefix } from './hardware.ts';
import { closedPolicy } from './login.ts';
import { servicesOf } from './services.ts';

const models = ['DS-2CD2032-I', 'DS-2CD2132F-IS', 'DS-2CD2142FWD-I', 'DS-2CD2385G1-I'] as const;
const prefixes = ['44:19:b6', 'c0:56:e3', 'bc:ad:28', '28:57:be', '4c:bd:8f', 'a4:14:37'] as const;

export const hikvisionCamera: PersonaMaker = {
  name: 'hikvision-camera',
  summary: 'A Hikvision network camera with its web pages and its stream',
  make(seed, options) {
    const random = seed.random('camera');
    const model = pick(random, models);
    const builtAt = momentBetween(seed, 'firmware', '2016-03-01', '2021-06-01');
    const build = new Date(builtAt).toISOString().slice(2, 10).replaceAll('-', '');
    const firmware = `V5.${4 + below(random, 2)}.${below(random, 6)} build ${build}`;
    const date = new Date(builtAt - 200 * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
    const serial = `${model}${date}AAWR${String(100_000_000 + below(random, 899_999_999))}`;
    const accounts = accountsOf('root:P:0:0:root:/root:/bin/psh\nadmin:P:1000:1000::/:/bin/psh');
    const cpu = { model: 'ARMv7 Processor rev 5 (v7l)', count: 1 };
    const [month, day, time, year] = logTime(builtAt).split(' ');
    const weekday = new Date(builtAt).toUTCString().slice(0, 3);
    return {
      hostname: 'dvrdvs',
      system: 'linux-busybox',
      kernel: {
        release: '3.0.8',
        version: `#${1 + below(random, 20)} ${weekday} ${month} ${day} ${time} CST ${year}`,
        machine: 'armv7l',
      },
      osRelease: '',
      cpu,
      memoryKilobytes: 120_000 + 4 * below(random, 500),
      bootedAt: lastStart(seed, options.now, 5, 90),
      address: options.address ?? `192.168.${pick(random, [0, 1, 10])}.${60 + below(random, 100)}`,
      mac: macWithPrefix(random, pick(random, prefixes)),
      users: usersOf(accounts),
      files: {
        ...deviceAccountFiles(seed, accounts),
        '/etc/hostname': textFile('dvrdvs\n'),
        '/proc/cpuinfo': textFile(
          armCpuInfo(cpu.model, 1, 'hi3516', hexDigits(random, 16), '1196.03'),
          0o444,
        ),
        '/dav/version': textFile(`${firmware}\n`),
        '/devinfo/serial': textFile(`${serial}\n`),
      },
      // Its own console takes only what was set at the first start.
      login: closedPolicy,
      issue: '',
      ssh: null,
      tls: null,
      http: { server: 'App-webs/', products: ['hikvision'], title: 'index' },
      redis: null,
      software: { rtsp: { product: 'Hikvision', version: firmware, details: { model } } },
      services: servicesOf('http 80, rtsp 554'),
    };
  },
};
