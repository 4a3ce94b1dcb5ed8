/** Which addresses are under attack, by the evidence that is about them and not about a source. */

import type { Evidence } from '../core/evidence.ts';

export interface Attack {
  readonly target: string;
  readonly behaviors: string[];
  readonly firstSeen: number;
  lastSeen: number;
  /** Of the latest evidence. */
  reason: string;
}

/** When more are attacked the one that was attacked longest ago makes room. */
const targetsKept = 4_096;

export class AttackBook {
  readonly #attacks = new Map<string, Attack>();

  /** Takes in what evidence there is about targets. */
  take(evidence: readonly Evidence[], at: number): void {
    for (const item of evidence) {
      const { target, behavior } = item;
      if (target === undefined) continue;
      const { reason } = item;
      const known = this.#attacks.get(target);
      const attack = known ?? { target, behaviors: [], firstSeen: at, lastSeen: at, reason };
      this.#attacks.delete(target);
      if (this.#attacks.size >= targetsKept) {
        const oldest = this.#attacks.keys().next().value;
        if (oldest !== undefined) this.#attacks.delete(oldest);
      }
      this.#attacks.set(target, attack);
      if (behavior !== null && !attack.behaviors.includes(behavior)) attack.behaviors.push(behavior);
      attack.lastSeen = Math.max(attack.lastSeen, at);
      attack.reason = reason;
    }
  }

  /** In the order in which they began. */
  all(): readonly Attack[] {
    return [...this.#attacks.values()].sort(
      (one, other) => one.firstSeen - other.firstSeen || (one.target < other.target ? -1 : 1),
    );
  }
}
