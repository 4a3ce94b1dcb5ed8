/** A conversation with a decoy: nobody has reason to visit one, so each new one speaks against the source. */

import { sourceKey } from '../core/address.ts';
import type { Detector, Step } from '../core/detector.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';

/** A first contact with a (destination, port) that should see none, and a repeated one (Jung et al. 2004; design table). */
const firstContact = Math.log(4);
const repeatedContact = 0.35;
/** Targets remembered a source, exactly; beyond, each contact counts as a repeat. */
const targetsKept = 32;

interface ContactState {
  readonly targets: Set<string>;
}

export const decoyContact: Detector<ContactState> = {
  name: 'decoy-contact',
  summary: 'A conversation with a decoy, which nobody has reason to visit',
  technique: 'T1046',
  kinds: ['contact'],
  key: (observation: Observation): string => sourceKey(observation.source),
  initial: (): ContactState => ({ targets: new Set() }),
  step(state: ContactState, observation: Observation): Step<ContactState> {
    if (observation.kind !== 'contact') return { state, evidence: [] };
    const target = `${observation.destination} ${observation.destinationPort}`;
    const isNew = !state.targets.has(target) && state.targets.size < targetsKept;
    if (isNew) state.targets.add(target);
    const evidence: Evidence = {
      detector: 'decoy-contact',
      weight: isNew ? firstContact : repeatedContact,
      reason: isNew
        ? `first contact with the ${observation.service} decoy on port ${observation.destinationPort}`
        : `another contact with the ${observation.service} decoy on port ${observation.destinationPort}`,
      technique: 'T1046',
      behavior: `decoy:${observation.service}`,
      cves: [],
    };
    return { state, evidence: [evidence] };
  },
};
