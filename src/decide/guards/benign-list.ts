/** Guard 4: published lists of networks that many honest people stand behind (CDN, cloud front doors, public DNS). */

import { formatNetwork, type Network } from '../../core/address.ts';
import { NetworkTable } from '../../core/network-table.ts';
import { type Candidate, type Guard, type GuardResult, pass } from './guard.ts';

export interface BenignEntry {
  readonly network: Network;
  readonly list: string;
}

export function benignList(entries: Iterable<BenignEntry>): Guard {
  const table = new NetworkTable<string>();
  for (const entry of entries) table.set(entry.network, entry.list);
  return {
    name: 'benign-list',
    check({ target, targetText, byPerson }: Candidate): GuardResult {
      if (table.size === 0) return pass('no benign lists are loaded');
      const hit = table.lookup(target);
      if (hit === null || byPerson)
        return pass(`on none of the ${table.size} listed networks, or a person asked`);
      return {
        outcome: 'refuse',
        reason: `${targetText} is in ${formatNetwork(hit.network)} of the list ${hit.value}`,
      };
    },
  };
}
