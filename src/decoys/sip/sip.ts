import type { Decoy } from '../../core/decoy.ts';
import { confidenceIn } from '../../wire/protocol-name.ts';
import { SipSession } from './session.ts';

/**
 * Reads `persona.software.sip`: `product` `FreePBX` with a `version` such as `16.0.40.7(18.16.0)`, or `Asterisk PBX` with its own; of
 * `details` `stack` (`pjsip` or `sip`, the channel driver) and `realm`.
 */
export const sip: Decoy = {
  name: 'sip',
  summary: 'Telephone exchange (SIP, Asterisk and FreePBX)',
  transport: 'both',
  ports: [5060, 5061],
  recognise: (firstBytes) => confidenceIn('sip', firstBytes, 'tcp'),
  open: (context) => new SipSession(context),
};
