/** Lures that are files (src/lures) as the decoy answers them. */

import type { DecoyOutput } from '../../core/decoy.ts';
import type { Persona } from '../../core/persona.ts';
import { lureAnswer } from '../../lures/lure-answer.ts';
import type { FoundLure } from '../../lures/lure-set.ts';
import type { Answer, Visit } from './lure.ts';
import type { Exchange } from './server-family.ts';

export interface InstalledAnswer {
  readonly answer: Answer;
  readonly delaySeconds: number;
  /** False for a page that everybody asks for. */
  readonly isTelling: boolean;
}

/** Set by the server itself, whatever a lure says. */
const own = /^(?:content-length|transfer-encoding|connection|date|keep-alive)$/i;

export function answerOfInstalled(
  found: readonly FoundLure[],
  visit: Visit,
  exchange: Exchange,
  secure: boolean,
): InstalledAnswer | null {
  const given = lureAnswer(found, {
    persona: visit.persona,
    source: visit.source,
    host: exchange.host === '' ? visit.persona.hostname : exchange.host,
    secure,
    now: () => visit.now(),
    run: (command) => visit.run(command),
    file: (path) => visit.file(path),
  });
  if (given === null) return null;
  const { status, headers, body, delaySeconds, isTelling } = given;
  return {
    answer: { status, headers: headers.filter(([name]) => !own.test(name)), body },
    delaySeconds,
    isTelling,
  };
}

const longestPauseSeconds = 5;

/** A long delay in pauses that the sensor honours. */
export function* pausesOf(seconds: number): Iterable<DecoyOutput> {
  for (let left = seconds; left > 0; left -= longestPauseSeconds)
    yield { do: 'pause', milliseconds: Math.min(left, longestPauseSeconds) * 1_000 };
}

/** The persona as the answer's Server header has it: a product in front of the web server names itself. */
export function shownAs(persona: Persona, answer: Answer): Persona {
  const server = answer.headers?.find(([name]) => name.toLowerCase() === 'server')?.[1];
  return server === undefined || persona.http === null
    ? persona
    : { ...persona, http: { ...persona.http, server } };
}
