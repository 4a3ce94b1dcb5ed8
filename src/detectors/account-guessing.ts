/**
 * One account guessed from many sources, each with too few tries to be told by itself.
 *
 * A person fails from a phone, an office and a home; six sources that failed within a day and of which none got in are not one
 * person. From the sixth on each new source gets 1.4 (as a further user does), so that a first failure there stays below suspicious
 * (0.8 + 1.4), two come to 4.8 with their row and are rate-limited, three to 7.8, four block. Whoever gets in gets back what was given
 * to him, and passes for the account's owner from then on. Memory an account: 64 sources and 16 owners; the runner keeps 65,536 accounts.
 */

import { sourceKey } from '../core/address.ts';
import { behaviorOf } from '../core/behavior.ts';
import type { Detector, Step } from '../core/detector.ts';
import { noCves, noEvidence, WordedEvidence, type Wording } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';

const weightOfMember = 1.4;
const leastSources = 6;
const sourcesKept = 64;
const ownersKept = 16;
const windowMilliseconds = 86_400_000;
const name = 'account-guessing';
const technique = 'T1110.001';

interface Guesser {
  readonly source: string;
  at: number;
  given: number;
  /** Those that failed last before it and first after it. */
  before: Guesser | null;
  after: Guesser | null;
}

interface AccountState {
  /** By source. Their order is in a chain: a map that each failure deletes from and adds to costs twice as much. */
  readonly guessers: Map<string, Guesser>;
  oldest: Guesser | null;
  newest: Guesser | null;
  readonly owners: string[];
}

function unlink(state: AccountState, guesser: Guesser): void {
  const { before, after } = guesser;
  if (before === null) state.oldest = after;
  else before.after = after;
  if (after === null) state.newest = before;
  else after.before = before;
}

function linkLast(state: AccountState, guesser: Guesser): void {
  guesser.before = state.newest;
  guesser.after = null;
  if (state.newest === null) state.oldest = guesser;
  else state.newest.after = guesser;
  state.newest = guesser;
}

function forget(state: AccountState, guesser: Guesser): void {
  unlink(state, guesser);
  state.guessers.delete(guesser.source);
}

function excuse(state: AccountState, source: string, user: string): Step<AccountState> {
  if (!state.owners.includes(source)) {
    if (state.owners.length >= ownersKept) state.owners.shift();
    state.owners.push(source);
  }
  const guesser = state.guessers.get(source);
  const given = guesser?.given ?? 0;
  if (guesser !== undefined) forget(state, guesser);
  if (given === 0) return { state, evidence: noEvidence };
  const reason = `got in as ${JSON.stringify(user.slice(0, 64))}, at whom others guess`;
  return {
    state,
    evidence: [{ detector: name, weight: -given, reason, technique, behavior: null, cves: noCves }],
  };
}

const failedLogin: Wording = (service, user, sources) =>
  `failed login at ${service} as ${JSON.stringify(user.slice(0, 64))}, at whom ${sources} sources guess`;

export const accountGuessing: Detector<AccountState> = {
  name,
  summary: 'One account guessed from many sources',
  technique,
  kinds: ['login'],
  across: true,
  key(observation: Observation): string | null {
    if (observation.kind !== 'login' || observation.user === '' || observation.source === '') return null;
    if (observation.outcome === 'disconnect') return null;
    return `${observation.service}\0${observation.sensor}\0${observation.user.slice(0, 128)}`;
  },
  initial: (): AccountState => ({ guessers: new Map(), oldest: null, newest: null, owners: [] }),
  step(state: AccountState, observation: Observation): Step<AccountState> {
    if (observation.kind !== 'login') return { state, evidence: noEvidence };
    const { at, user, service } = observation;
    const source = sourceKey(observation.source);
    if (observation.outcome === 'success') return excuse(state, source, user);
    if (state.owners.includes(source)) return { state, evidence: noEvidence };
    const { guessers } = state;
    for (let held = state.oldest; held !== null; held = state.oldest) {
      if (at - held.at <= windowMilliseconds && guessers.size < sourcesKept) break;
      forget(state, held);
    }
    let guesser = guessers.get(source);
    if (guesser === undefined) {
      guesser = { source, at, given: 0, before: null, after: null };
      guessers.set(source, guesser);
    } else unlink(state, guesser);
    linkLast(state, guesser);
    // One attempt is several lines in some logs.
    const isSameAttempt = guesser.given > 0 && at - guesser.at < 2_000;
    guesser.at = at;
    if (guessers.size < leastSources || isSameAttempt) return { state, evidence: noEvidence };
    guesser.given += weightOfMember;
    const evidence = new WordedEvidence(
      { detector: name, weight: weightOfMember, technique, behavior: behaviorOf.bruteforce(service) },
      failedLogin,
      service,
      user,
      guessers.size,
      0,
    );
    return { state, evidence: [evidence] };
  },
};
