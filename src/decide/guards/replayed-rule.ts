/** Guard 8: a rule for more than one source is run against the good sessions of the last days first; a hit, and it is not placed. */

import type { GoodTraffic } from '../good-traffic.ts';
import { type Candidate, type Guard, type GuardResult, pass } from './guard.ts';

export function replayedRule(goodTraffic: GoodTraffic, isAtFault: (source: string) => boolean): Guard {
  return {
    name: 'replay',
    check({ target, targetText, byPerson }: Candidate): GuardResult {
      if (byPerson) return pass('a person asked');
      if (target.prefix >= (target.family === 4 ? 32 : 64))
        return pass('a single source, not a general rule');
      const [hit] = goodTraffic.within(target, isAtFault, 1);
      if (hit === undefined) return pass(`hits none of the good sessions of the last days`);
      return { outcome: 'refuse', reason: `${targetText} would have cut good sessions of ${hit}` };
    },
  };
}
