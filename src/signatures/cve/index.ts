/** The signatures of known weaknesses (CVE), matched all at once. */

import type { CveSignature } from '../cve-signature.ts';
import { NormalRequest } from '../normal-request.ts';
import type { WebRequest } from '../request.ts';
import type { SignatureMatch } from '../signature.ts';
import { SignatureSet } from '../signature-set.ts';
import { appliances } from './appliances.ts';
import { dlink } from './dlink.ts';
import { embeddedDevices } from './embedded-devices.ts';
import { enterpriseProducts } from './enterprise-products.ts';
import { gateways } from './gateways.ts';
import { homeRouters } from './home-routers.ts';
import { javaProducts } from './java-products.ts';
import { networkDevices } from './network-devices.ts';
import { serverProducts } from './server-products.ts';
import { webApplications } from './web-applications.ts';
import { windowsServices } from './windows-services.ts';

export const cveSignatures: readonly CveSignature[] = [
  ...gateways,
  ...appliances,
  ...javaProducts,
  ...webApplications,
  ...serverProducts,
  ...enterpriseProducts,
  ...windowsServices,
  ...homeRouters,
  ...dlink,
  ...networkDevices,
  ...embeddedDevices,
];

/** Compiled once: about 10 ms and 3 MB. */
export const cveSignatureSet: SignatureSet = new SignatureSet(cveSignatures);

const none: readonly SignatureMatch[] = Object.freeze([]);

/** The CVE signatures that a request matches, at most eight, in the order of the list. */
export function matchCveSignatures(request: WebRequest): readonly SignatureMatch[] {
  const found = cveSignatureSet.match(new NormalRequest(request));
  return found.length === 0 ? none : found.map(({ match }) => match);
}
