/** Guard 1: reserved, private, own and next-hop addresses are never decided on. */

import { formatNetwork, networkContains, type Network, parseNetwork } from '../../core/address.ts';
import { NetworkTable } from '../../core/network-table.ts';
import { type Candidate, type Guard, type GuardResult, pass } from './guard.ts';

/**
 * IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates), multicast (RFC 5771, RFC 4291) and
 * the unspecified address. 64:ff9b::/96 and 2002::/16 stand for IPv4 hosts behind a translator: a block would hit them all.
 */
const specialPurpose: readonly (readonly [cidr: string, name: string])[] = [
  ['0.0.0.0/8', 'this network (RFC 791)'],
  ['10.0.0.0/8', 'private use (RFC 1918)'],
  ['100.64.0.0/10', 'shared address space (RFC 6598)'],
  ['127.0.0.0/8', 'loopback (RFC 1122)'],
  ['169.254.0.0/16', 'link local (RFC 3927)'],
  ['172.16.0.0/12', 'private use (RFC 1918)'],
  ['192.0.0.0/24', 'IETF protocol assignments (RFC 6890)'],
  ['192.0.2.0/24', 'documentation (RFC 5737)'],
  ['192.31.196.0/24', 'AS112 (RFC 7535)'],
  ['192.52.193.0/24', 'AMT (RFC 7450)'],
  ['192.88.99.0/24', '6to4 relay anycast (RFC 7526)'],
  ['192.168.0.0/16', 'private use (RFC 1918)'],
  ['192.175.48.0/24', 'AS112 direct delegation (RFC 7534)'],
  ['198.18.0.0/15', 'benchmarking (RFC 2544)'],
  ['198.51.100.0/24', 'documentation (RFC 5737)'],
  ['203.0.113.0/24', 'documentation (RFC 5737)'],
  ['224.0.0.0/4', 'multicast (RFC 5771)'],
  ['240.0.0.0/4', 'reserved (RFC 1112)'],
  ['::/128', 'unspecified (RFC 4291)'],
  ['::1/128', 'loopback (RFC 4291)'],
  ['64:ff9b::/96', 'IPv4-IPv6 translation (RFC 6052)'],
  ['64:ff9b:1::/48', 'IPv4-IPv6 translation (RFC 8215)'],
  ['100::/64', 'discard only (RFC 6666)'],
  ['100:0:0:1::/64', 'dummy prefix (RFC 9780)'],
  ['2001::/23', 'IETF protocol assignments (RFC 2928)'],
  ['2001:db8::/32', 'documentation (RFC 3849)'],
  ['2002::/16', '6to4 (RFC 3056)'],
  ['2620:4f:8000::/48', 'AS112 (RFC 7534)'],
  ['3fff::/20', 'documentation (RFC 9637)'],
  ['5f00::/16', 'segment routing (RFC 9602)'],
  ['fc00::/7', 'unique local (RFC 4193)'],
  ['fe80::/10', 'link local (RFC 4291)'],
  ['ff00::/8', 'multicast (RFC 4291)'],
];

export interface ReservedAddressOptions {
  /** Protected networks and next hops. */
  readonly own: readonly Network[];
  /** Special-purpose ranges that a lab opts in; own networks stay refused. */
  readonly lab: readonly Network[];
}

export function reservedAddress(options: ReservedAddressOptions): Guard {
  const special = new NetworkTable<string>();
  const specialNetworks: Network[] = [];
  for (const [cidr, name] of specialPurpose) {
    const network = parseNetwork(cidr);
    if (network === null) continue;
    special.set(network, name);
    specialNetworks.push(network);
  }
  const own = new NetworkTable<string>();
  for (const network of options.own) own.set(network, formatNetwork(network));

  return {
    name: 'reserved-address',
    check({ target, targetText }: Candidate): GuardResult {
      const ownHit = own.lookup(target);
      if (ownHit !== null) {
        return { outcome: 'refuse', reason: `${targetText} is in ${ownHit.value}, an own network` };
      }
      const swallowed = options.own.find(
        (network) => target.prefix < network.prefix && networkContains(target, network),
      );
      if (swallowed !== undefined) {
        return {
          outcome: 'refuse',
          reason: `${targetText} holds ${formatNetwork(swallowed)}, an own network`,
        };
      }
      if (
        options.lab.some((network) => target.prefix >= network.prefix && networkContains(network, target))
      ) {
        return pass('a lab range, opted in');
      }
      const hit = special.lookup(target);
      if (hit !== null && hit.network.prefix <= target.prefix) {
        return {
          outcome: 'refuse',
          reason: `${targetText} is in ${formatNetwork(hit.network)}: ${hit.value}`,
        };
      }
      const holds = specialNetworks.find(
        (network) => target.prefix < network.prefix && networkContains(target, network),
      );
      if (holds !== undefined) {
        return {
          outcome: 'refuse',
          reason: `${targetText} holds the special-purpose ${formatNetwork(holds)}`,
        };
      }
      return pass('not a special-purpose or own address');
    },
  };
}
