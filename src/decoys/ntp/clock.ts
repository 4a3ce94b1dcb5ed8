/** The time server's own state, as its packets show it. */

import type { Persona } from '../../core/persona.ts';
import { below, pick } from '../../core/random.ts';

export interface TimeServer {
  readonly version: string;
  readonly stratum: number;
  readonly precision: number;
  /** Address of the server that it follows. */
  readonly reference: Uint8Array;
  /** Fractions of a second times 65,536. */
  readonly rootDelay: number;
  readonly rootDispersion: number;
  /** Whether strangers may ask for more than the time: an old ntpd without `noquery`. */
  readonly answersQueries: boolean;
  readonly system: string;
  readonly processor: string;
}

const upstream = [
  [162, 159, 200, 1],
  [162, 159, 200, 123],
  [185, 125, 190, 56],
  [185, 125, 190, 57],
  [129, 6, 15, 28],
  [132, 163, 96, 1],
  [216, 239, 35, 0],
  [216, 239, 35, 4],
  [192, 53, 103, 108],
  [194, 58, 200, 20],
] as const;

const versions = [
  '4.2.6p5@1.2349-o Fri Jul 22 17:30:51 UTC 2016 (1)',
  '4.2.8p12@1.3728-o (1)',
  '4.2.6p3@1.2290-o Tue Jun  5 20:12:08 UTC 2012 (1)',
  '4.2.4p8@1.1612-o Tue Apr 19 07:08:18 UTC 2011 (1)',
] as const;

const known = new WeakMap<Persona, TimeServer>();

export function timeServerOf(persona: Persona): TimeServer {
  const made = known.get(persona);
  if (made !== undefined) return made;
  const random = persona.random('ntp');
  const software = persona.software['ntp'];
  const drawn = pick(random, versions);
  const address = upstream[below(random, upstream.length)] ?? upstream[0];
  const server: TimeServer = {
    version: software?.version ?? drawn,
    stratum: 2 + below(random, 2),
    precision: -20 - below(random, 5),
    reference: Uint8Array.from(address),
    rootDelay: 200 + below(random, 2_400),
    rootDispersion: 700 + below(random, 3_000),
    answersQueries: (software?.details?.['queries'] ?? (software === undefined ? 'yes' : 'no')) === 'yes',
    system: `Linux/${persona.kernel.release}`,
    processor: persona.kernel.machine,
  };
  known.set(persona, server);
  return server;
}
