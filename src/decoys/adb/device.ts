/** The Android device that a persona's machine is over ADB: a box or phone of the years in which port 5555 stood open. */

import type { Persona, PersonaFile } from '../../core/persona.ts';
import { below, hexDigits, pick } from '../../core/random.ts';

export interface Device {
  /** The persona with the files, users and shell of the device. */
  readonly persona: Persona;
  readonly properties: ReadonlyMap<string, string>;
  /** What adbd says of itself at the connection. */
  readonly banner: string;
  /** True where a key is asked for before anything else: details `authentication` is `required`. */
  readonly asks: boolean;
}

interface Model {
  readonly product: string;
  readonly model: string;
  readonly maker: string;
  readonly board: string;
  readonly release: string;
  readonly sdk: string;
  readonly abi: string;
  readonly kernel: string;
}

const models: readonly [Model, ...Model[]] = [
  {
    product: 'p212',
    model: 'X96mini',
    maker: 'Amlogic',
    board: 'gxl',
    release: '7.1.2',
    sdk: '25',
    abi: 'armeabi-v7a',
    kernel: '3.14.29',
  },
  {
    product: 'q201',
    model: 'MXQ',
    maker: 'MBX',
    board: 'meson8',
    release: '4.4.2',
    sdk: '19',
    abi: 'armeabi-v7a',
    kernel: '3.10.33',
  },
  {
    product: 'rk322x_box',
    model: 'MXQ-4K',
    maker: 'rockchip',
    board: 'rk30sdk',
    release: '5.1.1',
    sdk: '22',
    abi: 'armeabi-v7a',
    kernel: '3.10.0',
  },
  {
    product: 'rk3288',
    model: 'rk3288',
    maker: 'rockchip',
    board: 'rk30sdk',
    release: '5.1',
    sdk: '22',
    abi: 'armeabi-v7a',
    kernel: '3.10.0',
  },
  {
    product: 'hi3798mv100',
    model: 'Hi3798MV100',
    maker: 'HiSilicon',
    board: 'bigfish',
    release: '4.4.2',
    sdk: '19',
    abi: 'armeabi-v7a',
    kernel: '3.10.0_s40',
  },
];

const devices = new WeakMap<Persona, Device>();

/** From the details `product`, `model`, `manufacturer` and `release` of the persona's `adb` software, or drawn. */
export function deviceOf(persona: Persona): Device {
  let device = devices.get(persona);
  if (device === undefined) {
    device = make(persona);
    devices.set(persona, device);
  }
  return device;
}

function make(persona: Persona): Device {
  const random = persona.random('adb device');
  const details = persona.software['adb']?.details ?? {};
  const picked = pick(random, models);
  const drawn = models.find((each) => each.product === details['product']) ?? picked;
  const product = details['product'] ?? drawn.product;
  const model = details['model'] ?? drawn.model;
  const maker = details['manufacturer'] ?? drawn.maker;
  const release = details['release'] ?? drawn.release;
  const build = pick(random, ['NHG47K', 'KOT49H', 'LMY49F', 'LVY48F']);
  const stamp = `20${16 + below(random, 4)}${String(1 + below(random, 12)).padStart(2, '0')}${String(1 + below(random, 28)).padStart(2, '0')}`;
  const properties = new Map([
    ['ro.build.id', build],
    ['ro.build.display.id', `${product}-userdebug ${release} ${build} ${stamp} test-keys`],
    ['ro.build.version.sdk', drawn.sdk],
    ['ro.build.version.release', release],
    ['ro.build.type', 'userdebug'],
    ['ro.build.tags', 'test-keys'],
    ['ro.product.model', model],
    ['ro.product.brand', maker],
    ['ro.product.name', product],
    ['ro.product.device', product],
    ['ro.product.board', drawn.board],
    ['ro.product.cpu.abi', drawn.abi],
    ['ro.product.manufacturer', maker],
    ['ro.serialno', hexDigits(random, 16)],
    ['ro.debuggable', '1'],
    ['ro.secure', '0'],
    ['service.adb.tcp.port', '5555'],
    ['sys.boot_completed', '1'],
  ]);
  const text = (content: string, mode = 0o644): PersonaFile => ({ content, mode, owner: 'root' });
  const files: Record<string, PersonaFile> = {
    '/system/build.prop': text(
      [...properties]
        .filter(([name]) => name.startsWith('ro.'))
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    ),
    '/data/local/tmp/.studio': text(''),
    '/sdcard/Android/.nomedia': text(''),
    '/init.rc': text('import /init.usb.rc\nimport /init.${ro.hardware}.rc\n', 0o750),
    '/default.prop': text('ro.secure=0\nro.adb.secure=0\nro.debuggable=1\n'),
  };
  const changes = {
    hostname: 'localhost',
    system: 'linux-busybox',
    kernel: {
      release: drawn.kernel,
      version: `#1 SMP PREEMPT ${new Date(persona.bootedAt - 8_640_000_000).toUTCString().replace(',', '')}`,
      machine: 'armv7l',
    },
    osRelease: '',
    users: [
      { name: 'root', uid: 0, home: '/', shell: '/system/bin/sh' },
      { name: 'shell', uid: 2000, home: '/', shell: '/system/bin/sh' },
    ],
    files,
    issue: '',
    http: null,
    ssh: null,
    redis: null,
  } satisfies Partial<Persona>;
  // Not spread: the persona makes its keys when they are read.
  const own: Persona = Object.create(persona, {
    ...Object.fromEntries(
      Object.entries(changes).map(([name, value]) => [name, { value, enumerable: true }]),
    ),
    random: { value: (purpose: string) => persona.random(purpose) },
  });
  return {
    persona: own,
    properties,
    banner: `device::ro.product.name=${product};ro.product.model=${model};ro.product.device=${product};`,
    asks: details['authentication'] === 'required',
  };
}
