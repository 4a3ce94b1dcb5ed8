/** From evidence to decisions: the sequential test, the guards and the leases. Pure but for its own memory; time is given. */

import { formatNetwork, type Network } from '../core/address.ts';
import type { Action, Decision, GuardOutcome, Verdict } from '../core/decision.ts';
import { type Evidence, type Ground, groundOf } from '../core/evidence.ts';
import { IdSource } from '../core/id.ts';
import { ContactForecast, type ExpectedContact } from './contact-forecast.ts';
import { smallestChange } from './counterfactual.ts';
import { type GoodTraffic } from './good-traffic.ts';
import type { Candidate, Guard } from './guards/guard.ts';
import { NetworkRollUp, type RolledUp } from './network-roll-up.ts';
import type { Policy } from './policy.ts';
import { hardness, rule, type Ruling } from './ruling.ts';
import type { SourceRecord, Standing } from './source-record.ts';
import { SourceTable } from './source-table.ts';

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

/** A connection that is cut off repeats its last packets for about this long. */
const tailMilliseconds = 10_000;
/** Blocks with a longer rest between them are not held together. */
const offenceMemoryMilliseconds = 7 * 86_400_000;
/** Sources whose next contact is forecast at most; the oldest without a history make room. */
const forecastsKept = 131_072;

/** A renewal by less than this part of the lease is not worth its write. */
const leastRenewal = 10;

export class Judge {
  readonly policy: Policy;
  readonly sources: SourceTable;
  readonly #guards: readonly Guard[];
  readonly #random: () => number;
  readonly #ids = new IdSource();
  readonly #forecast: ContactForecast | null;
  readonly #rollUp: NetworkRollUp;
  readonly #goodTraffic: GoodTraffic | null;
  readonly #explains: boolean;
  /** Sources with a milder decision beneath the one that stands. */
  readonly #layered = new Set<string>();

  constructor(options: JudgeOptions) {
    this.policy = options.policy;
    this.#guards = options.guards;
    this.#random = options.random ?? Math.random;
    this.sources = new SourceTable(options.policy.maximumSources);
    this.#forecast =
      options.policy.hitsPerBlockHour > 0
        ? new ContactForecast(Math.min(forecastsKept, options.policy.maximumSources))
        : null;
    this.#rollUp = new NetworkRollUp(options.policy);
    this.#goodTraffic = options.goodTraffic ?? null;
    this.#explains = options.explains ?? true;
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
   * The fence has counted drops of a standing decision: it works, so its lease is renewed to twice its first length from now. (Twice the
   * first, not twice the last: doubling at each drop was replayed on the first half of the `marx` trace at ten times the
   * block-hours for a seventh more events prevented.) Null where nothing stands, where the lease would hardly change, and in the
   * first seconds: what is dropped then is the rest of the conversation that was cut off. With a forecast see `#follow`.
   */
  renew(source: string, at: number): Decision | null {
    const record = this.sources.find(source);
    const standing = record?.standing ?? null;
    if (record === undefined || standing === null || standing.until <= at) return null;
    if (this.#forecast !== null) {
      this.#forecast.contact(source, null, at);
      return standing.byPerson ? null : this.#follow(this.#forecast, record, standing, at);
    }
    // A rule of fixed length must not be renewed by the rest of a conversation that is cut off.
    if (standing.byPerson || at < standing.from + tailMilliseconds) return null;
    const cap = Math.min(standing.capSeconds, this.policy.longestLeaseSeconds);
    const seconds = Math.min(standing.leaseSeconds * this.policy.renewalFactor, cap);
    const until = at + this.#jittered(seconds, cap) * 1000;
    if (until < standing.until + (standing.leaseSeconds * 1000) / leastRenewal) return null;
    return this.#renewed(record, standing, at, until, 'renewed: it still stops traffic');
  }

  /** A drop was the contact that was expected: the lease ends when the next one is not expected any more, be it sooner than before. */
  #follow(forecast: ContactForecast, record: SourceRecord, standing: Standing, at: number): Decision | null {
    const { policy } = this;
    // A milder decision is no ground to foresee a block.
    const isBlock = standing.action === 'block';
    if (!isBlock) forecast.appointments.cancel(record.source);
    const expected = isBlock
      ? this.#expect(forecast, record.source, at)
      : forecast.expected(record.source, policy.hitsPerBlockHour, at);
    const longest = at + Math.min(standing.capSeconds, policy.longestLeaseSeconds) * 1000;
    const least = record.score >= policy.malicious ? standing.from + policy.shortestLeaseSeconds * 1000 : at;
    const isNow = expected !== null && expected.from <= at;
    const soonest = isBlock ? least : standing.until;
    const until = Math.min(Math.max(isNow ? expected.until : at, soonest), Math.max(longest, soonest));
    if (Math.abs(until - standing.until) * leastRenewal < until - at) return null;
    const reason =
      until > standing.until
        ? `renewed: the next contact is likely within ${Math.round((until - at) / 1000)} s`
        : `shortened: the contact that was expected came, the next is ${isNow ? `likely within ${Math.round((until - at) / 1000)} s` : 'not likely yet'}`;
    return this.#renewed(record, standing, at, until, reason);
  }

  #renewed(record: SourceRecord, standing: Standing, at: number, until: number, reason: string): Decision {
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
      reason,
    });
  }

  /** When `due` has something to do next, null for never: for whoever keeps the clock. */
  nextDue(): number | null {
    return this.#forecast?.appointments.next() ?? null;
  }

  /**
   * The blocks that begin by this time because their source is expected then: each with its own beginning, through the guards as they
   * are. Nothing is done for a source that is forgotten, whose block was lifted, or that a person has decided on.
   */
  *due(at: number): Iterable<Decision> {
    if (this.#forecast === null) return;
    for (;;) {
      const appointment = this.#forecast.appointments.take(at);
      if (appointment === null) return;
      const decision = this.#keepAppointment(this.#forecast, appointment.source, appointment.at);
      if (decision !== null) yield decision;
    }
  }

  #keepAppointment(forecast: ContactForecast, source: string, at: number): Decision | null {
    const record = this.sources.find(source);
    const target = record?.target ?? null;
    if (record === undefined || target === null || this.#isCovered(record, at)) return null;
    const standing = record.standing !== null && record.standing.until > at ? record.standing : null;
    if (standing !== null) {
      if (standing.action === 'block' && !standing.byPerson)
        forecast.appointments.set(source, standing.until);
      return null;
    }
    const expected = this.#expect(forecast, source, at);
    if (expected === null || expected.from > at) return null;
    const seconds = Math.min((expected.until - at) / 1000, this.policy.longestLeaseSeconds);
    const ruling = this.#rule({
      target,
      targetText: source,
      action: 'block',
      seconds,
      at,
      record,
      byPerson: false,
    });
    record.guards = ruling.outcomes;
    // It is asked again when the source comes.
    if (ruling.refused || ruling.held || ruling.action !== 'block') {
      forecast.appointments.cancel(source);
      return null;
    }
    return this.#place(record, ruling, true, describeExpected(expected, record, at), at, true);
  }

  /** When a block of this source is worth its hours next; then, or when it has ended, it is looked at again. */
  #expect(forecast: ContactForecast, source: string, at: number): ExpectedContact | null {
    const expected = forecast.expected(source, this.policy.hitsPerBlockHour, at);
    if (expected === null) forecast.appointments.cancel(source);
    else forecast.appointments.set(source, expected.from > at ? expected.from : expected.until);
    return expected;
  }

  /** Puts milder decisions back into force over which a harder one stood that has ended. */
  resume(at: number): Decision[] {
    const back: Decision[] = [];
    for (const source of this.#layered) {
      const record = this.sources.find(source);
      const standing = record?.standing ?? null;
      const beneath = standing?.beneath ?? null;
      if (record === undefined || standing === null || beneath === null || beneath.until <= at) {
        this.#layered.delete(source);
        continue;
      }
      if (standing.until > at) continue;
      this.#layered.delete(source);
      record.standing = beneath;
      if (beneath.beneath != null) this.#layered.add(source);
      back.push(
        this.#decision(record, {
          id: beneath.decision,
          action: beneath.action,
          at,
          until: beneath.until,
          renewals: beneath.renewals,
          outcomes: record.guards,
          simulated: false,
          reason: `in force again until its own end: the harder decision over it has ended`,
        }),
      );
    }
    return back;
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
      const record = this.sources.touch(targetText, at);
      record.standing = {
        decision: id,
        action: ruling.action,
        until,
        from: at,
        leaseSeconds: ruling.seconds,
        renewals: 0,
        capSeconds: ruling.capSeconds,
        byPerson: true,
        beneath: this.#beneath(record.standing, ruling.action, until),
      };
      if (record.standing.beneath != null) this.#layered.add(targetText);
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
      const { target } = record;
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

  /** A person lifted the decision: nothing stands, nothing is foreseen, of a network of none of its addresses, and the score starts anew. */
  lift(source: string): void {
    this.#forecast?.appointments.cancel(source);
    if (source.includes('/')) this.#forecast?.appointments.cancelWithin(source);
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
    if (decision.action === 'block' && decision.by === 'picket') {
      record.offences = Math.max(1, record.offences);
      record.lastOffence = decision.until;
    }
    if (record.score === 0)
      for (const item of decision.evidence)
        record.weigh(item, groundOf(item), this.policy.halfLifeMilliseconds);
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

  #consider(record: SourceRecord, action: 'block' | 'rate-limit', cause: Cause): Decision | null {
    // Late evidence counts at the last one's time: a decision can't begin before what it rests on was known.
    const at = record.scoredAt;
    const standing = record.standing !== null && record.standing.until > at ? record.standing : null;
    if (standing !== null && (standing.byPerson || hardness[standing.action] >= hardness[action]))
      return null;
    if (at < record.quietUntil && record.quietAction === action) return null;
    const { target } = record;
    if (target === null || this.#isCovered(record, at)) return null;
    const candidate = { target, targetText: record.source, action, at, record, byPerson: false };
    const seconds = this.#firstLease(record, action, cause, at);
    const ruling = this.#rule({ ...candidate, seconds });
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
    return this.#place(record, ruling, placed, describe(record), at);
  }

  #place(
    record: SourceRecord,
    ruling: Ruling,
    placed: boolean,
    reason: string,
    at: number,
    isForeseen = false,
  ): Decision {
    const id = this.#ids.next(at);
    const until = at + this.#jittered(ruling.seconds, ruling.capSeconds) * 1000;
    if (placed && (ruling.action === 'block' || ruling.action === 'rate-limit')) {
      // A block that was only foreseen is no offence of its own.
      if (ruling.action === 'block' && !isForeseen) {
        const isRested = at - record.lastOffence > offenceMemoryMilliseconds;
        record.offences = isRested ? 1 : record.offences + 1;
        record.lastOffence = until;
      }
      const beneath = this.#beneath(record.standing, ruling.action, until);
      record.standing = {
        decision: id,
        action: ruling.action,
        until,
        from: at,
        leaseSeconds: ruling.seconds,
        renewals: 0,
        capSeconds: ruling.capSeconds,
        byPerson: false,
        beneath,
      };
      if (beneath !== null) this.#layered.add(record.source);
    }
    return this.#decision(record, {
      id,
      action: ruling.refused ? 'observe' : ruling.action,
      at,
      until,
      renewals: 0,
      outcomes: ruling.outcomes,
      simulated: !placed,
      reason,
    });
  }

  /** What of the decision that stands must come back after a harder one that ends at this time. */
  #beneath(standing: Standing | null, action: Action, until: number): Standing | null {
    if (standing === null || standing.until <= until) return null;
    // Kept one deep: what lay beneath it is milder still.
    return hardness[standing.action] < hardness[action] ? { ...standing, beneath: null } : null;
  }

  /** Length of the first lease, in seconds; 0 where a block is worth none. */
  #firstLease(record: SourceRecord, action: Action, cause: Cause, at: number): number {
    const { policy } = this;
    if (this.#forecast !== null && action === 'block') {
      this.#forecast.contact(record.source, cause.label, at, cause.observation);
      const expected = this.#expect(this.#forecast, record.source, at);
      const worth = expected !== null && expected.from <= at ? (expected.until - at) / 1000 : 0;
      const least = record.score >= policy.malicious ? policy.shortestLeaseSeconds : 0;
      return Math.min(Math.max(worth, least), policy.longestLeaseSeconds);
    }
    if (record.offences === 0 || at - record.lastOffence > offenceMemoryMilliseconds)
      return policy.leaseSeconds;
    const escalated = policy.leaseSeconds * policy.escalationFactor ** record.offences;
    return Math.max(
      policy.leaseSeconds,
      Math.min(escalated, policy.escalatedLeaseSeconds, policy.longestLeaseSeconds),
    );
  }

  #isCovered(record: SourceRecord, at: number): boolean {
    for (const network of record.parents) {
      const standing = this.sources.find(network)?.standing ?? null;
      if (standing !== null && standing.action === 'block' && standing.until > at) return true;
    }
    return false;
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
    const ruling = this.#rule({
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
    return this.#place(record, ruling, true, describeNetwork(rolledUp, member), at);
  }

  #rule(candidate: Candidate): Ruling {
    return rule(candidate, this.#guards, this.policy.longestLeaseSeconds);
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
      otherwise: this.#explains
        ? smallestChange(record.score, record.evidence, made.at, this.policy, made.outcomes)
        : '',
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

function describeExpected(
  { until, recalledSeconds }: ExpectedContact,
  record: SourceRecord,
  at: number,
): string {
  const within = `expected within ${Math.round((until - at) / 1000)} s`;
  const why =
    recalledSeconds === null
      ? 'as others who came like it'
      : `the last time that it paused as now it came back after ${recalledSeconds} s`;
  return `${within}, last seen ${new Date(record.lastSeen).toISOString()}, ${why}: ${describe(record)}`;
}

function describeNetwork({ text, offenders, share, of }: RolledUp, member: SourceRecord): string {
  return `${offenders} of the 256 ${of} of ${text} (${(share * 100).toFixed(1)} %) have earned a block, ${member.source} as the last: ${describe(member)}`;
}
