/** Evidence: a weighted claim about a source, made by a detector from observations. */

import type { Behavior } from './behavior.ts';
import type { ObservationKind, Seen, Transport } from './observation.ts';

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

/** For evidence that names no CVE: a list of its own for each would be kept for as long as the evidence is. */
export const noCves: readonly string[] = Object.freeze([]);

/** Makes the sentence of figures. */
export type Wording = (where: string, about: string, first: number, second: number) => string;

/**
 * Evidence whose sentence is written when somebody asks for it. Of most of the evidence that log lines make nobody ever does, and the sentence
 * costs more than the rest of a detector's step.
 */
export class WordedEvidence implements Evidence {
  readonly detector: string;
  readonly weight: number;
  readonly technique: string;
  readonly behavior: Behavior | null;
  readonly cves: readonly string[] = noCves;
  readonly #wording: Wording;
  readonly #where: string;
  readonly #about: string;
  readonly #first: number;
  readonly #second: number;

  constructor(
    claim: Pick<Evidence, 'detector' | 'weight' | 'technique' | 'behavior'>,
    wording: Wording,
    where: string,
    about: string,
    first: number,
    second: number,
  ) {
    this.detector = claim.detector;
    this.weight = claim.weight;
    this.technique = claim.technique;
    this.behavior = claim.behavior;
    this.#wording = wording;
    this.#where = where;
    this.#about = about;
    this.#first = first;
    this.#second = second;
  }

  get reason(): string {
    return this.#wording(this.#where, this.#about, this.#first, this.#second);
  }
}

/** What of an observation is kept with the evidence that stands on it. */
export type Ground = Pick<Seen, 'id' | 'at' | 'sensor' | 'spoofable' | 'transport'> & {
  readonly kind: ObservationKind;
};

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

export function grounded(evidence: Evidence, source: string, ground: Ground): GroundedEvidence {
  return {
    detector: evidence.detector,
    weight: evidence.weight,
    reason: evidence.reason,
    technique: evidence.technique,
    behavior: evidence.behavior,
    cves: evidence.cves,
    source,
    observation: ground.id,
    at: ground.at,
    sensor: ground.sensor,
    spoofable: ground.spoofable,
    transport: ground.transport,
    kind: ground.kind,
  };
}

/** The ground of evidence that was written down with it. */
export const groundOf = ({
  observation: id,
  at,
  sensor,
  spoofable,
  transport,
  kind,
}: GroundedEvidence): Ground => ({
  id,
  at,
  sensor,
  spoofable,
  transport,
  kind,
});
