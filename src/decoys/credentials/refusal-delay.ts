/** How long a login waits before it says no: a constant, or none at all, tells a scanner that no password was looked at. */

import type { DecoyContext } from '../../core/decoy.ts';

/** From 0 to 1, another each time. */
export function drawnShare(context: Pick<DecoyContext, 'randomBytes'>): number {
  const [high = 0, low = 0] = context.randomBytes(2);
  return (high * 256 + low) / 65_536;
}

/** pam_fail_delay(3): spread by half about the module's wish, most often near it. pam_unix wishes 2,000 ms, Debian's login 3,000. */
export function pamDelay(context: Pick<DecoyContext, 'randomBytes'>, wish: number): number {
  const mean = (drawnShare(context) + drawnShare(context) + drawnShare(context)) / 3;
  return Math.round(wish * (0.5 + mean));
}
