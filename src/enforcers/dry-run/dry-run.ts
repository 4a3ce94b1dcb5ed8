/** An enforcer that places nothing: it keeps in memory what it would have placed. It serves mode `observe` and the tests. */

import { formatNetwork, parseNetwork } from '../../core/address.ts';
import type { ApplyResult, Change, Enforcer, Rule, StandingRule } from '../../core/enforcer.ts';
import { planChanges } from '../plan.ts';

export interface DryRunOptions {
  /** How many rules it takes; 1,000,000 where left out. */
  readonly capacity?: number;
}

class DryRun implements Enforcer {
  readonly name = 'dry-run';
  readonly capacity: number;
  readonly #rules = new Map<string, Rule>();

  constructor(options: DryRunOptions = {}) {
    this.capacity = options.capacity ?? 1_000_000;
  }

  start(): void {}

  stop(): void {}

  observe(): readonly StandingRule[] {
    return Array.from(this.#rules.values(), (rule) => ({ ...rule, packets: -1 }));
  }

  plan(desired: readonly Rule[], observed: readonly StandingRule[], now: number): readonly Change[] {
    return planChanges(desired, observed, now);
  }

  apply(changes: readonly Change[], now: number): ApplyResult {
    const failed: { change: Change; cause: string }[] = [];
    for (const change of changes) {
      const cause = this.#applyOne(change, now);
      if (cause !== null) failed.push({ change, cause });
    }
    return { applied: changes.length - failed.length, failed };
  }

  clear(): void {
    this.#rules.clear();
  }

  /** Null where it is in force, else the cause. */
  #applyOne(change: Change, now: number): string | null {
    const target = change.do === 'remove' ? change.target : change.rule.target;
    const network = parseNetwork(target);
    if (network === null || network.prefix === 0) return 'unsupported';
    const width = network.family === 4 ? 32 : 128;
    const text = formatNetwork(network);
    const key = network.prefix === width ? text.slice(0, text.indexOf('/')) : text;
    if (change.do === 'remove' || change.rule.until <= now) {
      this.#rules.delete(key);
      return null;
    }
    // As a kernel would: what has expired gives its place up, though nobody has taken it away.
    if (!this.#rules.has(key) && this.#rules.size >= this.capacity) this.#expire(now);
    if (!this.#rules.has(key) && this.#rules.size >= this.capacity) return 'capacity';
    this.#rules.set(key, { target: key, action: change.rule.action, until: change.rule.until });
    return null;
  }

  #expire(now: number): void {
    for (const [key, rule] of this.#rules) if (rule.until <= now) this.#rules.delete(key);
  }
}

export function createDryRun(options: DryRunOptions = {}): Enforcer {
  return new DryRun(options);
}

export const dryRun: Enforcer = createDryRun();
