/** Evidence: a weighted claim about a source, made by a detector from observations. */

import type { Behavior } from './behavior.ts';
import type { ObservationKind, Transport } from './observation.ts';

export interface Evidence {
  /** The detector's name. */
  readonly detector: string;
  /** Log-odds in nats: positive speaks for malice, negative against. */
  readonly weight: number;
  /** Why, in one sentence with the figures in it. */
  readonly reason: string;
  /** ATT&CK technique id. */
  readonly technique: string;
  /** Null where the claim is only about the odds. */
  readonly behavior: Behavior | null;
  readonly cves: readonly string[];
  /** The address under attack, where the claim is about that one and says nothing of the source. */
  readonly target?: string;
}

/** Evidence with the observation that it stands on. */
export interface GroundedEvidence extends Evidence {
  /** Key of the source (an IPv6 one by its /64). */
  readonly source: string;
  readonly observation: string;
  readonly at: number;
  readonly sensor: string;
  readonly spoofable: boolean;
  readonly transport: Transport;
  readonly kind: ObservationKind;
}

export const noEvidence: readonly Evidence[] = Object.freeze([]);
