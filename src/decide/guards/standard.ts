/** The guards in the order of the design. */

import { GoodTraffic } from '../good-traffic.ts';
import type { Policy } from '../policy.ts';
import type { Allowlist } from './allowlist.ts';
import { benignList, type BenignEntry } from './benign-list.ts';
import { collateralForecast } from './collateral-forecast.ts';
import type { Guard } from './guard.ts';
import { replayedRule } from './replayed-rule.ts';
import { reservedAddress, type ReservedAddressOptions } from './reserved-address.ts';
import { sharedAddress, type SharedEntry } from './shared-address.ts';
import { spoofableEvidence } from './spoofable-evidence.ts';
import { type CrawlerBook, verifiedCrawler } from './verified-crawler.ts';

export interface StandardGuardOptions extends ReservedAddressOptions {
  readonly policy: Policy;
  readonly allowlist: Allowlist;
  readonly benign: Iterable<BenignEntry>;
  readonly breaker: Guard;
  /** Where names of crawlers are known from; none where nobody may be asked. */
  readonly crawlers?: CrawlerBook | null;
  readonly shared?: Iterable<SharedEntry>;
  readonly goodTraffic?: GoodTraffic;
  /** Whether a source is held to be at fault: its own good sessions protect no network that it is in. */
  readonly isAtFault?: (source: string) => boolean;
}

export function standardGuards(options: StandardGuardOptions): readonly Guard[] {
  const goodTraffic = options.goodTraffic ?? new GoodTraffic();
  return [
    reservedAddress(options), // 1
    options.allowlist, // 2
    verifiedCrawler(options.crawlers ?? null), // 3
    benignList(options.benign), // 4
    sharedAddress(options.policy, options.shared), // 5
    spoofableEvidence(options.policy), // 6
    collateralForecast(options.policy, goodTraffic), // 7
    replayedRule(goodTraffic, options.isAtFault ?? ((): boolean => false)), // 8
    options.breaker, // 9
  ];
}
