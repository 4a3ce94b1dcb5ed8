/** What the operator has said of the world, for detectors that ask: which networks are his own, which hosts lead attackers, whose networks are whose. */

import { ipv4Value, type Network, parseAddress } from '../core/address.ts';
import { NetworkTable } from '../core/network-table.ts';

/** RFC 1918 and RFC 4193. */
function isPrivate(address: string): boolean {
  const value = ipv4Value(address);
  if (value < 0) return /^f[cd][0-9a-f]{2}:/.test(address);
  const first = value >>> 24;
  return first === 10 || value >>> 20 === 0xac1 || value >>> 16 === 0xc0a8;
}

/** Neither private, nor this host, link or group. */
function isGlobal(address: string): boolean {
  if (isPrivate(address)) return false;
  const value = ipv4Value(address);
  if (value < 0) return /^[23][0-9a-f]{3}:/.test(address);
  const first = value >>> 24;
  return first !== 0 && first !== 127 && first < 224 && value >>> 16 !== 0xa9fe;
}

export interface EstateEntries {
  /** Protected networks. */
  readonly own?: Iterable<Network>;
  /** Networks from which malware is fetched or led, each with the list that says so. */
  readonly commandHosts?: Iterable<{ readonly network: Network; readonly list: string }>;
  /** Networks with the number of the autonomous system that announces them. */
  readonly systems?: Iterable<{ readonly network: Network; readonly system: number }>;
}

const rememberedMost = 65_536;

export class Estate {
  readonly #own = new NetworkTable<true>();
  readonly #commandHosts = new NetworkTable<string>();
  readonly #systems = new NetworkTable<number>();
  /** Answers for the addresses asked for last: a look-up takes a microsecond, and flows are many. Emptied when full. */
  readonly #isOwn = new Map<string, boolean>();

  constructor({ own = [], commandHosts = [], systems = [] }: EstateEntries = {}) {
    for (const network of own) this.#own.set(network, true);
    for (const { network, list } of commandHosts) this.#commandHosts.set(network, list);
    for (const { network, system } of systems) this.#systems.set(network, system);
  }

  /** Private addresses always are: nobody else's traffic has them. */
  isInside(address: string): boolean {
    if (isPrivate(address)) return true;
    if (this.#own.size === 0) return false;
    const known = this.#isOwn.get(address);
    if (known !== undefined) return known;
    const parsed = parseAddress(address);
    const isOwn = parsed !== null && this.#own.lookup(parsed) !== null;
    if (this.#isOwn.size >= rememberedMost) this.#isOwn.clear();
    this.#isOwn.set(address, isOwn);
    return isOwn;
  }

  /** Whether an address may be one that is protected: any, where nobody has said which are. */
  mayProtect(address: string): boolean {
    return this.#own.size === 0 || this.isInside(address);
  }

  isOutside(address: string): boolean {
    return isGlobal(address) && !this.isInside(address);
  }

  /** The list that names this address, or null. */
  commandListOf(address: string): string | null {
    if (this.#commandHosts.size === 0) return null;
    const parsed = parseAddress(address);
    return parsed === null ? null : (this.#commandHosts.lookup(parsed)?.value ?? null);
  }

  get knowsSystems(): boolean {
    return this.#systems.size > 0;
  }

  /** The autonomous system that announces this address, or null. */
  systemOf(address: string): number | null {
    const parsed = this.#systems.size === 0 ? null : parseAddress(address);
    return parsed === null ? null : (this.#systems.lookup(parsed)?.value ?? null);
  }
}

export const unknownEstate: Estate = new Estate();
