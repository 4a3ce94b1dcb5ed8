import type { Decoy } from '../../core/decoy.ts';
import { nameProtocol } from '../../wire/protocol-name.ts';
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
  recognise(firstBytes) {
    const guess = nameProtocol(firstBytes, 'tcp');
    return guess.name === 'sip' ? guess.confidence : 0;
  },
  open: (context) => new SipSession(context),
};
