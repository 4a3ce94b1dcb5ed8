/**
 * Credential guessing in logins of protected systems and on decoys.
 *
 * A person mistypes: the chance of one more failure in a row falls with each, so each weighs more than the last (0.8, 1.2, 1.6, 2.0,
 * then 2.4). Three in a row (3.6) stay below suspicious (4.6), the fourth crosses it, the sixth reaches malicious (9.2). Another
 * user, a user that does not exist and a name from the lists that bots carry each add. A success takes back what its own
 * user's failures gave, while they are few. Memory a source: 8 sessions and 64 users.
 */

import { sourceKey } from '../core/address.ts';
import { type Behavior, behaviorOf } from '../core/behavior.ts';
import type { Detector, Step } from '../core/detector.ts';
import { noCves, noEvidence, type Evidence, WordedEvidence, type Wording } from '../core/evidence.ts';
import type { LoginFact, Observation, ObservationOf } from '../core/observation.ts';
import { contactHash } from './fan-out.ts';

const firstFailure = 0.8;
const growth = 0.4;
const mostGrowth = 4;
const unknownUser = 1.2;
const furtherUser = 1.4;
const listedUser = 0.4;
/** On a decoy nobody has an account: each guess is one. */
const decoyGuess = 2.4;
/** Failures of one user that a success still excuses. */
const excusable = 5;
const sessionsKept = 8;
const sessionMilliseconds = 60_000;
const otherFormsKept = 11;
const usersKept = 64;
/** After this long without a failure the row of failures begins anew. */
const rowMilliseconds = 6 * 3_600_000;
const sprayUsers = 5;

/** Accounts of systems and products: what lists of guesses begin with. */
const listed = new Set(
  'admin administrator root test guest user ubuntu oracle postgres mysql pi ftp ftpuser git jenkins hadoop nagios www www-data support operator default tomcat deploy ec2-user sa backup service supervisor'.split(
    ' ',
  ),
);

interface Session {
  readonly id: string;
  at: number;
  /** How often the most frequent form of its lines has come. */
  attempts: number;
  /** The form of its first line, and how often that has come: most sessions have one form alone. */
  readonly outcome: LoginFact['outcome'];
  readonly method: string;
  count: number;
  /** Forms beside the first. */
  others: { readonly form: string; count: number }[] | null;
}

interface UserRecord {
  failures: number;
  given: number;
}

interface GuessingState {
  /** Hashes of the sessions' ids, in their order: looked through without a look at the sessions themselves. */
  readonly ids: number[];
  readonly sessions: Session[];
  readonly users: Map<string, UserRecord>;
  row: number;
  lastAt: number;
  attempts: number;
}

/**
 * Whether an observation is an attempt of its own. sshd writes several lines about one attempt (`Invalid user`, `Failed password`,
 * `Connection closed by invalid user`): of a session, only the form that has come most often counts.
 */
function isNewAttempt(state: GuessingState, login: ObservationOf<'login'>): boolean {
  const { session: id, at, outcome, method } = login;
  if (id === '') return true;
  const { ids, sessions } = state;
  const hash = contactHash(id, 0);
  let place = ids.indexOf(hash);
  while (place >= 0 && sessions[place]?.id !== id) place = ids.indexOf(hash, place + 1);
  const session = place < 0 ? undefined : sessions[place];
  if (session === undefined || at - session.at > sessionMilliseconds * 10) {
    if (session === undefined && sessions.length >= sessionsKept) place = 0;
    if (place === 0) {
      ids.shift();
      sessions.shift();
    } else if (place > 0) {
      ids.splice(place, 1);
      sessions.splice(place, 1);
    }
    ids.push(hash);
    sessions.push({ id, at, attempts: 1, outcome, method, count: 1, others: null });
    return true;
  }
  session.at = at;
  const count =
    session.outcome === outcome && session.method === method
      ? (session.count += 1)
      : countOther(session, `${outcome} ${method}`);
  if (count <= session.attempts) return false;
  session.attempts = count;
  return true;
}

function countOther(session: Session, form: string): number {
  session.others ??= [];
  let other = session.others.find((held) => held.form === form);
  if (other === undefined) {
    if (session.others.length >= otherFormsKept) return 1;
    other = { form, count: 0 };
    session.others.push(other);
  }
  other.count += 1;
  return other.count;
}

const failures = (user: string, count: number, users: number): string =>
  `${JSON.stringify(user.slice(0, 64))}: ${count} ${count === 1 ? 'failure' : 'failures'}, ${users} ${users === 1 ? 'user' : 'users'}`;
const failedLogin: Wording = (service, user, count, users) =>
  `failed login at ${service} as ${failures(user, count, users)}`;
const unknownLogin: Wording = (service, user, count, users) =>
  `login of a user that does not exist at ${service} as ${failures(user, count, users)}`;

function excuse(state: GuessingState, user: string, service: string): Step<GuessingState> {
  const record = state.users.get(user);
  if (record === undefined || record.given === 0 || record.failures > excusable) {
    return { state, evidence: noEvidence };
  }
  state.users.delete(user);
  state.row = Math.max(0, state.row - record.failures);
  const evidence: Evidence = {
    detector: 'credential-guessing',
    weight: -record.given,
    reason: `user ${JSON.stringify(user.slice(0, 64))} got in at ${service} after ${record.failures} failures: a person mistyped`,
    technique: 'T1110.001',
    behavior: null,
    cves: noCves,
  };
  return { state, evidence: [evidence] };
}

function step(state: GuessingState, observation: Observation): Step<GuessingState> {
  if (observation.kind !== 'login' && observation.kind !== 'auth') return { state, evidence: noEvidence };
  const { service, user, at } = observation;
  const isDecoy = observation.kind === 'auth';
  // A client of SSH asks with `none` which methods there are (RFC 4252 §5.2) ahead of any guess.
  if (isDecoy && observation.method === 'none') return { state, evidence: noEvidence };
  if (!isDecoy) {
    if (observation.outcome === 'success') return excuse(state, user, service);
    if (observation.outcome === 'disconnect' && (observation.method !== 'disconnected' || user === '')) {
      return { state, evidence: noEvidence };
    }
    if (!isNewAttempt(state, observation)) return { state, evidence: noEvidence };
  }
  if (at - state.lastAt > rowMilliseconds) state.row = 0;
  state.lastAt = at;
  const isUnknown = !isDecoy && observation.outcome === 'unknown-user';
  let record = state.users.get(user);
  const isFurther = record === undefined && state.users.size > 0 && user !== '';
  if (record === undefined && user !== '' && state.users.size < usersKept) {
    record = { failures: 0, given: 0 };
    state.users.set(user, record);
  }
  let weight = isDecoy ? decoyGuess : firstFailure + growth * Math.min(state.row, mostGrowth);
  if (isUnknown) weight += unknownUser;
  if (isFurther) weight += furtherUser;
  if (listed.has(user.toLowerCase())) weight += listedUser;
  state.row += 1;
  state.attempts += 1;
  if (record !== undefined) {
    record.failures += 1;
    record.given += weight;
  }
  const users = state.users.size;
  const isSpray = users >= sprayUsers && state.attempts <= users * 2;
  // Leaving once ahead of a login shows nothing by itself; again and again it is how guessing looks in a terse log.
  const isHint = !isDecoy && observation.outcome === 'disconnect' && state.attempts < 2;
  const behavior: Behavior | null = isHint
    ? null
    : isSpray
      ? behaviorOf.spray(service)
      : behaviorOf.bruteforce(service);
  const technique = isSpray ? 'T1110.003' : 'T1110.001';
  const evidence = new WordedEvidence(
    { detector: 'credential-guessing', weight, technique, behavior },
    isUnknown ? unknownLogin : failedLogin,
    service,
    user,
    state.attempts,
    users,
  );
  return { state, evidence: [evidence] };
}

export const credentialGuessing: Detector<GuessingState> = {
  name: 'credential-guessing',
  summary: 'Failed logins in a row, of one user or of many',
  technique: 'T1110.001',
  kinds: ['login', 'auth'],
  key: (observation: Observation): string | null =>
    observation.source === '' ? null : sourceKey(observation.source),
  initial: (): GuessingState => ({ ids: [], sessions: [], users: new Map(), row: 0, lastAt: 0, attempts: 0 }),
  step,
};
