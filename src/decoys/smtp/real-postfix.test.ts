import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import type { Persona } from '../../core/persona.ts';
import { createPersona } from '../../personas/index.ts';
import { needRoot } from '../../../test/support/need.ts';
import { talkInReplies, type Step } from '../../../test/support/reply-client.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { smtp } from './smtp.ts';
import { freePort } from '../../../test/support/free-port.ts';

const host = 'mail.example.org';

/** A Postfix with everything of its own in one folder, that delivers nothing. */
async function startPostfix(folder: string, persona: Persona): Promise<{ port: number; stop: () => void }> {
  const port = await freePort();
  const configuration = join(folder, 'configuration');
  for (const name of ['configuration', 'queue', 'data']) mkdirSync(join(folder, name));
  // Its daemons run under users of their own.
  chmodSync(folder, 0o755);
  execFileSync('chown', ['postfix', join(folder, 'data')]);
  writeFileSync(join(folder, 'key.pem'), persona.tls?.key ?? '', { mode: 0o600 });
  writeFileSync(join(folder, 'certificate.pem'), persona.tls?.certificate ?? '');
  const main = {
    compatibility_level: '3.6',
    queue_directory: join(folder, 'queue'),
    data_directory: join(folder, 'data'),
    command_directory: '/usr/sbin',
    daemon_directory: '/usr/lib/postfix/sbin',
    myhostname: host,
    mydestination: `${host}, localhost`,
    mynetworks: '127.0.0.0/8',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    smtpd_banner: '$myhostname ESMTP $mail_name (Debian/GNU)',
    maillog_file: join(folder, 'log'),
    maillog_file_prefixes: folder,
    alias_maps: '',
    alias_database: '',
    local_recipient_maps: 'inline:{root=x, postmaster=x}',
    smtpd_tls_cert_file: join(folder, 'certificate.pem'),
    smtpd_tls_key_file: join(folder, 'key.pem'),
    smtpd_tls_security_level: 'may',
    smtpd_error_sleep_time: '0',
    default_transport: 'discard:',
    local_transport: 'discard:',
    relay_transport: 'discard:',
  };
  const text = Object.entries(main).map(([name, value]) => `${name} = ${value}\n`);
  writeFileSync(join(configuration, 'main.cf'), text.join(''));
  const services = [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    'pickup unix n - n 60 1 pickup',
    'qmgr unix n - n 300 1 qmgr',
    'tlsmgr unix - - n 1000? 1 tlsmgr',
    'postlog unix-dgram n - n - 1 postlogd',
    'rewrite unix - - n - - trivial-rewrite',
    ...['cleanup', 'bounce'].map((name) => `${name} unix n - n - 0 ${name}`),
    ...['flush', 'proxymap', 'anvil', 'discard', 'error', 'showq'].map(
      (name) => `${name} unix n - n - - ${name}`,
    ),
  ];
  writeFileSync(join(configuration, 'master.cf'), `${services.join('\n')}\n`);
  const command = (word: string): void => {
    execFileSync('postfix', ['-c', configuration, word], { stdio: 'ignore' });
  };
  command('start');
  for (let tries = 0; tries < 200 && !(await isOpen(port)); tries += 1) await sleep(50);
  return { port, stop: () => command('abort') };
}

async function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

const mail = 'MAIL FROM:<a@b.example>';
const recipient = 'RCPT TO:<x@y.example>';

const conversations: readonly (readonly Step[])[] = [
  [
    'HELO',
    'EHLO',
    'HELO x',
    'FOO',
    'NOOP',
    'NOOP x y',
    'RSET',
    'RSET x',
    'VRFY',
    'VRFY root',
    'VRFY nobody2',
  ],
  [
    'EHLO x',
    'VRFY a@far.example',
    'VRFY x y',
    'VRFY <x@y.example>',
    'ETRN',
    'ETRN x',
    'ETRN a b',
    'HELP',
    'EXPN root',
  ],
  ['EHLO x', 'AUTH', 'AUTH PLAIN', 'AUTH LOGIN eA==', 'STARTTLS x', 'QUIT x'],
  [
    'EHLO x',
    recipient,
    'DATA',
    'MAIL',
    'MAIL FROM',
    'MAIL FROM:',
    'MAIL FROM:x',
    'RSET',
    'MAIL FROM:<>',
    mail,
    'RSET',
  ],
  [
    `${mail} FOO=1`,
    `${mail} SIZE=99999999999`,
    `${mail} SIZE=x`,
    `${mail} BODY=8BITMIME`,
    'DATA',
    'RCPT',
    'RCPT TO:',
    'QUIT',
  ],
  [
    mail,
    'RCPT TO:x y',
    `${recipient} FOO`,
    recipient,
    'RCPT TO:<postmaster>',
    'RCPT TO:<nosuch>',
    'DATA x',
    'RSET',
    'BDAT',
  ],
  [mail, 'EHLO y', 'MAIL FROM:<a@b.c', 'MAIL FROM:a@b.c', 'RSET', 'MAIL FROM: <a@b.c>', 'QUIT'],
  [
    'MAIL FROM:<>',
    'RCPT TO:<a b@localhost>',
    'RCPT TO:<@>',
    'RCPT TO:<x@>',
    'RCPT TO:<a@b@c.example>',
    'RCPT TO:<>',
    'QUIT',
  ],
  [
    'MAIL FROM:<>',
    'ETRN x',
    `${recipient} NOTIFY=NEVER`,
    `${recipient} ORCPT=rfc822;x NOTIFY=FOO`,
    'RCPT TO:<@a.example,@b.example:c@d.example>',
  ],
  [
    mail,
    recipient,
    'DATA',
    ['Subject: t\r\n\r\nhello\r\n..\r\n.\r\n', 1],
    mail,
    recipient,
    'DATA',
    ['.\r\n', 1],
    'QUIT',
  ],
  [mail, recipient, ['BDAT 5\r\nhello', 1], ['BDAT 5 LAST\r\nhello', 1], ['BDAT 0 LAST\r\n', 1], 'QUIT'],
  [
    'EHLO x',
    ['BDAT 5\r\nhello', 1],
    mail,
    'EHLO y',
    mail,
    ['BDAT 3\r\nabc', 1],
    recipient,
    ['BDAT 3\r\nabc', 1],
    'DATA',
    mail,
    'RSET',
    `${mail} BODY=FOO`,
  ],
  ['EHLO x', `${mail} AUTH=<> RET=HDRS ENVID=x`, 'RSET', `${mail} RET=X`, `${mail} SMTPUTF8`],
  [
    'EHLO x',
    [`${mail}\r\n${recipient}\r\nDATA\r\n`, 3],
    [`x\r\n.\r\n${mail}\r\n${recipient}\r\nDATA\r\ny\r\n.\r\nQUIT\r\n`, 6],
  ],
  ['EHLO x', [`${mail}\r\nRCPT TO:<>\r\nDATA\r\n`, 3], '.'],
  ['EHLO x', mail, recipient, 'DATA', ['x\n.\nMAIL FROM:<q@r.s>\n', 2], 'QUIT'],
  [
    `EHLO ${'x'.repeat(3000)}`,
    'HELO a b',
    'ehlo  [192.0.2.1]',
    ' NOOP',
    '',
    'AUTH=LOGIN',
    'MAIL  FROM:<a@b.c>',
    'rcpt to:<root>',
  ],
  ['GET / HTTP/1.1'],
  ['FOO', 'CONNECT 192.0.2.1:80 HTTP/1.0'],
];

describe('the smtp decoy beside a real Postfix', () => {
  needRoot(['postfix'])(
    'answers as Postfix 3.7 does',
    async () => {
      const base: Persona = { ...createPersona('ubuntu-web', 'smtp beside postfix', { now: 0 }) };
      const persona: Persona = {
        ...base,
        users: [],
        software: {
          smtp: {
            product: 'Postfix',
            version: '3.7.11',
            details: { hostname: host, banner: 'ESMTP Postfix (Debian/GNU)', mechanisms: '' },
          },
        },
      };
      const root: Persona = {
        ...persona,
        users: [{ name: 'root', uid: 0, home: '/root', shell: '/bin/bash' }],
      };
      const folder = mkdtempSync(join(tmpdir(), 'picket-postfix-'));
      const real = await startPostfix(folder, root);
      try {
        await using served = await serveDecoy(smtp, root);
        const ask = async (port: number, steps: readonly Step[]): Promise<string[]> => {
          const replies = await talkInReplies(port, steps);
          return replies.map((reply) => reply.replaceAll(/queued as [0-9A-F]{8,14}/g, 'queued as ID'));
        };
        for (const steps of conversations) {
          const shown = (replies: readonly string[]): string[] =>
            ['greeting', ...steps.map((step) => JSON.stringify(step).slice(0, 80))].map(
              (step, index) => `${step} → ${replies[index] ?? ''}`,
            );
          expect(shown(await ask(served.port, steps))).toEqual(shown(await ask(real.port, steps)));
        }
        expect(served.errors).toEqual([]);
      } finally {
        real.stop();
        rmSync(folder, { recursive: true, force: true });
      }
    },
    60_000,
  );
});
