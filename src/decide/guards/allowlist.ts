/** Guard 2: what a person has allowed is never decided on; the longest prefix answers. */

import { formatNetwork, networkContains, type Network } from '../../core/address.ts';
import { NetworkTable } from '../../core/network-table.ts';
import { type Candidate, type Guard, type GuardResult, pass } from './guard.ts';

export interface AllowEntry {
  readonly network: Network;
  readonly note: string;
  /** Who put it there. */
  readonly by: string;
  /** Milliseconds since the epoch, or null for good. */
  readonly until: number | null;
}

export class Allowlist implements Guard {
  readonly name = 'allowlist';
  readonly #table = new NetworkTable<AllowEntry>();
  /** What the configuration allows: neither replaced nor removed by what is added while it runs. */
  readonly #configured = new NetworkTable<AllowEntry>();

  constructor(configured: Iterable<AllowEntry> = []) {
    for (const entry of configured) this.#configured.set(entry.network, entry);
  }

  add(entry: AllowEntry): void {
    this.#table.set(entry.network, entry);
  }

  remove(network: Network): boolean {
    return this.#table.delete(network);
  }

  entries(): AllowEntry[] {
    return [...this.#all()].map(([, entry]) => entry);
  }

  check({ target, targetText, at }: Candidate): GuardResult {
    for (const table of [this.#configured, this.#table]) {
      const hit = longestThatHolds(table, target, at);
      if (hit === null) continue;
      const note = hit.note === '' ? '' : ` (${hit.note})`;
      return {
        outcome: 'refuse',
        reason: `${targetText} is allowed by ${formatNetwork(hit.network)}${note}`,
      };
    }
    for (const [network, entry] of this.#all()) {
      if (
        network.prefix > target.prefix &&
        networkContains(target, network) &&
        (entry.until === null || entry.until > at)
      ) {
        return { outcome: 'refuse', reason: `${targetText} holds the allowed ${formatNetwork(network)}` };
      }
    }
    return pass('not on the allowlist');
  }

  *#all(): Iterable<readonly [Network, AllowEntry]> {
    yield* this.#configured.entries();
    yield* this.#table.entries();
  }
}

/** The entry in force with the longest prefix that holds the whole target; one that has ended does not hide a wider one. */
function longestThatHolds(table: NetworkTable<AllowEntry>, target: Network, at: number): AllowEntry | null {
  const first = table.lookup(target);
  if (first === null) return null;
  const holds = ({ network, until }: AllowEntry): boolean =>
    network.prefix <= target.prefix && (until === null || until > at);
  if (holds(first.value)) return first.value;
  let longest: AllowEntry | null = null;
  for (const [network, entry] of table.entries()) {
    if (!networkContains(network, target) || !holds(entry)) continue;
    if (longest === null || network.prefix > longest.network.prefix) longest = entry;
  }
  return longest;
}
