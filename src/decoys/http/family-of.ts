/** Which web server a persona has. */

import type { HttpIdentity } from '../../core/persona.ts';
import {
  appweb,
  fortinet,
  ivanti,
  nameless,
  routerOs,
  tomcat,
  uhttpd,
  weblogic,
} from './product-families.ts';
import { apache, boa, goahead, iis, lighttpd, miniHttpd, nginx, type ServerFamily } from './server-family.ts';

/** By the part of the Server header that tells it, lower case; the first that fits. */
const byHeader: readonly (readonly [mark: string, family: ServerFamily])[] = [
  ['nginx', nginx],
  ['apache', apache],
  ['lighttpd', lighttpd],
  ['boa', boa],
  ['goahead', goahead],
  ['microsoft-iis', iis],
  ['app-webs', appweb],
  ['httpd', miniHttpd],
];

/** By what stands behind a header that tells nothing. */
const byProduct: readonly (readonly [product: string, family: ServerFamily])[] = [
  ['tplink-archer', uhttpd],
  ['fortios', fortinet],
  ['hikvision', appweb],
  ['weblogic', weblogic],
  ['confluence', tomcat],
  ['tomcat', tomcat],
  ['ivanti-connect-secure', ivanti],
];

/** The family that the Server header tells, or else the product; a name that nobody knows is given nginx's manners. */
export function familyOf(http: HttpIdentity | null): ServerFamily {
  if (http === null) return nginx;
  const server = http.server.toLowerCase();
  const told =
    byHeader.find(([mark]) => server.includes(mark)) ??
    byProduct.find(([name]) => http.products.includes(name));
  if (told !== undefined) return told[1];
  if (server !== '') return nginx;
  return http.title.startsWith('RouterOS') ? routerOs : nameless;
}
