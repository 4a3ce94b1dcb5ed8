/** What servers of mailboxes (IMAP, POP3, ManageSieve) say of refused logins. */

import { rule, type LogRule } from './rule.ts';

/** Dovecot's authentication: `DRIVER(USER,ADDRESS[,<SESSION>]): REASON`. */
const dovecot: readonly LogRule[] = [
  'pam',
  'sql',
  'ldap',
  'passwd-file',
  'passwd',
  'shadow',
  'static',
  'lua',
].flatMap((driver) =>
  (
    [
      ['unknown user', 'unknown-user'],
      ['Password mismatch', 'failure'],
      ['pam_authenticate() failed: ', 'failure'],
    ] as const
  ).flatMap(([reason, outcome]) => [
    rule('imap', `${driver}(`, `${driver}(<user>,<address>,<<any>>): ${reason}<any>`, outcome, 'sole'),
    rule('imap', `${driver}(`, `${driver}(<user>,<address>): ${reason}<any>`, outcome, 'sole'),
  ]),
);

/**
 * Dovecot's login processes: `PROTOCOL-login: [Info: ]REASON: user=<NAME>, method=…, rip=ADDRESS, lip=…`. A name may hold all of this again, so the
 * address is read from the end, and a reason that stands behind the beginning of a name is none.
 */
const dovecotLogins: readonly LogRule[] = [
  ['(auth failed', '(auth failed<plain>'],
  ['t finish SASL auth', '(client didn<any>t finish SASL auth<plain>'],
  ['(tried to use disallowed plaintext auth)', '(tried to use disallowed plaintext auth)<plain>'],
  ['(tried to use disabled plaintext auth)', '(tried to use disabled plaintext auth)<plain>'],
].flatMap(([needle = '', reason = '']) =>
  [', lip=<any>', ', TLS<any>', ''].map((end) =>
    rule('imap', needle, `^<plain>-login: <plain>${reason}: user=<<user>>, <any>rip=<address>${end}`),
  ),
);

export const mailboxRules: readonly LogRule[] = [
  rule(
    'imap',
    '-login: ',
    '-login: <plain>(tried to use disallowed plaintext auth): rip=<address>, <any>',
    'failure',
    'left',
  ),
  ...dovecot,
  ...['unknown user', 'Password mismatch'].map((reason) =>
    rule(
      'imap',
      `: ${reason}`,
      `^auth(<user>,<address>,sasl:<any>)<<any>>: Info: <any>: ${reason}<any>`,
      reason === 'unknown user' ? 'unknown-user' : 'failure',
      'sole',
    ),
  ),
  ...dovecotLogins,
  rule('imap', 'Login disabled user=', 'Login disabled user=<user> auth=<any> [<address>]'),
  rule(
    'imap',
    ' status="failed',
    '^Auth: <address>-><any> authentication_id="<user>" <any> status="failed<any>',
    'failure',
    'once',
  ),
  rule('pop3', 'root login not allowed - ', '^root login not allowed - <address>'),
];
