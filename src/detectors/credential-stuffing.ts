/**
 * Lists of stolen or common credentials dealt out among many sources: each tries an account or two, no account is tried twice.
 *
 * That is also what a busy login looks like, whose people mistype once each, so the names decide: people mistype their password,
 * lists name accounts that do not exist. Of a service's last 64 failures at least 32 must be of different sources, 48 of
 * different users, and half of users that do not exist, within an hour. Then each failure of an unknown user gets 1.2: with its
 * own (0.8 + 1.2) it stays below suspicious, a second one does not. Memory a service: 64 failures; the runner keeps 65,536.
 */

import { sourceKey } from '../core/address.ts';
import type { Detector, Step } from '../core/detector.ts';
import { noEvidence } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';
import { contactHash } from './fan-out.ts';

const failuresKept = 64;
const leastSources = 32;
const leastUsers = 48;
const leastUnknown = 32;
const windowMilliseconds = 3_600_000;
const weightOfMember = 1.2;

interface Failure {
  readonly source: number;
  readonly user: number;
  readonly isUnknown: boolean;
  readonly at: number;
}

interface ServiceState {
  readonly failures: Failure[];
  /** How many of them are of each source and of each user, and of users that do not exist. */
  readonly sources: Map<number, number>;
  readonly users: Map<number, number>;
  unknown: number;
}

function countIn(counts: Map<number, number>, key: number, change: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

function count(state: ServiceState, failure: Failure, change: 1 | -1): void {
  countIn(state.sources, failure.source, change);
  countIn(state.users, failure.user, change);
  if (failure.isUnknown) state.unknown += change;
}

export const credentialStuffing: Detector<ServiceState> = {
  name: 'credential-stuffing',
  summary: 'Lists of credentials tried on one service from many sources, an account or two each',
  technique: 'T1110.004',
  kinds: ['login'],
  across: true,
  key(observation: Observation): string | null {
    if (observation.kind !== 'login' || observation.user === '' || observation.source === '') return null;
    if (observation.outcome !== 'failure' && observation.outcome !== 'unknown-user') return null;
    return `${observation.service}\0${observation.sensor}\0${observation.destination}`;
  },
  initial: (): ServiceState => ({ failures: [], sources: new Map(), users: new Map(), unknown: 0 }),
  step(state: ServiceState, observation: Observation): Step<ServiceState> {
    if (observation.kind !== 'login') return { state, evidence: noEvidence };
    const { failures } = state;
    const failure: Failure = {
      source: contactHash(sourceKey(observation.source), 0),
      user: contactHash(observation.user, 0),
      isUnknown: observation.outcome === 'unknown-user',
      at: observation.at,
    };
    // Of the lines about one attempt the one that says most counts.
    const same = failures.findIndex(({ source, user }) => source === failure.source && user === failure.user);
    if (same >= 0) {
      if (failure.isUnknown && failures[same]?.isUnknown === false) {
        failures[same] = failure;
        state.unknown += 1;
      }
      return { state, evidence: noEvidence };
    }
    const oldest = failures.length >= failuresKept ? failures.shift() : undefined;
    if (oldest !== undefined) count(state, oldest, -1);
    failures.push(failure);
    count(state, failure, 1);
    if (failures.length < failuresKept || !failure.isUnknown) return { state, evidence: noEvidence };
    if (failure.at - (failures[0]?.at ?? 0) > windowMilliseconds) return { state, evidence: noEvidence };
    const sources = state.sources.size;
    const users = state.users.size;
    if (sources < leastSources || users < leastUsers || state.unknown < leastUnknown) {
      return { state, evidence: noEvidence };
    }
    return {
      state,
      evidence: [
        {
          detector: 'credential-stuffing',
          weight: weightOfMember,
          reason: `user ${JSON.stringify(observation.user.slice(0, 64))} does not exist at ${observation.service}, where ${sources} sources try ${users} users`,
          technique: 'T1110.004',
          behavior: `spray:${observation.service}`,
          cves: [],
        },
      ],
    };
  },
};
