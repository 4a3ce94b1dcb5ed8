/**
 * The login logs that are read beside OpenSSH's: one line a message. A template starts at its needle; the last part of it ends the
 * line, unless it is `<any>`. `left` reads from the left, where the client's own text stands behind the address.
 */

import { rule, type LoginRule } from './rule.ts';

/** Error logs of Apache and nginx. The address stands ahead of what the client chose in Apache's, between two such parts in nginx's. */
export const webErrorRules: readonly LoginRule[] = [
  ...['', 'AH01618: ', 'AH01790: '].map((code) =>
    rule('http', '[client ', `[client <address>] ${code}user <user> not found<any>`, 'unknown-user', 'left'),
  ),
  ...['', 'AH01617: ', 'AH01792: '].map((code) =>
    rule(
      'http',
      '[client ',
      `[client <address>] ${code}user <user>: password mismatch<any>`,
      'failure',
      'left',
    ),
  ),
  rule('http', '[client ', '[client <address>] ERR [Login denied for user "<user>"<any>', 'failure', 'left'),
  rule('http', '[remote ', '[remote <address>] AH01618: user <user> not found<any>', 'unknown-user', 'left'),
  rule(
    'http',
    'user "',
    'user "<user>" was not found in <any>, client: <address>, server: <any>',
    'unknown-user',
    'once',
  ),
  rule(
    'http',
    'user "',
    'user "<user>": password mismatch, client: <address>, server: <any>',
    'failure',
    'once',
  ),
];

export const loginRules: readonly LoginRule[] = [
  ...webErrorRules,
  // PAM, whatever the service: the remote user ahead of the address and the user behind it are both the client's to choose.
  rule(
    '',
    'authentication failure; ',
    'authentication failure; <any> rhost=<address>  user=<user>',
    'failure',
    'once',
  ),
  rule('', 'authentication failure; logname=', 'authentication failure; <any> rhost=<address>'),
  // Databases
  rule(
    'mysql',
    "Access denied for user '",
    "Access denied for user '<user>'@'<address>' (using password: YES)",
  ),
  rule(
    'mysql',
    "Access denied for user '",
    "Access denied for user '<user>'@'<address>' (using password: NO)",
  ),
  rule(
    'mongodb',
    '"msg":"Authentication failed"',
    '"msg":"Authentication failed"<any>"principalName":"<user>","<any>"remote":"<address>"<any>',
    'failure',
    'left',
  ),
  // FTP
  rule('ftp', '] FAIL LOGIN: Client "', '] FAIL LOGIN: Client "<address>"'),
  rule('ftp', '] OK LOGIN: Client "', '] OK LOGIN: Client "<address>"', 'success'),
  rule(
    'ftp',
    ']): USER ',
    ']): USER <user>: no such user found from <any> [<address>] to <any>',
    'unknown-user',
  ),
  rule('ftp', 'failed login from ', 'failed login from <any> [<address>]'),
  rule(
    'ftp',
    'repeated login failures from ',
    'repeated login failures from <address> (<any>',
    'failure',
    'left',
  ),
  // Mail
  rule(
    'imap',
    '-login: Aborted login (auth failed',
    '-login: Aborted login (auth failed<any>: user=<<user>>, method=<any>, rip=<address>, <any>',
    'failure',
    'left',
  ),
  rule(
    'imap',
    '-login: Disconnected (auth failed',
    '-login: Disconnected (auth failed<any>: user=<<user>>, method=<any>, rip=<address>, <any>',
    'failure',
    'left',
  ),
  rule(
    'imap',
    '-login: Info: Aborted login (auth failed',
    '-login: Info: Aborted login (auth failed<any>: user=<<user>>, method=<any>, rip=<address>, <any>',
    'failure',
    'left',
  ),
  rule(
    'imap',
    '-login: Info: Disconnected (auth failed',
    '-login: Info: Disconnected (auth failed<any>: user=<<user>>, method=<any>, rip=<address>, <any>',
    'failure',
    'left',
  ),
  rule(
    'imap',
    'Inactivity (auth failed',
    'Inactivity (auth failed<any>: user=<<user>>, method=<any>, rip=<address>, <any>',
    'failure',
    'left',
  ),
  rule(
    'imap',
    '(tried to use disallowed plaintext auth)',
    '(tried to use disallowed plaintext auth)<any>rip=<address>, <any>',
    'failure',
    'left',
  ),
  rule('imap', 'LOGIN FAILED, ', 'LOGIN FAILED, user=<user>, ip=[<address>]'),
  rule('imap', 'LOGIN FAILED, ', 'LOGIN FAILED, method=<any>, ip=[<address>]'),
  rule('imap', 'badlogin: ', 'badlogin: <any> [<address>] <any>', 'failure', 'left'),
  rule('imap', 'Login failed user=', 'Login failed user=<user> auth=<any> [<address>]'),
  rule(
    'imap',
    'Login excessive login failures user=',
    'Login excessive login failures user=<user> auth=<any> [<address>]',
  ),
  rule('pop3', 'authentication failed for user ', 'authentication failed for user <user> - <address>'),
  rule(
    'pop3',
    'authentication failed: no such user: ',
    'authentication failed: no such user: <user> - <address>',
    'unknown-user',
  ),
  rule(
    'smtp',
    'warning: ',
    'warning: <any>[<address>]: SASL <any> authentication failed<any>',
    'failure',
    'left',
  ),
  rule(
    'smtp',
    ' authenticator failed for ',
    ' authenticator failed for <any> [<address>]<any>: 535 Incorrect authentication data<any>',
  ),
  rule('smtp', 'AUTH failure (', 'AUTH failure (<any>, relay=<any>[<address>]<any>'),
  rule(
    'smtp',
    'Failed SMTP login from ',
    'Failed SMTP login from <address> with SASL method <any>',
    'failure',
    'left',
  ),
  rule(
    'smtp',
    'oip=',
    'oip=<address>;<any>authentication failed for [<user>], account not found',
    'unknown-user',
    'left',
  ),
  rule(
    'smtp',
    'oip=',
    'oip=<address>;<any>authentication failed for [<user>], invalid password',
    'failure',
    'left',
  ),
  // Telephony
  rule('sip', "failed for '", "failed for '<address>' - <any>"),
  rule('sip', "failed for '", "failed for '<address>' (callid: <any>"),
  rule(
    'sip',
    'SecurityEvent="InvalidAccountID"',
    'SecurityEvent="InvalidAccountID"<any>AccountID="<user>",<any>RemoteAddress="<address>"<any>',
    'unknown-user',
    'left',
  ),
  rule(
    'sip',
    'SecurityEvent="ChallengeResponseFailed"',
    'SecurityEvent="ChallengeResponseFailed"<any>AccountID="<user>",<any>RemoteAddress="<address>"<any>',
    'failure',
    'left',
  ),
  rule(
    'sip',
    'SecurityEvent="InvalidPassword"',
    'SecurityEvent="InvalidPassword"<any>AccountID="<user>",<any>RemoteAddress="<address>"<any>',
    'failure',
    'left',
  ),
  rule('sip', 'SIP auth failure (', 'SIP auth failure (<any> from ip <address>'),
  // Web applications
  rule(
    'http',
    'Failed authentication attempt for ',
    'Failed authentication attempt for <user> from <address>: <any>',
  ),
  rule('http', 'Auth-Failure ip ', "Auth-Failure ip <address> username '<user>'", 'failure', 'left'),
  rule(
    'http',
    'Incorrect username or password for user ',
    'Incorrect username or password for user <user>. IP=<address>',
  ),
  rule('http', 'Incorrect username or password from ', 'Incorrect username or password from <address>'),
  rule('http', 'Failed login attempt by IP: ', 'Failed login attempt by IP: <address>'),
  rule('http', 'Failed login attempt from IP: ', 'Failed login attempt from IP: <address>'),
  rule(
    'http',
    'Username or password is incorrect. Try again. IP: ',
    'Username or password is incorrect. Try again. IP: <address>. Username: <user>.',
    'failure',
    'left',
  ),
  rule('http', 'Invalid admin token. IP: ', 'Invalid admin token. IP: <address>'),
  rule('http', 'Invalid TOTP code! ', 'Invalid TOTP code! Server time: <any> IP: <address>'),
  rule('http', 'Token is invalid! IP: ', 'Token is invalid! IP: <address>'),
  rule(
    'http',
    'WebAPI login failure. ',
    'WebAPI login failure. <any>, IP: <address>, username: <user>',
    'failure',
    'left',
  ),
  rule('http', 'Login failed for user "', 'Login failed for user "<user>" IP-address: <address>'),
  rule('http', "Failed login for '", "Failed login for '<user>' from <address> at <any>"),
  rule(
    'http',
    'Authentication request for ',
    'Authentication request for <user> has been denied (IP: <address>).',
  ),
  rule('http', 'type=LOGIN_ERROR, ', 'type=LOGIN_ERROR, <any>ipAddress=<address>, <any>', 'failure', 'left'),
  rule('http', 'Failed Login: username=', 'Failed Login: username=<user> ip=<address>'),
  rule('http', 'LOGIN FAILED for user: "', 'LOGIN FAILED for user: "<user>" from IP: <address>'),
  rule('http', 'Invalid login as ', 'Invalid login as <user> from <address>'),
  rule(
    'http',
    "password doesn't match for ",
    "password doesn't match for <any> username: <user>, IP: <address>",
  ),
  rule(
    'http',
    'authentication failure; rhost=',
    'authentication failure; rhost=<address> user=<user> msg=<any>',
    'failure',
    'left',
  ),
  rule(
    'sftp',
    'failed to validate user credentials (',
    'failed to validate user credentials (<any>) ip=<address> subsystem=sftp username=<user>',
    'failure',
    'left',
  ),
  rule(
    'teamspeak',
    'query from ',
    'query from <any> <address> attempted to login with account "<user>" and failed!',
    'failure',
    'left',
  ),
];
