/**
 * What goes over the wire, and what the API needs of the engine. Types alone: the console imports this file, so nothing here may
 * need Node. The JSON Schemas of the same shapes stand in `schemas.ts`; a test holds the two together.
 */

import type { Action, Classification, Decision, GuardOutcome, Verdict } from '../core/decision.ts';
import type { GroundedEvidence } from '../core/evidence.ts';
import type { Observation, ObservationKind } from '../core/observation.ts';

/** `read`: everything that can be looked at. `decide`: also decisions and the allowlist. `admin`: also the breaker and the keys. */
export const scopes = ['read', 'decide', 'admin'] as const;
export type Scope = (typeof scopes)[number];

export interface Health {
  readonly status: 'ok' | 'degraded';
  readonly mode: 'observe' | 'enforce';
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** What is wrong, one sentence each with the mend. */
  readonly problems: readonly string[];
}

/** The place in a list ordered by time and then by id, newest first: what follows is older. On the wire `at:id`. */
export interface Cursor {
  readonly at: number;
  readonly id: string;
}

export interface SourceQuery {
  readonly classification?: Classification;
  readonly limit: number;
  /** Of `lastSeen` and the source. */
  readonly before?: Cursor;
}

/** A source, and the decision that stands against it, if any. */
export interface SourceSummary extends Verdict {
  readonly decision: Decision | null;
}

/** A source in full: why it is held to be what it is. */
export interface SourceExplanation {
  readonly verdict: Verdict;
  /** Strongest first, bounded. */
  readonly evidence: readonly GroundedEvidence[];
  readonly guards: readonly GuardOutcome[];
  readonly decision: Decision | null;
  /** The smallest change that would have led elsewhere. */
  readonly otherwise: string;
}

export interface SourceView extends SourceExplanation {
  /** Its last observations, newest first. */
  readonly history: readonly Observation[];
}

/** An address that was attacked. Who sent it is not said: floods come under forged addresses. */
export interface Attack {
  readonly target: string;
  readonly behaviors: readonly string[];
  /** Milliseconds since the epoch. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** What was counted, the last time that it was told. */
  readonly reason: string;
}

export interface AttackQuery {
  readonly limit: number;
  /** Of `lastSeen` and the target. */
  readonly before?: Cursor;
}

export interface ObservationQuery {
  /** Key of the source: an IPv4 address, or an IPv6 network of 64 bits. */
  readonly source?: string;
  readonly kind?: ObservationKind;
  readonly sensor?: string;
  readonly session?: string;
  /** Milliseconds since the epoch: at or after, and before. */
  readonly from?: number;
  readonly to?: number;
  /** Of `at` and `id`. */
  readonly before?: Cursor;
  readonly limit: number;
}

export interface DecisionQuery {
  readonly target?: string;
  readonly action?: Action;
  /** Only those in force now. */
  readonly standing?: boolean;
  /** A sequence number: what follows is older. */
  readonly before?: number;
  readonly limit: number;
}

/** A decision with its place in the decision log. */
export interface LoggedDecision extends Decision {
  readonly sequence: number;
  /** Null while nobody has lifted it. */
  readonly lifted: { readonly at: number; readonly by: string; readonly reason: string } | null;
}

export interface NewDecision {
  /** Canonical: an address, or CIDR. */
  readonly target: string;
  readonly action: Action;
  readonly seconds: number;
  readonly reason: string;
}

export interface AllowRow {
  /** CIDR, canonical. */
  readonly network: string;
  readonly note: string;
  readonly by: string;
  /** Milliseconds since the epoch, or null for good. */
  readonly until: number | null;
  /** When it was allowed; 0 where it stands in the configuration file. */
  readonly at: number;
}

export interface EnforcerCoverage {
  readonly name: string;
  readonly desired: number;
  readonly enforced: number;
  /** From 0 to 1. */
  readonly coverage: number;
  /** Bounded. */
  readonly unenforced: readonly { readonly target: string; readonly cause: string }[];
}

export interface FenceStatus {
  readonly mode: 'observe' | 'enforce';
  readonly enforcers: readonly EnforcerCoverage[];
}

export interface SensorSummary {
  readonly id: string;
  readonly connected: boolean;
  /** The last sequence number that was judged. */
  readonly lastSequence: number;
  /** The last one that is durably stored. */
  readonly stored: number;
  readonly counters: Readonly<Record<string, number>>;
  /** What keeps it from working as it should, or the last record that it could not read; empty where there is none. */
  readonly problem: string;
}

export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly value: number;
  /** Every metric of one name has the same labels. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A decision that a person ended before its time. */
export interface LiftedTarget {
  readonly target: string;
  readonly at: number;
  readonly by: string;
  readonly reason: string;
}

export interface DisallowedNetwork {
  /** CIDR, canonical. */
  readonly network: string;
  readonly at: number;
  readonly by: string;
}

export type EngineEvent =
  | { readonly type: 'observation'; readonly observation: Observation }
  | { readonly type: 'decision'; readonly decision: Decision }
  | { readonly type: 'lift'; readonly lift: LiftedTarget }
  | { readonly type: 'allow'; readonly allow: AllowRow }
  | { readonly type: 'disallow'; readonly disallow: DisallowedNetwork };

/** A page of a list; `next` goes into `before` of the following request and is null at the end. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string };
}

/**
 * What the API needs of the engine. Targets and networks that it is given are canonical text. A call that throws a `PicketError`
 * is answered with 503 and its message, since only the state of this installation can be the cause; anything else with 500.
 */
export interface EngineApi {
  health(): Health;
  /** Newest `lastSeen` first. */
  sources(query: SourceQuery): readonly SourceSummary[];
  source(key: string): SourceExplanation | null;
  /** Newest `lastSeen` first. */
  attacks(query: AttackQuery): readonly Attack[];
  /** Newest first. */
  history(source: string, limit: number): Promise<readonly Observation[]>;
  /** Newest first. */
  observations(query: ObservationQuery): Promise<readonly Observation[]>;
  /** The listener is called within the engine's own work: it must be quick and must not throw. Returns the end of it. */
  subscribe(listener: (event: EngineEvent) => void): () => void;
  /** Newest first. */
  decisions(query: DecisionQuery): readonly LoggedDecision[];
  decision(idOrTarget: string): LoggedDecision | null;
  /** What the guards refuse comes back with `simulated` true, and its guards say why. */
  decide(decision: NewDecision & { readonly by: string }): Decision;
  /** False where nothing stood. */
  lift(target: string, by: string, reason: string): boolean;
  allowlist(): readonly AllowRow[];
  /** A network that is there already keeps its note where `note` is null. */
  allow(row: Omit<AllowRow, 'at' | 'note'> & { readonly note: string | null }): AllowRow;
  /** False where it is not there, or stands in the configuration file. */
  disallow(network: string, by: string): boolean;
  /** Null while the fence is away. */
  fence(): FenceStatus | null;
  sensors(): readonly SensorSummary[];
  resetBreaker(by: string): void;
  metrics(): readonly Metric[];
}

export interface StoredKey {
  readonly name: string;
  /** SHA-256 of the key, hex. */
  readonly hash: string;
  readonly scopes: readonly string[];
  readonly at: number;
}

/** Where the keys are kept: hashes alone. */
export interface KeyStore {
  keys(): readonly StoredKey[];
  /** False where there is one of this name. */
  addKey(key: StoredKey, by?: string): boolean;
  /** False where there is none of this name. */
  revokeKey(name: string, by?: string): boolean;
}
