/** Machines as hosts rent them out: processor, memory and network card that occur together. */

import { below, hexDigits, pick, type Random } from '../core/random.ts';
import type { Seed } from './seed.ts';

export interface Hardware {
  readonly cpu: { readonly model: string; readonly count: number };
  readonly memoryKilobytes: number;
  readonly mac: string;
  /** Names that this kind of host gives its machines. */
  readonly naming: 'amazon' | 'droplet' | 'plain';
}

/** `aa:bb:cc` and three octets from the seed. */
export function macWithPrefix(random: Random, prefix: string): string {
  const rest = hexDigits(random, 6);
  return `${prefix}:${rest.slice(0, 2)}:${rest.slice(2, 4)}:${rest.slice(4, 6)}`;
}

interface Platform {
  readonly naming: Hardware['naming'];
  readonly models: readonly [string, ...string[]];
  /** Kilobytes of /proc/meminfo's MemTotal with as many processors. */
  readonly sizes: readonly [Size, ...Size[]];
  mac(random: Random): string;
}

type Size = readonly [cpus: number, memoryKilobytes: number];

/** A locally administered unicast address, as Xen, Nitro and DigitalOcean give their guests. */
const localMac = (random: Random): string => {
  const digits = hexDigits(random, 12);
  const first = ((Number.parseInt(digits.slice(0, 2), 16) & 0xfc) | 0x02).toString(16).padStart(2, '0');
  return [first, ...(digits.slice(2).match(/../g) ?? [])].join(':');
};

const platforms: readonly [Platform, ...Platform[]] = [
  {
    naming: 'amazon',
    models: [
      'Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz',
      'Intel(R) Xeon(R) Platinum 8175M CPU @ 2.50GHz',
      'Intel(R) Xeon(R) CPU E5-2686 v4 @ 2.30GHz',
      'Intel(R) Xeon(R) CPU E5-2676 v3 @ 2.40GHz',
    ],
    sizes: [
      [1, 1_004_580],
      [2, 3_978_940],
      [2, 8_052_240],
      [1, 2_031_900],
    ],
    mac: (random) => `0${pick(random, ['2', '6', 'a', 'e'])}:${localMac(random).slice(3)}`,
  },
  {
    naming: 'droplet',
    models: ['DO-Regular', 'DO-Premium-Intel', 'Intel(R) Xeon(R) CPU E5-2650 v4 @ 2.20GHz'],
    sizes: [
      [1, 1_004_896],
      [1, 2_035_264],
      [2, 4_026_428],
      [4, 8_148_356],
    ],
    mac: localMac,
  },
  {
    naming: 'plain',
    models: [
      'Intel Xeon Processor (Skylake, IBRS)',
      'Intel Core Processor (Broadwell, no TSX, IBRS)',
      'QEMU Virtual CPU version 2.5+',
      'AMD EPYC Processor (with IBPB)',
    ],
    sizes: [
      [1, 2_037_088],
      [2, 4_030_844],
      [4, 8_153_172],
    ],
    mac: (random) => macWithPrefix(random, '52:54:00'),
  },
  {
    naming: 'plain',
    models: [
      'Intel(R) Xeon(R) CPU E5-2680 v3 @ 2.50GHz',
      'Intel(R) Xeon(R) Silver 4114 CPU @ 2.20GHz',
      'Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz',
    ],
    sizes: [
      [2, 4_015_700],
      [4, 8_148_040],
      [8, 16_393_244],
    ],
    mac: (random) => macWithPrefix(random, '00:50:56'),
  },
];

/** A rented machine; `leastMemoryKilobytes` is what its software needs. */
export function serverHardware(seed: Seed, leastMemoryKilobytes = 0): Hardware {
  const random = seed.random('hardware');
  const platform = pick(random, platforms);
  const fit = platform.sizes.filter(([, kilobytes]) => kilobytes >= leastMemoryKilobytes);
  const [count, kilobytes] = pick(random, [fit[0] ?? platform.sizes[0], ...fit.slice(1)]);
  return {
    naming: platform.naming,
    cpu: { model: pick(random, platform.models), count },
    // Firmware and kernel take a little more or less of it away.
    memoryKilobytes: kilobytes - 4 * below(random, 900),
    mac: platform.mac(random),
  };
}

/** A private address as the network of such a host gives one. */
export function privateAddress(seed: Seed, naming: Hardware['naming']): string {
  const random = seed.random('address');
  const octet = (least: number, limit: number): number => least + below(random, limit - least);
  if (naming === 'amazon') return `172.31.${octet(0, 96)}.${octet(4, 255)}`;
  if (naming === 'droplet') return `10.${octet(104, 140)}.${octet(0, 64)}.${octet(2, 250)}`;
  return pick(random, [
    `10.${octet(0, 32)}.${octet(0, 255)}.${octet(10, 250)}`,
    `192.168.${octet(1, 200)}.${octet(10, 250)}`,
  ]);
}
