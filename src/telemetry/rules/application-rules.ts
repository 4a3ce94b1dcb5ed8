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
  // MongoDB up to 4.2
  rule(
    'mongodb',
    ' authentication failed for ',
    '^<word> authentication failed for <user> on <word> from client <address>',
    'failure',
    'right',
  ),
  rule(
    'mongodb',
    ' authentication failed for ',
    '^<word> authentication failed for <user> on <word> from client <address> ; <any>',
    'failure',
    'sole',
  ),
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
  rule('rdp', 'AUTHFAIL: user=', '^AUTHFAIL: user=<user> ip=<address> time=<any>', 'failure', 'sole'),
  rule('rdp', 'AUTHFAIL: user=', '^[INFO ] AUTHFAIL: user=<user> ip=<address> time=<any>', 'failure', 'sole'),
  rule(
    'rdp',
    'AUTHFAIL: user=',
    '^[<word>] [INFO ] AUTHFAIL: user=<user> ip=<address> time=<any>',
    'failure',
    'sole',
  ),
  rule('game', 'Bad Rcon: ', 'Bad Rcon: <any> from "<address>"'),
  rule(
    'voice',
    '> Rejected connection from ',
    '^<any>> Rejected connection from <address>: Wrong certificate or password<any>',
    'failure',
    'once',
  ),
  rule(
    'voice',
    '> Rejected connection from ',
    '^<any>> Rejected connection from <address>: Invalid server password<any>',
    'failure',
    'once',
  ),
  rule('ssh', 'Bad password attempt for ', "Bad password attempt for '<user>' from <address>"),
  rule('ssh', 'Bad PAM password attempt for ', "Bad PAM password attempt for '<user>' from <address>"),
  rule(
    'ssh',
    'ogin attempt for nonexistent user',
    'ogin attempt for nonexistent user<any> from <address>',
    'unknown-user',
  ),
  rule('ssh', 'Max auth tries reached - user ', "Max auth tries reached - user '<user>' from <address>"),
  rule(
    'ssh',
    'Exit before auth ',
    "Exit before auth (user '<user>', <any> fails): Max auth tries reached - user '<any>' from <address>",
  ),
  rule('mssql', "Login failed for user '", "Login failed for user '<user>'. <any> [CLIENT: <address>]"),
  rule(
    'xmpp',
    'Failed c2s ',
    'Failed c2s <word> authentication for <user> from <address>: <any>',
    'failure',
    'sole',
  ),
  rule(
    'xmpp',
    'Failed authentication for ',
    'Failed authentication for <user> from IP <address> ({{<any>',
    'failure',
    'sole',
  ),

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
  rule('http', 'Failed login attempt. ', 'Failed login attempt. <address>'),
  ...['Failed login for ', 'FAILED login for '].map((head) =>
    rule('http', head, `${head}<user> from <address> in session <any>`, 'failure', 'sole'),
  ),
  rule(
    'http',
    "] Authentication failed for '",
    "^<any>[WEB] [<address>] Authentication failed for '<user>'<any>",
    'failure',
    'left',
  ),
  rule(
    'http',
    'msg="Invalid username or password"',
    'msg="Invalid username or password"<any>remote_addr=<address> <any>',
    'failure',
    'once',
  ),
  rule('http', '- AUTHERR - [', '- AUTHERR - [<address>] Authentication error<any>', 'failure', 'left'),
  refusal('http', 'request', '- NOTALLOWED - [', '- NOTALLOWED - [<address>] Access not allowed<any>'),
  refusal('http', 'request', '- NOTEXIST - [', '- NOTEXIST - [<address>] File does not exist: <user>'),
  rule('http', ' - login error - ', '^<any>(<address>) <user> - login error - <any>', 'failure', 'left'),
  rule('http', 'user denied: ', 'user denied: <user> (<word>) from <address>'),
  rule('http', '[LOGIN_ERROR] ', '[LOGIN_ERROR] <user> (<any>) from <address>: <any>', 'failure', 'sole'),
  rule(
    'http',
    'Login with username ',
    'Login with username <user> from <address> failed (<any>',
    'failure',
    'sole',
  ),
  rule(
    'http',
    'Authentication attempt from ',
    'Authentication attempt from <address> for user "<user>" failed.',
    'failure',
    'left',
  ),
  rule('http', 'Non-existent login as ', 'Non-existent login as <user> from <address>', 'unknown-user'),
  rule(
    'http',
    'Security alert: Host ',
    'Security alert: Host <address> blocked after <any> failed logins<any>',
    'failure',
    'left',
  ),

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
  rule('http', 'FAILED LOGIN for ', 'FAILED LOGIN for <user> [<address>] to <any>', 'failure', 'once'),
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
  rule('irc', 'failed to login from ', '^failed to login from <address>'),
  rule('irc', '] failed to login from ', '^[<user>] failed to login from <address>'),
  rule(
    'http',
    'Login failed for user `',
    'Login failed for user `<user>` from private IP `<address>`.',
    'failure',
    'sole',
  ),
  rule(
    'http',
    'Login failed for user `',
    'Login failed for user `<user>` from IP `<address>.`',
    'failure',
    'sole',
  ),
  rule(
    'http',
    'Login failed for user `',
    'Login failed for user `<user>` from IP `<address>`.',
    'failure',
    'sole',
  ),
  rule(
    'http',
    'Unsuccessful login attempt from ',
    'Unsuccessful login attempt from <address> <any>',
    'failure',
    'left',
  ),
  rule('http', '/api/login: 403 ', '^/api/login: 403 <address> <any>', 'failure', 'left'),
  rule(
    'http',
    ' was not found in LDAP directory (',
    '^<user> was not found in LDAP directory (<address>)',
    'unknown-user',
  ),
  rule(
    'http',
    'Lemonldap::NG : ',
    'Lemonldap::NG : <user> was not found in LDAP directory (<address>)',
    'unknown-user',
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
