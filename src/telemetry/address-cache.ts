/** One string object for each address: text cut out of a line would keep that line in memory for as long as the source is known. */

import { canonicalAddress, formatIpv4, ipv4Value } from '../core/address.ts';

/** Addresses remembered; past it the cache begins anew. 200,000 short strings are about 10 MiB. */
const maximum = 200_000;

export class AddressCache {
  #four = new Map<number, string>();
  #other = new Map<string, string | null>();

  /** The text of an IPv4 address given as a signed 32-bit number. */
  four(value: number): string {
    let text = this.#four.get(value);
    if (text === undefined) {
      text = formatIpv4(value);
      if (this.#four.size >= maximum) this.#four = new Map();
      this.#four.set(value, text);
    }
    return text;
  }

  /** Canonical text, or null where the text is no address. Brackets around IPv6 are taken off. */
  canonical(text: string): string | null {
    const value = ipv4Value(text);
    if (value >= 0) return this.four(value | 0);
    if (text.length > 60) return null;
    let known = this.#other.get(text);
    if (known === undefined) {
      const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
      known = canonicalAddress(bare);
      if (this.#other.size >= maximum) this.#other = new Map();
      this.#other.set(Buffer.from(text).toString(), known);
    }
    return known;
  }
}
