/**
 * From hosts to their network: where many of a network's members have earned a block, the network is one target. Each level has 256
 * members: the addresses of an IPv4 /24, the /64s of an IPv6 /56, and the /56s of a /48. Bounded; the oldest networks are forgotten.
 */

import { formatNetwork, type Network, networkOf } from '../core/address.ts';

const members = 256;
const networksKept = 65_536;

export interface RollUpPolicy {
  /** Members from which a network is a target, 0 for never. */
  readonly networkMembers: number;
  /** And the share of all its members that they must be. */
  readonly networkShare: number;
  /** How long an offence counts. */
  readonly networkMemoryMilliseconds: number;
}

export interface RolledUp {
  readonly network: Network;
  readonly text: string;
  readonly offenders: number;
  readonly share: number;
  /** What its members are, as a person calls them. */
  readonly of: string;
}

/** The networks, from the narrowest, that may stand for this target. */
export function parentsOf(target: Network): Network[] {
  if (target.family === 4) return target.prefix === 32 ? [networkOf(target, 24)] : [];
  if (target.prefix < 64) return target.prefix > 48 ? [networkOf(target, 48)] : [];
  return [networkOf(target, 56), networkOf(target, 48)];
}

interface Offenders {
  /** When each member last offended. */
  readonly members: Map<number, number>;
  /** None of them offended before this time. */
  since: number;
}

export class NetworkRollUp {
  readonly #policy: RollUpPolicy;
  readonly #networks = new Map<string, Offenders>();

  constructor(policy: RollUpPolicy) {
    this.#policy = policy;
  }

  get size(): number {
    return this.#networks.size;
  }

  /** A member has earned a block on evidence that nobody else could have sent. The widest network that has come to be a target, or null. */
  offended(target: Network, at: number): RolledUp | null {
    if (this.#policy.networkMembers === 0) return null;
    let widest: RolledUp | null = null;
    let member = target.family === 4 ? target : networkOf(target, 64);
    for (const network of parentsOf(target)) {
      const text = formatNetwork(network);
      const offenders = this.#count(text, member, at);
      const share = offenders / members;
      if (offenders >= this.#policy.networkMembers && share >= this.#policy.networkShare) {
        const of = network.family === 4 ? 'addresses' : `/${member.prefix}s`;
        widest = { network, text, offenders, share, of };
      }
      member = network;
    }
    return widest;
  }

  #count(text: string, member: Network, at: number): number {
    let held = this.#networks.get(text);
    if (held === undefined) {
      if (this.#networks.size >= networksKept) {
        const oldest = this.#networks.keys().next().value;
        if (oldest !== undefined) this.#networks.delete(oldest);
      }
      held = { members: new Map(), since: at };
    } else this.#networks.delete(text);
    // The one that was last added to is the youngest.
    this.#networks.set(text, held);
    const width = BigInt((member.family === 4 ? 32 : 128) - member.prefix);
    held.members.set(Number((member.value >> width) & 255n), at);
    held.since = Math.min(held.since, at);
    if (at - held.since > this.#policy.networkMemoryMilliseconds) this.#forget(held, at);
    return held.members.size;
  }

  #forget(held: Offenders, at: number): void {
    held.since = at;
    for (const [member, last] of held.members) {
      if (at - last > this.#policy.networkMemoryMilliseconds) held.members.delete(member);
      else held.since = Math.min(held.since, last);
    }
  }
}
