/** The contract of an enforcer: one back end that makes decisions true. */

/** What shall hold, as an enforcer sees it. */
export interface Rule {
  /** Address or CIDR, canonical: the identity of the rule. */
  readonly target: string;
  readonly action: 'block' | 'rate-limit';
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** A rule found in force, with its counters where the back end has them. */
export interface StandingRule extends Rule {
  /** Packets dropped by this rule since it was placed; -1 where the back end does not count. */
  readonly packets: number;
}

export type Change =
  | { readonly do: 'add'; readonly rule: Rule }
  /** Give a standing rule another lifetime. */
  | { readonly do: 'renew'; readonly rule: Rule }
  | { readonly do: 'remove'; readonly target: string };

export interface ApplyResult {
  /** How many changes are in force. */
  readonly applied: number;
  /** What could not be done, with the cause: `capacity`, `unsupported`, or the back end's own words. */
  readonly failed: readonly { readonly change: Change; readonly cause: string }[];
}

/**
 * Desired against observed. `plan` is pure and golden-tested. `observe` and `apply` throw `PicketError` with `PICKET_NFT_FAILED` and the like only
 * where the back end as a whole does not answer; a single refused rule is in `failed`.
 */
export interface Enforcer {
  readonly name: string;
  /** How many rules it can hold. */
  readonly capacity: number;
  start(): void;
  observe(): readonly StandingRule[];
  plan(desired: readonly Rule[], observed: readonly StandingRule[], now: number): readonly Change[];
  apply(changes: readonly Change[], now: number): ApplyResult;
  /** Ends its own work and leaves what is in force in force. */
  stop(): void;
  /** As `observe`, in small steps between which other work can go on: a million rules take a kernel many seconds to list. */
  observeInSteps?(): Generator<undefined, readonly StandingRule[]>;
  /**
   * A cheap answer (microseconds) to whether the back end can still hold what was placed: `intact` where nobody else has changed
   * anything since, `doubtful` where somebody has changed something, `broken` where a part of it is gone.
   */
  intact?(): 'intact' | 'doubtful' | 'broken';
  /** The packets that were dropped since the last call, by target; only targets with any. */
  drops?(): readonly Drops[];
  /** The store that this rule takes a place in, where the back end has several of different sizes. */
  pool?(rule: Rule): { readonly name: string; readonly capacity: number };
  /** Takes everything away that this enforcer has ever placed. */
  clear?(): void;
}

export interface Drops {
  readonly target: string;
  readonly packets: number;
}
