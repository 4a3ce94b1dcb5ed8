import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import type { Persona } from '../../core/persona.ts';
import { createPersona } from '../../personas/index.ts';
import { needRoot, needTools } from '../../../test/support/need.ts';
import { talkInReplies, type Step } from '../../../test/support/reply-client.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { LoopbackSensor } from '../../../test/support/loopback-sensor.ts';
import { ftp } from './ftp.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const base: Persona = { ...createPersona('ubuntu-web', 'ftp test', { now }) };

function persona(
  product: 'vsftpd' | 'ProFTPD' = 'vsftpd',
  version = '3.0.3',
  details: Record<string, string> = {},
): Persona {
  return {
    ...base,
    users: [{ name: 'bob', uid: 1000, home: '/home/bob', shell: '/bin/bash' }],
    files: {
      ...base.files,
      '/srv/ftp/hello.txt': { content: 'hello\n', mode: 0o644, owner: 'root' },
      '/srv/ftp/pub/x': { content: 'hi\n', mode: 0o644, owner: 'root' },
      '/home/bob/notes': { content: 'notes\n', mode: 0o644, owner: 'bob' },
    },
    login: { accepted: [['bob', 'secret']], acceptAfter: 0 },
    software: { ftp: { product, version, details: { anonymous: 'read', ...details } } },
  };
}

let contexts = 0;
function contextOf(who: Persona): DecoyContext {
  let attempts = 0;
  contexts += 1;
  return {
    persona: who,
    source: '198.51.100.7',
    sourcePort: 40_000,
    destination: '203.0.113.5',
    destinationPort: 21,
    transport: 'tcp',
    tls: false,
    session: `session ${contexts}`,
    now: () => now,
    randomBytes: (count) => new Uint8Array(count),
    countAttempt: () => (attempts += 1),
  };
}

function talk(pieces: readonly Uint8Array[], who = persona()): DecoyOutput[] {
  const session = ftp.open(contextOf(who));
  return [
    ...(session.start?.() ?? []),
    ...pieces.flatMap((piece) => [...session.receive(piece)]),
    ...(session.end?.() ?? []),
  ];
}

const say = (text: string, who = persona()): DecoyOutput[] => talk([Buffer.from(text, 'latin1')], who);
const textOf = (outputs: readonly DecoyOutput[]): string =>
  outputs
    .map((output) => (output.do === 'reply' ? Buffer.from(output.bytes).toString('latin1') : ''))
    .join('');
const exploitsOf = (outputs: readonly DecoyOutput[]): string[] =>
  outputs.flatMap((output) =>
    output.do === 'saw' && output.fact.kind === 'exploit' ? output.fact.cves : [],
  );

async function run(command: string, words: readonly string[], folder = tmpdir()): Promise<string> {
  const child = spawn(command, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (text += bytes.toString()));
  await new Promise((resolve) => child.on('close', resolve));
  return text;
}

describe('the ftp decoy', () => {
  it('knows the backdoor, mod_copy, SITE EXEC and the bounce', () => {
    expect(exploitsOf(say('USER x:)\r\nPASS y\r\n'))).toEqual(['CVE-2011-2523']);
    // The real 2.3.4 says nothing any more once its backdoor is open.
    expect(textOf(say('USER x:)\r\nPASS y\r\nNOOP\r\n', persona('vsftpd', '2.3.4')))).not.toMatch(
      /530 Login/,
    );
    const copied = say(
      'SITE CPFR /etc/passwd\r\nSITE CPTO /tmp/passwd.copy\r\nUSER bob\r\nPASS secret\r\nSTAT /tmp/passwd.copy\r\n',
      persona('ProFTPD', '1.3.5'),
    );
    expect(textOf(copied)).toMatch(/350 File or directory exists.*\r\n250 Copy successful\r\n/);
    expect(textOf(copied)).toContain('passwd.copy');
    expect(exploitsOf(copied)).toEqual(['CVE-2015-3306', 'CVE-2015-3306']);
    const login = 'USER bob\r\nPASS secret\r\n';
    expect(exploitsOf(say(`${login}SITE EXEC id\r\nPORT 10,0,0,1,0,25\r\n`))).toEqual([
      'CVE-1999-0080',
      'CVE-1999-0017',
    ]);
  });

  it('connects to nobody: PORT is taken and the transfer fails', () => {
    const outputs = say('USER ftp\r\nPASS x\r\nPORT 198,51,100,7,200,1\r\nLIST\r\n');
    expect(textOf(outputs)).toMatch(
      /200 PORT command successful[^]*425 Failed to establish connection\.\r\n$/,
    );
    expect(exploitsOf(outputs)).toEqual([]);
  });

  const line = fc.oneof(
    fc.constantFrom(
      'USER bob\r\n',
      'USER ftp\r\n',
      'PASS secret\r\n',
      'PASS x\r\n',
      'CWD /tmp\r\n',
      'PORT 198,51,100,7,200,1\r\n',
      'EPSV\r\n',
      'LIST\r\n',
      'RETR hello.txt\r\n',
      'STAT /etc\r\n',
      'MKD a\r\n',
      'RNFR a\r\n',
      'RNTO b\r\n',
      'SITE CPFR /etc/passwd\r\n',
      'SITE CHMOD 777 b\r\n',
      'STOR x\r\n',
      'RMD b\r\n',
      'CWD ../../..\r\n',
    ),
    fc.string({ maxLength: 30 }),
  );

  it('says the same however the bytes are split, and survives any', () => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 14 }),
        fc.array(fc.nat(400), { maxLength: 8 }),
        fc.boolean(),
        (lines, cuts, isPro) => {
          const who = isPro ? persona('ProFTPD', '1.3.5') : persona();
          const bytes = Buffer.from(lines.join(''), 'latin1');
          const points = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort(
            (left, right) => left - right,
          );
          const pieces = points.slice(1).map((point, index) => bytes.subarray(points[index], point));
          const shown = (outputs: readonly DecoyOutput[]): string =>
            textOf(outputs) + JSON.stringify(outputs.filter((output) => output.do !== 'reply'));
          expect(shown(talk(pieces, { ...who }))).toBe(shown(talk([bytes], { ...who })));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('real clients of the ftp decoy', () => {
  needTools(['curl', 'lftp'])('curl and lftp list, fetch and deliver, also inside TLS', async () => {
    await using served = await serveDecoy(ftp, persona());
    const folder = mkdtempSync(join(tmpdir(), 'ftp-'));
    try {
      const url = `ftp://127.0.0.1:${served.port}`;
      expect(await run('curl', ['-s', `${url}/`])).toMatch(
        /-rw-r--r--    1 0        0               6 .* hello\.txt\r?\n/,
      );
      expect(await run('curl', ['-s', `${url}/hello.txt`])).toBe('hello\n');
      expect(await run('curl', ['-sk', '--ssl-reqd', '-u', 'bob:secret', `${url}/notes`])).toBe('notes\n');
      writeFileSync(join(folder, 'drop.sh'), '#!/bin/sh\nid\n');
      await run('curl', ['-s', '-u', 'bob:secret', '-T', 'drop.sh', `${url}/`], folder);
      expect(await run('curl', ['-s', '-u', 'bob:secret', `${url}/drop.sh`])).toBe('#!/bin/sh\nid\n');
      expect(Buffer.from(served.captures[0]?.bytes ?? []).toString()).toBe('#!/bin/sh\nid\n');
      expect(served.captures[0]?.name).toBe('/home/bob/drop.sh');
      const script = `set ftp:ssl-allow no; open -u bob,secret ${url}; mkdir kept; cd kept; put drop.sh; ls; get drop.sh -o back; bye`;
      expect(await run('lftp', ['-c', script], folder)).toContain('drop.sh');
      expect(readFileSync(join(folder, 'back'), 'utf8')).toBe('#!/bin/sh\nid\n');
      expect(served.errors).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  needTools(['hydra', 'nmap'])('hydra finds the password, nmap the version and the open folder', async () => {
    await using served = await serveDecoy(ftp, persona());
    const guess = [
      '-I',
      '-t',
      '1',
      '-l',
      'bob',
      '-p',
      'secret',
      '-s',
      String(served.port),
      'ftp://127.0.0.1',
    ];
    expect(await run('hydra', guess)).toContain('password: secret');
    const words = ['-Pn', '-n', '-sV', '--version-light', '-p', String(served.port), '127.0.0.1'];
    const text = await run('nmap', [...words, '--script', '+ftp-anon']);
    expect(text).toContain('vsftpd 3.0.3');
    expect(text).toContain('Anonymous FTP login allowed');
    expect(text).toContain('hello.txt');
    expect(served.errors).toEqual([]);
  });

  needTools(['curl'])('the sensor opens the data port, for the source alone', async () => {
    await using loopback = new LoopbackSensor();
    const { folder, seen } = loopback;
    const who = persona();
    const [port = 0] = await loopback.start([{ persona: who, decoy: ftp }], {
      decoys: [ftp],
      any: ftp,
      limits: { asidePortsPerSource: 2 },
    });
    const url = `ftp://bob:secret@127.0.0.1:${port}`;
    writeFileSync(join(folder, 'drop'), 'x'.repeat(300_000));
    await run('curl', ['-s', '-T', 'drop', `${url}/`], folder);
    expect(await run('curl', ['-s', `${url}/drop`])).toHaveLength(300_000);
    expect(await run('curl', ['-sk', '--ssl-reqd', `${url}/drop`])).toHaveLength(300_000);
    expect(seen).toContainEqual(
      expect.objectContaining({
        kind: 'payload',
        bytes: 300_000,
        how: 'ftp-upload',
        name: '/home/bob/drop',
      }),
    );
    const login: Step[] = ['USER bob', 'PASS secret', 'EPSV'];
    const held = [0, 1].map(() => connect(port, '127.0.0.1'));
    for (const socket of held) socket.write('USER bob\r\nPASS secret\r\nEPSV\r\n');
    await sleep(300);
    expect((await talkInReplies(port, login)).at(-1)).toMatch(/^421/);
    for (const socket of held) socket.destroy();
    await sleep(100);
    const replies = await talkInReplies(port, login);
    const [, number = '0'] = /\|\|\|(\d+)\|/.exec(replies.at(-1) ?? '') ?? [];
    expect(Number(number)).toBeGreaterThan(1023);
  });
});

const conversations: readonly (readonly Step[])[] = [
  [
    'FOO',
    'SYST',
    'FEAT',
    'HELP',
    'NOOP',
    'OPTS UTF8 ON',
    'PASS x',
    'USER anonymous',
    'PASS a@b',
    'PWD',
    'CWD pub',
  ],
  [
    'USER ftp',
    'PASS',
    'CWD /nope',
    'CDUP',
    'XPWD',
    'TYPE I',
    'TYPE A',
    'TYPE X',
    'MODE S',
    'MODE B',
    'STRU F',
    'STRU R',
  ],
  [
    'USER ftp',
    'PASS',
    'LIST',
    'RETR hello.txt',
    'SIZE hello.txt',
    'SYST',
    'HELP',
    'NOOP',
    'REST 5',
    'REST',
    'FOO',
  ],
  [
    'USER ftp',
    'PASS',
    'DELE x',
    'MKD x',
    'RMD x',
    'RNFR hello.txt',
    'RNTO y',
    'STOR x',
    'ABOR',
    'REIN',
    'SMNT',
    'OPTS X',
  ],
  [
    'USER ftp',
    'PASS',
    'PORT 1,2,3',
    'PORT 1,2,3,4,5,6',
    'EPRT |1|127.0.0.1|1|',
    'EPSV ALL',
    'PASV',
    'EPSV 2',
    'EPSV 9',
  ],
  [
    'USER ftp',
    'PASS',
    'MDTM nope',
    'SIZE nope',
    'AUTH TLS',
    'CLNT x',
    'MLSD',
    'USER x',
    'PASS z',
    'ACCT',
    'ALLO',
    'QUIT',
  ],
  ['USER nosuch', 'PASS x', 'PWD', 'USER root', 'QUIT'],
  [
    'GET / HTTP/1.1',
    'AUTH TLS',
    'PASV',
    'LIST',
    'USER ftp',
    'USER ftp',
    'PASS',
    'SITE HELP',
    'SITE FOO',
    'SITE CHMOD 777 x',
  ],
];

describe('the ftp decoy beside a real vsftpd', () => {
  needRoot(['vsftpd'])('answers as vsftpd 3.0.3 does', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vsftpd-'));
    for (const name of ['empty', 'root', 'root/pub']) mkdirSync(join(folder, name), { mode: 0o755 });
    await run('chmod', ['755', folder]);
    writeFileSync(join(folder, 'root/hello.txt'), 'hello\n');
    const port = await new Promise<number>((resolve) => {
      const probe = createServer().listen(0, '127.0.0.1', () => {
        const address = probe.address();
        probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
      });
    });
    const options = {
      listen: 'YES',
      listen_ipv6: 'NO',
      listen_address: '127.0.0.1',
      listen_port: port,
      anonymous_enable: 'YES',
      local_enable: 'YES',
      write_enable: 'YES',
      anon_root: join(folder, 'root'),
      secure_chroot_dir: join(folder, 'empty'),
      background: 'NO',
      seccomp_sandbox: 'NO',
    };
    const text = Object.entries(options).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(join(folder, 'conf'), text.join(''));
    const daemon = spawn('vsftpd', [join(folder, 'conf')], { stdio: 'ignore' });
    try {
      for (let tries = 0; tries < 100; tries += 1) {
        const isOpen = await new Promise<boolean>((resolve) => {
          const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
          socket.on('connect', () => socket.destroy());
        });
        if (isOpen) break;
        await sleep(50);
      }
      await using served = await serveDecoy(ftp, persona('vsftpd', '3.0.3', { tls: 'no' }));
      const pairs = await Promise.all(
        conversations.map(async (steps) => [
          await talkInReplies(served.port, steps),
          await talkInReplies(port, steps),
        ]),
      );
      for (const [index, [ours = [], real = []]] of pairs.entries()) {
        const shown = (replies: readonly string[]): string[] =>
          replies.map((reply, at) => `${JSON.stringify(conversations[index]?.[at - 1] ?? '')} → ${reply}`);
        expect(shown(ours)).toEqual(shown(real));
      }
      expect(served.errors).toEqual([]);
    } finally {
      daemon.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
