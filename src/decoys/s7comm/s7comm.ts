import type { Decoy } from '../../core/decoy.ts';
import { confidenceIn } from '../../wire/protocol-name.ts';
import { S7Session } from './session.ts';

/**
 * Reads `persona.software.s7comm`: `product` is Siemens' order number (such as `6ES7 315-2EH14-0AB0`), `version` the firmware's
 * (`3.2.14`); of `details` `system`, `module` and `plant`, the names that the project gave.
 */
export const s7comm: Decoy = {
  name: 's7comm',
  summary: 'Siemens S7 controller (ISO-TSAP, S7 communication)',
  transport: 'tcp',
  ports: [102],
  recognise: (firstBytes) => confidenceIn('s7', firstBytes, 'tcp'),
  open: (context) => new S7Session(context),
};
