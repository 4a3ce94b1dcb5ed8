/** What a configuration may mean, and mostly doesn't: files that are waited for, networks as wide as the world. Said by the doctor alone. */

import { existsSync } from 'node:fs';
import { formatNetwork, type Network, parseNetwork } from '../core/address.ts';
import { tooWideToAllow } from '../core/allow-width.ts';
import type { ConfigurationFault } from './configuration-fault.ts';
import type { Configuration } from './configuration-type.ts';

export function configurationWarnings(configuration: Configuration): ConfigurationFault[] {
  return [...absent(configuration), ...tooWide(configuration)];
}

/** They are waited for, so a wrong name shows nowhere else. */
function absent({ sensor, telemetry }: Configuration): ConfigurationFault[] {
  const warnings: ConfigurationFault[] = [];
  for (const [index, folder] of sensor.lures.entries()) {
    if (existsSync(folder)) continue;
    warnings.push({
      path: ['sensor', 'lures', String(index)],
      what: `names ${folder}, which is not there and is waited for; check the name`,
    });
  }
  for (const [index, { file }] of telemetry.entries()) {
    if (file === undefined || existsSync(file)) continue;
    warnings.push({
      path: ['telemetry', String(index), 'file'],
      what: `names ${file}, which is not there and is waited for; check the name`,
    });
  }
  return warnings;
}

function tooWide({ guards, telemetry }: Configuration): ConfigurationFault[] {
  const listed: (readonly [path: readonly string[], networks: readonly string[], effect: string])[] = [
    [['guards', 'own'], guards.own, 'nobody in it is ever decided on'],
    [['guards', 'allow'], guards.allow, 'nobody in it is ever decided on'],
    [
      ['guards', 'lab'],
      guards.lab,
      'this machine, its network and multicast may be blocked, which guard 1 is there to prevent',
    ],
  ];
  for (const [index, { flow, syslog }] of telemetry.entries()) {
    const path = ['telemetry', String(index)];
    const effect = 'whoever sends a forged record here has others blocked';
    if (flow !== undefined) listed.push([[...path, 'flow', 'from'], flow.from, effect]);
    if (syslog !== undefined) listed.push([[...path, 'syslog', 'from'], syslog.from, effect]);
  }
  return listed.flatMap(([path, networks, effect]) =>
    networks.flatMap((text, index) => {
      const network = parseNetwork(text);
      if (network === null || !isWide(network)) return [];
      return [
        {
          path: [...path, String(index)],
          what: `is ${formatNetwork(network)}: ${effect}; name the networks that are meant`,
        },
      ];
    }),
  );
}

/** fc00::/7, fe80::/10 and ff00::/8 are one purpose each, and nobody is let through by them. */
const isWide = (network: Network): boolean =>
  tooWideToAllow(network) !== null &&
  !(network.family === 6 && network.value >> 121n >= 0x7en && network.prefix >= 7);
