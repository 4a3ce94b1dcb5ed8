/** A table of networks with values, answering the longest prefix that holds an address. */

import type { Address, Family, Network } from './address.ts';

/**
 * One hash map for each prefix length in use, asked from the longest down: real lists use few lengths, so a look-up
 * costs about as many hash probes as there are lengths (IPv4 at most 33, IPv6 at most 129).
 */
export class NetworkTable<Value> {
  readonly #maps: Record<Family, Map<number, Map<bigint, Value>>> = { 4: new Map(), 6: new Map() };
  readonly #lengths: Record<Family, number[]> = { 4: [], 6: [] };
  #size = 0;

  get size(): number {
    return this.#size;
  }

  set(network: Network, value: Value): void {
    const maps = this.#maps[network.family];
    let map = maps.get(network.prefix);
    if (map === undefined) {
      map = new Map();
      maps.set(network.prefix, map);
      this.#lengths[network.family] = [...maps.keys()].sort((left, right) => right - left);
    }
    const key = this.#key(network.family, network.value, network.prefix);
    if (!map.has(key)) this.#size += 1;
    map.set(key, value);
  }

  delete(network: Network): boolean {
    const map = this.#maps[network.family].get(network.prefix);
    const deleted = map?.delete(this.#key(network.family, network.value, network.prefix)) ?? false;
    if (deleted) this.#size -= 1;
    return deleted;
  }

  /** The value of the longest prefix that holds the address, with that network; null where none does. */
  lookup(address: Address): { readonly network: Network; readonly value: Value } | null {
    for (const prefix of this.#lengths[address.family]) {
      const key = this.#key(address.family, address.value, prefix);
      const map = this.#maps[address.family].get(prefix);
      const value = map?.get(key);
      if (value !== undefined) {
        const hostBits = BigInt((address.family === 4 ? 32 : 128) - prefix);
        return { network: { family: address.family, value: key << hostBits, prefix }, value };
      }
    }
    return null;
  }

  *entries(): Iterable<readonly [Network, Value]> {
    for (const family of [4, 6] as const) {
      for (const [prefix, map] of this.#maps[family]) {
        const hostBits = BigInt((family === 4 ? 32 : 128) - prefix);
        for (const [key, value] of map) yield [{ family, value: key << hostBits, prefix }, value];
      }
    }
  }

  #key(family: Family, value: bigint, prefix: number): bigint {
    return value >> BigInt((family === 4 ? 32 : 128) - prefix);
  }
}
