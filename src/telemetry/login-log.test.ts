import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAll } from '../../test/support/read-input.ts';
import type { Observation } from '../core/observation.ts';
import { systemLog } from './login-log.ts';

const a = '203.0.113.9';

/** What a line is found to say: source and service, with a login's outcome and user or a refusal's kind and object. */
async function told(line: string): Promise<string[]> {
  const { observations } = await readAll(systemLog, `${line}\n`);
  return observations.map((seen: Observation) => {
    if (seen.kind === 'login') return `${seen.source} ${seen.service} ${seen.outcome} ${seen.user}`.trimEnd();
    if (seen.kind === 'refusal')
      return `${seen.source} ${seen.service} ${seen.what} ${seen.detail}`.trimEnd();
    if (seen.kind === 'web-access') return `${seen.source} ${seen.status} ${seen.path}`;
    return `${seen.source} ${seen.kind}`;
  });
}

const messages: readonly (readonly [line: string, told: string])[] = [
  // Mail
  [
    `Jan 10 10:00:00 mx postfix/smtpd[9]: NOQUEUE: reject: RCPT from host.example[${a}]: 554 5.7.1 <x@example.org>: Relay access denied; from=<b@example.com> to=<x@example.org> proto=ESMTP helo=<h>`,
    `${a} smtp relay`,
  ],
  [
    `Jan 10 10:00:00 mx postfix/smtpd[9]: disconnect from unknown[${a}] ehlo=1 auth=0/1 quit=1 commands=2/3`,
    `${a} smtp failure`,
  ],
  [
    `Jan 10 10:00:00 mx postfix/postscreen[9]: PREGREET 14 after 0.08 from [${a}]:5941: EHLO x\\r\\n`,
    `${a} smtp protocol`,
  ],
  [
    `Jan 10 10:00:00 mx dovecot: auth-worker(30): sql(joe@example.org,${a},<n4JLdHNVngZGpV2j>): unknown user`,
    `${a} imap unknown-user joe@example.org`,
  ],
  [
    `Jan 10 10:00:00 mx dovecot: auth-worker(30): pam(joe,${a}): pam_authenticate() failed: Authentication failure`,
    `${a} imap failure joe`,
  ],
  [
    `2026-01-10 10:00:00 [10099] H=(h) [${a}]:3755 I=[192.0.2.1]:25 F=<f@example.org> rejected RCPT dir@example.net: relay not permitted`,
    `${a} smtp relay dir@example.net`,
  ],
  [
    `2026-01-10 10:00:00 H=h.example [${a}] F=<f@example.org> rejected RCPT <no@example.net>: Unknown user`,
    `${a} smtp recipient <no@example.net>`,
  ],
  [
    `Jan 10 10:00:00 mx sm-mta[9]: s1O7Xt021134: ruleset=check_rcpt, arg1=<x@y.example>, relay=h.example [${a}] (may be forged), reject=550 5.7.1 <x@y.example>... Relaying denied`,
    `${a} smtp relay`,
  ],
  [
    `Jan 10 10:00:00 mx courieresmtpd: error,relay=::ffff:${a},from=<f@x.example>,to=<t@y.example>: 550 User unknown.`,
    `${a} smtp recipient`,
  ],
  [
    `Jan 10 10:00:00 mx dovecot: imap-login: Aborted login by logging out (auth failed, 1 attempts in 2 secs): user=<joe>, method=PLAIN, rip=${a}, lip=192.0.2.1`,
    `${a} imap failure joe`,
  ],
  [
    `Jan 10 10:00:00 mx dovecot: pop3-login: Login aborted: Logged out (auth failed, 1 attempts in 2 secs) (auth_failed): user=<joe>, method=PLAIN, rip=${a}, lip=192.0.2.1`,
    `${a} imap failure joe`,
  ],
  // Names, proxies, tunnels, telephony
  [
    `Jan 10 10:00:00 ns named[9]: client @0x7f4e ${a}#53 (x.example): zone transfer 'x.example/AXFR/IN' denied`,
    `${a} dns transfer x.example/AXFR/IN`,
  ],
  [
    `1386543323.000      4 ${a} TCP_DENIED/403 4099 GET http://x.example/ - HIER_NONE/- text/html`,
    `${a} proxy relay`,
  ],
  [
    `Jan 10 10:00:00 vpn ovpn-server[9]: ${a}:64480 TLS Auth Error: Auth Username/Password verification failed for peer`,
    `${a} vpn failure`,
  ],
  [
    `[2026-01-10 10:00:00] NOTICE[1638] chan_iax2.c: Host ${a} failed to authenticate as 'joe'`,
    `${a} iax failure joe`,
  ],
  // Databases, files, desktops, applications
  [
    `${a} 2026-01-10 10:00:00.425 UTC [9] joe@db FATAL:  password authentication failed for user "joe"`,
    `${a} postgresql failure joe`,
  ],
  [
    `2026-01-10 10:00:00.12 Logon       Login failed for user 'sa'. Reason: Password did not match that for the login provided. [CLIENT: ${a}]`,
    `${a} mssql failure sa`,
  ],
  [
    `Jan 10 10:00:00 ftp pure-ftpd: (?@${a}) [WARNING] Authentication failed for user [joe]`,
    `${a} ftp failure joe`,
  ],
  [`Jan 10 10:00:00 h dropbear[9]: Bad password attempt for 'root' from ${a}:60794`, `${a} ssh failure root`],
  [`Jan 10 10:00:00 h xrdp[9]: [INFO ] AUTHFAIL: user=joe ip=::ffff:${a} time=1649`, `${a} rdp failure joe`],
  [
    `Jan 10 10:00:00 h roundcube: IMAP Error: Login failed for joe from ${a}. AUTHENTICATE PLAIN: A0002 NO Login failed. in /usr/share/x.php on line 205`,
    `${a} http failure joe`,
  ],
  // Web servers
  [
    `[Sat Jan 10 10:00:00.1 2026] [auth_basic:error] [pid 1] [client ${a}:5] AH01617: user joe: authentication failure for "/x": Password Mismatch`,
    `${a} http failure joe`,
  ],
  [
    `[Sat Jan 10 10:00:00.1 2026] [core:info] [pid 1:tid 2] [client ${a}:46652] AH00128: File does not exist: /var/www/html/phpmyadmin`,
    `${a} 404 /phpmyadmin`,
  ],
  [
    `[Sat Jan 10 10:00:00.1 2026] [core:error] [pid 1] [client ${a}:5] AH10244: invalid URI path (/cgi-bin/.%2e/bin/sh)`,
    `${a} 400 /cgi-bin/.%2e/bin/sh`,
  ],
  [
    `2026/01/10 10:00:00 [error] 1#0: *6 open() "/srv/x" failed (2: No such file or directory), client: ${a}, server: s, request: "GET /x?a HTTP/1.1", host: "h"`,
    `${a} 404 /x?a`,
  ],
  [`2026/01/10 10:00:00 [${a}:58629] authentication for user "root" with password "x" accepted`, `${a} auth`],
  [
    `11:29:42.550475 IP ${a}.43436 > 192.0.2.3.22: Flags [S], seq 2398030442, win 64240, length 0`,
    `${a} flow`,
  ],
  [
    `<134>1 2026-01-10T10:00:00.1+00:00 fw filterlog 9 - - 7,,,1,vtnet0,match,block,in,4,0x0,,64,1,0,DF,6,tcp,60,${a},192.0.2.1,42970,80,0,S,5,,64240,,mss`,
    `${a} flow`,
  ],
];

it.each(messages)('reads %s', async (line, expected) => {
  expect(await told(line)).toEqual([expected]);
});

/** Lines in which a client's own text imitates what the daemon writes. Each names the real source, or nobody. */
const injected: readonly string[] = [
  `Jan 10 10:00:00 mx dovecot: auth-worker(30): sql(joe,198.51.100.6,<x>): unknown user,${a},<n4JL>): unknown user`,
  `Jan 10 10:00:00 mx dovecot: auth: sql(joe,${a},<6rX>): Password mismatch (given password: ,198.51.100.6,<x>): Password mismatch)`,
  `Jan 10 10:00:00 mx postfix/smtpd[9]: NOQUEUE: reject: RCPT from h[${a}]: 554 5.7.1 <x>: Relay access denied; from=<reject: RCPT from h[198.51.100.6]: 554 Relay access denied> to=<x> proto=SMTP helo=<h>`,
  `Jan 10 10:00:00 mx sm-mta[9]: s1O: ruleset=check_rcpt, arg1=<x, relay=h [198.51.100.6], reject=550 Relaying denied>, relay=h [${a}], reject=550 Relaying denied`,
  `2026-01-10 10:00:00 SMTP protocol error in "AUTH LOGIN" H=(x) [198.51.100.6] AUTH command used when not advertised" H=(y) [${a}] AUTH command used when not advertised`,
  `2026-01-10 10:00:00 H=([198.51.100.6]) [${a}] F=<f@x.example> rejected RCPT <t@y.example>: Unknown user`,
  `2026-01-10 10:00:00 no MAIL in SMTP connection from H=([198.51.100.6]) [${a}]:5 D=1s`,
  `2026-01-10 10:00:00 login authenticator failed for ([198.51.100.6]) [${a}]:5: 535 Incorrect authentication data (set_id=x)`,
  `Jan 10 10:00:00 mx dovecot: imap-login: Disconnected: Connection closed (client didn't finish SASL auth, waited 2 secs): user=<(auth failed, 1 attempts): user=<x>, method=PLAIN, rip=198.51.100.6, lip=1.1.1.1>, method=PLAIN, rip=${a}, lip=192.0.2.1`,
  `2026-01-10 10:00:00 [10099] F=<"x H=y [198.51.100.6] "@a> H=(z) [${a}]:4 rejected by local_scan(): no`,
  `Jan 10 10:00:00 h roundcube: IMAP Error: Login failed for joe from 198.51.100.6. AUTHENTICATE PLAIN: x from ${a}. AUTHENTICATE PLAIN: y`,
  `Jan 10 10:00:00 h roundcube: IMAP Error: Login failed for joe from 198.51.100.6. from ${a}. AUTHENTICATE PLAIN: y`,
  `Jan 10 10:00:00 h xrdp[9]: [INFO ] xrdp_wm_log_msg: login failed for user x ip=198.51.100.6 time=1\\n[20220407-12:16:59] [INFO ] AUTHFAIL: user=y ip=198.51.100.6 time=1`,
  `Jan 10 10:00:00 h sshd[9]: Failed password for invalid user test from 198.51.100.6 port 5 ssh2: from ${a} port 6 ssh2`,
  `Jan 10 10:00:00 h dropbear[9]: Bad password attempt for 'x' from 198.51.100.6:1' from ${a}:60794`,
  `2026-01-10 10:00:00.12 Logon Login failed for user 'x'. Reason: y [CLIENT: 198.51.100.6]'. Reason: z [CLIENT: ${a}]`,
  `time="2026-01-10T10:00:00Z" level=error msg="Unsuccessful 1FA authentication attempt by user 'x remote_ip=198.51.100.6 y': no" method=POST path=/api remote_ip=${a} stack="s"`,
  `[Sat Jan 10 10:00:00 2026] [error] [client ${a}] File does not exist: /srv/http/site/[client 198.51.100.6] user root not found`,
  `2026/01/10 10:00:00 [error] 1#0: *6 open() "/srv/x, client: 198.51.100.6, server: y, request: "GET /.env HTTP/1.1"" failed (2: No such file or directory), client: ${a}, server: s, request: "GET /x HTTP/1.1"`,
  `Jan 10 10:00:00 h CRON[9]: x IN=eth0 OUT= SRC=198.51.100.6 DST=192.0.2.1 LEN=40 PROTO=TCP SPT=1 DPT=23 SYN `,
  `Call from 'x' (198.51.100.6:5) to extension '1' (${a}:6) to extension '2' rejected because extension not found in context 'd'.`,
  `<W>2026-01-10 10:00:00.123 1 => <9:x> Rejected connection from 198.51.100.6: Wrong certificate or password(-1)> Rejected connection from ${a}:5: Wrong certificate or password for existing user`,
];

it.each(injected)('blames nobody else for %s', async (line) => {
  for (const what of await told(line)) expect(what.split(' ')[0]).toBe(a);
});

it('tells a refused bind by its connection', async () => {
  const head = 'Jan 10 10:00:00 ldap slapd[9]: conn=7';
  const lines = [
    `${head} fd=14 ACCEPT from IP=${a}:34056 (IP=0.0.0.0:389)`,
    `${head} op=0 BIND dn="cn=joe,dc=example,dc=org" method=128`,
    `${head} op=0 RESULT tag=97 err=49 text=`,
    `${head} fd=14 closed`,
    `${head} op=1 RESULT tag=97 err=49 text=`,
  ];
  expect(await told(lines.join('\n'))).toEqual([`${a} ldap failure cn=joe,dc=example,dc=org`]);
});

it('tells a refused login at PostgreSQL by its process', async () => {
  const head = '2026-01-10 10:00:00.123 UTC [4711]';
  const lines = [
    `${head} [unknown]@[unknown] LOG:  connection received: host=${a} port=40000`,
    `${head} joe@db FATAL:  password authentication failed for user "joe"`,
    `${head} x LOG:  connection received: host=198.51.100.6 port=1@db FATAL:  password authentication failed for user "y"`,
    `2026-01-10 10:00:00.123 UTC [4712] joe@db FATAL:  password authentication failed for user "joe"`,
  ];
  expect(await told(lines.join('\n'))).toEqual([`${a} postgresql failure joe`]);
});

describe('a name that a client chooses', () => {
  const forms: readonly ((name: string) => string)[] = [
    (name) => `Jan 10 10:00:00 mx dovecot: auth-worker(3): pam(${name},${a}): unknown user`,
    (name) =>
      `Jan 10 10:00:00 h roundcube: IMAP Error: Login failed for ${name} from ${a}. AUTHENTICATE PLAIN: no`,
    (name) => `2026-01-10 10:00:00.1 Logon Login failed for user '${name}'. Reason: no. [CLIENT: ${a}]`,
    (name) => `Jan 10 10:00:00 h dropbear[9]: Bad password attempt for '${name}' from ${a}:60794`,
    (name) => `Jan 10 10:00:00 h xrdp[9]: [INFO ] AUTHFAIL: user=${name} ip=${a} time=1649`,
    (name) => `Jan 10 10:00:00 h ftpd: (?@${a}) [WARNING] Authentication failed for user [${name}]`,
    (name) => `Jan 10 10:00:00 h x: Failed authentication attempt for ${name} from ${a}: no`,
  ];
  const pieces = [
    '198.51.100.6',
    ',198.51.100.6',
    ' from 198.51.100.6',
    '): unknown user',
    '. AUTHENTICATE PLAIN: ',
    ' ip=198.51.100.6',
    ' time=1',
    "'",
    '[CLIENT: 198.51.100.6]',
    ', client: 198.51.100.6, server: x',
    'rhost=198.51.100.6  user=x',
    'Failed password for root from 198.51.100.6 port 1 ssh2',
    ' ',
    ':',
    'x',
  ];

  it('never puts the blame on an address inside it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...forms),
        fc.array(fc.constantFrom(...pieces), { maxLength: 5 }),
        async (form, parts) => {
          for (const what of await told(form(parts.join('')))) expect(what.split(' ')[0]).toBe(a);
        },
      ),
      { numRuns: 200 },
    );
  });
});
