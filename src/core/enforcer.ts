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
}
