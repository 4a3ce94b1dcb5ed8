/** What name servers, proxies, virtual private networks, telephone exchanges and watchers of the network say of those they turn away. */

import { refusal, rule, type LogRule } from './rule.ts';

/** BIND 9: `client [@0x… ]ADDRESS#PORT (NAME): [view …: ]WHAT 'NAME/TYPE/CLASS' denied`. */
const named: readonly LogRule[] = [
  ['client ', 'client '],
  ['client @', 'client @<any> '],
].flatMap(([start = '', head = '']) => [
  refusal('dns', 'transfer', start, `${head}<address>#<any>zone transfer '<user>' denied<any>`),
  refusal('dns', 'transfer', start, `${head}<address>#<any>bad zone transfer request: <user>`),
  refusal('dns', 'query', start, `${head}<address>#<any>query (cache) '<user>' denied<any>`),
  refusal('dns', 'query', start, `${head}<address>#<any>query '<user>' denied<any>`),
  refusal('dns', 'query', start, `${head}<address>#<any>update '<user>' denied<any>`),
]);

const proxies: readonly LogRule[] = [
  // The error code of 3proxy: 1 to 9 are refused logins and requests.
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((code) =>
    refusal('proxy', 'relay', ` 0000${code} `, `^<any>.<any> 0000${code} <any> <address> <any>`),
  ),
  refusal('proxy', 'relay', ' TCP_DENIED/403 ', '^<any> <address> TCP_DENIED/403 <any>', 'sole'),
  refusal('proxy', 'relay', ' NONE/405 ', '^<any> <address> NONE/405 <any>', 'sole'),
  // Dante: `block(RULE): PROTOCOL/COMMAND ]: ADDRESS.PORT SERVER.PORT: error after reading …`
  rule(
    'socks',
    ': error after reading ',
    '^<any>: block(<any>]: <address> <any>: error after reading <any>',
    'failure',
    'left',
  ),
];

const tunnels: readonly LogRule[] = [
  refusal('vpn', 'protocol', 'TLS Error: ', 'TLS Error: <plain> from [AF_INET]<address>'),
  rule('vpn', ' TLS Auth Error: ', '^<address> TLS Auth Error: <any>', 'failure', 'left'),
  rule('vpn', ' TLS Auth Error: ', '^<user>/<address> TLS Auth Error: <any>', 'failure', 'sole'),
  refusal('vpn', 'protocol', ' TLS Error: ', '^<address> TLS Error: TLS handshake failed<any>'),
  rule(
    'vpn',
    'User authentication failed. The user name that has been provided was "',
    'User authentication failed. The user name that has been provided was "<user>", from <address>.',
  ),
];

const telephony: readonly LogRule[] = [
  ...['FailedACL', 'AuthMethodNotAllowed', 'RequestNotAllowed', 'RequestBadFormat', 'InvalidTransport'].map(
    (event) =>
      rule(
        'sip',
        `SecurityEvent="${event}"`,
        `SecurityEvent="${event}"<any>AccountID="<user>",<any>RemoteAddress="<address>"<any>`,
        'failure',
        'once',
      ),
  ),
  rule(
    'asterisk',
    'manager.c: ',
    "manager.c: <address> failed to authenticate as '<user>'",
    'failure',
    'left',
  ),
  rule(
    'asterisk',
    'manager.c: ',
    "manager.c: <address> tried to authenticate with nonexistent user '<user>'",
    'unknown-user',
    'left',
  ),
  rule('sip', 'No registration for peer ', "No registration for peer '<user>' (from <address>)"),
  rule('sip', 'Host ', "Host <address> denied access to register peer '<user>'", 'failure', 'left'),
  rule('sip', "hacking attempt detected '", "hacking attempt detected '<address>'", 'failure', 'left'),
  refusal(
    'sip',
    'client',
    'Rejecting unknown SIP connection from ',
    'Rejecting unknown SIP connection from <address>"',
  ),

  rule('iax', 'Host ', "Host <address> failed to authenticate as '<user>'", 'failure', 'left'),
  refusal(
    'sip',
    'relay',
    "Call from '",
    "Call from '<any>' (<address>) to extension '<user>' rejected because extension not found<any>",
    'once',
  ),
  rule('sip', "Can't find user [", "Can't find user [<user>] from <address>", 'unknown-user'),
  refusal(
    'sip',
    'client',
    'SIP auth challenge (INVITE)',
    'SIP auth challenge (INVITE)<any> from ip <address>',
    'right',
  ),
];

const watchers: readonly LogRule[] = [
  refusal(
    'firewall',
    'client',
    'is not allowed to talk to us!',
    '^Host <address> is not allowed to talk to us!<any>',
  ),

  refusal(
    'dns',
    'transfer',
    'axfr for zone ',
    'axfr for zone <user> from client <address> refused<any>',
    'sole',
  ),
  refusal('firewall', 'listed', ' Blocked', '^<any>Host: <any>/<address> Port: <any> Blocked<any>'),
  refusal(
    'firewall',
    'listed',
    'attackalert: Connect from host: ',
    'attackalert: Connect from host: <any>/<address> to <any>',
  ),
  refusal('firewall', 'listed', 'scanlogd: ', 'scanlogd: <address> to <any> ports <any>'),
  refusal('firewall', 'listed', 'fail2ban.actions', 'fail2ban.actions<any>] Ban <address>', 'right'),
  refusal('firewall', 'client', 'FAIL: ', '^FAIL: <any> from=<address>', 'right'),
];

export const networkRules: readonly LogRule[] = [...named, ...proxies, ...tunnels, ...telephony, ...watchers];
