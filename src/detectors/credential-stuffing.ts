/**
 * Lists of stolen or common credentials dealt out among many sources: each tries an account or two, no account is tried twice.
 *
 * That is also what a busy login looks like, whose people mistype once each, so the names decide: people mistype their password,
 * lists name accounts that do not exist. Of a service's last 64 failures at least 32 must be of different sources, 48 of
 * different users, and half of users that do not exist, within an hour. Then each failure of an unknown user gets 1.2: with its
 * own (0.8 + 1.2) it stays below suspicious, a second one does not. Memory a service: 64 failures; the runner keeps 65,536.
 */

import { sourceKey } from '../core/address.ts';
import { behaviorOf } from '../core/behavior.ts';
import type { Detector, Step } from '../core/detector.ts';
import { noEvidence, WordedEvidence, type Wording } from '../core/evidence.ts';
import type { Observation, ObservationOf } from '../core/observation.ts';
import { contactHash } from './fan-out.ts';

const failuresKept = 64;
const leastSources = 32;
const leastUsers = 48;
const leastUnknown = 32;
const windowMilliseconds = 3_600_000;
const weightOfMember = 1.2;
const name = 'credential-stuffing';
const technique = 'T1110.004';

const unknownUser: Wording = (service, user, sources, users) =>
  `user ${JSON.stringify(user.slice(0, 64))} does not exist at ${service}, where ${sources} sources try ${users} users`;

/** The last failures in a ring, a column for each thing that is known of them. */
interface ServiceState {
  /** Hashes. */
  readonly sources: Int32Array;
  readonly users: Int32Array;
  readonly isUnknown: Uint8Array;
  readonly at: Float64Array;
  /** The oldest's place, which the next one takes once all are taken. */
  oldest: number;
  length: number;
  /** Different sources and users among them, and failures of users that do not exist. */
  distinctSources: number;
  distinctUsers: number;
  unknown: number;
}

/** Takes a failure in; false where it is another line about one that is held. */
function isNew(state: ServiceState, source: number, user: number, isUnknown: boolean, at: number): boolean {
  const { sources, users, length, oldest } = state;
  const isFull = length === failuresKept;
  const oldSource = sources[oldest] ?? 0;
  const oldUser = users[oldest] ?? 0;
  let ofSource = 0;
  let ofUser = 0;
  let ofOldSource = 0;
  let ofOldUser = 0;
  for (let place = 0; place < length; place += 1) {
    const heldSource = sources[place];
    const heldUser = users[place];
    if (heldSource === source) {
      if (heldUser === user) {
        // Of the lines about one attempt the one that says most counts.
        if (isUnknown && state.isUnknown[place] === 0) {
          state.isUnknown[place] = 1;
          state.at[place] = at;
          state.unknown += 1;
        }
        return false;
      }
      ofSource += 1;
    }
    if (heldUser === user) ofUser += 1;
    if (heldSource === oldSource) ofOldSource += 1;
    if (heldUser === oldUser) ofOldUser += 1;
  }
  const place = isFull ? oldest : length;
  if (isFull) {
    // The one that goes stands for itself alone, or others are left; and the new one may be of its source or user.
    if (ofOldSource === 1) state.distinctSources -= 1;
    if (ofOldUser === 1) state.distinctUsers -= 1;
    if (oldSource === source) ofSource -= 1;
    if (oldUser === user) ofUser -= 1;
    state.unknown -= state.isUnknown[place] ?? 0;
    state.oldest = (oldest + 1) % failuresKept;
  } else state.length += 1;
  if (ofSource === 0) state.distinctSources += 1;
  if (ofUser === 0) state.distinctUsers += 1;
  if (isUnknown) state.unknown += 1;
  sources[place] = source;
  users[place] = user;
  state.isUnknown[place] = isUnknown ? 1 : 0;
  state.at[place] = at;
  return true;
}

/** Of the last login: a log is most often one service's. */
let lastOf: readonly [service: string, sensor: string, destination: string, key: string] = [
  '',
  '',
  '',
  '\0\0',
];

function keyOf({ service, sensor, destination }: ObservationOf<'login'>): string {
  if (service !== lastOf[0] || sensor !== lastOf[1] || destination !== lastOf[2])
    lastOf = [service, sensor, destination, `${service}\0${sensor}\0${destination}`];
  return lastOf[3];
}

export const credentialStuffing: Detector<ServiceState> = {
  name,
  summary: 'Lists of credentials tried on one service from many sources, an account or two each',
  technique,
  kinds: ['login'],
  across: true,
  key(observation: Observation): string | null {
    if (observation.kind !== 'login' || observation.user === '' || observation.source === '') return null;
    if (observation.outcome !== 'failure' && observation.outcome !== 'unknown-user') return null;
    return keyOf(observation);
  },
  initial: (): ServiceState => ({
    sources: new Int32Array(failuresKept),
    users: new Int32Array(failuresKept),
    isUnknown: new Uint8Array(failuresKept),
    at: new Float64Array(failuresKept),
    oldest: 0,
    length: 0,
    distinctSources: 0,
    distinctUsers: 0,
    unknown: 0,
  }),
  step(state: ServiceState, observation: Observation): Step<ServiceState> {
    if (observation.kind !== 'login') return { state, evidence: noEvidence };
    const { at } = observation;
    const isUnknown = observation.outcome === 'unknown-user';
    const source = contactHash(sourceKey(observation.source), 0);
    if (!isNew(state, source, contactHash(observation.user, 0), isUnknown, at))
      return { state, evidence: noEvidence };
    if (state.length < failuresKept || !isUnknown) return { state, evidence: noEvidence };
    if (at - (state.at[state.oldest] ?? 0) > windowMilliseconds) return { state, evidence: noEvidence };
    const sources = state.distinctSources;
    const users = state.distinctUsers;
    if (sources < leastSources || users < leastUsers || state.unknown < leastUnknown) {
      return { state, evidence: noEvidence };
    }
    const { service, user } = observation;
    const evidence = new WordedEvidence(
      { detector: name, weight: weightOfMember, technique, behavior: behaviorOf.spray(service) },
      unknownUser,
      service,
      user,
      sources,
      users,
    );
    return { state, evidence: [evidence] };
  },
};
