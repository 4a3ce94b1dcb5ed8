import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import type { Persona } from '../../core/persona.ts';
import { createPersona } from '../../personas/index.ts';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { smtp } from './smtp.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const base: Persona = { ...createPersona('ubuntu-web', 'smtp test', { now }) };

function persona(version = '3.7.11', details: Record<string, string> = {}): Persona {
  const mechanisms = 'PLAIN LOGIN CRAM-MD5';
  return {
    ...base,
    login: { accepted: [['bob', 'secret']], acceptAfter: 0 },
    software: { smtp: { product: 'Postfix', version, details: { mechanisms, ...details } } },
  };
}

function contextOf(who: Persona): DecoyContext {
  let attempts = 0;
  return {
    persona: who,
    source: '198.51.100.7',
    sourcePort: 40_000,
    destination: '203.0.113.5',
    destinationPort: 25,
    transport: 'tcp',
    tls: false,
    session: 'session',
    now: () => now,
    randomBytes: (count) => new Uint8Array(count).fill(7),
    countAttempt: () => (attempts += 1),
  };
}

function talk(pieces: readonly Uint8Array[], who = persona()): DecoyOutput[] {
  const session = smtp.open(contextOf(who));
  return [
    ...(session.start?.() ?? []),
    ...pieces.flatMap((piece) => [...session.receive(piece)]),
    ...(session.end?.() ?? []),
  ];
}

const say = (text: string, who = persona()): DecoyOutput[] => talk([Buffer.from(text, 'latin1')], who);

const repliesOf = (outputs: readonly DecoyOutput[]): string =>
  outputs
    .map((output) => (output.do === 'reply' ? Buffer.from(output.bytes).toString('latin1') : ''))
    .join('');

const factsOf = (outputs: readonly DecoyOutput[], kind: string): unknown[] =>
  outputs.flatMap((output) => (output.do === 'saw' && output.fact.kind === kind ? [output.fact] : []));

const exploitsOf = (outputs: readonly DecoyOutput[]): string[] =>
  outputs.flatMap((output) =>
    output.do === 'saw' && output.fact.kind === 'exploit' ? [output.fact.name] : [],
  );

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
const envelope = 'MAIL FROM:<a@b.example>\r\nRCPT TO:<victim@far.example>\r\nDATA\r\n';

describe('the smtp decoy', () => {
  it('takes mail for anybody, keeps it, and knows the open relay test', () => {
    const outputs = say(`EHLO probe\r\n${envelope}Subject: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n`);
    expect(repliesOf(outputs)).toMatch(/354 End data.*\r\n250 2\.0\.0 Ok: queued as [0-9A-F]{10,}\r\n221/);
    const capture = outputs.find((output) => output.do === 'capture');
    expect(capture?.do === 'capture' && Buffer.from(capture.bytes).toString()).toBe(
      'Subject: x\r\n\r\n.dot\r\n',
    );
    expect(exploitsOf(outputs)).toEqual(['smtp-open-relay']);
    expect(factsOf(outputs, 'command')).toHaveLength(2);
  });

  it('records PLAIN, LOGIN and CRAM-MD5, and judges each by the login policy', () => {
    const guess = (text: string): unknown => factsOf(say(`EHLO x\r\n${text}`), 'auth')[0];
    expect(guess(`AUTH PLAIN ${base64('\0bob\0wrong')}\r\n`)).toMatchObject({
      user: 'bob',
      password: 'wrong',
      accepted: false,
    });
    expect(guess(`AUTH PLAIN\r\n${base64('\0bob\0secret')}\r\n`)).toMatchObject({ accepted: true });
    expect(guess(`AUTH LOGIN\r\n${base64('bob')}\r\n${base64('secret')}\r\n`)).toMatchObject({
      accepted: true,
    });
    const challenge = Buffer.from(
      /334 (\S+)/.exec(repliesOf(say('AUTH CRAM-MD5\r\n')))?.[1] ?? '',
      'base64',
    ).toString();
    const digest = createHmac('md5', 'secret').update(challenge).digest('hex');
    expect(guess(`AUTH CRAM-MD5\r\n${base64(`bob ${digest}`)}\r\n`)).toMatchObject({
      user: 'bob',
      method: 'other',
      accepted: true,
      password: `$cram_md5$${base64(challenge)}$${base64(`bob ${digest}`)}`,
    });
    expect(guess(`AUTH CRAM-MD5\r\n${base64(`bob ${'0'.repeat(32)}`)}\r\n`)).toMatchObject({
      accepted: false,
    });
  });

  it('recognises commands in addresses, by the server that they were made for', () => {
    expect(exploitsOf(say('MAIL FROM:<>\r\nRCPT TO:<${run{\\x2fbin\\x2fsh}}@localhost>\r\n'))).toEqual([
      'exim-string-expansion',
    ]);
    expect(exploitsOf(say('MAIL FROM:<;for i in 0 1 2;do read r;done;sh;exit 0;>\r\n'))).toEqual([
      'opensmtpd-sender-shell',
    ]);
    expect(exploitsOf(say('MAIL FROM:<>\r\nRCPT TO:<"a$(curl 192.0.2.1)"@x.example>\r\n'))).toEqual([
      'command-in-address',
    ]);
    const header = say(`${envelope}To: () { :; }; /bin/sh\r\n\r\n.\r\n`);
    expect(exploitsOf(header)).toEqual(['shellshock', 'smtp-open-relay']);
    expect(exploitsOf(say(`EHLO mail.example.org\r\n${envelope}hi; $(x)\r\n.\r\n`))).toEqual([
      'smtp-open-relay',
    ]);
  });

  it('is smuggled into as its version is', () => {
    const smuggled = `${envelope}x\n.\nMAIL FROM:<ceo@far.example>\r\n.\r\n`;
    const old = say(smuggled);
    expect(exploitsOf(old)[0]).toBe('smtp-smuggling');
    expect(repliesOf(old)).toMatch(/queued as \w+\r\n250 2\.1\.0 Ok/);
    const patched = say(smuggled, persona('3.9.1'));
    expect(exploitsOf(patched)[0]).toBe('smtp-smuggling');
    expect(repliesOf(patched)).toMatch(/queued as \w+\r\n$/);
    // A client that knows no CR at all smuggles nothing.
    expect(exploitsOf(say('MAIL FROM:<>\nRCPT TO:<root>\nDATA\nx\n.\n'))).toEqual([]);
  });

  it('refuses relaying and unknown mailboxes where its persona does', () => {
    const replies = repliesOf(
      say(
        'MAIL FROM:<>\r\nRCPT TO:<a@b.example>\r\nRCPT TO:<nosuch>\r\nVRFY root\r\n',
        persona('3.7.11', { relay: 'closed' }),
      ),
    );
    expect(replies).toContain('454 4.7.1 <a@b.example>: Relay access denied\r\n');
    expect(replies).toContain(
      '550 5.1.1 <nosuch>: Recipient address rejected: User unknown in local recipient table',
    );
    expect(replies).toContain('252 2.0.0 root');
  });

  it('slows down after ten errors and hangs up after twenty', () => {
    const outputs = say('FOO\r\n'.repeat(25));
    expect(outputs.filter((output) => output.do === 'pause')).toHaveLength(10);
    expect(repliesOf(outputs)).toMatch(/421 4\.7\.0 \S+ Error: too many errors\r\n$/);
    expect(outputs.at(-1)).toEqual({ do: 'close' });
  });

  it('begins TLS with what came behind the request, and offers it no more inside', () => {
    const outputs = say('EHLO x\r\nSTARTTLS\r\n\x16\x03\x01');
    expect(outputs.at(-1)).toEqual({
      do: 'secure',
      rest: new Uint8Array(Buffer.from('\x16\x03\x01', 'latin1')),
    });
    expect(repliesOf(outputs)).toMatch(/250-STARTTLS[^]*220 2\.0\.0 Ready to start TLS\r\n$/);
    const inside = smtp.open({ ...contextOf(persona()), tls: true });
    expect(repliesOf([...inside.receive(Buffer.from('EHLO x\r\nSTARTTLS\r\n'))])).toMatch(
      /^(?![^]*250-STARTTLS)[^]*554 5\.5\.1 Error: TLS already active\r\n$/,
    );
  });

  it('keeps the beginning of a message without end, and no more', () => {
    const session = smtp.open(contextOf(persona()));
    const outputs = [...session.receive(Buffer.from(envelope))];
    const block = Buffer.alloc(200_000, 'a');
    for (let count = 0; count < 60; count += 1) outputs.push(...session.receive(block));
    outputs.push(...session.receive(Buffer.from('\r\n.\r\n')));
    const capture = outputs.find((output) => output.do === 'capture');
    expect(capture?.do === 'capture' && capture.bytes.length).toBe(1_048_576);
    expect(repliesOf(outputs)).toContain('552 5.3.4 Error: message file too big');
  });

  const piece = fc.oneof(
    fc.constantFrom(
      'EHLO x\r\n',
      'MAIL FROM:<a@b.example> SIZE=5\r\n',
      'RCPT TO:<root>\r\n',
      'RCPT TO:<c@d.example>\r\n',
      'DATA\r\n',
      '.\r\n',
      '.\n',
      'text\n',
      'BDAT 4\r\nabcd',
      'BDAT 3 LAST\r\nxyz',
      'AUTH LOGIN\r\n',
      'AUTH CRAM-MD5\r\n',
      'YQ==\r\n',
      '*\r\n',
      'RSET\r\n',
      'VRFY root\r\n',
      '..\r\r\n',
    ),
    fc.string({ maxLength: 40 }),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  );

  it('says the same however the bytes are split, and survives any', () => {
    const who = persona();
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 16 }),
        fc.array(fc.nat(600), { maxLength: 8 }),
        (texts, cuts) => {
          const bytes = Buffer.from(texts.join(''), 'latin1');
          const points = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort(
            (left, right) => left - right,
          );
          const pieces = points.slice(1).map((point, index) => bytes.subarray(points[index], point));
          const named = (outputs: readonly DecoyOutput[]): string =>
            JSON.stringify(
              outputs.map((output) => ('bytes' in output ? { ...output, bytes: [...output.bytes] } : output)),
            );
          // Queue ids count on, so each talk has a machine of its own.
          expect(named(talk(pieces, { ...who }))).toBe(named(talk([bytes], { ...who })));
        },
      ),
      { numRuns: 150 },
    );
  });
});

async function run(command: string, words: readonly string[], folder = tmpdir()): Promise<string> {
  const child = spawn(command, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (text += bytes.toString()));
  await new Promise((resolve) => child.on('close', resolve));
  return text;
}

describe('real clients of the smtp decoy', () => {
  needTools(['swaks'])('swaks logs in with CRAM-MD5 and delivers', async () => {
    await using served = await serveDecoy(smtp, persona());
    const words = `--server 127.0.0.1 --port ${served.port} --to x@far.example --from a@b.example --auth CRAM-MD5`;
    const account = '--auth-user bob --auth-password secret --body body';
    const text = await run('swaks', `${words} ${account}`.split(' '));
    expect(text).toContain('235 2.7.0 Authentication successful');
    expect(text).toMatch(/250 2\.0\.0 Ok: queued as/);
    expect(served.captures).toHaveLength(1);
    expect(served.facts).toContainEqual(
      expect.objectContaining({ kind: 'auth', method: 'other', accepted: true }),
    );
    expect(served.errors).toEqual([]);
  });

  needTools(['curl'])('curl logs in inside STARTTLS and sends a file', async () => {
    await using served = await serveDecoy(smtp, persona());
    const folder = mkdtempSync(join(tmpdir(), 'smtp-'));
    try {
      writeFileSync(join(folder, 'mail'), 'Subject: by curl\r\n\r\nhello\r\n');
      const words = ['-s', '--url', `smtp://127.0.0.1:${served.port}`, '--mail-from', 'a@b.example'];
      words.push('-k', '--ssl-reqd', '--user', 'bob:secret');
      await run('curl', [...words, '--mail-rcpt', 'x@far.example', '-T', 'mail'], folder);
      expect(Buffer.from(served.captures[0]?.bytes ?? []).toString()).toBe(
        'Subject: by curl\r\n\r\nhello\r\n',
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  needTools(['hydra'])('hydra guesses, and finds the password', async () => {
    await using served = await serveDecoy(smtp, persona());
    const words = ['-I', '-t', '1', '-l', 'bob', '-p', 'secret', '-s', String(served.port)];
    expect(await run('hydra', [...words, 'smtp://127.0.0.1'])).toContain('password: secret');
    expect(served.facts).toContainEqual(
      expect.objectContaining({ kind: 'auth', user: 'bob', accepted: true }),
    );
  });

  needTools(['nmap'])('nmap sees Postfix, and an open relay', async () => {
    await using served = await serveDecoy(smtp, persona());
    const words = ['-Pn', '-n', '-sV', '--version-light', '-p', String(served.port), '127.0.0.1'];
    const text = await run('nmap', [...words, '--script', '+smtp-open-relay,+smtp-commands']);
    expect(text).toContain('Postfix smtpd');
    expect(text).toContain('Server is an open relay');
    expect(text).toContain('ENHANCEDSTATUSCODES');
    expect(served.errors).toEqual([]);
  });
});
