/** The list of detectors. To add one: write its file, a test beside it, and a line here. */

import type { Detector } from '../core/detector.ts';
import { accountGuessing } from './account-guessing.ts';
import { beaconing } from './beaconing.ts';
import { bucketEnumeration } from './bucket-enumeration.ts';
import { bucketClient, bucketNetwork } from './bucket-search-shared.ts';
import { bucketTenants } from './bucket-tenants.ts';
import { c2Contact } from './c2-contact.ts';
import { credentialGuessing } from './credential-guessing.ts';
import { credentialStuffing } from './credential-stuffing.ts';
import { decoyCommand } from './decoy-command.ts';
import { decoyContact } from './decoy-contact.ts';
import { distributedScan } from './distributed-scan.ts';
import { type Estate, unknownEstate } from './estate.ts';
import { type FloodThresholds, usualFloodThresholds } from './flood-thresholds.ts';
import { flood } from './flood.ts';
import { flowGuessing } from './flow-guessing.ts';
import { networkScan } from './network-scan.ts';
import { plantedCredential, type Recognise } from './planted-credential.ts';
import { portScan } from './port-scan.ts';
import { exploitRequest } from './exploit-request.ts';
import { payloadDelivery } from './payload-delivery.ts';
import { refusedService } from './refused-service.ts';
import { webEnumeration } from './web-enumeration.ts';
import { webGuessing } from './web-guessing.ts';

export const detectorsFor = (
  estate: Estate,
  floods: FloodThresholds = usualFloodThresholds,
  recognise: Recognise = null,
): readonly Detector[] => [
  decoyContact,
  decoyCommand,
  portScan,
  distributedScan,
  networkScan,
  flowGuessing,
  flood(estate, floods),
  beaconing(estate),
  c2Contact(estate),
  credentialGuessing,
  accountGuessing,
  credentialStuffing,
  plantedCredential(recognise),
  bucketEnumeration,
  bucketNetwork,
  bucketClient(estate),
  bucketTenants,
  exploitRequest,
  payloadDelivery,
  refusedService,
  webEnumeration,
  webGuessing,
];

/** Where nothing is configured. */
export const detectors: readonly Detector[] = detectorsFor(unknownEstate);
