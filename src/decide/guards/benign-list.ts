/** Guard 4: published lists of networks that many honest people stand behind (CDN, cloud front doors, public DNS). */

import { formatNetwork, networkContains, type Network } from '../../core/address.ts';
import { NetworkTable } from '../../core/network-table.ts';
import { type Candidate, type Guard, type GuardResult, pass } from './guard.ts';

export interface BenignEntry {
  readonly network: Network;
  readonly list: string;
}

export function benignList(entries: Iterable<BenignEntry>): Guard {
  const table = new NetworkTable<string>();
  // IPv6 sources are judged by their /64, so a listed network within one stands for all of it.
  const long: BenignEntry[] = [];
  for (const entry of entries) {
    table.set(entry.network, entry.list);
    if (entry.network.family === 6 && entry.network.prefix > 64) long.push(entry);
  }
  /** A listed network within the target. One of several sources must hold none at all; that is rarely asked, so every entry is looked at. */
  const held = (target: Network): { readonly network: Network; readonly value: string } | null => {
    const candidates = target.prefix < (target.family === 4 ? 32 : 64) ? all(table) : long;
    const entry = candidates.find(
      ({ network }) => target.prefix < network.prefix && networkContains(target, network),
    );
    return entry === undefined ? null : { network: entry.network, value: entry.list };
  };
  return {
    name: 'benign-list',
    check({ target, targetText, byPerson }: Candidate): GuardResult {
      if (table.size === 0) return pass('no benign lists are loaded');
      const hit = table.lookup(target) ?? held(target);
      if (hit === null || byPerson)
        return pass(`on none of the ${table.size} listed networks, or a person asked`);
      return {
        outcome: 'refuse',
        reason: `${targetText} is in ${formatNetwork(hit.network)} of the list ${hit.value}`,
      };
    },
  };
}

function all(table: NetworkTable<string>): BenignEntry[] {
  return [...table.entries()].map(([network, list]) => ({ network, list }));
}
