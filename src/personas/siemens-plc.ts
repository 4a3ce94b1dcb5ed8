import { below, hexDigits, pick } from '../core/random.ts';
import { textFile, type PersonaMaker } from './build.ts';
import { lastStart } from './calendar.ts';
import { macWithPrefix } from './hardware.ts';
import { closedPolicy } from './login.ts';
import { servicesOf } from './services.ts';

type Module = readonly [order: string, module: string, version: string];

/** Order number, name of the module and firmware, as `MLFB` lists give them together. */
const modules: readonly [Module, ...Module[]] = [
  ['6ES7 315-2EH14-0AB0', 'CPU315-2 PN/DP', '3.2.14'],
  ['6ES7 317-2EK14-0AB0', 'CPU317-2 PN/DP', '3.2.10'],
  ['6ES7 314-6EH04-0AB0', 'CPU314C-2 PN/DP', '3.3.9'],
];

export const siemensPlc: PersonaMaker = {
  name: 'siemens-plc',
  summary: 'A Siemens S7-300 controller of a small plant, with its diagnostic pages',
  make(seed, options) {
    const random = seed.random('controller');
    const [order, module, version] = pick(random, modules);
    const plant = pick(random, ['Filter', 'Pumpe', 'Mixer', 'Kessel', 'Line', 'Boiler', 'Tank'] as const);
    const hostname = `${plant.toLowerCase()}${1 + below(random, 9)}-${hexDigits(random, 2)}`;
    const serial = `S C-${hexDigits(random, 1).toUpperCase()}${1 + below(random, 6)}U${String(below(random, 100_000_000)).padStart(8, '0')}`;
    return {
      hostname,
      system: 'firmware',
      kernel: { release: version, version: `S7-300 firmware V${version}`, machine: module },
      osRelease: '',
      cpu: { model: module, count: 1 },
      memoryKilobytes: 384,
      bootedAt: lastStart(seed, options.now, 60, 400),
      address: options.address ?? `192.168.${pick(random, [0, 1, 20])}.${1 + below(random, 30)}`,
      mac: macWithPrefix(random, pick(random, ['00:1b:1b', '28:63:36', '00:0e:8c'])),
      users: [],
      files: { '/etc/hostname': textFile(`${hostname}\n`) },
      login: closedPolicy,
      issue: '',
      ssh: null,
      tls: null,
      http: { server: '', products: [], title: `${module} - ${hostname}` },
      redis: null,
      software: {
        s7comm: {
          product: order,
          version,
          details: { system: 'SIMATIC 300(1)', module, plant: `${plant} ${1 + below(random, 4)}` },
        },
        snmp: {
          product: 'SIMATIC S7',
          version: `V${version}`,
          details: {
            description: `Siemens, SIMATIC S7, ${module}, ${order}, HW: ${1 + below(random, 6)}, FW: V${version}, ${serial}`,
            object: '1.3.6.1.4.1.4329.6.3',
            community: 'public',
            contact: '',
            location: '',
          },
        },
      },
      services: servicesOf('http 80, s7comm 102, snmp 161 udp'),
    };
  },
};
