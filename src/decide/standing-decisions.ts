/** The decisions that stand: how they are placed, renewed, brought back and dropped, by Picket itself and by a person. */

import { formatNetwork, type Network } from '../core/address.ts';
import type { Action, Decision, GuardOutcome } from '../core/decision.ts';
import { groundOf } from '../core/evidence.ts';
import { IdSource } from '../core/id.ts';
import { smallestChange } from './counterfactual.ts';
import type { Candidate, Guard } from './guards/guard.ts';
import { jittered, offenceMemoryMilliseconds, renewedUntil } from './lease-length.ts';
import type { Policy } from './policy.ts';
import { hardness, rule, type Ruling } from './ruling.ts';
import type { SourceRecord, Standing } from './source-record.ts';
import type { SourceTable } from './source-table.ts';

export interface StandingOptions {
  readonly policy: Policy;
  /** Where each stands with its source. */
  readonly sources: SourceTable;
  /** In the order of the design. */
  readonly guards: readonly Guard[];
  /** In [0, 1): spreads the leases. */
  readonly random: () => number;
  /** False where nobody is told why. */
  readonly explains: boolean;
}

export class StandingDecisions {
  readonly #policy: Policy;
  readonly #sources: SourceTable;
  readonly #guards: readonly Guard[];
  readonly #random: () => number;
  readonly #explains: boolean;
  readonly #ids = new IdSource();
  /** Sources with a milder decision beneath the one that stands. */
  readonly #layered = new Set<string>();

  constructor(options: StandingOptions) {
    this.#policy = options.policy;
    this.#sources = options.sources;
    this.#guards = options.guards;
    this.#random = options.random;
    this.#explains = options.explains;
  }

  /** What the guards leave of a candidate. */
  rule(candidate: Candidate): Ruling {
    return rule(candidate, this.#guards, this.#policy.longestLeaseSeconds);
  }

  /** True where a network that the source belongs to is blocked. */
  isCovered(record: SourceRecord, at: number): boolean {
    for (const network of record.parents) {
      const standing = this.#sources.find(network)?.standing ?? null;
      if (standing !== null && standing.action === 'block' && standing.until > at) return true;
    }
    return false;
  }

  /** A decision of Picket's own. With `placed` it stands from now on; without, it is only shown. */
  place(
    record: SourceRecord,
    ruling: Ruling,
    placed: boolean,
    reason: string,
    at: number,
    isForeseen = false,
  ): Decision {
    const id = this.#ids.next(at);
    const until = at + jittered(ruling.seconds, ruling.capSeconds, this.#policy, this.#random) * 1000;
    if (placed && (ruling.action === 'block' || ruling.action === 'rate-limit')) {
      // A block that was only foreseen is no offence of its own.
      if (ruling.action === 'block' && !isForeseen) {
        const isRested = at - record.lastOffence > offenceMemoryMilliseconds;
        record.offences = isRested ? 1 : record.offences + 1;
        record.lastOffence = until;
      }
      this.#stand(record, ruling.action, ruling, { id, at, until, byPerson: false });
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

  /** The lease is renewed because it works; null where that would change too little (`renewedUntil`). */
  renew(record: SourceRecord, standing: Standing, at: number): Decision | null {
    const until = renewedUntil(standing, this.#policy, this.#random, at);
    return until === null
      ? null
      : this.moveEnd(record, standing, at, until, 'renewed: it still stops traffic');
  }

  /** The one that stands ends at another time than before. */
  moveEnd(record: SourceRecord, standing: Standing, at: number, until: number, reason: string): Decision {
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

  /** Puts milder decisions back into force over which a harder one stood that has ended. */
  resume(at: number): Decision[] {
    const back: Decision[] = [];
    for (const source of this.#layered) {
      const record = this.#sources.find(source);
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
    const ruling = this.rule({ target, targetText, action, seconds, at, record: null, byPerson: true });
    const id = this.#ids.next(at);
    const until = at + ruling.seconds * 1000;
    const placed = !ruling.refused && !ruling.held;
    if (placed && (ruling.action === 'block' || ruling.action === 'rate-limit')) {
      // Remembered, so that a milder decision of Picket's own does not take its place, and an allowed network ends it.
      const record = this.#sources.touch(targetText, at);
      this.#stand(record, ruling.action, ruling, { id, at, until, byPerson: true });
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
    for (const record of this.#sources.values()) {
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

  /** A person lifted the decision: nothing stands, and the score starts anew. */
  lift(source: string): void {
    const record = this.#sources.find(source);
    if (record === undefined) return;
    record.standing = null;
    record.score = 0;
    record.quietUntil = 0;
  }

  /** Puts back a decision that stood before a restart. */
  restore(decision: Decision): void {
    if (decision.simulated || (decision.action !== 'block' && decision.action !== 'rate-limit')) return;
    const record = this.#sources.touch(decision.target, decision.verdict?.firstSeen ?? decision.from);
    record.guards = decision.guards;
    if (decision.action === 'block' && decision.by === 'picket') {
      record.offences = Math.max(1, record.offences);
      record.lastOffence = decision.until;
    }
    if (record.score === 0)
      for (const item of decision.evidence)
        record.weigh(item, groundOf(item), this.#policy.halfLifeMilliseconds);
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
        ? this.#policy.doubtfulLeaseSeconds
        : this.#policy.longestLeaseSeconds,
      byPerson: decision.by !== 'picket',
    };
  }

  /** The decision takes the place of the one that stands, which comes back if it is milder and lasts longer. */
  #stand(
    record: SourceRecord,
    action: Standing['action'],
    { seconds, capSeconds }: Ruling,
    { id, at, until, byPerson }: { id: string; at: number; until: number; byPerson: boolean },
  ): void {
    const beneath = this.#beneath(record.standing, action, until);
    record.standing = {
      decision: id,
      action,
      until,
      from: at,
      leaseSeconds: seconds,
      renewals: 0,
      capSeconds,
      byPerson,
      beneath,
    };
    if (beneath !== null) this.#layered.add(record.source);
  }

  /** What of the decision that stands must come back after a harder one that ends at this time. */
  #beneath(standing: Standing | null, action: Action, until: number): Standing | null {
    if (standing === null || standing.until <= until) return null;
    // Kept one deep: what lay beneath it is milder still.
    return hardness[standing.action] < hardness[action] ? { ...standing, beneath: null } : null;
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
      verdict: record.verdict(this.#policy),
      evidence: [...record.evidence].sort((left, right) => right.weight - left.weight),
      guards: made.outcomes,
      simulated: made.simulated,
      otherwise: this.#explains
        ? smallestChange(record.score, record.evidence, made.at, this.#policy, made.outcomes)
        : '',
    };
  }
}

function formatTarget(network: Network): string {
  const text = formatNetwork(network);
  return network.prefix === (network.family === 4 ? 32 : 128) ? text.slice(0, text.indexOf('/')) : text;
}
