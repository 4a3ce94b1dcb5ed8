/**
 * Sessions of the last days that went well, by source: what a decision would have cut. A source counts once an hour, so that nobody
 * becomes important by many requests; and bounded, so that nobody washes the others out: when it is full, new ones are not taken in.
 */

import { networkContains, type Network, parseNetwork } from '../core/address.ts';

const hourMilliseconds = 3_600_000;
const sourcesKept = 131_072;

interface GoodSource {
  readonly since: number;
  hours: number;
  hour: number;
}

export class GoodTraffic {
  readonly #generationMilliseconds: number;
  #current = new Map<string, GoodSource>();
  #previous = new Map<string, GoodSource>();
  #since = Number.NEGATIVE_INFINITY;
  #currentHours = 0;
  #previousHours = 0;

  /** Remembers for `days`, up to twice that. */
  constructor(days = 4) {
    this.#generationMilliseconds = days * 24 * hourMilliseconds;
  }

  get hours(): number {
    return this.#currentHours + this.#previousHours;
  }

  succeeded(source: string, at: number): void {
    if (at - this.#since >= this.#generationMilliseconds) {
      this.#previous = this.#current;
      this.#previousHours = this.#currentHours;
      this.#current = new Map();
      this.#currentHours = 0;
      this.#since = at;
    }
    const hour = Math.floor(at / hourMilliseconds);
    const known = this.#current.get(source);
    if (known !== undefined) {
      if (hour <= known.hour) return;
      known.hour = hour;
      known.hours += 1;
    } else {
      if (this.#current.size >= sourcesKept) return;
      this.#current.set(source, { since: this.#previous.get(source)?.since ?? at, hours: 1, hour });
    }
    this.#currentHours += 1;
  }

  /** Hours with good sessions of this source (its key) from before a time: what it does afterwards buys it nothing. */
  hoursBefore(source: string, at: number): number {
    const current = this.#current.get(source);
    const previous = this.#previous.get(source);
    const since = Math.min(
      current?.since ?? Number.POSITIVE_INFINITY,
      previous?.since ?? Number.POSITIVE_INFINITY,
    );
    if (since >= at) return 0;
    const most = Math.ceil((at - since) / hourMilliseconds);
    return Math.min(most, (current?.hours ?? 0) + (previous?.hours ?? 0));
  }

  /** Sources within a network that had good sessions, but for those that a test knows to be at fault. At most `limit` are looked for. */
  within(network: Network, isAtFault: (source: string) => boolean, limit: number): string[] {
    const found: string[] = [];
    for (const sources of [this.#current, this.#previous]) {
      for (const source of sources.keys()) {
        const address = parseNetwork(source);
        if (address === null || !networkContains(network, address)) continue;
        if (isAtFault(source) || found.includes(source)) continue;
        found.push(source);
        if (found.length >= limit) return found;
      }
    }
    return found;
  }
}
