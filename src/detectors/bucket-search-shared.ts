/**
 * A list of bucket names dealt out among sources that belong together: those of one network (IPv4 /24, IPv6 /48), or of one
 * autonomous system with the same program, where the operator has given a table of systems.
 *
 * Visitors who fail together fail at the same name, that of a bucket which was taken away; those who share a list fail at names of
 * their own. So of the last 32 misses within an hour, each counted once for its source and name, 12 must be there, of 4 sources (24
 * of 8 of a system, where more honest people are), and at least four in five of a name that none of the others missed. From then
 * on a miss weighs 1.4 more than by itself (ln 18 + 1.4 = 4.3): the first stays below suspicious, the third blocks. Who was given what he
 * asked for gets nothing. Memory a group: 32 misses of three numbers; the runner keeps 65,536.
 */

import { formatNetwork, networkOf, parseAddress, sourceKey } from '../core/address.ts';
import type { Detector, Step } from '../core/detector.ts';
import { noEvidence } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';
import { strangerOf } from './bucket-enumeration.ts';
import type { Estate } from './estate.ts';
import { contactHash } from './fan-out.ts';

const missesKept = 32;
const leastDistinct = 0.8;
const windowMilliseconds = 3_600_000;
const weightOfMember = 1.4;
const longestAgent = 256;

interface Miss {
  readonly source: number;
  readonly name: number;
  readonly at: number;
}

interface GroupState {
  readonly misses: Miss[];
}

interface Group {
  readonly name: string;
  readonly summary: string;
  readonly leastSources: number;
  readonly leastMisses: number;
  /** What is said of the sources that share it. */
  readonly shared: string;
  key(observation: Observation & { readonly kind: 'object-access' }): string | null;
}

/** IPv4 by its /24, IPv6 by its /48. */
export function networkOfSource(source: string): string | null {
  const address = parseAddress(source);
  return address === null ? null : formatNetwork(networkOf(address, address.family === 4 ? 24 : 48));
}

function step(group: Group, state: GroupState, observation: Observation): Step<GroupState> {
  if (observation.kind !== 'object-access') return { state, evidence: noEvidence };
  const { misses } = state;
  const miss: Miss = {
    source: contactHash(sourceKey(observation.source), 0),
    name: contactHash(observation.bucket, 0),
    at: observation.at,
  };
  if (misses.some(({ source, name }) => source === miss.source && name === miss.name))
    return { state, evidence: noEvidence };
  if (misses.length >= missesKept) misses.shift();
  misses.push(miss);
  const recent = misses.filter(({ at }) => Math.abs(miss.at - at) <= windowMilliseconds);
  if (recent.length < group.leastMisses) return { state, evidence: noEvidence };
  const sources = new Set(recent.map(({ source }) => source)).size;
  const names = new Set(recent.map(({ name }) => name)).size;
  if (sources < group.leastSources || names < recent.length * leastDistinct)
    return { state, evidence: noEvidence };
  return {
    state,
    evidence: [
      {
        detector: group.name,
        weight: weightOfMember,
        reason: `one of ${sources} sources of ${group.shared} that missed ${names} bucket names within an hour`,
        technique: 'T1619',
        behavior: 'enumeration:bucket',
        cves: [],
      },
    ],
  };
}

function detectorOf(group: Group): Detector<GroupState> {
  return {
    name: group.name,
    summary: group.summary,
    technique: 'T1619',
    kinds: ['object-access'],
    across: true,
    key(observation): string | null {
      if (observation.kind !== 'object-access' || observation.source === '') return null;
      return strangerOf(observation)?.isMiss === true ? group.key(observation) : null;
    },
    initial: () => ({ misses: [] }),
    step: (state, observation) => step(group, state, observation),
  };
}

export const bucketNetwork: Detector<GroupState> = detectorOf({
  name: 'bucket-network',
  summary: 'Sources of one network (IPv4 /24, IPv6 /48) that search for buckets together',
  leastSources: 4,
  leastMisses: 12,
  shared: 'its network',
  key: ({ source }) => networkOfSource(source),
});

export const bucketClient = (estate: Estate): Detector<GroupState> =>
  detectorOf({
    name: 'bucket-client',
    summary:
      'Sources of one autonomous system with one user agent that search for buckets together; with detectors.asnTable',
    leastSources: 8,
    leastMisses: 24,
    shared: 'one autonomous system with one user agent',
    key({ source, userAgent }): string | null {
      if (userAgent === '') return null;
      const system = estate.systemOf(source);
      return system === null ? null : `${system} ${userAgent.slice(0, longestAgent)}`;
    },
  });
