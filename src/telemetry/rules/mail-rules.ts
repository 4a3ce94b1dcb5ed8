/**
 * What mail servers say of those they turn away. The envelope and the greeting are the client's to choose; the address in brackets
 * stands ahead of them in Postfix's and Courier's lines, between them in Sendmail's and Exim's.
 */

import type { Refusal } from '../../core/observation.ts';
import { refusal, rule, type LogRule } from './rule.ts';

/** smtpd_check.c: `QUEUE: reject: COMMAND from NAME[ADDRESS]: CODE STATUS <…>: REASON; from=<…> to=<…> proto=… helo=<…>`. */
const postfixReasons: readonly (readonly [string, Refusal])[] = [
  ['Relay access denied', 'relay'],
  ['Recipient address rejected: User unknown', 'recipient'],
  ['Recipient address rejected: undeliverable address', 'recipient'],
  ['User unknown in', 'recipient'],
  ['Improper use of SMTP command pipelining', 'protocol'],
  ['Data command rejected: ', 'protocol'],
  ['Protocol error', 'protocol'],
  ['blocked using ', 'listed'],
  ['Helo command rejected: ', 'client'],
  ['Client host rejected: cannot find your', 'client'],
  ['Client host rejected: Access denied', 'client'],
  ['Unverified Client host rejected: ', 'client'],
  ['Sender address rejected: ', 'sender'],
];

/** sm-mta: `QUEUE: ruleset=SET, arg1=…, relay=NAME [ADDRESS], reject=CODE STATUS …`. */
const sendmailReasons: readonly (readonly [string, Refusal])[] = [
  ['Relaying denied', 'relay'],
  ['Relaying temporarily denied', 'relay'],
  ['User unknown', 'recipient'],
  ['No such user', 'recipient'],
  ['Domain of sender address', 'sender'],
  ['rate limit exceeded', 'rate'],
  ['Too many open connections', 'rate'],
  ['Rejected: ', 'listed'],
  ['Access denied', 'client'],
];

/** Exim: `[H=NAME ][(HELO) ][ADDRESS]… F=<…> rejected RCPT <…>: REASON`. */
const eximReasons: readonly (readonly [string, Refusal])[] = [
  ['relay not permitted', 'relay'],
  ['Unknown user', 'recipient'],
  ['Unrouteable address', 'recipient'],
  ['Unroutable address', 'recipient'],
  ['No such user', 'recipient'],
];

const postfix: readonly LogRule[] = [
  rule('smtp', 'timeout after AUTH from ', '^timeout after AUTH from <any>[<address>]', 'failure', 'left'),
  refusal('smtp', 'protocol', 'too many errors after ', '^too many errors after <any> from <any>[<address>]'),
  refusal('smtp', 'protocol', 'SSL_accept error from ', '^SSL_accept error from <any>[<address>]: <any>'),
  refusal(
    'smtp',
    'protocol',
    'improper command pipelining after ',
    '^improper command pipelining after <any> from <any>[<address>]<any>',
  ),
  refusal(
    'smtp',
    'sender',
    ': milter-reject: ',
    '^<word>: milter-reject: <any> from <any>[<address>]: 5<any>',
  ),
  rule(
    'smtp',
    ' authentication aborted',
    '^warning: <any>[<address>]: SASL <word> authentication aborted<any>',
    'failure',
    'left',
  ),

  ...postfixReasons.flatMap(([reason, what]) => [
    refusal('smtp', what, reason, `^<any>: reject: <any> from <any>[<address>]: <any>${reason}<any>`),
    refusal('smtp', what, reason, `^<any>: reject: <any> from [<address>]:<any>: <any>${reason}<any>`),
  ]),
  rule('smtp', ' auth=0/', '^disconnect from <any>[<address>] <any>auth=0/<any>', 'failure', 'left'),
  rule(
    'smtp',
    'lost connection after AUTH',
    '^lost connection after AUTH from <any>[<address>]',
    'failure',
    'left',
  ),
  ...['STARTTLS', 'EHLO', 'HELO', 'UNKNOWN'].map((state) =>
    refusal(
      'smtp',
      'protocol',
      `lost connection after ${state}`,
      `^lost connection after ${state} from <any>[<address>]`,
    ),
  ),
  refusal('smtp', 'protocol', 'PREGREET ', '^PREGREET <any> from [<address>]:<any>'),
  refusal('smtp', 'protocol', 'COMMAND PIPELINING from ', '^COMMAND PIPELINING from [<address>]:<any>'),
  refusal('smtp', 'protocol', 'NON-SMTP COMMAND from ', '^NON-SMTP COMMAND from [<address>]:<any>'),
  refusal('smtp', 'protocol', 'BARE NEWLINE from ', '^BARE NEWLINE from [<address>]:<any>'),
  refusal('smtp', 'listed', 'DNSBL rank ', '^DNSBL rank <any> for [<address>]:<any>'),
  refusal(
    'smtp',
    'protocol',
    'warning: non-SMTP command from ',
    '^warning: non-SMTP command from <any>[<address>]: <any>',
  ),
  ...['Message delivery request', 'Connection', 'Recipient address', 'New TLS session', 'AUTH command'].map(
    (kind) =>
      refusal(
        'smtp',
        'rate',
        `warning: ${kind} rate limit exceeded: `,
        `^warning: ${kind} rate limit exceeded: <any> from <any>[<address>] for service <any>`,
      ),
  ),
  refusal(
    'smtp',
    'rate',
    'warning: Connection concurrency limit exceeded: ',
    '^warning: Connection concurrency limit exceeded: <any> from <any>[<address>] for service <any>',
  ),
];

const sendmail: readonly LogRule[] = [
  refusal(
    'smtp',
    'protocol',
    'lost input channel from ',
    '^<word>: lost input channel from <any>[<address>] to <any> after <any>',
  ),
  refusal(
    'smtp',
    'protocol',
    ': probable open proxy: ',
    '^<word>: <any>[<address>]<any>: probable open proxy: <any>',
  ),
  ...sendmailReasons.map(([reason, what]) =>
    refusal(
      'smtp',
      what,
      reason,
      `^<any>ruleset=<any>, relay=<any>[<address>]<any>, reject=<any>${reason}<any>`,
      'once',
    ),
  ),
  refusal(
    'smtp',
    'client',
    ', reject=5',
    '^<any>ruleset=<any>, relay=<any>[<address>]<any>, reject=5<any>',
    'once',
  ),
  refusal(
    'smtp',
    'protocol',
    ': rejecting commands from ',
    '^<any>: rejecting commands from <any>[<address>]<any>due to pre-greeting traffic<any>',
  ),
  refusal('smtp', 'protocol', ' did not issue MAIL', '^<any>[<address>]<any>did not issue MAIL<any>'),
  rule(
    'smtp',
    ': possible SMTP attack: ',
    '^<any>[<address>]<any>: possible SMTP attack: command=AUTH<any>',
    'failure',
    'left',
  ),
  refusal(
    'smtp',
    'recipient',
    ': possible SMTP attack: ',
    '^<any>[<address>]<any>: possible SMTP attack: command=<any>',
  ),
  refusal('smtp', 'recipient', ': EXPN ', '^<any>[<address>]<any>: EXPN <user> [rejected]'),
  refusal('smtp', 'recipient', ': VRFY ', '^<any>[<address>]<any>: VRFY <user> [rejected]'),
  refusal('smtp', 'relay', 'ETRN ', '^<any>[<address>]<any>: ETRN <any> [rejected]'),
];

/** The host in both of Exim's forms: `H=[ADDRESS]` and `H=NAME [ADDRESS]`; a greeting in brackets, `H=([127.0.0.1]) [ADDRESS]`, is none. */
const hosts: readonly string[] = ['[<address>]', '<any> [<address>]'];

const eximRules = (host: string): readonly LogRule[] => [
  ...eximReasons.map(([reason, what]) =>
    refusal('smtp', what, reason, `^H=${host}<any>rejected RCPT <user>: ${reason}<any>`),
  ),
  refusal('smtp', 'sender', 'sender verify fail for ', `^H=${host}<any>sender verify fail for <any>`),
  ...[
    '> rejected RCPT',
    'rejected MAIL',
    'rejected EHLO',
    'rejected HELO',
    'rejected connection',
    'rejected after DATA',
  ].map((verb) => refusal('smtp', 'client', verb, `^H=${host}<any>${verb}<any>`)),
  refusal('smtp', 'client', 'rejected by ', `^F=<any> H=${host}<any>rejected by <any>`, 'once'),
  refusal(
    'smtp',
    'protocol',
    'SMTP protocol synchronization error',
    `^SMTP protocol synchronization error (<any>: rejected connection from H=${host}<any>`,
  ),
  rule(
    'smtp',
    ' AUTH command used when not advertised',
    `^SMTP protocol error in "<any>" H=${host}<any>AUTH command used when not advertised`,
    'failure',
    'once',
  ),
  ...['no MAIL in SMTP connection', 'TLS error on connection'].flatMap((what) =>
    ['', 'H='].map((mark) =>
      refusal('smtp', 'protocol', `${what} from `, `^${what} from ${mark}${host}<any>`),
    ),
  ),
  refusal('smtp', 'protocol', 'dropped: too many ', `^SMTP call from ${host}<any>dropped: too many <any>`),
  ...['EHLO', 'HELO'].map((verb) =>
    refusal(
      'smtp',
      'protocol',
      `rejected ${verb} from `,
      `^rejected ${verb} from ${host}<any>: syntactically invalid<any>`,
    ),
  ),
  rule(
    'smtp',
    ' authenticator failed for ',
    ` authenticator failed for ${host}<any>: 535 Incorrect authentication data<any>`,
    'failure',
    'left',
  ),
];

const others: readonly LogRule[] = [
  rule(
    'smtp',
    'Authentication failed for user ',
    'Authentication failed for user <user> ; connecting host <address>',
  ),
  rule(
    'smtp',
    'max sender authentication errors',
    '^<any>] <address> <any>max sender authentication errors<any>',
    'failure',
    'sole',
  ),
  refusal(
    'imap',
    'protocol',
    'Fatal Error reading authentication information from client ',
    'Fatal Error reading authentication information from client "<address>-><any>',
  ),
  rule(
    'pop3',
    "can't find APOP secret for user ",
    "can't find APOP secret for user <user> - <address>",
    'unknown-user',
  ),
  refusal(
    'smtp',
    'listed',
    'SMTP Spam attack detected from ',
    'SMTP Spam attack detected from <address>, <any>',
  ),
  rule('imap', ' login from ', '^Failed <word> login from <address>, user <user>', 'failure', 'left'),
  rule('imap', 'badlogin: ', 'badlogin: <word>[<address>] <any>', 'failure', 'left'),
  // Oracle Communications Messaging Server
  ...['Bad password', 'Authentication failed'].map((reason) =>
    rule(
      'smtp',
      `mi="${reason}`,
      `^<co <any> tr="TCP|<word>|<word>|<address>|<any>" ap="<any>mi="${reason}<any>`,
      'failure',
      'left',
    ),
  ),

  refusal('smtp', 'recipient', ': 550 User unknown', '^error,relay=<address>,<any>: 550 User unknown<any>'),
  rule(
    'smtp',
    '535 Authentication failed',
    '^error,relay=<address>,<any>535 Authentication failed<any>',
    'failure',
    'left',
  ),
  refusal('smtp', 'client', 'error,relay=', '^error,relay=<address>,<any>'),
  // Kerio Connect
  refusal(
    'smtp',
    'recipient',
    'Attempt to deliver to unknown recipient ',
    'Attempt to deliver to unknown recipient <user>, from <any>, IP address <address>',
    'right',
  ),
  refusal(
    'smtp',
    'relay',
    'Relay attempt from IP address ',
    'Relay attempt from IP address <address>, mail from <any>',
  ),
  rule(
    '',
    '. Attempt from IP address ',
    "^<any>: User <user> doesn't exist. Attempt from IP address <address>.",
    'unknown-user',
  ),
  rule(
    '',
    '. Attempt from IP address ',
    '^<any>: Invalid password for user <user>. Attempt from IP address <address>.',
  ),
  refusal(
    'smtp',
    'client',
    'Client with IP address ',
    'Client with IP address <address> has no reverse DNS entry<any>',
  ),
  refusal('smtp', 'listed', 'IP address ', 'IP address <address> found in DNS blacklist <any>'),
  // ASSP
  rule('smtp', ' [SMTP Error] 535', '^<any>] <address> [SMTP Error] 535<any>', 'failure', 'sole'),
  refusal('smtp', 'relay', '[RelayAttempt] ', '[RelayAttempt] <address> <any>'),
  // HCL Domino
  rule('smtp', 'smtp: ', 'smtp: <user> [<address>] authentication failure using internet password'),
  refusal(
    'smtp',
    'client',
    ' rejected for policy reasons',
    '^<any> Connection from [<address>] rejected for policy reasons<any>',
  ),
  // qmail
  refusal('smtp', 'listed', 'rblsmtpd: ', 'rblsmtpd: <any> blocked <address> <any>'),
  refusal('smtp', 'listed', 'rblsmtpd: ', 'rblsmtpd: <address> pid <any>: <any>'),
  // MailScanner
  refusal(
    'smtp',
    'listed',
    ' is spam (',
    '^Message <any> from <address> (<any>) to <any> is spam (blacklisted)<any>',
  ),
  refusal(
    'smtp',
    'listed',
    ' is spam, SpamAssassin ',
    '^Message <any> from <address> (<any>) to <any> is spam, SpamAssassin <any>',
  ),
];

export const mailRules: readonly LogRule[] = [
  ...postfix,
  ...sendmail,
  ...hosts.flatMap(eximRules),
  ...others,
];
