/** Guard 5: an address that many people share is limited mildly and briefly: a block would hit them all. */

import { formatNetwork, type Network, networkContains, parseNetwork } from '../../core/address.ts';
import { NetworkTable } from '../../core/network-table.ts';
import type { Policy } from '../policy.ts';
import { type Candidate, type Guard, type GuardResult, pass } from './guard.ts';

const dayMilliseconds = 86_400_000;
/** Carriers put many customers behind these (RFC 6598); they are decided on only where a lab opts them in. */
const carrierShared = parseNetwork('100.64.0.0/10');

/** Networks of which a list says that many people share each address: relays, carriers, proxies. */
export interface SharedEntry {
  readonly network: Network;
  readonly list: string;
}

export function sharedAddress(policy: Policy, listed: Iterable<SharedEntry> = []): Guard {
  const table = new NetworkTable<string>();
  if (carrierShared !== null) table.set(carrierShared, 'shared address space (RFC 6598)');
  for (const { network, list } of listed) table.set(network, list);
  const limit = (reason: string): GuardResult => ({
    outcome: 'limit',
    action: 'rate-limit',
    maximumSeconds: policy.doubtfulLeaseSeconds,
    reason,
  });
  return {
    name: 'shared-address',
    check({ target, targetText, record, at, byPerson }: Candidate): GuardResult {
      if (record === null || byPerson) return pass('a person asked');
      const hit = table.lookup(target);
      if (hit !== null) {
        return limit(`${targetText} is in ${formatNetwork(hit.network)} of ${hit.value}: it is shared`);
      }
      // A network that holds a listed one; the key of a source (a host, or a /64) is looked up above all.
      if (target.prefix < (target.family === 4 ? 32 : 128)) {
        for (const [network, list] of table.entries()) {
          if (network.prefix > target.prefix && networkContains(target, network))
            return limit(`${targetText} holds ${formatNetwork(network)} of ${list}: it is shared`);
        }
      }
      let users = 0;
      for (const last of record.users?.values() ?? []) if (at - last < dayMilliseconds) users += 1;
      if (users < policy.sharedUsers) return pass(`${users} users logged in from here in a day`);
      return limit(`${users} users logged in from here in a day: the address is shared`);
    },
  };
}
