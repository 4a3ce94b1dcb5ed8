/** The detectors of a configuration: Picket's own with what the operator has told of the world, and the rules. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Network, parseNetwork } from '../core/address.ts';
import type { Detector } from '../core/detector.ts';
import { PicketError } from '../core/errors.ts';
import { Estate } from '../detectors/estate.ts';
import { detectorsFor } from '../detectors/index.ts';
import { recognisePlantedBy } from '../wire/planted-credential.ts';
import type { Configuration } from './configuration-type.ts';
import { networksOf, readBenignList } from './policy-of.ts';
import { readFailure } from './read-failure.ts';

interface SystemEntry {
  readonly network: Network;
  readonly system: number;
}

/** The largest number of an autonomous system (RFC 6793). */
const largestSystem = 4_294_967_295;

/**
 * A table of autonomous systems: a network and a number a line (`192.0.2.0/24 64500`, also `AS64500`), apart by spaces, tabs, commas or
 * semicolons; what follows and `#` comments are passed over. Throws PICKET_CONFIG_INVALID with a message that begins with the file.
 */
export function readSystems(path: string): SystemEntry[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new PicketError('PICKET_CONFIG_INVALID', `${path}, which ${readFailure(error)}`, { cause: error });
  }
  const entries: SystemEntry[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const [first = '', second = ''] = line
      .replace(/#.*$/, '')
      .trim()
      .split(/[\s,;]+/, 2);
    if (first === '') continue;
    const network = parseNetwork(first);
    const system = /^(?:AS)?\d{1,10}$/i.test(second) ? Number(second.replace(/^AS/i, '')) : -1;
    if (network === null || system < 0 || system > largestSystem) {
      throw new PicketError(
        'PICKET_CONFIG_INVALID',
        `${path}:${index + 1}: ${line.trim().slice(0, 60)} is no network with a number; write lines such as 192.0.2.0/24 64500`,
      );
    }
    entries.push({ network, system });
  }
  return entries;
}

/** What the configuration tells of the world. Reads files: throws PICKET_CONFIG_INVALID. */
export function estateOf(configuration: Configuration, own: readonly Network[] = []): Estate {
  const { commandHosts, asnTable } = configuration.detectors;
  return new Estate({
    own: [...networksOf(configuration.guards.own), ...own],
    commandHosts: commandHosts.flatMap((path) => readBenignList(path)),
    systems: asnTable === '' ? [] : readSystems(asnTable),
  });
}

/**
 * The seed of this installation's sensor, from which planted credentials are known: configured, or kept where `picket up` made it. Empty
 * where there is none, or where who asks may not read it: recorded input is then judged without.
 */
function knownSeed({ sensor, state }: Configuration): string {
  if (sensor.seed !== '') return sensor.seed;
  try {
    return readFileSync(join(state, 'seed'), 'utf8').trim();
  } catch {
    return '';
  }
}

export function detectorsOf(configuration: Configuration, own: readonly Network[] = []): readonly Detector[] {
  const seed = knownSeed(configuration);
  return detectorsFor(
    estateOf(configuration, own),
    configuration.detectors.flood,
    seed === '' ? null : (text) => recognisePlantedBy(seed, text),
  );
}
