/**
 * Use of a credential that a decoy left lying about, at a decoy or in what telemetry shows: the key that signed an access to an object
 * store, the name in a login, the address and the headers of a request.
 *
 * It was never anybody's: whoever has it took it from the decoy or got it from one who did, so one use is certain, ln 9900, and blocks
 * by itself. Each further use adds 1, as a command does. An address is another matter: a page can lead any browser to it, so that a
 * credential in one makes its source suspicious, ln 99, once; what blocks is what a link can't make a browser do.
 * Memory a source: two numbers.
 */

import { sourceKey } from '../core/address.ts';
import type { Detector, Step } from '../core/detector.ts';
import { noEvidence } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';
import { credentialText, describePlanted, mayHoldPlanted, type Planted } from '../wire/planted-credential.ts';

const certain = Math.log(9_900);
const suspicious = Math.log(99);
const further = 1;
const usesWeighed = 8;

interface UseState {
  uses: number;
  /** Of credentials in addresses. */
  links: number;
}

/** What of a text the sensor of this installation has planted; null where its seed is not known. */
export type Recognise = ((text: string) => readonly Planted[]) | null;

interface Shown {
  readonly text: string;
  readonly where: string;
  /** True where a link that somebody followed would look the same. */
  readonly isLink: boolean;
}

/** Where a planted credential can stand in what telemetry shows; at most two texts. */
function shownIn(observation: Observation): readonly Shown[] {
  switch (observation.kind) {
    case 'object-access':
      return observation.accessKeyId === undefined
        ? []
        : [
            {
              text: observation.accessKeyId,
              where: `signed ${observation.operation} at an object store`,
              isLink: observation.presigned === true,
            },
          ];
    case 'login':
      return [{ text: observation.user, where: `offered to ${observation.service}`, isLink: false }];
    case 'web-access': {
      const address = { text: observation.path, where: 'in a web address', isLink: true };
      const { headers } = observation;
      if (headers === undefined) return [address];
      const text = headers
        .filter(([name]) => /^(?:authorization|proxy-authorization|cookie|x-[\w-]{1,40})$/i.test(name))
        .map(([, value]) => credentialText(value))
        .join('\n');
      return [{ text, where: 'in the headers of a web request', isLink: false }, address];
    }
    default:
      return [];
  }
}

export const plantedCredential = (recognise: Recognise): Detector<UseState> => ({
  name: 'planted-credential',
  summary: 'Use of a credential that a decoy had planted',
  technique: 'T1078',
  kinds: ['exploit', 'object-access', 'login', 'web-access'],
  key: (observation: Observation): string | null => {
    if (observation.source === '') return null;
    if (observation.kind === 'exploit')
      return observation.name === 'planted-credential' ? sourceKey(observation.source) : null;
    if (recognise === null) return null;
    // What nearly all lines are: nothing is made for them.
    if (observation.kind === 'login' && !mayHoldPlanted(observation.user)) return null;
    if (
      observation.kind === 'web-access' &&
      observation.headers === undefined &&
      !mayHoldPlanted(observation.path)
    )
      return null;
    return shownIn(observation).some(({ text }) => mayHoldPlanted(text))
      ? sourceKey(observation.source)
      : null;
  },
  initial: (): UseState => ({ uses: 0, links: 0 }),
  step(state: UseState, observation: Observation): Step<UseState> {
    if (state.uses >= usesWeighed) return { state, evidence: noEvidence };
    if (observation.kind === 'exploit')
      return used(
        state,
        `used at the ${observation.service} decoy: ${observation.detail.slice(0, 120)}`,
        false,
      );
    for (const { text, where, isLink } of shownIn(observation)) {
      const planted = recognise?.(text)[0];
      if (planted !== undefined) return used(state, `${where}: ${describePlanted(planted)}`, isLink);
    }
    return { state, evidence: noEvidence };
  },
});

function used(state: UseState, reason: string, isLink: boolean): Step<UseState> {
  if (isLink && state.links > 0) return { state, evidence: noEvidence };
  const weight = isLink ? suspicious : state.uses === 0 ? certain : further;
  if (isLink) state.links += 1;
  else state.uses += 1;
  return {
    state,
    evidence: [
      {
        detector: 'planted-credential',
        weight,
        reason,
        technique: 'T1078',
        behavior: isLink ? null : 'exploit:auth-bypass',
        cves: [],
      },
    ],
  };
}
