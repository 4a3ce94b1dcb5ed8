/** From evidence to decisions: the sequential test, the guards and the leases. Pure but for its own memory; time is given. */

import type { Network } from '../core/address.ts';
import type { Action, Decision, Verdict } from '../core/decision.ts';
import type { Evidence, Ground } from '../core/evidence.ts';
import { describe, describeNetwork } from './decision-reason.ts';
import { ForeseenBlocks } from './foreseen-blocks.ts';
import { type GoodTraffic } from './good-traffic.ts';
import type { Guard } from './guards/guard.ts';
import { earnedSeconds } from './lease-length.ts';
import { NetworkRollUp } from './network-roll-up.ts';
import type { Policy } from './policy.ts';
import { hardness } from './ruling.ts';
import type { SourceRecord } from './source-record.ts';
import { SourceTable } from './source-table.ts';
import { StandingDecisions } from './standing-decisions.ts';

export interface JudgeOptions {
  readonly policy: Policy;
  /** In the order of the design. */
  readonly guards: readonly Guard[];
  /** In [0, 1): spreads the leases. Given, so that recorded input comes out the same each time. */
  readonly random?: () => number;
  /** Where sessions that succeeded are remembered, for the guards that ask for them. */
  readonly goodTraffic?: GoodTraffic;
  /** False where nobody is told why: evidence is weighed and not kept, and decisions have neither it nor what would have changed them. */
  readonly explains?: boolean;
}

/** What a decision is made upon, as the forecast of contacts needs it. */
interface Cause {
  readonly label: string;
  readonly observation: string;
}

/** A refused or held candidate is asked again after this long, or when the action gets harder. */
const quietMilliseconds = 60_000;

/** A network that a guard refused is asked for again after this long. */
const networkQuietMilliseconds = 600_000;

export class Judge {
  readonly policy: Policy;
  readonly sources: SourceTable;
  readonly #standing: StandingDecisions;
  /** Null where the policy has leases of fixed lengths. */
  readonly #foreseen: ForeseenBlocks | null;
  readonly #rollUp: NetworkRollUp;
  readonly #goodTraffic: GoodTraffic | null;
  readonly #explains: boolean;

  constructor(options: JudgeOptions) {
    this.policy = options.policy;
    this.#explains = options.explains ?? true;
    this.sources = new SourceTable(options.policy.maximumSources);
    this.#standing = new StandingDecisions({
      policy: options.policy,
      sources: this.sources,
      guards: options.guards,
      random: options.random ?? Math.random,
      explains: this.#explains,
    });
    this.#foreseen =
      options.policy.hitsPerBlockHour > 0
        ? new ForeseenBlocks(options.policy, this.sources, this.#standing)
        : null;
    this.#rollUp = new NetworkRollUp(options.policy);
    this.#goodTraffic = options.goodTraffic ?? null;
  }

  /** A session of this source (its key) with a protected service went well. */
  succeeded(source: string, at: number): void {
    this.#goodTraffic?.succeeded(source, at);
  }

  /** Counts an observation of this source (its key). */
  saw(source: string, at: number): SourceRecord {
    const record = this.sources.touch(source, at);
    record.saw(at);
    return record;
  }

  /** A user logged in from this source: what the shared-address guard counts. */
  loggedIn(record: SourceRecord, user: string, at: number): void {
    record.users ??= new Map();
    // Twice what the guard asks for is enough to know, and bounded.
    if (record.users.size >= this.policy.sharedUsers * 2 && !record.users.has(user)) {
      const oldest = record.users.keys().next().value;
      if (oldest !== undefined) record.users.delete(oldest);
    }
    record.users.set(user, at);
  }

  /** Takes evidence into account; answers with the decision where it earns a new or harder one. */
  weigh(record: SourceRecord, evidence: Evidence, ground: Ground): Decision | null {
    record.weigh(evidence, ground, this.policy.halfLifeMilliseconds, this.#explains);
    if (evidence.weight <= 0) return null;
    const conversation = this.policy.blockOnConversation && ground.kind === 'contact' && !ground.spoofable;
    // On probation less is enough: a lease that ended not long ago was for cause.
    const { standing } = record;
    const isOnProbation =
      standing !== null &&
      standing.until <= ground.at &&
      ground.at - standing.until < this.policy.probationMilliseconds;
    const least = isOnProbation ? this.policy.probationShare : 1;
    if (record.score < this.policy.suspicious * least && !conversation) return null;
    const action = record.score >= this.policy.malicious * least || conversation ? 'block' : 'rate-limit';
    const label = evidence.behavior ?? evidence.detector;
    return this.#consider(record, action, { label, observation: ground.id });
  }

  /**
   * The fence has counted drops of a standing decision: it works, so its lease is renewed, by its length (`renewedUntil`) or, with a
   * forecast, until the next contact is not expected any more. Null where nothing stands and where the lease stays as it is.
   */
  renew(source: string, at: number): Decision | null {
    const record = this.sources.find(source);
    const standing = record?.standing ?? null;
    if (record === undefined || standing === null || standing.until <= at) return null;
    if (this.#foreseen !== null) return this.#foreseen.dropped(record, standing, at);
    return standing.byPerson ? null : this.#standing.renew(record, standing, at);
  }

  /** When `due` has something to do next, null for never: for whoever keeps the clock. */
  nextDue(): number | null {
    return this.#foreseen?.nextDue() ?? null;
  }

  /**
   * The blocks that begin by this time because their source is expected then: each with its own beginning, through the guards as they
   * are. Nothing is done for a source that is forgotten, whose block was lifted, or that a person has decided on.
   */
  due(at: number): Iterable<Decision> {
    return this.#foreseen?.due(at) ?? [];
  }

  /** Puts milder decisions back into force over which a harder one stood that has ended. */
  resume(at: number): Decision[] {
    return this.#standing.resume(at);
  }

  /** A decision by a person, which stands like Picket's own; the guards on reserved and allowed addresses still hold. Throws nothing: a refusal is in the outcomes. */
  byPerson(
    target: Network,
    action: Action,
    seconds: number,
    at: number,
    by: string,
    reason: string,
  ): Decision {
    return this.#standing.byPerson(target, action, seconds, at, by, reason);
  }

  /** Re-applies the guards to what stands; answers with the sources whose decision must fall. */
  recheck(at: number): string[] {
    return this.#standing.recheck(at);
  }

  /** A person lifted the decision: nothing stands, nothing is foreseen, of a network of none of its addresses, and the score starts anew. */
  lift(source: string): void {
    this.#foreseen?.cancel(source);
    this.#standing.lift(source);
  }

  /** Puts back a decision that stood before a restart. */
  restore(decision: Decision): void {
    this.#standing.restore(decision);
    this.#foreseen?.restore(decision);
  }

  verdict(record: SourceRecord): Verdict {
    return record.verdict(this.policy);
  }

  #consider(record: SourceRecord, action: 'block' | 'rate-limit', cause: Cause): Decision | null {
    // Late evidence counts at the last one's time: a decision can't begin before what it rests on was known.
    const at = record.scoredAt;
    const standing = record.standing !== null && record.standing.until > at ? record.standing : null;
    if (standing !== null && (standing.byPerson || hardness[standing.action] >= hardness[action]))
      return null;
    if (at < record.quietUntil && record.quietAction === action) return null;
    const { target } = record;
    if (target === null || this.#standing.isCovered(record, at)) return null;
    const candidate = { target, targetText: record.source, action, at, record, byPerson: false };
    const seconds = this.#firstLease(record, action, cause, at);
    const ruling = this.#standing.rule({ ...candidate, seconds });
    record.guards = ruling.outcomes;
    if (
      ruling.refused ||
      ruling.held ||
      (standing !== null && hardness[ruling.action] <= hardness[standing.action])
    ) {
      record.quietUntil = at + quietMilliseconds;
      record.quietAction = action;
      if (standing !== null && !ruling.held) return null;
    }
    const placed =
      !ruling.refused && !ruling.held && (ruling.action === 'block' || ruling.action === 'rate-limit');
    // A forged address must not count for its whole network, however short the lease would be.
    if (placed && ruling.action === 'block' && record.handshake) {
      const wider = this.#considerNetwork(target, record, cause, at);
      if (wider !== null) return wider;
    }
    // The next contact is too far or too unsure to be worth a block until then.
    if (seconds === 0 && placed) return null;
    return this.#standing.place(record, ruling, placed, describe(record), at);
  }

  /** Length of the first lease, in seconds; 0 where a block is worth none. */
  #firstLease(record: SourceRecord, action: Action, cause: Cause, at: number): number {
    return this.#foreseen !== null && action === 'block'
      ? this.#foreseen.firstLease(record, cause.label, cause.observation, at)
      : earnedSeconds(record, this.policy, at);
  }

  /** One decision for the whole network, where enough of its members have earned a block and every guard lets it pass. */
  #considerNetwork(target: Network, member: SourceRecord, cause: Cause, at: number): Decision | null {
    const rolledUp = this.#rollUp.offended(target, at);
    if (rolledUp === null) return null;
    const record = this.sources.touch(rolledUp.text, at);
    if (at < record.quietUntil) return null;
    record.saw(at);
    // It has no evidence of its own, and is blocked again by forecast for what its members were proved to do.
    record.handshake = member.handshake;
    record.beyondProbes = member.beyondProbes;
    const seconds = this.#firstLease(record, 'block', cause, at);
    const ruling = this.#standing.rule({
      target: rolledUp.network,
      targetText: rolledUp.text,
      action: 'block',
      seconds,
      at,
      record: member,
      byPerson: false,
    });
    record.guards = ruling.outcomes;
    if (ruling.refused || ruling.held || ruling.action !== 'block' || seconds === 0) {
      // Its members are decided on one by one.
      if (seconds > 0) record.quietUntil = at + networkQuietMilliseconds;
      return null;
    }
    return this.#standing.place(record, ruling, true, describeNetwork(rolledUp, member), at);
  }
}
