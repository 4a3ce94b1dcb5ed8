/** Guard 7: what a decision would have cut in the last days; where that is more than a little, a person is asked. */

import type { GoodTraffic } from '../good-traffic.ts';
import type { Policy } from '../policy.ts';
import { type Candidate, type Guard, type GuardResult, pass } from './guard.ts';

/** Hours with good sessions from which a source counts as a visitor at all: fewer are a chance, or bought. */
const leastHours = 3;

export function collateralForecast(policy: Policy, goodTraffic: GoodTraffic): Guard {
  return {
    name: 'collateral-forecast',
    check({ targetText, record, byPerson }: Candidate): GuardResult {
      if (record === null || byPerson) return pass('a person asked');
      // Only what was before it first did wrong counts: nobody buys himself free afterwards.
      const hours = goodTraffic.hoursBefore(record.source, record.firstWrong);
      const all = goodTraffic.hours;
      const share = all === 0 ? 0 : hours / all;
      const said = `${hours} of ${all} hours with good sessions in the last days`;
      if (hours < leastHours || share <= policy.collateralShare) return pass(`would have cut ${said}`);
      return {
        outcome: 'hold',
        reason: `${targetText} would have cost ${said} (${(share * 100).toFixed(2)} %): a person must look`,
      };
    },
  };
}
