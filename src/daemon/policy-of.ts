/** The configured policy and lists, as the judge takes them. */

import { readFileSync } from 'node:fs';
import { type Network, parseNetwork } from '../core/address.ts';
import { PicketError } from '../core/errors.ts';
import type { AllowEntry } from '../decide/guards/allowlist.ts';
import type { BenignEntry } from '../decide/guards/benign-list.ts';
import { defaultPolicy, type Policy } from '../decide/policy.ts';
import type { Configuration } from './configuration-type.ts';
import { readFailure } from './read-failure.ts';

export function policyOf(configuration: Configuration): Policy {
  return { ...defaultPolicy, ...configuration.policy };
}

/** Networks that the configuration's check has passed already. */
export function networksOf(texts: readonly string[]): Network[] {
  return texts.map((text) => parseNetwork(text)).filter((network) => network !== null);
}

export function allowedBy(configuration: Configuration): AllowEntry[] {
  return networksOf(configuration.guards.allow).map((network) => ({
    network,
    note: 'configuration',
    by: 'configuration',
    until: null,
  }));
}

/** Networks of which a list says that many people share each address. */
export function sharedEntries(configuration: Configuration): BenignEntry[] {
  return configuration.guards.sharedLists.flatMap((path) => readBenignList(path));
}

/** Reads the benign lists: MISP-warninglists JSON (`{"name": …, "list": [CIDR…]}`), or one CIDR a line with `#` comments. */
export function benignEntries(configuration: Configuration): BenignEntry[] {
  return configuration.guards.benignLists.flatMap((path) => readBenignList(path));
}

function jsonOf(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PicketError(
      'PICKET_CONFIG_INVALID',
      `${path}: begins like JSON and is none; copy the file again`,
      {
        cause: error,
      },
    );
  }
}

/** One of them. Throws PICKET_CONFIG_INVALID with a message that begins with the file. */
export function readBenignList(path: string): BenignEntry[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new PicketError('PICKET_CONFIG_INVALID', `${path}, which ${readFailure(error)}`, { cause: error });
  }
  if (!text.trimStart().startsWith('{')) {
    return text.split('\n').flatMap((line, index) => {
      const word = line.replace(/#.*$/, '').trim();
      if (word === '') return [];
      const network = parseNetwork(word);
      if (network === null) {
        throw new PicketError(
          'PICKET_CONFIG_INVALID',
          `${path}:${index + 1}: ${word.slice(0, 60)} is no network; write one CIDR a line`,
        );
      }
      return [{ network, list: path }];
    });
  }
  const value = jsonOf(text, path);
  const name = typeof value === 'object' && value !== null && 'name' in value ? String(value.name) : path;
  const list: unknown = typeof value === 'object' && value !== null && 'list' in value ? value.list : null;
  if (!Array.isArray(list)) {
    throw new PicketError(
      'PICKET_CONFIG_INVALID',
      `${path}: has no "list" of networks; use the MISP-warninglists format`,
    );
  }
  // Warning lists of other types (host names, hashes) hold texts that are no networks; those are not for addresses.
  return list.flatMap((entry) => {
    const network = parseNetwork(String(entry));
    return network === null ? [] : [{ network, list: name }];
  });
}
