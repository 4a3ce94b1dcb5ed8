/** Guard 5: an address from which many people log in is limited mildly and briefly: a block would hit them all. */

import type { Policy } from '../policy.ts';
import { type Candidate, type Guard, type GuardResult, pass } from './guard.ts';

const dayMilliseconds = 86_400_000;

export function sharedAddress(policy: Policy): Guard {
  return {
    name: 'shared-address',
    check({ record, at, byPerson }: Candidate): GuardResult {
      if (record === null || byPerson) return pass('a person asked');
      let users = 0;
      for (const last of record.users?.values() ?? []) if (at - last < dayMilliseconds) users += 1;
      if (users < policy.sharedUsers) return pass(`${users} users logged in from here in a day`);
      return {
        outcome: 'limit',
        action: 'rate-limit',
        maximumSeconds: policy.doubtfulLeaseSeconds,
        reason: `${users} users logged in from here in a day: the address is shared`,
      };
    },
  };
}
