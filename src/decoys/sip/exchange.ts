/** A Session Initiation Protocol server (Asterisk): who may register, and what each request is answered. */

import type { Persona } from '../../core/persona.ts';
import { below, hexDigits, pick } from '../../core/random.ts';

export interface Exchange {
  /** Value of the Server header, such as `FPBX-16.0.40.7(18.16.0)`. */
  readonly server: string;
  /** Which channel driver answers: `pjsip` challenges everything, `sip` answers OPTIONS to anybody. */
  readonly stack: 'pjsip' | 'sip';
  readonly realm: string;
  /** Extension to its password: weak, as guessers hope. */
  readonly extensions: ReadonlyMap<string, string>;
  /** `opaque` of PJSIP's challenges. */
  readonly opaque: string;
}

const pjsipServers = [
  'FPBX-16.0.40.7(18.16.0)',
  'FPBX-15.0.37(16.30.0)',
  'FPBX-16.0.33(18.13.0)',
  'Asterisk PBX 18.10.0~dfsg+~cs6.10.40431411-2',
  'Asterisk PBX 16.28.0~dfsg-0+deb11u3',
] as const;
const sipServers = [
  'FPBX-2.11.0(11.25.3)',
  'FPBX-12.0.76.6(11.25.1)',
  'FPBX-13.0.197.28(13.38.3)',
  'Asterisk PBX 13.14.1~dfsg-2+deb9u4',
  'Asterisk PBX 11.13.1~dfsg-2+deb8u5',
] as const;

function makeExchange(persona: Persona): Exchange {
  const random = persona.random('sip');
  const software = persona.software['sip'];
  const stack =
    software?.details?.['stack'] === 'sip' || (software === undefined && below(random, 2) === 0)
      ? 'sip'
      : 'pjsip';
  const drawn = stack === 'sip' ? pick(random, sipServers) : pick(random, pjsipServers);
  const first = pick(random, [100, 101, 200, 201, 1000, 1001, 2001, 6001]);
  const extensions = new Map<string, string>();
  for (let index = 0; index < 3 + below(random, 8); index += 1) {
    const name = String(first + index);
    extensions.set(
      name,
      pick(random, [
        name,
        name,
        '1234',
        `${name}${name}`,
        `${name}123`,
        hexDigits(random, 16),
        hexDigits(random, 16),
      ]),
    );
  }
  return {
    server:
      software === undefined
        ? drawn
        : software.product === 'FreePBX'
          ? `FPBX-${software.version}`
          : `${software.product} ${software.version}`,
    stack,
    realm: software?.details?.['realm'] ?? 'asterisk',
    extensions,
    opaque: hexDigits(random, 16),
  };
}

const exchanges = new WeakMap<Persona, Exchange>();

export function exchangeOf(persona: Persona): Exchange {
  const known = exchanges.get(persona);
  if (known !== undefined) return known;
  const exchange = makeExchange(persona);
  exchanges.set(persona, exchange);
  return exchange;
}
