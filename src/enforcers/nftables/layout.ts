/**
 * How the fence's own table is laid out.
 *
 * A hash set for each (action, family, prefix length) in use, hosts and networks alike: the key is the source address with
 * its host bits masked off, so that a /64 or a /24 is one hash element. The alternative, one interval set, takes 3.3 s for a
 * single element at 100,000 and refuses targets that overlap; a mask and a hash probe for each length in use cost a packet
 * some 25 ns each, and few lengths are in use.
 *
 * Drops are counted beside the sets: what a set drops goes through a chain that counts the source in a small dynamic
 * set, so that reading the counters costs what the *active* attackers cost. A counter in each standing element would halve the
 * rate of new blocks, and take 16 bytes for each processor and element.
 */

import type { Family, Network } from '../../core/address.ts';
import { formatAddress, networkOf } from '../../core/address.ts';
import type { Rule } from '../../core/enforcer.ts';

export type PlacedAction = Rule['action'];

/** One set with its rule. */
export interface Slot {
  readonly action: PlacedAction;
  readonly family: Family;
  readonly prefix: number;
  /** Name of the set. */
  readonly set: string;
  readonly capacity: number;
}

export interface LayoutOptions {
  readonly table: string;
  /** Places in the set of IPv4 hosts. */
  readonly ipv4Hosts: number;
  /** Places in the set of IPv6 /64 networks, the unit in which IPv6 sources are judged. */
  readonly ipv6Networks: number;
  /** Places in each other set. */
  readonly others: number;
  /** Packets a second that a rate-limited target may send. */
  readonly packetsPerSecond: number;
}

/**
 * 20 packets a second, a second's worth at once: a person's session and a health check pass; a guessing tool or a scanner
 * is slowed by orders of magnitude.
 */
export const defaultLayout: LayoutOptions = {
  table: 'picket',
  ipv4Hosts: 4_194_304,
  ipv6Networks: 1_048_576,
  others: 65_536,
  packetsPerSecond: 20,
};

/** How long a source stays among the counted after its last dropped packet. Longer than the slowest reading of the counters. */
const countedFor = '10m';
const countedSources = 65_536;

const setPattern = /^(block|limit)_ipv(4|6)_(\d{1,3})$/;

export function slotOf(action: PlacedAction, family: Family, prefix: number, options: LayoutOptions): Slot {
  const set = `${action === 'block' ? 'block' : 'limit'}_ipv${family}_${prefix}`;
  let capacity = options.others;
  if (family === 4 && prefix === 32) capacity = options.ipv4Hosts;
  else if (family === 6 && prefix === 64) capacity = options.ipv6Networks;
  return { action, family, prefix, set, capacity };
}

/** The slot of a set that was found standing, by its name; null for another's or the counters'. */
export function slotOfSet(name: string, options: LayoutOptions): Slot | null {
  const match = setPattern.exec(name);
  if (match === null) return null;
  const family = match[2] === '4' ? 4 : 6;
  const prefix = Number(match[3]);
  if (prefix < 1 || prefix > (family === 4 ? 32 : 128)) return null;
  return slotOf(match[1] === 'block' ? 'block' : 'rate-limit', family, prefix, options);
}

/** The slots that are there from the start, so that the first block waits for no set to be made. */
export function firstSlots(options: LayoutOptions): readonly Slot[] {
  return [
    slotOf('block', 4, 32, options),
    slotOf('block', 6, 64, options),
    slotOf('rate-limit', 4, 32, options),
    slotOf('rate-limit', 6, 64, options),
  ];
}

export const hitsSet = (family: Family, prefix: number): string => `hits_ipv${family}_${prefix}`;

/** The expression that a packet is looked up by, such as `ip6 saddr & ffff:ffff:ffff:ffff::`. */
function keyExpression(family: Family, prefix: number): string {
  const field = family === 4 ? 'ip saddr' : 'ip6 saddr';
  const width = family === 4 ? 32 : 128;
  if (prefix === width) return field;
  const ones = (1n << BigInt(width)) - 1n;
  return `${field} & ${formatAddress({ family, value: networkOf({ family, value: ones }, prefix).value })}`;
}

/**
 * The commands that bring the table into shape without touching an element: sets that stand are kept, rules are written
 * anew. To be run as one transaction.
 *
 *     nft add table inet picket
 *     nft add chain inet picket prerouting '{ type filter hook prerouting priority -300; policy accept; }'
 *     nft add set inet picket block_ipv4_32 '{ type ipv4_addr; size 4194304; flags timeout; }'
 *     nft add rule inet picket prerouting ip saddr @block_ipv4_32 goto drop_ipv4_32
 *
 * Priority -300 is ahead of connection tracking (-200): what is dropped costs no state, and established connections are cut too.
 */
export function layoutCommands(slots: readonly Slot[], options: LayoutOptions): string {
  const table = `inet ${options.table}`;
  const lines = [
    `add table ${table}`,
    `add chain ${table} prerouting { type filter hook prerouting priority -300; policy accept; }`,
    `flush chain ${table} prerouting`,
  ];
  const counted = new Set<string>();
  // Hosts first: most packets that are dropped are a host's.
  const ordered = slots.toSorted(
    (left, right) => right.prefix - left.prefix || (left.set < right.set ? -1 : 1),
  );
  for (const slot of ordered) {
    const type = slot.family === 4 ? 'ipv4_addr' : 'ipv6_addr';
    const key = keyExpression(slot.family, slot.prefix);
    const hits = hitsSet(slot.family, slot.prefix);
    const chain = `drop_ipv${slot.family}_${slot.prefix}`;
    if (!counted.has(hits)) {
      counted.add(hits);
      lines.push(
        `add set ${table} ${hits} { type ${type}; size ${countedSources}; flags dynamic,timeout; timeout ${countedFor}; counter; }`,
        `add chain ${table} ${chain}`,
        `flush chain ${table} ${chain}`,
        // Two rules: where the counters are full the first one ends without effect, and the second still drops.
        `add rule ${table} ${chain} update @${hits} { ${key} }`,
        `add rule ${table} ${chain} drop`,
      );
    }
    const limit =
      slot.action === 'block'
        ? 'flags timeout;'
        : `flags dynamic,timeout; limit rate over ${options.packetsPerSecond}/second burst ${options.packetsPerSecond} packets;`;
    lines.push(
      `add set ${table} ${slot.set} { type ${type}; size ${slot.capacity}; ${limit} }`,
      `add rule ${table} prerouting ${key} @${slot.set} goto ${chain}`,
    );
  }
  return lines.join('\n');
}

/** The key of a set element: the network's first address in network byte order, 4 or 16 bytes. */
export function elementKey(network: Network): Uint8Array {
  const bytes = Buffer.alloc(network.family === 4 ? 4 : 16);
  if (network.family === 4) bytes.writeUInt32BE(Number(network.value), 0);
  else {
    bytes.writeBigUInt64BE(network.value >> 64n, 0);
    bytes.writeBigUInt64BE(network.value & 0xffff_ffff_ffff_ffffn, 8);
  }
  return bytes;
}

/** The rule's target, from the key's bytes and the slot that it was found in. */
export function targetOf(key: Uint8Array, family: Family, prefix: number): string {
  if (family === 4) {
    const text = `${key[0]}.${key[1]}.${key[2]}.${key[3]}`;
    return prefix === 32 ? text : `${text}/${prefix}`;
  }
  let value = 0n;
  for (const byte of key) value = (value << 8n) | BigInt(byte);
  const text = formatAddress({ family, value });
  return prefix === 128 ? text : `${text}/${prefix}`;
}
