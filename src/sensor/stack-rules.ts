/**
 * Rules that give packets which leave for visitors the TTL of the claimed system, and its SYN-ACKs its window: a scanner that reads
 * Windows from the banner and Linux from the packet has found a decoy.
 */

import { parseAddress } from '../core/address.ts';
import type { NetworkStack } from '../core/persona.ts';

export interface DisguisedStack {
  /** Addresses that are decoys; none for all of this machine's, of which then only the named ports are. */
  readonly addresses: readonly string[];
  /** Ports that are decoys; none where the whole address is one. */
  readonly ports: readonly { readonly port: number; readonly transport: 'tcp' | 'udp' }[];
  readonly stack: NetworkStack;
}

const synAck = 'tcp flags & (syn | ack) == (syn | ack)';

/** The chain, to stand in the sensor's table; nothing where there is no decoy with a system of its own. */
export function stackChain(stacks: readonly DisguisedStack[]): string[] {
  const lines = new Set(stacks.flatMap(stackLines));
  if (lines.size === 0) return [];
  return [
    '  chain stack {',
    '    type filter hook output priority mangle; policy accept;',
    ...[...lines].map((line) => `    ${line}`),
    '  }',
  ];
}

/** A decoy's packets end the chain at its own lines, so that no other's undo them. */
function stackLines({ addresses, ports, stack }: DisguisedStack): string[] {
  if (addresses.length === 0 && ports.length === 0) return [];
  const matches = ports.length === 0 ? [''] : portMatches(ports);
  return ([4, 6] as const).flatMap((family) => {
    const own = addresses.filter((address) => parseAddress(address)?.family === family);
    if (addresses.length > 0 && own.length === 0) return [];
    const from =
      own.length === 0
        ? `meta nfproto ipv${family}`
        : `${family === 4 ? 'ip' : 'ip6'} saddr { ${own.join(', ')} }`;
    return matches.flatMap((match) =>
      packetLines(match === '' ? from : `${from} ${match}`, family, stack, match.startsWith('udp')),
    );
  });
}

function packetLines(match: string, family: 4 | 6, { ttl, window }: NetworkStack, isUdp: boolean): string[] {
  const windows =
    window === null || isUdp
      ? []
      : [
          `${match} ${synAck} tcp option timestamp exists tcp window set ${window.withTimestamps}`,
          `${match} ${synAck} tcp option timestamp missing tcp window set ${window.plain}`,
        ];
  return [...windows, `${match} ${family === 4 ? 'ip ttl' : 'ip6 hoplimit'} set ${ttl} accept`];
}

function portMatches(ports: DisguisedStack['ports']): string[] {
  return (['tcp', 'udp'] as const).flatMap((transport) => {
    const own = new Set(ports.filter((each) => each.transport === transport).map(({ port }) => port));
    return own.size === 0 ? [] : [`${transport} sport { ${[...own].toSorted((a, b) => a - b).join(', ')} }`];
  });
}
