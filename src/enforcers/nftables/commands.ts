/** Changes as writes of set elements. Pure: what the kernel is asked, beside what a person would type. */

import { parseNetwork } from '../../core/address.ts';
import type { Change, Rule } from '../../core/enforcer.ts';
import type { ElementWrite } from './element-batch.ts';
import { elementKey, slotOf, type LayoutOptions, type Slot } from './layout.ts';

/** A change that is ready to be written: what happens to one element. */
export interface Write {
  readonly change: Change;
  /** Where the target has no business (any more): its element is taken away there. */
  readonly remove: readonly Slot[];
  /** Where it shall stand; null for a removal. */
  readonly place: Slot | null;
  /** The network's first address, 4 or 16 bytes. */
  readonly key: Uint8Array;
  /** What is left of its life in milliseconds. */
  readonly milliseconds: number;
}

/** The life of an element that is added to be deleted. */
const removedAfter = 1_000;
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
  renews: boolean,
): readonly ElementWrite[] {
  type Elements = Map<string, { readonly key: Uint8Array; readonly timeout: number }>;
  const removals = new Map<string, Elements>();
  const placements = new Map<string, Elements>();
  const elementsOf = (sets: Map<string, Elements>, set: string): Elements => {
    let elements = sets.get(set);
    if (elements === undefined) sets.set(set, (elements = new Map()));
    return elements;
  };
  for (const { remove, place, key, milliseconds, change } of writes) {
    const target = change.do === 'remove' ? change.target : change.rule.target;
    for (const { set } of remove) {
      placements.get(set)?.delete(target);
      if (standing.has(set)) elementsOf(removals, set).set(target, { key, timeout: removedAfter });
    }
    if (place === null) continue;
    elementsOf(placements, place.set).set(target, { key, timeout: milliseconds });
    if (!renews) elementsOf(removals, place.set).set(target, { key, timeout: removedAfter });
  }
  const orders: ElementWrite[] = [];
  for (const [set, found] of removals) {
    const elements = [...found.values()];
    orders.push({ do: 'add', set, elements }, { do: 'delete', set, elements });
  }
  for (const [set, found] of placements) {
    if (found.size > 0) orders.push({ do: 'add', set, elements: [...found.values()] });
  }
  return orders;
}
