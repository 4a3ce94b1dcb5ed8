/** How wide a network may be that people allow by hand: a slip of the pen must not take the fence away from the whole world. */

import type { Network } from './address.ts';

/** The shortest prefix. A /8 is the largest block that anyone was given of IPv4, a /16 more than anyone holds of IPv6. */
const shortestPrefix = { 4: 8, 6: 16 } as const;

/** Why the network can't be allowed, with the mend; null where it can. */
export function tooWideToAllow(network: Network): string | null {
  const shortest = shortestPrefix[network.family];
  if (network.prefix >= shortest) return null;
  return `is too wide to be allowed: it would let through most of whom Picket is to keep out; give networks of /${shortest} or smaller`;
}
