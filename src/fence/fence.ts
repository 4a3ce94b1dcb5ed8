/**
 * The fence: desired against observed. It holds what shall be in force, writes each change to every enforcer at once, and
 * reconciles with what it finds there: at the start, every 30 s, and within a second of a flush by somebody else.
 */

import type { Clock } from '../core/clock.ts';
import type { Drops, Enforcer } from '../core/enforcer.ts';
import { EnforcerState, type Unenforced } from './enforcer-state.ts';
import type { FenceRule } from './fence-rule.ts';

export interface RuleResult {
  readonly target: string;
  /** True where every enforcer has it in force. */
  readonly enforced: boolean;
  /** `pending` where a burst is still being written; else why not. */
  readonly cause?: string;
}

export interface EnforcerStatus {
  readonly name: string;
  readonly desired: number;
  readonly enforced: number;
  /** Share of desired rules that are in force, 0 to 1; 1 where none is desired. */
  readonly coverage: number;
  /** At most 1,000. */
  readonly unenforced: readonly Unenforced[];
}

export interface FenceStatus {
  readonly mode: 'observe' | 'enforce';
  readonly enforcers: readonly EnforcerStatus[];
}

export interface FenceOptions {
  /** In mode `observe` only the one named `dry-run` is used: nothing is placed. */
  readonly enforcers: readonly Enforcer[];
  readonly mode: 'observe' | 'enforce';
  readonly clock: Clock;
  /** Packets dropped since the last call, by target. */
  onDrops(drops: readonly Drops[]): void;
  /** After each change of a coverage. */
  onCoverage?(status: FenceStatus): void;
  /** One line for a person; `error` where an enforcer does not answer. */
  report?(level: 'info' | 'error', message: string): void;
}

/** Changes written before `change` returns; the rest of a burst follows in the same order, a slice at a time. */
const atOnce = 5_000;
const tickMilliseconds = 500;
const dropsEvery = 2_000;

export class Fence {
  readonly #options: FenceOptions;
  readonly #desired = new Map<string, FenceRule>();
  readonly #states: readonly EnforcerState[];
  #timer: NodeJS.Timeout | null = null;
  #draining: NodeJS.Immediate | null = null;
  #sweep: MapIterator<[string, FenceRule]> | null = null;
  #lastDrops = Number.NEGATIVE_INFINITY;
  #lastCoverage = '';
  #told = false;

  constructor(options: FenceOptions) {
    this.#options = options;
    const used = options.enforcers.filter(
      (enforcer) => options.mode === 'enforce' || enforcer.name === 'dry-run',
    );
    this.#states = used.map(
      (enforcer) =>
        new EnforcerState(enforcer, this.#desired, (level, message) => options.report?.(level, message)),
    );
  }

  /** Starts the enforcers and the timer. An enforcer that cannot start is reported, counts as uncovered and is tried again. */
  start(): void {
    const now = this.#options.clock.now();
    for (const state of this.#states) state.start(now);
    this.#timer = setInterval(() => this.tick(), tickMilliseconds);
  }

  /** Ends the work; what is in force stays in force until its own timeout. */
  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    if (this.#draining !== null) clearImmediate(this.#draining);
    this.#timer = null;
    this.#draining = null;
    for (const state of this.#states) state.stop();
  }

  /**
   * Makes this the whole of what is desired: what the engine sends after it has connected. Until the first call nothing is
   * reconciled: a fence that has just been started again knows of no decision, and must not lift what stands.
   */
  replace(desired: readonly FenceRule[]): void {
    this.#told = true;
    const kept = new Set(desired.map((rule) => rule.target));
    const remove = [...this.#desired.keys()].filter((target) => !kept.has(target));
    this.change({ add: desired, remove });
  }

  /** Adds, renews (a target that is desired already) and removes; the kernel has been told when this returns, save for the rest of a large burst. */
  change(change: {
    readonly add: readonly FenceRule[];
    readonly remove: readonly string[];
  }): readonly RuleResult[] {
    const now = this.#options.clock.now();
    for (const target of change.remove) this.#desired.delete(target);
    for (const rule of change.add) this.#desired.set(rule.target, rule);
    const touched = [...change.remove, ...change.add.map((rule) => rule.target)];
    for (const state of this.#states) {
      state.touch(touched);
      state.drain(now, atOnce);
    }
    this.#continue();
    this.#tellCoverage();
    return touched.map((target) => this.#result(target));
  }

  /** What the timer does: reconcile where it is time or something is amiss, read the counters, forget what has expired. */
  tick(): void {
    const now = this.#options.clock.now();
    this.#expire(now);
    for (const state of this.#states) {
      if (this.#told) state.reconcile(now);
      state.drain(now, atOnce);
    }
    if (now - this.#lastDrops >= dropsEvery || now < this.#lastDrops) {
      this.#lastDrops = now;
      const drops = this.#states.flatMap((state) => state.drops(now));
      if (drops.length > 0) this.#options.onDrops(drops);
    }
    this.#continue();
    this.#tellCoverage();
  }

  status(): FenceStatus {
    return {
      mode: this.#options.mode,
      enforcers: this.#states.map((state) => ({ ...state.counts(), unenforced: state.unenforced(1_000) })),
    };
  }

  #result(target: string): RuleResult {
    for (const state of this.#states) {
      const cause = state.causeOf(target);
      if (cause !== null) return { target, enforced: false, cause };
    }
    return { target, enforced: this.#desired.has(target) && this.#states.length > 0 };
  }

  /** The rest of a burst, between other work. */
  #continue(): void {
    if (this.#timer === null || this.#draining !== null || !this.#states.some((state) => state.busy)) return;
    this.#draining = setImmediate(() => {
      this.#draining = null;
      const now = this.#options.clock.now();
      for (const state of this.#states) {
        state.step(now);
        state.drain(now, 2_000);
      }
      this.#continue();
      this.#tellCoverage();
    });
  }

  /** Forgets expired rules, some thousands at each tick: the kernel has dropped them by itself. */
  #expire(now: number): void {
    this.#sweep ??= this.#desired.entries();
    for (let looked = 0; looked < 50_000; looked += 1) {
      const next = this.#sweep.next();
      if (next.done === true) {
        this.#sweep = null;
        return;
      }
      const [target, rule] = next.value;
      if (rule.until > now) continue;
      this.#desired.delete(target);
      for (const state of this.#states) state.forget(target);
    }
  }

  #tellCoverage(): void {
    if (this.#options.onCoverage === undefined) return;
    const summary = this.#states.map((state) => Object.values(state.counts()).join(' ')).join(';');
    if (summary === this.#lastCoverage) return;
    this.#lastCoverage = summary;
    this.#options.onCoverage(this.status());
  }
}
