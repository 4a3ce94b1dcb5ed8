/** What is remembered of one source: its score, what it was seen doing, and the evidence that weighs most. */

import type { Behavior } from '../core/behavior.ts';
import type { Classification, GuardOutcome, Verdict } from '../core/decision.ts';
import { type Evidence, type Ground, grounded, type GroundedEvidence } from '../core/evidence.ts';
import { type Network, formatNetwork, parseNetwork } from '../core/address.ts';
import { parentsOf } from './network-roll-up.ts';
import type { Policy } from './policy.ts';
import { decayed, updated } from './sequential-test.ts';

/** Pieces of evidence kept a source: enough to explain a decision; when full, the lightest goes. */
const evidenceKept = 24;
const exactlySized = 8;
/** Names kept a source of each list; beyond, new ones are counted by the score alone. */
const namesKept = 32;

const addressesKept = 8;

/** Shared by the many records of which there is nothing to say: a million of them must fit into memory. */
const nothing: readonly never[] = Object.freeze([]);

/**
 * A text that was put together from ten parts is kept as these ten (300 bytes) until somebody asks for a character of it: then the
 * engine writes it out as one, in its place.
 */
function writtenOut(evidence: GroundedEvidence): GroundedEvidence {
  asked ^= evidence.reason.charCodeAt(0) ^ evidence.observation.charCodeAt(0);
  return evidence;
}

/** What nobody uses, nobody computes: so the characters go somewhere. */
let asked = 0;

/** A source as a target, and the texts of the networks that may stand for it. */
interface Location {
  readonly target: Network | null;
  readonly parents: readonly string[];
}

/** A decision in force, as the judge needs to know it. */
export interface Standing {
  readonly decision: string;
  readonly action: 'block' | 'rate-limit';
  /** When it was placed, or put back after a restart. */
  readonly from: number;
  until: number;
  /** Length of the first lease. */
  readonly leaseSeconds: number;
  renewals: number;
  /** Longest lease that the guards allow. */
  readonly capSeconds: number;
  /** A person chose its end: drops do not renew it, and nothing that Picket decides by itself takes its place. */
  readonly byPerson: boolean;
  /** A milder decision that lasts longer and comes back when this one ends. */
  readonly beneath?: Standing | null;
}

export class SourceRecord {
  readonly source: string;
  firstSeen: number;
  lastSeen: number;
  observations = 0;
  score = 0;
  #scoredAt: number;
  behaviors: readonly Behavior[] = nothing;
  cves: readonly string[] = nothing;
  #evidence: GroundedEvidence[] | null = null;
  /** Where nobody is told why: of the evidence that weighs most the weight and time alone, two numbers each. */
  #weights: number[] | null = null;
  /** Single addresses seen of an IPv6 source (its key is a /64), bounded; null for IPv4. */
  addresses: string[] | null = null;
  /** Pieces of evidence that spoke for it. */
  goodwill = 0;
  /** True once evidence against it came over a completed handshake, or from a sender whose return path is proved. */
  handshake = false;
  /** True once evidence against it came by something else than datagrams and bare probes. */
  beyondProbes = false;
  /** Users that logged in successfully from here, with the time; null for none. */
  users: Map<string, number> | null = null;
  standing: Standing | null = null;
  /** Blocks that it earned, with rests of less than a week between them. */
  offences = 0;
  /** When the last of them was to end at first. */
  lastOffence = 0;
  /** Outcomes of the guards at the last candidate, and until when a refusal is not asked again. */
  guards: readonly GuardOutcome[] = nothing;
  quietUntil = 0;
  quietAction = '';
  /** Made when first asked for: most sources never come so far. */
  #location: Location | null = null;

  constructor(source: string, at: number) {
    this.source = source;
    this.firstSeen = at;
    this.lastSeen = at;
    this.#scoredAt = at;
  }

  /** What weighs most; the record's own list, which changes with the next piece. Empty where nobody is told why. */
  get evidence(): readonly GroundedEvidence[] {
    return this.#evidence ?? nothing;
  }

  /** When it first did wrong, as far as that is remembered; when it was last seen where nothing is. */
  get firstWrong(): number {
    let first = this.lastSeen;
    for (const { at } of this.evidence) first = Math.min(first, at);
    const weights = this.#weights ?? nothing;
    for (let place = 1; place < weights.length; place += 2) first = Math.min(first, weights[place] ?? first);
    return first;
  }

  /** Null where the source is no address. */
  get target(): Network | null {
    return this.#where().target;
  }

  /** The networks around it, from the narrowest, by which a decision may be held. */
  get parents(): readonly string[] {
    return this.#where().parents;
  }

  #where(): Location {
    if (this.#location === null) {
      const target = parseNetwork(this.source);
      const parents = target === null ? nothing : parentsOf(target).map((network) => formatNetwork(network));
      this.#location = { target, parents };
    }
    return this.#location;
  }

  sawAddress(address: string): void {
    this.addresses ??= [];
    if (this.addresses.length < addressesKept && !this.addresses.includes(address))
      this.addresses.push(address);
  }

  saw(at: number): void {
    this.observations += 1;
    if (at > this.lastSeen) this.lastSeen = at;
    else if (at < this.firstSeen) this.firstSeen = at;
  }

  /**
   * Takes evidence into the score, and keeps it where somebody will be told why. Late evidence (event time before the last) counts at
   * the last one's time.
   */
  weigh(evidence: Evidence, ground: Ground, halfLifeMilliseconds: number, explains = true): void {
    const at = Math.max(ground.at, this.#scoredAt);
    this.score = updated(this.score, at - this.#scoredAt, evidence.weight, halfLifeMilliseconds);
    this.#scoredAt = at;
    if (
      evidence.behavior !== null &&
      this.behaviors.length < namesKept &&
      !this.behaviors.includes(evidence.behavior)
    ) {
      this.behaviors = [...this.behaviors, evidence.behavior];
    }
    for (const cve of evidence.cves) {
      if (this.cves.length < namesKept && !this.cves.includes(cve)) this.cves = [...this.cves, cve];
    }
    if (evidence.weight > 0) {
      if (!ground.spoofable && !this.handshake) {
        this.handshake = true;
        // A block that was refused for want of this proof is asked for again.
        this.quietUntil = 0;
      }
      if (ground.transport !== 'udp' && ground.kind !== 'scan') this.beyondProbes = true;
      if (explains) this.#keep(evidence, ground);
      else this.#keepWeight(evidence.weight, ground.at);
    } else if (evidence.weight < 0) this.goodwill += 1;
  }

  scoreAt(at: number, halfLifeMilliseconds: number): number {
    return decayed(this.score, at - this.#scoredAt, halfLifeMilliseconds);
  }

  get scoredAt(): number {
    return this.#scoredAt;
  }

  classification(policy: Policy): Classification {
    if (this.score >= policy.malicious) return 'malicious';
    if (this.score >= policy.suspicious) return 'suspicious';
    // Several good conversations and nothing left against it.
    if (this.goodwill >= 3 && this.score === 0) return 'benign';
    return 'unknown';
  }

  verdict(policy: Policy): Verdict {
    return {
      source: this.source,
      classification: this.classification(policy),
      score: Math.round(this.score * 100) / 100,
      behaviors: [...this.behaviors],
      cves: [...this.cves],
      observations: this.observations,
      firstSeen: this.firstSeen,
      lastSeen: this.lastSeen,
    };
  }

  #keep(evidence: Evidence, ground: Ground): void {
    const held = this.#evidence;
    if (held === null || held.length < evidenceKept) {
      const kept = writtenOut(grounded(evidence, this.source, ground));
      // A list that grows by `push` keeps room for sixteen more, and of most sources there are few pieces.
      if (held === null) this.#evidence = [kept];
      else if (held.length < exactlySized) this.#evidence = held.concat(kept);
      else held.push(kept);
      return;
    }
    let lightest = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let index = 0; index < held.length; index += 1) {
      const weight = held[index]?.weight ?? 0;
      if (weight >= least) continue;
      least = weight;
      lightest = index;
    }
    if (evidence.weight < least) return;
    held.copyWithin(lightest, lightest + 1);
    held[held.length - 1] = writtenOut(grounded(evidence, this.source, ground));
  }

  /** The same choice as `#keep` makes. */
  #keepWeight(weight: number, at: number): void {
    const held = this.#weights;
    if (held === null || held.length < evidenceKept * 2) {
      if (held === null) this.#weights = [weight, at];
      else held.push(weight, at);
      return;
    }
    let lightest = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let place = 0; place < held.length; place += 2) {
      const other = held[place] ?? 0;
      if (other >= least) continue;
      least = other;
      lightest = place;
    }
    if (weight < least) return;
    for (let place = lightest + 2; place < held.length; place += 1) held[place - 2] = held[place] ?? 0;
    held[held.length - 2] = weight;
    held[held.length - 1] = at;
  }
}
