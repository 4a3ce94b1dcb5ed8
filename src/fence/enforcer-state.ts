/** What the fence knows of one enforcer: what it has placed there, what is still to be written, what could not be, and why. */

import type { Change, Drops, Enforcer, Rule, StandingRule } from '../core/enforcer.ts';
import type { FenceRule } from './fence-rule.ts';

export interface Unenforced {
  readonly target: string;
  /** `capacity`, `unsupported`, `pending`, or the back end's own words. */
  readonly cause: string;
}

const reconcileEvery = 30_000;
/** A reconciliation may take this share of the time: listing a million rules is seconds of work. */
const reconcileShare = 0.01;
/** An enforcer that does not answer is tried again after this long. */
const retryAfter = 1_000;
/** Milliseconds of listing between which other work goes on. */
const stepMilliseconds = 5;

interface Observation {
  readonly steps: Generator<undefined, readonly StandingRule[]>;
  /** Targets that were written meanwhile: what the listing says of them is stale. */
  readonly touched: Set<string>;
  spent: number;
}

export class EnforcerState {
  readonly #enforcer: Enforcer;
  readonly #desired: ReadonlyMap<string, FenceRule>;
  readonly #report: (level: 'info' | 'error', message: string) => void;
  /** What is in force, as far as we know. */
  readonly #placed = new Map<string, Rule>();
  readonly #failed = new Map<string, string>();
  /** Targets whose desired state is still to be written, in order. */
  readonly #dirty = new Set<string>();
  readonly #pools = new Map<string, number>();
  readonly #hits = new Map<string, number>();
  /** Rules that give way first, weakest last, by pool; made when a pool is full. */
  readonly #weakest = new Map<string, string[]>();
  /** Rules that gave their place up in the batch being written. */
  readonly #evicted = new Set<string>();
  #observation: Observation | null = null;
  #started = false;
  #down: string | null = null;
  #retryAt = Number.NEGATIVE_INFINITY;
  #nextReconcile = Number.NEGATIVE_INFINITY;
  #earliestReconcile = Number.NEGATIVE_INFINITY;
  #nextDrops = Number.NEGATIVE_INFINITY;

  constructor(
    enforcer: Enforcer,
    desired: ReadonlyMap<string, FenceRule>,
    report: (level: 'info' | 'error', message: string) => void,
  ) {
    this.#enforcer = enforcer;
    this.#desired = desired;
    this.#report = report;
  }

  get busy(): boolean {
    return this.#observation !== null || (this.#down === null && this.#dirty.size > 0);
  }

  start(now: number): void {
    this.#guarded(now, () => {
      this.#enforcer.start();
      this.#started = true;
    });
    if (this.#started) this.#report('info', `${this.#enforcer.name} is ready`);
  }

  stop(): void {
    this.#observation = null;
    if (this.#started) this.#enforcer.stop();
    this.#started = false;
  }

  touch(targets: readonly string[]): void {
    for (const target of targets) {
      this.#dirty.add(target);
      this.#observation?.touched.add(target);
    }
  }

  /** Writes up to `limit` of what is to be written, in one call to the enforcer. */
  drain(now: number, limit: number): void {
    if (this.#dirty.size === 0 || !this.#answers(now)) return;
    const changes: Change[] = [];
    const taken: string[] = [];
    this.#evicted.clear();
    for (const target of this.#dirty) {
      if (taken.length === limit) break;
      taken.push(target);
      this.#changesFor(target, now, changes);
    }
    const written = this.#guarded(now, () => {
      const { failed } = this.#enforcer.apply(changes, now);
      this.#note(changes, failed);
    });
    if (written) for (const target of taken) this.#dirty.delete(target);
  }

  /** Begins to compare with what is in force where it is time, or where something is amiss; at a small size ends it too. */
  reconcile(now: number): void {
    if (!this.#started && now >= this.#retryAt) this.start(now);
    if (!this.#started || !this.#answers(now)) return;
    if (this.#observation === null) {
      let state = 'doubtful' as 'intact' | 'doubtful' | 'broken';
      if (!this.#guarded(now, () => (state = this.#enforcer.intact?.() ?? 'intact'))) return;
      const amiss = state === 'broken' || (state === 'doubtful' && now >= this.#earliestReconcile);
      const due = now >= this.#nextReconcile || this.#nextReconcile - now > 1e9;
      if (!amiss && !due) return;
      if (state === 'broken')
        this.#report('info', `${this.#enforcer.name}: the rules are gone, placing them again`);
      this.#observation = { steps: this.#steps(), touched: new Set(this.#dirty), spent: 0 };
    }
    this.step(now, 50);
  }

  /** Goes on with a comparison under way, for some milliseconds. */
  step(now: number, budget: number = stepMilliseconds): void {
    const observation = this.#observation;
    if (observation === null) return;
    const began = performance.now();
    const done = this.#guarded(now, () => {
      while (performance.now() - began < budget) {
        const step = observation.steps.next();
        if (step.done === true) {
          this.#compare(step.value, observation.touched, now);
          this.#observation = null;
          break;
        }
      }
    });
    observation.spent += performance.now() - began;
    if (!done) this.#observation = null;
    if (this.#observation !== null) return;
    this.#earliestReconcile = now + observation.spent / reconcileShare;
    this.#nextReconcile = Math.max(now + reconcileEvery, this.#earliestReconcile);
  }

  drops(now: number): readonly Drops[] {
    if (this.#enforcer.drops === undefined || now < this.#nextDrops || !this.#answers(now)) return [];
    let drops: readonly Drops[] = [];
    const began = performance.now();
    this.#guarded(now, () => (drops = this.#enforcer.drops?.() ?? []));
    this.#nextDrops = now + (performance.now() - began) / reconcileShare;
    const known = drops.filter((drop) => this.#placed.has(drop.target));
    for (const drop of known) this.#hits.set(drop.target, (this.#hits.get(drop.target) ?? 0) + drop.packets);
    return known;
  }

  forget(target: string): void {
    this.#drop(target);
    this.#failed.delete(target);
    this.#dirty.delete(target);
    this.#hits.delete(target);
  }

  /** Null where the target's desired state is in force. */
  causeOf(target: string): string | null {
    if (this.#down !== null) return this.#down;
    if (this.#dirty.has(target)) return 'pending';
    return this.#failed.get(target) ?? null;
  }

  counts(): { name: string; desired: number; enforced: number; coverage: number } {
    const desired = this.#desired.size;
    // Exact for what is small; a large burst is all waiting anyway.
    let waiting = this.#dirty.size > 5_000 ? this.#dirty.size : 0;
    if (waiting === 0)
      for (const target of this.#dirty)
        if (this.#desired.has(target) && !this.#failed.has(target)) waiting += 1;
    const missing = this.#down === null ? this.#failed.size + waiting : desired;
    const enforced = Math.max(0, desired - missing);
    return { name: this.#enforcer.name, desired, enforced, coverage: desired === 0 ? 1 : enforced / desired };
  }

  unenforced(limit: number): readonly Unenforced[] {
    const list: Unenforced[] = [];
    const targets =
      this.#down === null ? new Set([...this.#failed.keys(), ...this.#dirty]) : this.#desired.keys();
    for (const target of targets) {
      if (list.length === limit) break;
      if (this.#desired.has(target)) list.push({ target, cause: this.causeOf(target) ?? 'pending' });
    }
    return list;
  }

  *#steps(): Generator<undefined, readonly StandingRule[]> {
    if (this.#enforcer.observeInSteps !== undefined) return yield* this.#enforcer.observeInSteps();
    return this.#enforcer.observe();
  }

  /** What was listed becomes what is placed; the plan's targets become work. */
  #compare(observed: readonly StandingRule[], touched: ReadonlySet<string>, now: number): void {
    const kept = [...touched].flatMap((target) => this.#placed.get(target) ?? []);
    this.#placed.clear();
    this.#pools.clear();
    this.#weakest.clear();
    for (const rule of observed) if (!touched.has(rule.target)) this.#put(rule);
    for (const rule of kept) this.#put(rule);
    const desired = [...this.#desired.values()].sort((left, right) => this.#worth(right) - this.#worth(left));
    for (const change of this.#enforcer.plan(desired, observed, now)) {
      const target = change.do === 'remove' ? change.target : change.rule.target;
      if (!touched.has(target)) this.#dirty.add(target);
    }
    // What is neither desired any more nor to be written again is in force: a refusal that somebody else has made good.
    for (const target of this.#failed.keys()) {
      if (!this.#desired.has(target) || (!this.#dirty.has(target) && !touched.has(target)))
        this.#failed.delete(target);
    }
  }

  #changesFor(target: string, now: number, changes: Change[]): void {
    const rule = this.#desired.get(target);
    const placed = this.#placed.get(target);
    if (rule === undefined || rule.until <= now) {
      this.#failed.delete(target);
      // Also where we know of none: another life of this process may have placed it.
      if (placed === undefined || placed.until > now) changes.push({ do: 'remove', target });
      return;
    }
    const { action, until } = rule;
    if (placed !== undefined && placed.action !== action) changes.push({ do: 'remove', target });
    else if (placed !== undefined && placed.until > now) {
      changes.push({ do: 'renew', rule: { target, action, until } });
      return;
    }
    if (!this.#makeRoom(rule, now, changes)) {
      this.#failed.set(target, 'capacity');
      if (placed !== undefined && placed.action !== action) this.#drop(target);
      return;
    }
    changes.push({ do: 'add', rule: { target, action, until } });
  }

  /** True where the pool has a place, if need be that of a rule which is expected to be hit less. */
  #makeRoom(rule: FenceRule, now: number, changes: Change[]): boolean {
    const pool = this.#poolOf(rule);
    // The place is taken here and now, so that the rest of this burst sees it; `#note` gives it back where it fails.
    if ((this.#pools.get(pool.name) ?? 0) < pool.capacity) {
      this.#put(rule);
      this.#evicted.delete(rule.target);
      return true;
    }
    let weakest = this.#weakest.get(pool.name);
    if (weakest === undefined || weakest.length === 0) {
      weakest = [...this.#placed.values()]
        .filter((placed) => this.#poolOf(placed).name === pool.name)
        .sort((left, right) => this.#worth(right) - this.#worth(left))
        .map((placed) => placed.target);
      this.#weakest.set(pool.name, weakest);
    }
    for (let last = weakest.at(-1); last !== undefined; last = weakest.at(-1)) {
      const placed = this.#placed.get(last);
      if (placed === undefined || this.#poolOf(placed).name !== pool.name) {
        weakest.pop();
        continue;
      }
      const expired = placed.until <= now;
      if (!expired && this.#worth(placed) >= this.#worth(rule)) return false;
      weakest.pop();
      changes.push({ do: 'remove', target: last });
      this.#drop(last);
      this.#evicted.add(last);
      this.#put(rule);
      this.#evicted.delete(rule.target);
      return true;
    }
    return false;
  }

  #note(
    changes: readonly Change[],
    failed: readonly { readonly change: Change; readonly cause: string }[],
  ): void {
    for (const change of changes) {
      if (change.do === 'remove') {
        // A removal ahead of the same target's addition (another action) is followed by it.
        if (!this.#desired.has(change.target)) this.#drop(change.target);
      } else {
        this.#put(change.rule);
        this.#failed.delete(change.rule.target);
      }
    }
    for (const target of this.#evicted) {
      this.#drop(target);
      if (this.#desired.has(target)) this.#failed.set(target, 'capacity');
    }
    for (const { change, cause } of failed) {
      if (change.do === 'remove') continue;
      this.#drop(change.rule.target);
      this.#failed.set(change.rule.target, cause);
    }
  }

  #put(rule: Rule): void {
    this.#drop(rule.target);
    this.#placed.set(rule.target, { target: rule.target, action: rule.action, until: rule.until });
    const { name } = this.#poolOf(rule);
    this.#pools.set(name, (this.#pools.get(name) ?? 0) + 1);
  }

  #drop(target: string): void {
    const placed = this.#placed.get(target);
    if (placed === undefined) return;
    this.#placed.delete(target);
    const { name } = this.#poolOf(placed);
    this.#pools.set(name, (this.#pools.get(name) ?? 1) - 1);
  }

  #poolOf(rule: Rule): { readonly name: string; readonly capacity: number } {
    return this.#enforcer.pool?.(rule) ?? { name: 'all', capacity: this.#enforcer.capacity };
  }

  /** Expected hits: what it has dropped so far, and what the engine makes of it. */
  #worth(rule: Rule): number {
    return (this.#hits.get(rule.target) ?? 0) + (this.#desired.get(rule.target)?.priority ?? 0);
  }

  #answers(now: number): boolean {
    return this.#started && (this.#down === null || now >= this.#retryAt);
  }

  /** Runs a call to the enforcer; where it throws, the enforcer counts as down until it answers again. */
  #guarded(now: number, call: () => void): boolean {
    try {
      call();
      if (this.#down !== null) this.#report('info', `${this.#enforcer.name} answers again`);
      this.#down = null;
      return true;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (this.#down !== message) this.#report('error', `${this.#enforcer.name}: ${message}`);
      this.#down = message;
      this.#retryAt = now + retryAfter;
      this.#nextReconcile = Number.NEGATIVE_INFINITY;
      return false;
    }
  }
}
