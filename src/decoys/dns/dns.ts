import type { Decoy } from '../../core/decoy.ts';
import { confidenceIn } from '../../wire/protocol-name.ts';
import { DnsSession } from './session.ts';

/**
 * Reads `persona.software.dns`: `version` as `version.bind` tells it; of `details` `recursion` (`yes` where strangers may ask for any
 * name: such questions end in SERVFAIL, since a decoy asks nobody) and `identifier` (NSID).
 */
export const dns: Decoy = {
  name: 'dns',
  summary: 'Name server (BIND 9): refuses recursion, knows its own zones and the CHAOS names',
  fidelity: 'BIND 9.18: 34 of 34 messages equal, byte for byte',
  transport: 'both',
  ports: [53],
  recognise: (firstBytes) =>
    Math.max(confidenceIn('dns', firstBytes, 'udp'), confidenceIn('dns', firstBytes, 'tcp')),
  open: (context) => new DnsSession(context),
};
