/** How this machine's proxy is set up: the persona's `proxy` software, or drawn. */

import type { DecoyContext } from '../../core/decoy.ts';
import { pick } from '../../core/random.ts';

export interface ProxySetting {
  /** Version of the Squid that speaks HTTP. */
  readonly squid: string;
  /** True where a name and password are asked for: details `authentication` is `required`. */
  readonly asks: boolean;
  /** What becomes of a connection to the outside: details `outside` is `refused` or `unreachable`. */
  readonly outside: 'refused' | 'unreachable';
}

export function settingOf(context: DecoyContext): ProxySetting {
  const { persona } = context;
  const random = persona.random('proxy');
  const version = pick(random, ['4.6', '4.10', '4.13', '5.2', '5.7', '3.5.27']);
  const outside = pick(random, ['refused', 'unreachable'] as const);
  const software = persona.software['proxy'];
  const named = software?.details?.['outside'];
  return {
    squid: software?.product.toLowerCase() === 'squid' ? software.version : version,
    asks: software?.details?.['authentication'] === 'required',
    outside: named === 'refused' || named === 'unreachable' ? named : outside,
  };
}

/** True where the persona's policy lets these in; counts the attempt. */
export function admits(context: DecoyContext, user: string, password: string): boolean {
  const count = context.countAttempt();
  const { accepted, acceptAfter } = context.persona.login;
  const listed = accepted.some(
    ([name, secret]) => (name === '*' || name === user) && (secret === '*' || secret === password),
  );
  return listed || (acceptAfter > 0 && count >= acceptAfter);
}
