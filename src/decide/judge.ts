/** From evidence to decisions: the sequential test, the guards and the leases. Pure but for its own memory; time is given. */

import { formatNetwork, parseNetwork, type Network } from '../core/address.ts';
import type { Action, Decision, GuardOutcome, Verdict } from '../core/decision.ts';
import type { GroundedEvidence } from '../core/evidence.ts';
import { IdSource } from '../core/id.ts';
import { smallestChange } from './counterfactual.ts';
import type { Candidate, Guard } from './guards/guard.ts';
import type { Policy } from './policy.ts';
import type { SourceRecord } from './source-record.ts';
import { SourceTable } from './source-table.ts';

export interface JudgeOptions {
  readonly policy: Policy;
  /** In the order of the design. */
  readonly guards: readonly Guard[];
  /** In [0, 1): spreads the leases. Given, so that recorded input comes out the same each time. */
  readonly random?: () => number;
}

/** A refused or held candidate is asked again after this long, or when the action gets harder. */
const quietMilliseconds = 60_000;

/** A connection that is cut off repeats its last packets for about this long. */
const tailMilliseconds = 10_000;
/** A renewal by less than this part of the lease is not worth its write. */
const leastRenewal = 10;

interface Ruling {
  readonly action: Action;
  readonly seconds: number;
  readonly capSeconds: number;
  readonly outcomes: readonly GuardOutcome[];
  readonly refused: boolean;
  readonly held: boolean;
}

const hardness: Record<Action, number> = { observe: 0, 'rate-limit': 1, challenge: 2, block: 3 };

export class Judge {
  readonly policy: Policy;
  readonly sources: SourceTable;
  readonly #guards: readonly Guard[];
  readonly #random: () => number;
  readonly #ids = new IdSource();

  constructor(options: JudgeOptions) {
    this.policy = options.policy;
    this.#guards = options.guards;
    this.#random = options.random ?? Math.random;
    this.sources = new SourceTable(options.policy.maximumSources);
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
  weigh(record: SourceRecord, evidence: GroundedEvidence): Decision | null {
    record.weigh(evidence, this.policy.halfLifeMilliseconds);
    if (evidence.weight <= 0) return null;
    const conversation =
      this.policy.blockOnConversation && evidence.kind === 'contact' && !evidence.spoofable;
    if (record.score < this.policy.suspicious && !conversation) return null;
    const action = record.score >= this.policy.malicious || conversation ? 'block' : 'rate-limit';
    // Late evidence counts at the last one's time: a decision can't begin before what it rests on was known.
    return this.#consider(record, action, record.scoredAt);
  }

  /**
   * The fence has counted drops of a standing decision: it works, so its lease is renewed to twice its first length from now. (Twice the
   * first, not twice the last: doubling at each drop was replayed on the first half of the `marx` trace at ten times the
   * block-hours for a seventh more events prevented.) Null where nothing stands, where the lease would hardly get longer, and in the
   * first seconds: what is dropped then is the rest of the conversation that was cut off.
   */
  renew(source: string, at: number): Decision | null {
    const record = this.sources.find(source);
    const standing = record?.standing ?? null;
    if (record === undefined || standing === null || standing.until <= at || standing.byPerson) return null;
    const cap = Math.min(standing.capSeconds, this.policy.longestLeaseSeconds);
    if (at < standing.from + tailMilliseconds) return null;
    const seconds = Math.min(standing.leaseSeconds * 2, cap);
    const until = at + this.#jittered(seconds, cap) * 1000;
    if (until < standing.until + (standing.leaseSeconds * 1000) / leastRenewal) return null;
    standing.renewals += 1;
    standing.until = until;
    return this.#decision(record, {
      id: standing.decision,
      action: standing.action,
      at,
      until,
      renewals: standing.renewals,
      outcomes: record.guards,
      simulated: false,
      reason: `renewed: it still stops traffic`,
    });
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
    const targetText = formatTarget(target);
    const ruling = this.#rule({ target, targetText, action, seconds, at, record: null, byPerson: true });
    const id = this.#ids.next(at);
    const until = at + ruling.seconds * 1000;
    const placed = !ruling.refused && !ruling.held;
    if (placed && (ruling.action === 'block' || ruling.action === 'rate-limit')) {
      // Remembered, so that a milder decision of Picket's own does not take its place, and an allowed network ends it.
      this.sources.touch(targetText, at).standing = {
        decision: id,
        action: ruling.action,
        until,
        from: at,
        leaseSeconds: ruling.seconds,
        renewals: 0,
        capSeconds: ruling.capSeconds,
        byPerson: true,
      };
    }
    return {
      id,
      target: targetText,
      action: ruling.refused ? 'observe' : ruling.action,
      from: at,
      until,
      renewals: 0,
      by,
      reason,
      verdict: null,
      evidence: [],
      guards: ruling.outcomes,
      simulated: !placed,
      otherwise: '',
    };
  }

  /** Re-applies the guards to what stands; answers with the sources whose decision must fall. */
  recheck(at: number): string[] {
    const fallen: string[] = [];
    for (const record of this.sources.values()) {
      const standing = record.standing;
      if (standing === null || standing.until <= at) continue;
      const target = parseNetwork(record.source);
      if (target === null) continue;
      const candidate: Candidate = {
        target,
        targetText: record.source,
        action: 'rate-limit',
        seconds: 1,
        at,
        record,
        byPerson: standing.byPerson,
      };
      const refusal = this.#guards.some((guard) => guard.check(candidate).outcome === 'refuse');
      if (!refusal) continue;
      record.standing = null;
      fallen.push(record.source);
    }
    return fallen;
  }

  /** A person lifted the decision: nothing stands, and the score starts anew. */
  lift(source: string): void {
    const record = this.sources.find(source);
    if (record === undefined) return;
    record.standing = null;
    record.score = 0;
    record.quietUntil = 0;
  }

  /** Puts back a decision that stood before a restart. */
  restore(decision: Decision): void {
    if (decision.simulated || (decision.action !== 'block' && decision.action !== 'rate-limit')) return;
    const record = this.sources.touch(decision.target, decision.verdict?.firstSeen ?? decision.from);
    record.guards = decision.guards;
    if (record.score === 0)
      for (const item of decision.evidence) record.weigh(item, this.policy.halfLifeMilliseconds);
    record.standing = {
      decision: decision.id,
      action: decision.action,
      until: decision.until,
      from: decision.from,
      // A renewal's entry spans twice the first lease.
      leaseSeconds: Math.max(
        1,
        Math.round((decision.until - decision.from) / (decision.renewals > 0 ? 2000 : 1000)),
      ),
      renewals: decision.renewals,
      capSeconds: decision.guards.some((guard) => guard.outcome === 'limit')
        ? this.policy.doubtfulLeaseSeconds
        : this.policy.longestLeaseSeconds,
      byPerson: decision.by !== 'picket',
    };
  }

  verdict(record: SourceRecord): Verdict {
    return record.verdict(this.policy);
  }

  #consider(record: SourceRecord, action: 'block' | 'rate-limit', at: number): Decision | null {
    const standing = record.standing;
    if (standing !== null && standing.until > at && hardness[standing.action] >= hardness[action])
      return null;
    if (at < record.quietUntil && record.quietAction === action) return null;
    const target = parseNetwork(record.source);
    if (target === null) return null;
    const ruling = this.#rule({
      target,
      targetText: record.source,
      action,
      seconds: this.policy.leaseSeconds,
      at,
      record,
      byPerson: false,
    });
    record.guards = ruling.outcomes;
    const stands = standing !== null && standing.until > at;
    if (ruling.refused || ruling.held || (stands && hardness[ruling.action] <= hardness[standing.action])) {
      record.quietUntil = at + quietMilliseconds;
      record.quietAction = action;
      if (stands && !ruling.held) return null;
    }
    const placed =
      !ruling.refused && !ruling.held && (ruling.action === 'block' || ruling.action === 'rate-limit');
    const id = this.#ids.next(at);
    const seconds = this.#jittered(ruling.seconds, ruling.capSeconds);
    const until = at + seconds * 1000;
    if (placed && (ruling.action === 'block' || ruling.action === 'rate-limit')) {
      record.standing = {
        decision: id,
        action: ruling.action,
        until,
        from: at,
        leaseSeconds: ruling.seconds,
        renewals: 0,
        capSeconds: ruling.capSeconds,
        byPerson: false,
      };
    }
    return this.#decision(record, {
      id,
      action: ruling.refused ? 'observe' : ruling.action,
      at,
      until,
      renewals: 0,
      outcomes: ruling.outcomes,
      simulated: !placed,
      reason: describe(record),
    });
  }

  #rule(candidate: Candidate): Ruling {
    let { action, seconds } = candidate;
    let capSeconds = this.policy.longestLeaseSeconds;
    const outcomes: GuardOutcome[] = [];
    let refused = false;
    let held = false;
    for (const guard of this.#guards) {
      const result = guard.check({ ...candidate, action, seconds });
      outcomes.push({ guard: guard.name, outcome: result.outcome, reason: result.reason });
      if (result.outcome === 'refuse') {
        refused = true;
        break;
      }
      if (result.outcome === 'hold') held = true;
      if (result.outcome === 'limit') {
        if (result.action !== undefined && hardness[result.action] < hardness[action]) action = result.action;
        if (result.maximumSeconds !== undefined) {
          capSeconds = Math.min(capSeconds, result.maximumSeconds);
          seconds = Math.min(seconds, result.maximumSeconds);
        }
      }
    }
    return { action, seconds, capSeconds, outcomes, refused, held };
  }

  #jittered(seconds: number, cap: number): number {
    const spread = 1 + (this.#random() * 2 - 1) * this.policy.jitter;
    return Math.max(1, Math.min(Math.round(seconds * spread), cap));
  }

  #decision(
    record: SourceRecord,
    made: {
      id: string;
      action: Action;
      at: number;
      until: number;
      renewals: number;
      outcomes: readonly GuardOutcome[];
      simulated: boolean;
      reason: string;
    },
  ): Decision {
    return {
      id: made.id,
      target: record.source,
      action: made.action,
      from: made.at,
      until: made.until,
      renewals: made.renewals,
      by: 'picket',
      reason: made.reason,
      verdict: record.verdict(this.policy),
      evidence: [...record.evidence].sort((left, right) => right.weight - left.weight),
      guards: made.outcomes,
      simulated: made.simulated,
      otherwise: smallestChange(record.score, record.evidence, made.at, this.policy, made.outcomes),
    };
  }
}

function formatTarget(network: Network): string {
  const text = formatNetwork(network);
  return network.prefix === (network.family === 4 ? 32 : 128) ? text.slice(0, text.indexOf('/')) : text;
}

function describe(record: SourceRecord): string {
  const seen = record.behaviors.length === 0 ? 'evidence' : record.behaviors.slice(0, 4).join(', ');
  const cves = record.cves.length === 0 ? '' : ` (${record.cves.slice(0, 4).join(', ')})`;
  return `${seen}${cves}, score ${record.score.toFixed(1)}`;
}
