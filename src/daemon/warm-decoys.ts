/**
 * Takes made-up conversations through the decoys before the first real one comes. What they need is compiled at its first use, some
 * 15 ms in the sensor, and the interpreter is slower than what the compiler makes of it: without this the first attackers after a start
 * would gain time in which they are not yet blocked.
 */

import { randomBytes } from 'node:crypto';
import type { Decoy } from '../core/decoy.ts';
import type { Persona } from '../core/persona.ts';

/** Enough for the hot functions to be compiled. */
const rounds = 150;
/** No start is held up for longer. */
const longestMilliseconds = 1000;

const request =
  'POST /vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php HTTP/1.1\r\nHost: 192.0.2.1\r\nContent-Length: 11\r\n\r\n<?php id ?>';

/** What a client says first to the decoys that hear more than they speak. */
const openings: Readonly<Record<string, string>> = {
  http: request,
  redis: '*1\r\n$4\r\nINFO\r\n',
  ssh: 'SSH-2.0-Go\r\n',
};

/** Conversations that no socket carries and nothing records, a round at each turn of the event loop. */
export function warmDecoys(served: Iterable<{ readonly decoy: Decoy; readonly persona: Persona }>): {
  stop(): void;
} {
  const waiting = new Map<Decoy, Persona>();
  for (const { decoy, persona } of served) {
    if (openings[decoy.name] !== undefined && !waiting.has(decoy)) waiting.set(decoy, persona);
  }
  const end = Date.now() + longestMilliseconds;
  let round = 0;
  let turn: NodeJS.Immediate | null = null;
  const go = (): void => {
    turn = null;
    for (const [decoy, persona] of waiting) warmDecoy(decoy, persona, round);
    round += 1;
    if (round < rounds && Date.now() < end && waiting.size > 0) turn = setImmediate(go);
  };
  turn = setImmediate(go);
  return {
    stop(): void {
      if (turn !== null) clearImmediate(turn);
    },
  };
}

function warmDecoy(decoy: Decoy, persona: Persona, round: number): void {
  const session = decoy.open({
    persona,
    source: '192.0.2.2',
    sourcePort: 40_000,
    destination: '192.0.2.1',
    destinationPort: 80,
    transport: 'tcp',
    tls: false,
    session: `warm-up-${round}`,
    now: () => Date.now(),
    randomBytes: (count) => randomBytes(count),
    countAttempt: () => 1,
  });
  for (const _ of session.start?.() ?? []);
  for (const _ of session.receive(Buffer.from(openings[decoy.name] ?? '', 'latin1')));
  for (const _ of session.end?.() ?? []);
}
