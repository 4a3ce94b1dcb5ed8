/** Host names of the kinds that people and hosts give. */

import { below, hexDigits, pick } from '../core/random.ts';
import type { Hardware } from './hardware.ts';
import type { Seed } from './seed.ts';

const regions = ['nyc1', 'nyc3', 'sfo3', 'ams3', 'fra1', 'lon1', 'sgp1', 'blr1', 'tor1'] as const;
const people = [
  'acme',
  'atlas',
  'baltic',
  'cedar',
  'delta',
  'elbe',
  'fjord',
  'granit',
  'harbor',
  'isar',
  'juno',
  'kestrel',
  'lumen',
  'mistral',
  'nordic',
  'orion',
  'pelican',
  'quartz',
  'rhein',
  'sierra',
  'tundra',
  'umbra',
  'vega',
  'willow',
  'xenon',
  'yukon',
  'zephyr',
] as const;

/** A short name for a machine of this role (`web`, `db`), as the platform or its owner would give one. */
export function serverName(
  seed: Seed,
  naming: Hardware['naming'],
  address: string,
  roles: readonly [string, ...string[]],
  image: string,
): string {
  const random = seed.random('host name');
  if (naming === 'amazon') return `ip-${address.replaceAll(/[.:]+/g, '-')}`;
  const role = pick(random, roles);
  const number = 1 + below(random, 12);
  if (naming === 'droplet' && below(random, 2) === 0) {
    const size = pick(random, ['1vcpu-1gb', '1vcpu-2gb', '2vcpu-4gb']);
    return `${image}-s-${size}-${pick(random, regions)}-${String(number).padStart(2, '0')}`;
  }
  return pick(random, [
    `${pick(random, people)}-${role}${number}`,
    `${role}${number}-${pick(random, people)}`,
    `${pick(random, people)}-${role}-${hexDigits(random, 4)}`,
    `vps-${hexDigits(random, 8)}`,
    `srv${100_000 + below(random, 900_000)}`,
    `${role}-prod-${hexDigits(random, 5)}`,
  ]);
}
