/** Changes as nft commands. Pure: what the kernel is asked, beside what a person would type. */

import { parseNetwork } from '../../core/address.ts';
import type { Change, Rule } from '../../core/enforcer.ts';
import { elementKey, slotOf, type LayoutOptions, type Slot } from './layout.ts';

/** A change that is ready to be written: what happens to one element. */
export interface Write {
  readonly change: Change;
  /** Where the target has no business (any more): its element is taken away there. */
  readonly remove: readonly Slot[];
  /** Where it shall stand; null for a removal. */
  readonly place: Slot | null;
  readonly key: string;
  /** What is left of its life in milliseconds. */
  readonly milliseconds: number;
}

/** A year: longer leases are renewed long before. */
const longest = 365 * 86_400_000;

/** What a change asks of the sets; null where nftables cannot hold such a target (no address, or everybody: /0). */
export function writeOf(change: Change, now: number, options: LayoutOptions): Write | null {
  const rule: Rule | null = change.do === 'remove' ? null : change.rule;
  const network = parseNetwork(change.do === 'remove' ? change.target : change.rule.target);
  if (network === null || network.prefix === 0) return null;
  const key = elementKey(network);
  const block = slotOf('block', network.family, network.prefix, options);
  const limit = slotOf('rate-limit', network.family, network.prefix, options);
  if (rule === null || rule.until <= now) {
    return { change, remove: [block, limit], place: null, key, milliseconds: 0 };
  }
  const milliseconds = Math.min(longest, Math.max(1, Math.round(rule.until - now)));
  return { change, remove: [], place: rule.action === 'block' ? block : limit, key, milliseconds };
}

/**
 * One transaction for all these writes.
 *
 *     nft add element inet picket block_ipv4_32 '{ 203.0.113.9 timeout 900s }'        # block, or renew on Linux 6.12 and later
 *     nft delete element inet picket block_ipv4_32 '{ 203.0.113.9 }'                  # lift
 *
 * A removal adds first: deleting what has expired meanwhile would fail, and the whole transaction with it. So does a
 * renewal on kernels that leave the lifetime of a standing element alone (`renews` false): add, delete, add.
 */
export function transaction(
  writes: readonly Write[],
  standing: ReadonlySet<string>,
  table: string,
  renews: boolean,
): string {
  const removals = new Map<string, string[]>();
  const placements = new Map<string, Map<string, string>>();
  const append = (set: string, key: string): void => {
    const list = removals.get(set);
    if (list === undefined) removals.set(set, [key]);
    else list.push(key);
  };
  for (const write of writes) {
    for (const slot of write.remove) {
      placements.get(slot.set)?.delete(write.key);
      if (standing.has(slot.set)) append(slot.set, write.key);
    }
    if (write.place === null) continue;
    const { set } = write.place;
    let elements = placements.get(set);
    if (elements === undefined) placements.set(set, (elements = new Map()));
    elements.set(write.key, `${write.key} timeout ${write.milliseconds}ms`);
    if (!renews) append(set, write.key);
  }
  const lines: string[] = [];
  for (const [set, keys] of removals) {
    const unique = [...new Set(keys)];
    lines.push(
      `add element inet ${table} ${set} { ${unique.map((key) => `${key} timeout 1s`).join(', ')} }`,
      `delete element inet ${table} ${set} { ${unique.join(', ')} }`,
    );
  }
  for (const [set, elements] of placements) {
    if (elements.size > 0)
      lines.push(`add element inet ${table} ${set} { ${[...elements.values()].join(', ')} }`);
  }
  return lines.join('\n');
}
