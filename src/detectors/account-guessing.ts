/**
 * One account guessed from many sources, each with too few tries to be told by itself.
 *
 * A person fails from a phone, an office and a home; six sources that failed within a day and of which none got in are not one
 * person. From the sixth on each new source gets 1.4 (as a further user does), so that a first failure there stays below suspicious
 * (0.8 + 1.4), two come to 4.8 with their row and are rate-limited, three to 7.8, four block. Whoever gets in gets back what was given
 * to him, and passes for the account's owner from then on. Memory an account: 64 sources and 16 owners; the runner keeps 65,536 accounts.
 */

import { sourceKey } from '../core/address.ts';
import type { Detector, Step } from '../core/detector.ts';
import { noEvidence, type Evidence } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';

const weightOfMember = 1.4;
const leastSources = 6;
const sourcesKept = 64;
const ownersKept = 16;
const windowMilliseconds = 86_400_000;
const name = 'account-guessing';

interface Guesser {
  at: number;
  given: number;
}

interface AccountState {
  /** By source; the one that failed last comes last. */
  readonly guessers: Map<string, Guesser>;
  readonly owners: string[];
}

function excuse(state: AccountState, source: string, user: string): Step<AccountState> {
  if (!state.owners.includes(source)) {
    if (state.owners.length >= ownersKept) state.owners.shift();
    state.owners.push(source);
  }
  const given = state.guessers.get(source)?.given ?? 0;
  state.guessers.delete(source);
  if (given === 0) return { state, evidence: noEvidence };
  const reason = `got in as ${JSON.stringify(user.slice(0, 64))}, at whom others guess`;
  return { state, evidence: [claim(-given, reason, null)] };
}

function claim(weight: number, reason: string, behavior: Evidence['behavior']): Evidence {
  return { detector: name, weight, reason, technique: 'T1110.001', behavior, cves: [] };
}

export const accountGuessing: Detector<AccountState> = {
  name,
  summary: 'One account guessed from many sources',
  technique: 'T1110.001',
  kinds: ['login'],
  across: true,
  key(observation: Observation): string | null {
    if (observation.kind !== 'login' || observation.user === '' || observation.source === '') return null;
    if (observation.outcome === 'disconnect') return null;
    return `${observation.service}\0${observation.sensor}\0${observation.user.slice(0, 128)}`;
  },
  initial: (): AccountState => ({ guessers: new Map(), owners: [] }),
  step(state: AccountState, observation: Observation): Step<AccountState> {
    if (observation.kind !== 'login') return { state, evidence: noEvidence };
    const { at, user, service } = observation;
    const source = sourceKey(observation.source);
    if (observation.outcome === 'success') return excuse(state, source, user);
    if (state.owners.includes(source)) return { state, evidence: noEvidence };
    const { guessers } = state;
    for (const [held, guesser] of guessers) {
      if (at - guesser.at <= windowMilliseconds && guessers.size < sourcesKept) break;
      guessers.delete(held);
    }
    const guesser = guessers.get(source) ?? { at, given: 0 };
    guessers.delete(source);
    guessers.set(source, guesser);
    // One attempt is several lines in some logs.
    const isSameAttempt = guesser.given > 0 && at - guesser.at < 2_000;
    guesser.at = at;
    if (guessers.size < leastSources || isSameAttempt) return { state, evidence: noEvidence };
    guesser.given += weightOfMember;
    const reason = `failed login at ${service} as ${JSON.stringify(user.slice(0, 64))}, at whom ${guessers.size} sources guess`;
    return { state, evidence: [claim(weightOfMember, reason, `bruteforce:${service}`)] };
  },
};
