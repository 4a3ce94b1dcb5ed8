/** Refused logins of databases, file servers, remote desktops and web applications beyond the first list. */

import { refusal, rule, type LogRule } from './rule.ts';

/** PostgreSQL with `log_line_prefix` that begins with %h, or holds it in another of the usual places. */
const postgresql: readonly LogRule[] = [
  ...['password', 'PAM', 'LDAP', 'Ident', 'peer', 'RADIUS', 'certificate', 'GSSAPI'].map((method) =>
    rule(
      'postgresql',
      `FATAL:  ${method} authentication failed for user "`,
      `^<address> <any>FATAL:  ${method} authentication failed for user "<user>"`,
      'failure',
      'left',
    ),
  ),
  rule(
    'postgresql',
    'FATAL:  no pg_hba.conf entry for host "',
    'FATAL:  no pg_hba.conf entry for host "<address>", user "<user>"<any>',
    'failure',
    'left',
  ),
  rule(
    'postgresql',
    'FATAL:  role "',
    '^<address> <any>FATAL:  role "<user>" does not exist',
    'unknown-user',
    'left',
  ),
];

const files: readonly LogRule[] = [
  rule(
    'ftp',
    'SECURITY VIOLATION: ',
    '^<any>(<any>[<address>])<any>SECURITY VIOLATION: <any>',
    'failure',
    'left',
  ),
  rule(
    'ftp',
    ' (Login failed): ',
    '^<any>(<any>[<address>])<any>USER <user> (Login failed): <any>',
    'failure',
    'left',
  ),
  rule(
    'ftp',
    ': no such user found from ',
    '^<any>(<any>[<address>])<any>USER <user>: no such user found from <any>',
    'unknown-user',
    'left',
  ),
  rule(
    'ftp',
    'Maximum login attempts',
    '^<any>(<any>[<address>])<any>Maximum login attempts<any>',
    'failure',
    'left',
  ),
  // Pure-FTPd: `(?@ADDRESS) [WARNING] Authentication failed for user [USER]`
  rule(
    'ftp',
    '[WARNING] Authentication failed for user [',
    '^(?@<address>) [WARNING] Authentication failed for user [<user>]',
    'failure',
    'left',
  ),
  rule(
    'sftp',
    '"message":"User ',
    '"message":"User \\"<user>\\" logged in with <any> from ip \\"<address>\\"<any>',
    'success',
    'once',
  ),
];

const desktops: readonly LogRule[] = [
  rule(
    'vnc',
    'Authentication: FAILED :: User Name: ',
    'Authentication: FAILED :: User Name: <user> :: Viewer Address: <address> :: Type: <any>',
  ),
  rule(
    'ssh',
    'type=USER_ERR ',
    '^type=USER_ERR <any> exe="/usr/sbin/sshd"<any> addr=<address> terminal=<any> res=failed<any>',
    'failure',
    'left',
  ),
  rule(
    'ssh',
    'type=USER_AUTH ',
    '^type=USER_AUTH <any> exe="/usr/sbin/sshd"<any> addr=<address> terminal=<any> res=failed<any>',
    'failure',
    'left',
  ),
  rule(
    'admin',
    'login failure for user ',
    'login failure for user <user> from <address> via <any>',
    'failure',
    'sole',
  ),
];

const web: readonly LogRule[] = [
  rule('http', 'Failed login attempt, 2FA invalid. ', 'Failed login attempt, 2FA invalid. <address>'),
  rule(
    'http',
    ' failed login attempt',
    "^<any>: '<address>' <any> failed login attempt<any>. Account '<user>'<any>",
    'failure',
    'left',
  ),
  rule(
    'http',
    '|Login attempt failed ',
    '^<any>|<any>|user|<address>|<any>|Login attempt failed <any>',
    'failure',
    'left',
  ),
  rule('http', '[Login Action ', '^[Login Action <address>] <any>tried to login<any>', 'failure', 'left'),
  rule('http', 'FAILED LOGIN for ', 'FAILED LOGIN for <user> [<address>] to {<any>', 'failure', 'once'),
  rule(
    'http',
    'HttpRequest: access denied -- client ',
    "HttpRequest: access denied -- client <address>: unknown user '<name>'",
    'unknown-user',
    'left',
  ),
  rule(
    'http',
    'HttpRequest: access denied -- client ',
    "HttpRequest: access denied -- client <address>: wrong password for user '<name>'",
    'failure',
    'left',
  ),
  rule(
    'http',
    'IMAP Error: Login failed for ',
    'IMAP Error: Login failed for <user> from <address>. AUTHENTICATE <any>',
    'failure',
    'sole',
  ),
  rule(
    'http',
    'IMAP Error: Login failed for ',
    'IMAP Error: Login failed for <user> from <address>. LOGIN: <any>',
    'failure',
    'sole',
  ),
  rule(
    'http',
    'IMAP Error: Login failed for ',
    'IMAP Error: Login failed for <user> from <address>(X-<any>. AUTHENTICATE <any>',
    'failure',
    'sole',
  ),
  rule(
    'http',
    "SOGoRootPage Login from '",
    "SOGoRootPage Login from '<address>' for user '<user>' might not have worked<any>",
    'failure',
    'left',
  ),
  rule('irc', '] failed to login from ', '^[<user>] failed to login from <address>'),
  rule(
    'http',
    'Unsuccessful 1FA authentication attempt by user ',
    "^<any>Unsuccessful 1FA authentication attempt by user '<user>'<any> remote_ip=<address><any>",
    'failure',
    'once',
  ),
  refusal('http', 'request', "(attacker '", "^ALERT - <any> (attacker '<address>', file <any>", 'once'),
  refusal('http', 'relay', '"type":"PAYMENT_FAILED"', '"type":"PAYMENT_FAILED","ip":"<address>"<any>'),
  rule(
    'http',
    '"type":"CUSTOMER_LOGIN_FAILED"',
    '"type":"CUSTOMER_LOGIN_FAILED","ip":"<address>"<any>',
    'failure',
    'left',
  ),
  rule(
    'http',
    '"type":"ADMIN_LOGIN_FAILED"',
    '"type":"ADMIN_LOGIN_FAILED","ip":"<address>"<any>',
    'failure',
    'left',
  ),
];

/** Exchange's POP3 and IMAP4 logs: `time,session,number,server:port,client:port,user,…,auth,…,"R=…;Msg=…"`. */
const exchange: readonly LogRule[] = [
  rule(
    'imap',
    'AuthFailed:LogonDenied',
    '^<any>,<any>,<any>,<any>,<address>,<user>,<any>AuthFailed:LogonDenied<any>',
    'failure',
    'left',
  ),
];

export const applicationRules: readonly LogRule[] = [
  ...postgresql,
  ...files,
  ...desktops,
  ...web,
  ...exchange,
];
