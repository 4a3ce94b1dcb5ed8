import type { Decoy } from '../../core/decoy.ts';
import { confidenceIn } from '../../wire/protocol-name.ts';
import { SnmpSession } from './session.ts';

/**
 * Reads of `persona.software.snmp` the details `community` (those that may read, with spaces between), `description`, `object`
 * (sysObjectID), `contact` and `location`.
 *
 * An answer to GetNext is larger than its question, so over UDP, where nothing may be, most questions of a right community are met with
 * “tooBig”, and a wrong one with silence, as the real agent does: the guess is seen to be right, and nobody is flooded. Over TCP
 * (RFC 3430) the whole of it can be walked.
 */
export const snmp: Decoy = {
  name: 'snmp',
  summary: 'Management agent (Net-SNMP, versions 1, 2c and 3)',
  fidelity: 'Net-SNMP 5.9.3 over TCP: walks, gets and errors equal, times and names aside',
  transport: 'both',
  ports: [161],
  recognise: (firstBytes) => confidenceIn('snmp', firstBytes, 'udp'),
  open: (context) => new SnmpSession(context),
};
