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

  constructor(entries: Iterable<AllowEntry> = []) {
    for (const entry of entries) this.add(entry);
  }

  add(entry: AllowEntry): void {
    this.#table.set(entry.network, entry);
  }

  remove(network: Network): boolean {
    return this.#table.delete(network);
  }

  entries(): AllowEntry[] {
    return [...this.#table.entries()].map(([, entry]) => entry);
  }

  check({ target, targetText, at }: Candidate): GuardResult {
    const hit = this.#table.lookup(target);
    if (
      hit !== null &&
      hit.network.prefix <= target.prefix &&
      (hit.value.until === null || hit.value.until > at)
    ) {
      const note = hit.value.note === '' ? '' : ` (${hit.value.note})`;
      return {
        outcome: 'refuse',
        reason: `${targetText} is allowed by ${formatNetwork(hit.network)}${note}`,
      };
    }
    for (const [network, entry] of this.#table.entries()) {
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
}
