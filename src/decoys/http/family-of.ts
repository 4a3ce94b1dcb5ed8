/** Which web server a persona has. */

import type { HttpIdentity } from '../../core/persona.ts';
import { apache, boa, goahead, iis, lighttpd, miniHttpd, nginx, type ServerFamily } from './server-family.ts';

/** By the part of the Server header that tells it, lower case; the first that fits. */
const byHeader: readonly (readonly [mark: string, family: ServerFamily])[] = [
  ['nginx', nginx],
  ['apache', apache],
  ['lighttpd', lighttpd],
  ['boa', boa],
  ['goahead', goahead],
  ['microsoft-iis', iis],
  ['httpd', miniHttpd],
];

/** The family that a Server header tells; nginx's manners where it tells none. */
export function familyOf(http: HttpIdentity | null): ServerFamily {
  const server = http?.server.toLowerCase() ?? '';
  return byHeader.find(([mark]) => server.includes(mark))?.[1] ?? nginx;
}
