/**
 * Searching an object store for buckets, by names from a list.
 *
 * The threshold random walk of Jung et al. 2004 over distinct bucket names, for callers who are anonymous or of another account. A name
 * that does not exist, or a bucket that will not be listed, is a miss and weighs ln 18: who knows a bucket's name from a link asks for an object
 * that is there with probability about 0.95, a list of words hits about one in twenty. An object that is given out is a hit,
 * ln(0.105): −2.25. So four missing names cross the line, and a visitor of public objects has no credit and no debt (the judge clamps at 0).
 *
 * To ask about a bucket itself (HEAD, listing, ACL) is no visitor's way, but the way of public data sets: where the answer was good, or
 * is not known, it weighs as a repeated contact and is named. An object that is refused or missing in a bucket that exists says nothing: pages
 * link to what is gone. Where the record says that the bucket as a whole is closed, as the gate's does, it is a miss. A name counts once in its direction. A state is two FanOuts (1.2 KiB each at most).
 */

import { sourceKey } from '../core/address.ts';
import type { Detector, Step } from '../core/detector.ts';
import { noEvidence, type Evidence } from '../core/evidence.ts';
import type { Observation, ObservationOf } from '../core/observation.ts';
import { contactHash, FanOut } from './fan-out.ts';

const weightOfMiss = Math.log(18);
const weightOfHit = -2.25;
const weightOfSounding = 0.35;
/** Nobody is told the name of a decoy bucket: who asks for it is searching, and is blocked for the first. */
const weightOfDecoy = Math.log(9900);
/** Whoever writes without a name looks for a bucket that is open: the object is its own. */
const writes = /^(?:Put|Delete|Post|Upload|Create|CompleteMultipart)|^REST\.(?:PUT|DELETE|POST)\./i;
const name = 'bucket-enumeration';
const technique = 'T1619';

interface BucketState {
  readonly missed: FanOut;
  readonly met: FanOut;
  /** Where a hit was counted last: an object's visitors fetch many of one bucket. */
  lastHit: number;
}

/** The bucket does not exist, by the store's own code where it tells one. */
function isMissing(access: ObservationOf<'object-access'>): boolean {
  const { error, status, object } = access;
  if (error !== undefined && error !== '') return error === 'NoSuchBucket' || error === 'InvalidBucketName';
  return status === 404 && object === '';
}

/** What a caller without rights was told of a bucket: a miss where its name leads nowhere. Null where the caller has rights of his own. */
export function strangerOf(access: ObservationOf<'object-access'>): {
  readonly caller: string;
  readonly isMiss: boolean;
  readonly isRefused: boolean;
  readonly isOfBucket: boolean;
} | null {
  const { bucket, principal, foreign, status, object, operation, closed } = access;
  if (bucket === '' || (principal !== '' && foreign !== true)) return null;
  const isRefused = status === 403 || status === 401 || access.error === 'AccessDenied';
  const isOfBucket = object === '' || closed === true || writes.test(operation);
  return {
    caller: principal === '' ? 'an anonymous caller' : 'a caller of another account',
    isMiss: isMissing(access) || (isOfBucket && isRefused),
    isRefused,
    isOfBucket,
  };
}

function claim(weight: number, reason: string, isNamed: boolean): Evidence {
  return {
    detector: name,
    weight,
    reason,
    technique,
    behavior: isNamed ? 'enumeration:bucket' : null,
    cves: [],
  };
}

function step(state: BucketState, observation: Observation): Step<BucketState> {
  if (observation.kind !== 'object-access') return { state, evidence: noEvidence };
  const stranger = strangerOf(observation);
  if (stranger === null) return { state, evidence: noEvidence };
  const { caller, isMiss, isRefused, isOfBucket } = stranger;
  const { bucket, operation, status } = observation;
  const hash = contactHash(bucket, 0);
  if (observation.decoy === true) {
    if (!state.missed.add(hash)) return { state, evidence: noEvidence };
    const reason = `${caller} asked for the decoy bucket ${JSON.stringify(bucket.slice(0, 63))}`;
    return { state, evidence: [claim(weightOfDecoy, reason, true)] };
  }
  if (isMiss) {
    if (!state.missed.add(hash)) return { state, evidence: noEvidence };
    const what = isRefused ? 'is closed to it' : 'does not exist';
    const reason = `${caller} asked for bucket ${JSON.stringify(bucket.slice(0, 63))}, which ${what}: ${state.missed.size} names missed`;
    return { state, evidence: [claim(weightOfMiss, reason, true)] };
  }
  if (isOfBucket) {
    if (!state.met.add(hash)) return { state, evidence: noEvidence };
    const reason = `${caller} asked about bucket ${JSON.stringify(bucket.slice(0, 63))} itself (${operation.slice(0, 40)})`;
    return { state, evidence: [claim(weightOfSounding, reason, true)] };
  }
  if (status < 200 || status >= 400 || (observation.error ?? '') !== '' || state.lastHit === hash)
    return { state, evidence: noEvidence };
  state.lastHit = hash;
  if (!state.met.add(hash)) return { state, evidence: noEvidence };
  return {
    state,
    evidence: [claim(weightOfHit, `${caller} was given an object of bucket ${bucket.slice(0, 63)}`, false)],
  };
}

export const bucketEnumeration: Detector<BucketState> = {
  name,
  summary: 'A search of an object store for buckets, by anonymous or foreign callers',
  technique,
  kinds: ['object-access'],
  key: (observation: Observation): string | null =>
    observation.source === '' ? null : sourceKey(observation.source),
  initial: (): BucketState => ({ missed: new FanOut(), met: new FanOut(), lastHit: 0 }),
  step,
};
