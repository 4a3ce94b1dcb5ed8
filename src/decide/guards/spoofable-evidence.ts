/** Guard 6: evidence that anybody could have sent in this source's name is acted on mildly and briefly. */

import type { Policy } from '../policy.ts';
import { type Candidate, type Guard, type GuardResult, pass } from './guard.ts';

/**
 * A source address is proved by a completed handshake, or by behaviour that depends on our answers (the sensor's
 * return-path test). Where the sensor could have had that proof and has none (bare probes, datagrams), nothing is
 * blocked. Where the telemetry's format can't carry a proof (flow records), a block is short.
 */
export function spoofableEvidence(policy: Policy): Guard {
  return {
    name: 'spoofable-evidence',
    check({ record, byPerson }: Candidate): GuardResult {
      if (record === null || byPerson) return pass('a person asked');
      if (record.handshake) return pass('the source address is proved by a handshake');
      const maximumSeconds = policy.doubtfulLeaseSeconds;
      if (record.beyondProbes) {
        return { outcome: 'limit', maximumSeconds, reason: 'no handshake is on record: a short lease only' };
      }
      return {
        outcome: 'limit',
        action: 'rate-limit',
        maximumSeconds,
        reason: 'only bare probes or datagrams were seen: they could have been sent in its name',
      };
    },
  };
}
