/**
 * Use of a credential that a decoy left lying about. It was never anybody's: whoever has it took it from the decoy or got it from one
 * who did, so one use is certain, ln 9900, and blocks by itself. Each further place where one is used adds 1, as a command does.
 * Memory a source: one number.
 */

import { sourceKey } from '../core/address.ts';
import type { Detector, Step } from '../core/detector.ts';
import { noEvidence } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';

const certain = Math.log(9_900);
const further = 1;
const usesWeighed = 8;

interface UseState {
  uses: number;
}

export const plantedCredential: Detector<UseState> = {
  name: 'planted-credential',
  summary: 'Use of a credential that a decoy had planted',
  technique: 'T1078',
  kinds: ['exploit'],
  key: (observation: Observation): string | null =>
    observation.kind === 'exploit' && observation.name === 'planted-credential' && observation.source !== ''
      ? sourceKey(observation.source)
      : null,
  initial: (): UseState => ({ uses: 0 }),
  step(state: UseState, observation: Observation): Step<UseState> {
    if (observation.kind !== 'exploit' || state.uses >= usesWeighed) return { state, evidence: noEvidence };
    state.uses += 1;
    return {
      state,
      evidence: [
        {
          detector: 'planted-credential',
          weight: state.uses === 1 ? certain : further,
          reason: `used at the ${observation.service} decoy: ${observation.detail.slice(0, 120)}`,
          technique: 'T1078',
          behavior: 'exploit:auth-bypass',
          cves: [],
        },
      ],
    };
  },
};
