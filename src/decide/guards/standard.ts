/**
 * The guards in the order of the design. Verified crawlers (3), the collateral forecast (7) and the replay (8) need data
 * that is not gathered yet; each will be one more line here.
 */

import type { Policy } from '../policy.ts';
import type { Allowlist } from './allowlist.ts';
import { benignList, type BenignEntry } from './benign-list.ts';
import type { Breaker } from './breaker.ts';
import type { Guard } from './guard.ts';
import { reservedAddress, type ReservedAddressOptions } from './reserved-address.ts';
import { sharedAddress } from './shared-address.ts';
import { spoofableEvidence } from './spoofable-evidence.ts';

export interface StandardGuardOptions extends ReservedAddressOptions {
  readonly policy: Policy;
  readonly allowlist: Allowlist;
  readonly benign: Iterable<BenignEntry>;
  readonly breaker: Breaker;
}

export function standardGuards(options: StandardGuardOptions): readonly Guard[] {
  return [
    reservedAddress(options), // 1
    options.allowlist, // 2
    benignList(options.benign), // 4
    sharedAddress(options.policy), // 5
    spoofableEvidence(options.policy), // 6
    options.breaker, // 9
  ];
}
