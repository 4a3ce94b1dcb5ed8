import type { Decoy } from '../../core/decoy.ts';
import { SmtpSession } from './session.ts';

/**
 * A Postfix that believes everybody. Of `persona.software.smtp` it reads `version`, and of its details
 *
 *     hostname    `myhostname`; the persona's host name where it is absent, with `.localdomain` where that has no domain
 *     domain      a domain whose mail stays here, beside the host's own
 *     banner      what follows the name in the greeting, such as `ESMTP Postfix (Debian/GNU)`
 *     size        `message_size_limit` in bytes
 *     mechanisms  as EHLO lists them, such as `PLAIN LOGIN CRAM-MD5`; empty where nobody can log in
 *     relay       `open` (also where it is absent) or `closed`
 */
export const smtp: Decoy = {
  name: 'smtp',
  summary: 'A mail server: logins, envelopes, messages; relays for anybody and sends nothing',
  fidelity: 'Postfix 3.7.11: 19 of 19 conversations equal but for queue ids',
  transport: 'tcp',
  ports: [25, 587, 2525],
  open: (context) => new SmtpSession(context),
};
