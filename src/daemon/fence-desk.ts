/** The engine's desk for the fence: what shall be in force, told at once and told anew when the fence comes back. */

import type { LinkPeer } from '../bus/link.ts';
import type { PlacedRule } from '../bus/messages.ts';
import type { Decision } from '../core/decision.ts';
import type { FenceStatus } from '../fence/fence.ts';
import { giveWay } from './give-way.ts';

/** With so much time since the last order no burst is under way. */
const quietMilliseconds = 1;

export interface FenceDeskOptions {
  readonly now: () => number;
  /** The fence has counted packets that these standing rules stopped. */
  readonly dropped: (drops: readonly { readonly target: string; readonly packets: number }[]) => void;
}

export class FenceDesk {
  readonly #options: FenceDeskOptions;
  readonly #rules = new Map<string, PlacedRule>();
  #peer: LinkPeer | null = null;
  #status: FenceStatus | null = null;
  #placedAt = Number.NEGATIVE_INFINITY;

  constructor(options: FenceDeskOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#rules.size;
  }

  /** What the fence last said of itself; null while it is away. */
  status(): FenceStatus | null {
    return this.#peer === null ? null : this.#status;
  }

  /** Puts a decision in force, or in force for longer. */
  place(decision: Decision): void {
    if (decision.simulated || (decision.action !== 'block' && decision.action !== 'rate-limit')) return;
    const rule: PlacedRule = {
      target: decision.target,
      action: decision.action,
      until: decision.until,
      decision: decision.id,
      priority: decision.verdict?.score ?? Number.MAX_SAFE_INTEGER,
    };
    this.#rules.set(rule.target, rule);
    this.#peer?.send({ type: 'change', add: [rule], remove: [] });
    // In a burst the fence takes many at a time.
    const now = performance.now();
    if (now - this.#placedAt > quietMilliseconds) giveWay();
    this.#placedAt = now;
  }

  remove(target: string): void {
    this.#rules.delete(target);
    // Also where this engine knows of no such rule: the kernel may.
    this.#peer?.send({ type: 'change', add: [], remove: [target] });
  }

  /** Forgets what has run out; the kernel has let it go by itself. */
  expire(): void {
    const now = this.#options.now();
    for (const [target, rule] of this.#rules) if (rule.until <= now) this.#rules.delete(target);
  }

  opened(peer: LinkPeer): void {
    this.#peer = peer;
    this.expire();
    peer.send({ type: 'replace', rules: [...this.#rules.values()] });
  }

  closed(peer: LinkPeer): void {
    if (this.#peer !== peer) return;
    this.#peer = null;
    this.#status = null;
  }

  /** A report of the fence, which is trusted as much as the engine itself. */
  received(peer: LinkPeer, value: unknown): void {
    if (peer !== this.#peer || typeof value !== 'object' || value === null || !('type' in value)) return;
    if (value.type === 'status' && 'status' in value && isStatus(value.status)) this.#status = value.status;
    if (value.type === 'drops' && 'drops' in value && Array.isArray(value.drops)) {
      this.#options.dropped(value.drops.filter(isDrop));
    }
  }
}

function isStatus(value: unknown): value is FenceStatus {
  return (
    typeof value === 'object' && value !== null && 'enforcers' in value && Array.isArray(value.enforcers)
  );
}

function isDrop(value: unknown): value is { target: string; packets: number } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'target' in value &&
    typeof value.target === 'string' &&
    'packets' in value &&
    typeof value.packets === 'number' &&
    value.packets > 0
  );
}
