/** Blocks that begin before a source comes, because it is expected, and leases that end when it is not expected any more. */

import type { Decision } from '../core/decision.ts';
import type { Appointments } from './appointments.ts';
import { ContactForecast, type ExpectedContact } from './contact-forecast.ts';
import { describeExpected } from './decision-reason.ts';
import { leastRenewal } from './lease-length.ts';
import type { Policy } from './policy.ts';
import type { SourceRecord, Standing } from './source-record.ts';
import type { SourceTable } from './source-table.ts';
import type { StandingDecisions } from './standing-decisions.ts';

/** Sources whose next contact is forecast at most; the oldest without a history make room. */
const forecastsKept = 131_072;

export class ForeseenBlocks {
  readonly #policy: Policy;
  readonly #sources: SourceTable;
  readonly #standing: StandingDecisions;
  readonly #forecast: ContactForecast;
  readonly #appointments: Appointments;

  constructor(policy: Policy, sources: SourceTable, standing: StandingDecisions) {
    this.#policy = policy;
    this.#sources = sources;
    this.#standing = standing;
    this.#forecast = new ContactForecast(Math.min(forecastsKept, policy.maximumSources));
    this.#appointments = this.#forecast.appointments;
  }

  /** A contact that a block is considered for; answers with how long one is worth it from now, seconds, 0 for not at all. */
  firstLease(record: SourceRecord, label: string, observation: string, at: number): number {
    const policy = this.#policy;
    this.#forecast.contact(record.source, label, at, observation);
    const expected = this.#expect(record.source, at);
    const worth = expected !== null && expected.from <= at ? (expected.until - at) / 1000 : 0;
    const least = record.score >= policy.malicious ? policy.shortestLeaseSeconds : 0;
    return Math.min(Math.max(worth, least), policy.longestLeaseSeconds);
  }

  /** What stands has dropped packets: a contact too. The lease of what Picket decided follows it; null where it stays as it is. */
  dropped(record: SourceRecord, standing: Standing, at: number): Decision | null {
    this.#forecast.contact(record.source, null, at);
    return standing.byPerson ? null : this.#follow(record, standing, at);
  }

  /** When `due` has something to do next, null for never: for whoever keeps the clock. */
  nextDue(): number | null {
    return this.#appointments.next();
  }

  /**
   * The blocks that begin by this time because their source is expected then: each with its own beginning, through the guards as they
   * are. Nothing is done for a source that is forgotten, whose block was lifted, or that a person has decided on.
   */
  *due(at: number): Iterable<Decision> {
    for (;;) {
      const appointment = this.#appointments.take(at);
      if (appointment === null) return;
      const decision = this.#keepAppointment(appointment.source, appointment.at);
      if (decision !== null) yield decision;
    }
  }

  /** A block that stood before a restart is looked at again when it ends, as if it had been placed now. */
  restore(decision: Decision): void {
    if (!decision.simulated && decision.action === 'block' && decision.by === 'picket')
      this.#appointments.set(decision.target, decision.until);
  }

  /** Nothing is foreseen any more of this source; of a network, nor of any of its addresses. */
  cancel(source: string): void {
    this.#appointments.cancel(source);
    if (source.includes('/')) this.#appointments.cancelWithin(source);
  }

  /** A drop was the contact that was expected: the lease ends when the next one is not expected any more, be it sooner than before. */
  #follow(record: SourceRecord, standing: Standing, at: number): Decision | null {
    const policy = this.#policy;
    // A milder decision is no ground to foresee a block.
    const isBlock = standing.action === 'block';
    if (!isBlock) this.#appointments.cancel(record.source);
    const expected = isBlock
      ? this.#expect(record.source, at)
      : this.#forecast.expected(record.source, policy.hitsPerBlockHour, at);
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
    return this.#standing.moveEnd(record, standing, at, until, reason);
  }

  #keepAppointment(source: string, at: number): Decision | null {
    const record = this.#sources.find(source);
    const target = record?.target ?? null;
    if (record === undefined || target === null || this.#standing.isCovered(record, at)) return null;
    const standing = record.standing !== null && record.standing.until > at ? record.standing : null;
    if (standing !== null) {
      if (standing.action === 'block' && !standing.byPerson) this.#appointments.set(source, standing.until);
      return null;
    }
    const expected = this.#expect(source, at);
    if (expected === null || expected.from > at) return null;
    const seconds = Math.min((expected.until - at) / 1000, this.#policy.longestLeaseSeconds);
    const ruling = this.#standing.rule({
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
      this.#appointments.cancel(source);
      return null;
    }
    return this.#standing.place(record, ruling, true, describeExpected(expected, record, at), at, true);
  }

  /** When a block of this source is worth its hours next; then, or when it has ended, it is looked at again. */
  #expect(source: string, at: number): ExpectedContact | null {
    const expected = this.#forecast.expected(source, this.#policy.hitsPerBlockHour, at);
    if (expected === null) this.#appointments.cancel(source);
    else this.#appointments.set(source, expected.from > at ? expected.from : expected.until);
    return expected;
  }
}
