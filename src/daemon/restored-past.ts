/** The last day as an engine goes through it again at its start: what was seen, what was dropped and what was lifted, in the order of time. */

import type { Observation } from '../core/observation.ts';
import type { LogEntry } from '../store/decision-log.ts';
import { checkObservation } from '../wire/observation-check.ts';

export type PastEvent =
  | { readonly at: number; readonly observation: Observation }
  /** A drop of this target that changed its lease. */
  | { readonly at: number; readonly dropped: string }
  | { readonly at: number; readonly lifted: string };

/** What is further ahead of this engine's clock comes from a clock that is wrong, or from a lie. */
const aheadMilliseconds = 60_000;

/**
 * Both in the order of time: `rows` as the event store gives them, which is not trusted to keep what was given to it, and entries of
 * the decision log. `refused` is told why a row is none.
 */
export function* restoredPast(
  rows: readonly unknown[],
  entries: readonly LogEntry[],
  now: number,
  refused: (why: string) => void,
): Generator<PastEvent> {
  const logged = loggedPast(entries);
  let next = logged.next();
  for (const row of rows) {
    const check = checkObservation(row);
    if (!check.ok) {
      refused(check.why);
      continue;
    }
    const { observation } = check;
    if (observation.at > now + aheadMilliseconds) {
      refused('a record from the future');
      continue;
    }
    // What was decided in the same millisecond rests on it.
    for (; next.done !== true && next.value.at < observation.at; next = logged.next()) yield next.value;
    yield { at: observation.at, observation };
  }
  for (; next.done !== true; next = logged.next()) yield next.value;
}

function* loggedPast(entries: readonly LogEntry[]): Generator<PastEvent, undefined> {
  /** By decision: an entry that renews nothing has another cause than a drop. */
  const renewals = new Map<string, number>();
  for (const entry of entries) {
    if (entry.kind === 'lift') {
      yield { at: entry.lift.at, lifted: entry.lift.target };
      continue;
    }
    const { decision } = entry;
    const before = renewals.get(decision.id) ?? 0;
    renewals.set(decision.id, decision.renewals);
    if (decision.renewals > before) yield { at: decision.from, dropped: decision.target };
  }
  return undefined;
}
