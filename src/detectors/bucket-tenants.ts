/**
 * A search through the buckets of many owners, in the log of a store that has many: one source, or those of one network.
 *
 * A page links to objects of one owner, and a program with rights has them: whoever is refused objects or finds nothing at bucket after
 * bucket of other people's is searching, also where each bucket exists and none is asked about itself, which `bucket-enumeration`
 * lets pass. From the fifth owner of a day on, each further one that has refused a source of the network weighs ln 18, as a missing name
 * does, as long as fewer owners gave something than refused. Memory a network: two FanOuts (1.2 KiB each at most); the
 * runner keeps 65,536.
 */

import type { Detector, Step } from '../core/detector.ts';
import { noEvidence } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';
import { strangerOf } from './bucket-enumeration.ts';
import { networkOfSource } from './bucket-search-shared.ts';
import { contactHash, FanOut } from './fan-out.ts';

const leastOwners = 5;
const weightOfOwner = Math.log(18);
const windowMilliseconds = 86_400_000;
const name = 'bucket-tenants';

interface TenantState {
  refused: FanOut;
  gave: FanOut;
  since: number;
}

export const bucketTenants: Detector<TenantState> = {
  name,
  summary: 'A search through the buckets of many owners, by one source or one network',
  technique: 'T1619',
  kinds: ['object-access'],
  across: true,
  key(observation: Observation): string | null {
    if (observation.kind !== 'object-access' || observation.source === '') return null;
    // Nobody owns a bucket that does not exist.
    if ((observation.owner ?? '') === '' || observation.error === 'NoSuchBucket') return null;
    return strangerOf(observation) === null ? null : networkOfSource(observation.source);
  },
  initial: (): TenantState => ({ refused: new FanOut(), gave: new FanOut(), since: 0 }),
  step(state: TenantState, observation: Observation): Step<TenantState> {
    if (observation.kind !== 'object-access') return { state, evidence: noEvidence };
    const { at, owner = '', bucket, status, error = '' } = observation;
    if (at - state.since > windowMilliseconds) {
      state.refused = new FanOut();
      state.gave = new FanOut();
      state.since = at;
    }
    const hash = contactHash(owner, 0);
    if (status >= 200 && status < 400 && error === '') {
      state.gave.add(hash);
      return { state, evidence: noEvidence };
    }
    const isRefused = status === 401 || status === 403 || status === 404;
    if (!isRefused || !state.refused.add(hash)) return { state, evidence: noEvidence };
    const owners = state.refused.size;
    if (owners < leastOwners || state.gave.size >= owners) return { state, evidence: noEvidence };
    return {
      state,
      evidence: [
        {
          detector: name,
          weight: weightOfOwner,
          reason: `was refused at bucket ${JSON.stringify(bucket.slice(0, 63))}: ${owners} owners have refused its network, ${state.gave.size} gave something`,
          technique: 'T1619',
          behavior: 'enumeration:bucket',
          cves: [],
        },
      ],
    };
  },
};
