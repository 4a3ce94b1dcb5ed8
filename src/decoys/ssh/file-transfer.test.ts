/** Files over SSH: real clients against the decoy, and sftp-server beside ours. */

import { Buffer } from 'node:buffer';
import { execFile, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needRoot, needTools } from '../../../test/support/need.ts';
import { serveDecoy, type ServedDecoy } from '../../../test/support/serve-decoy.ts';
import { sshPersona } from '../../../test/support/ssh-persona.ts';
import { visitorShell } from '../../../test/support/visitor-shell.ts';
import type { ShellEvent } from '../../shell/event.ts';
import { SshWriter } from '../../wire/ssh-bytes.ts';
import { parseScpCommand } from './scp-command.ts';
import { ScpSink } from './scp-sink.ts';
import { ScpSource } from './scp-source.ts';
import { SftpServer } from './sftp-server.ts';
import { ssh } from './ssh.ts';
import { Visitor } from './visitor.ts';

interface Result {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, words: readonly string[], input = ''): Promise<Result> {
  return new Promise((resolve) => {
    const child = execFile(program, [...words], { timeout: 20_000 }, (error, stdout, stderr) => {
      resolve({
        status: error === null ? 0 : typeof error.code === 'number' ? error.code : -1,
        stdout,
        stderr,
      });
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

const settings = (port: number, flag: '-p' | '-P', more: readonly string[] = []): string[] => [
  '-F',
  '/dev/null',
  '-o',
  'StrictHostKeyChecking=no',
  '-o',
  'UserKnownHostsFile=/dev/null',
  '-o',
  'LogLevel=ERROR',
  ...more,
  flag,
  String(port),
];
const byPassword = ['-o', 'PubkeyAuthentication=no'];
const remote = (program: string, words: readonly string[], input = ''): Promise<Result> =>
  run('sshpass', ['-p', 'secret', program, ...words], input);
const sshTo = (served: ServedDecoy, command: string): Promise<Result> =>
  remote('ssh', [...settings(served.port, '-p', byPassword), 'root@127.0.0.1', command]);

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'picket-files-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const programBytes = Buffer.from(
  Array.from({ length: 200_000 }, (_, index) => (index * 31 + (index >> 8)) & 255),
);
const uploads = (served: ServedDecoy): [string | undefined, string, string][] =>
  served.captures.map(({ name, how, bytes }) => [name, how, Buffer.from(bytes).toString('latin1')]);

describe('files over SSH', () => {
  const needClients = needTools(['ssh', 'scp', 'sftp', 'sshpass']);

  for (const [name, more] of [
    ['scp as it is today (SFTP)', []],
    ['scp as it was (-O)', ['-O']],
  ] as const) {
    needClients(`${name} brings files, which stay for the next login, and takes them back`, () =>
      inFolder(async (folder) => {
        await using served = await serveDecoy(ssh, sshPersona());
        writeFileSync(join(folder, 'x86'), programBytes, { mode: 0o755 });
        mkdirSync(join(folder, 'tree/inner'), { recursive: true });
        writeFileSync(join(folder, 'tree/a.sh'), '#!/bin/sh\necho ran\n', { mode: 0o755 });
        writeFileSync(join(folder, 'tree/inner/b'), 'b');
        const options = [...more, ...settings(served.port, '-P', byPassword)];
        const far = 'root@127.0.0.1:/tmp/';
        expect(await remote('scp', [...options, join(folder, 'x86'), far])).toMatchObject({
          status: 0,
          stderr: '',
        });
        expect(await remote('scp', [...options, '-r', '-p', join(folder, 'tree'), far])).toMatchObject({
          status: 0,
        });
        expect(
          (await sshTo(served, 'wc -c < /tmp/x86; sh /tmp/tree/a.sh; cat /tmp/tree/inner/b')).stdout,
        ).toBe('200000\nran\nb');
        expect(uploads(served)).toContainEqual(['/tmp/x86', 'upload', programBytes.toString('latin1')]);
        expect(await remote('scp', [...options, `${far}x86`, join(folder, 'back')])).toMatchObject({
          status: 0,
        });
        expect(readFileSync(join(folder, 'back')).equals(programBytes)).toBe(true);
        expect(await remote('scp', [...options, '-r', `${far}tr*`, join(folder, 'again')])).toMatchObject({
          status: 0,
        });
        expect(readFileSync(join(folder, 'again/inner/b'), 'utf8')).toBe('b');
        const missing = await remote('scp', [...options, `${far}none`, folder]);
        expect([missing.status, missing.stderr]).toEqual([
          1,
          expect.stringContaining('/tmp/none: No such file or directory'),
        ]);
        const into = await remote('scp', [...options, join(folder, 'x86'), 'root@127.0.0.1:/nowhere/x']);
        expect([into.status, into.stderr]).toEqual([1, expect.stringMatching(/No such file or directory/)]);
        expect(served.errors).toEqual([]);
      }),
    );
  }

  needClients('sftp lists, makes, moves, removes; what it did the shell sees', () =>
    inFolder(async (folder) => {
      await using served = await serveDecoy(ssh, sshPersona());
      writeFileSync(join(folder, 'kit'), 'kit kit kit');
      const batch = [
        'pwd',
        'mkdir /tmp/.x',
        `put ${join(folder, 'kit')} /tmp/.x/kit`,
        'chmod 755 /tmp/.x/kit',
        'rename /tmp/.x/kit /tmp/.x/kit2',
        'ln -s kit2 /tmp/.x/link',
        'ln /tmp/.x/kit2 /tmp/.x/hard',
        'ls -l /tmp/.x',
        'rm /tmp/.x/hard',
        'df /tmp',
        `get /etc/hostname ${join(folder, 'hostname')}`,
        '-rmdir /tmp/.x',
        '-rm /tmp/none',
        '-get /root/none',
      ];
      const { status, stdout, stderr } = await remote(
        'sftp',
        [...settings(served.port, '-P', byPassword), '-o', 'BatchMode=no', '-b', '-', 'root@127.0.0.1'],
        `${batch.join('\n')}\n`,
      );
      expect(status, stderr).toBe(0);
      expect(stdout).toContain('Remote working directory: /root');
      expect(stdout).toMatch(/-rwxr-xr-x +2 root +root +11 \w{3} .\d \d\d:\d\d kit2\n/);
      expect(readFileSync(join(folder, 'hostname'), 'utf8')).toBe('web-03\n');
      expect(stderr).toContain('remote rmdir "/tmp/.x": Failure');
      expect((await sshTo(served, 'cat /tmp/.x/link; ls /tmp/.x')).stdout).toBe('kit kit kitkit2\nlink\n');
      expect(uploads(served)).toEqual([['/tmp/.x/kit', 'upload', 'kit kit kit']]);
      expect(served.facts).toContainEqual({ kind: 'command', service: 'ssh', input: 'sftp mkdir /tmp/.x' });
      expect(served.errors).toEqual([]);
    }),
  );

  needTools(['ssh', 'sshpass', 'ssh-keygen'])(
    'a key that the visitor put into authorized_keys lets him in, another does not',
    () =>
      inFolder(async (folder) => {
        await using served = await serveDecoy(ssh, sshPersona());
        for (const [type, bits] of [
          ['ed25519', '256'],
          ['rsa', '2048'],
          ['ecdsa', '384'],
        ] as const) {
          const key = join(folder, type);
          execFileSync('ssh-keygen', ['-q', '-t', type, '-b', bits, '-N', '', '-f', key]);
          const enter = (): Promise<Result> =>
            run('ssh', [
              ...settings(served.port, '-p', ['-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes']),
              '-i',
              key,
              'root@127.0.0.1',
              'echo in',
            ]);
          expect((await enter()).status).toBe(255);
          const line = readFileSync(`${key}.pub`, 'utf8').trim();
          await sshTo(served, `mkdir -p ~/.ssh; echo "${line}" >> ~/.ssh/authorized_keys`);
          expect(await enter(), type).toEqual({ status: 0, stdout: 'in\n', stderr: '' });
        }
        const byKey = served.facts.filter((fact) => fact.kind === 'auth' && fact.method === 'publickey');
        expect(byKey.map((fact) => fact.kind === 'auth' && fact.accepted)).toEqual([
          false,
          true,
          false,
          true,
          false,
          true,
        ]);
        expect(served.errors).toEqual([]);
      }),
  );

  needTools(['ssh', 'sshpass'])(
    'a forward from the far side is granted or not, as the machine has it',
    async () => {
      for (const [forwarding, expected, words] of [
        ['refused', 'Connection refused', 'connect failed'],
        ['unreachable', 'No route to host', 'connect failed'],
        ['prohibited', 'open failed', 'administratively prohibited'],
      ] as const) {
        const software = { ssh: { product: 'OpenSSH', version: '8.4p1', details: { forwarding } } };
        await using served = await serveDecoy(ssh, { ...sshPersona(), software });
        const near = await remote('ssh', [
          '-F',
          '/dev/null',
          '-o',
          'LogLevel=INFO',
          ...settings(served.port, '-p', byPassword),
          '-W',
          '203.0.113.7:25',
          'root@127.0.0.1',
        ]);
        expect(near.stderr).toContain(`${words}: ${expected}`);
        expect(served.facts).toContainEqual({
          kind: 'command',
          service: 'ssh',
          input: 'direct-tcpip 203.0.113.7:25',
          urls: ['tcp://203.0.113.7:25'],
        });
        const far = await remote('ssh', [
          '-o',
          'ExitOnForwardFailure=yes',
          ...settings(served.port, '-p', byPassword),
          '-R',
          '0:127.0.0.1:1',
          'root@127.0.0.1',
          'echo there',
        ]);
        expect(far.stdout.includes('there')).toBe(forwarding !== 'prohibited');
        expect(served.errors).toEqual([]);
      }
    },
  );
});

const message = (type: number, fields: SshWriter): Buffer => {
  const body = fields.finish();
  const bytes = Buffer.alloc(5 + body.length);
  bytes.writeUInt32BE(1 + body.length);
  bytes[4] = type;
  bytes.set(body, 5);
  return bytes;
};
const fields = (): SshWriter => new SshWriter();
const none = (writer: SshWriter): SshWriter => writer.uint32(0);
const handle = (number: number): Buffer => Buffer.of(0, 0, 0, number);

/** A conversation with all requests that change or ask; `base` is the folder that both sides have. */
function script(base: string): Buffer[] {
  let id = 0;
  const request = (type: number, build: (writer: SshWriter) => SshWriter): Buffer =>
    message(type, build(fields().uint32((id += 1))));
  const path = (type: number, name: string): Buffer =>
    request(type, (writer) => writer.string(`${base}${name}`));
  const open = (name: string, flags: number): Buffer =>
    request(3, (writer) => none(writer.string(`${base}${name}`).uint32(flags)));
  const two = (type: number, one: string, other: string): Buffer =>
    request(type, (writer) => writer.string(one).string(other));
  const extended = (name: string, build: (writer: SshWriter) => SshWriter = (writer) => writer): Buffer =>
    request(200, (writer) => build(writer.string(name)));
  return [
    message(1, fields().uint32(3)),
    ...['', '/file', '/none', '/link', '/file/under', '/loop', '/folder'].flatMap((name) => [
      path(17, name),
      path(7, name),
    ]),
    ...[
      '',
      '/file',
      '/none',
      '/none/x',
      '/link',
      '/loop',
      '/folder/../file',
      '/file/x',
      `/${'n'.repeat(300)}`,
    ].map((name) => path(16, name)),
    ...['/link', '/file', '/none'].map((name) => path(19, name)),
    // Read, past the end, with a handle that is none, then closed twice.
    open('/file', 1),
    ...[0, 3, 100].map((at) =>
      request(5, (writer) => writer.string(handle(0)).uint32(0).uint32(at).uint32(10)),
    ),
    request(5, (writer) => writer.string(handle(7)).uint32(0).uint32(0).uint32(10)),
    request(6, (writer) => writer.string(handle(0)).uint32(0).uint32(0).string('no')),
    request(8, (writer) => writer.string(handle(0))),
    request(4, (writer) => writer.string(handle(0))),
    request(4, (writer) => writer.string(handle(0))),
    request(12, (writer) => writer.string(handle(0))),
    open('/none', 1),
    open('/none/x', 26),
    open('/file', 2 + 8 + 32),
    open('/folder', 2),
    open('/folder', 1),
    request(5, (writer) => writer.string(handle(0)).uint32(0).uint32(0).uint32(10)),
    request(4, (writer) => writer.string(handle(0))),
    // Written with a hole, cut, and read again.
    open('/new', 3 + 8),
    request(6, (writer) => writer.string(handle(0)).uint32(0).uint32(4).string('later')),
    request(6, (writer) => writer.string(handle(0)).uint32(0).uint32(0).string('now')),
    request(5, (writer) => writer.string(handle(0)).uint32(0).uint32(0).uint32(100)),
    request(10, (writer) => writer.string(handle(0)).uint32(1).uint32(0).uint32(6)),
    request(5, (writer) => writer.string(handle(0)).uint32(0).uint32(0).uint32(100)),
    request(4, (writer) => writer.string(handle(0))),
    // Folders.
    request(14, (writer) => none(writer.string(`${base}/made`))),
    request(14, (writer) => none(writer.string(`${base}/made`))),
    request(14, (writer) => none(writer.string(`${base}/none/made`))),
    request(14, (writer) => none(writer.string(`${base}/file/made`))),
    path(15, '/folder'),
    path(15, '/file'),
    path(15, '/none'),
    path(15, '/made'),
    path(13, '/none'),
    path(13, '/folder'),
    path(11, '/none'),
    path(11, '/file'),
    // Moves.
    two(18, `${base}/file`, `${base}/new`),
    two(18, `${base}/none`, `${base}/new`),
    two(18, `${base}/new`, `${base}/moved`),
    two(18, `${base}/folder`, `${base}/moved`),
    extended('posix-rename@openssh.com', (writer) => writer.string(`${base}/moved`).string(`${base}/file`)),
    extended('posix-rename@openssh.com', (writer) => writer.string(`${base}/file`).string(`${base}/folder`)),
    extended('posix-rename@openssh.com', (writer) => writer.string(`${base}/folder`).string(`${base}/file`)),
    extended('hardlink@openssh.com', (writer) => writer.string(`${base}/file`).string(`${base}/hard`)),
    extended('hardlink@openssh.com', (writer) => writer.string(`${base}/file`).string(`${base}/hard`)),
    two(20, 'hard', `${base}/soft`),
    two(20, 'hard', `${base}/soft`),
    path(19, '/soft'),
    request(9, (writer) => writer.string(`${base}/hard`).uint32(4).uint32(0o600)),
    request(9, (writer) => none(writer.string(`${base}/none`))),
    request(9, (writer) => writer.string(`${base}/none`).uint32(4).uint32(0o600)),
    path(7, '/soft'),
    extended('limits@openssh.com'),
    extended('expand-path@openssh.com', (writer) => writer.string('~nobody-at-all/x')),
    extended('home-directory', (writer) => writer.string('nobody-at-all')),
    extended('no-such@openssh.com'),
    extended('users-groups-by-id@openssh.com', (writer) =>
      writer.string(Buffer.of(0, 0, 0, 0, 0, 1, 0, 0)).string(Buffer.of(0, 0, 0, 0)),
    ),
    // A listing, in whatever order.
    path(11, ''),
    request(12, (writer) => writer.string(handle(0))),
    request(12, (writer) => writer.string(handle(0))),
    request(4, (writer) => writer.string(handle(0))),
  ];
}

/** Answers as text, without what the machine alone decides (times, order of a folder, size of folders). */
function readable(bytes: Buffer, base: string): string[] {
  const answers: string[] = [];
  for (let at = 0; at + 4 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const answer = bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    const type = answer[0];
    if (type === 104 && answer.readUInt32BE(5) > 1) {
      const lines = [
        ...answer
          .toString('latin1')
          .matchAll(/[-dl][rwx-]{9} +\d+ \w+ +\w+ +(\d+) (\w{3} [ \d]\d [ :\d]{5}) [^\0]+/g),
      ];
      answers.push(
        lines
          .map(([line]) => line.replace(/ +\d+ \w{3} [ \d]\d [ :\d]{5}/, ''))
          .filter((line) => !line.endsWith(' ..'))
          .sort()
          .join('\n'),
      );
    } else if (type === 105)
      answers.push(
        `${answer.subarray(0, 9).toString('hex')} ${(answer.readUInt32BE(25) & 0o040000) === 0 ? answer.subarray(9, 17).toString('hex') : 'folder'} ${answer.subarray(17, 29).toString('hex')}`,
      );
    // How many files may be open is the limit of the process.
    else
      answers.push(
        answer
          .subarray(0, type === 201 && length === 37 ? 29 : length)
          .toString('latin1')
          .replaceAll(base, 'BASE')
          .replaceAll(/[^ -~]/g, (each) => `\\${each.charCodeAt(0)}`)
          .replace(/\\0\\0\\0.(BASE|.)/g, '$1'),
      );
  }
  return answers;
}

describe('sftp-server beside ours', () => {
  needRoot(['sshd'])('answers a script of requests alike', () =>
    inFolder(async (folder) => {
      const base = join(folder, 'base');
      mkdirSync(base);
      writeFileSync(join(base, 'file'), 'content');
      mkdirSync(join(base, 'folder'));
      writeFileSync(join(base, 'folder/inside'), '');
      symlinkSync('file', join(base, 'link'));
      symlinkSync('loop', join(base, 'loop'));
      utimesSync(join(base, 'file'), 1_600_000_000, 1_600_000_000);
      chmodSync(folder, 0o755);
      const persona = {
        ...sshPersona(),
        users: [{ name: 'root', uid: 0, home: '/root', shell: '/bin/bash' }],
      };
      const visitor = new Visitor(visitorShell(persona));
      const { files } = visitor;
      for (const path of base
        .split('/')
        .map((_, index, names) => names.slice(0, index + 1).join('/'))
        .slice(1))
        if (files.find(path, '/') === null) files.makeDirectory(path, '/');
      const made = files.open(`${base}/file`, '/', 'truncate');
      if (made.kind === 'file') files.setContent(made, 'content', '');
      files.makeDirectory(`${base}/folder`, '/');
      files.open(`${base}/folder/inside`, '/', 'truncate');
      files.makeLink('file', `${base}/link`, '/');
      files.makeLink('loop', `${base}/loop`, '/');
      const server = new SftpServer(visitor, 902);
      const requests = script(base);
      // Longer than any message may be: sftp-server ends, and with it what it has not sent yet.
      const tooLong = Buffer.of(0, 5, 0, 0, 1);
      const ours = [...requests, tooLong].flatMap((bytes) => Array.from(server.receive(bytes)));
      const oursBytes = Buffer.concat(ours.flatMap((event) => (event.say === 'output' ? [event.bytes] : [])));
      const child = spawn('/usr/lib/openssh/sftp-server', [], { stdio: ['pipe', 'pipe', 'ignore'] });
      const pieces: Buffer[] = [];
      child.stdout.on('data', (bytes: Buffer) => {
        pieces.push(bytes);
        if (readable(Buffer.concat(pieces), base).length === requests.length) child.stdin.end(tooLong);
      });
      child.stdin.on('error', () => {});
      child.stdin.write(Buffer.concat(requests));
      const code = await new Promise((resolve) => child.on('close', resolve));
      const theirs = readable(Buffer.concat(pieces), base);
      const own = readable(oursBytes, base);
      expect(own.length).toBe(theirs.length);
      expect(own).toEqual(theirs);
      expect(ours.at(-1)).toEqual({ say: 'exit', status: code });
    }),
  );
});

/** Events as they come, outputs that follow each other as one. */
function merged(events: Iterable<ShellEvent>): unknown[] {
  const result: unknown[] = [];
  let output = '';
  for (const event of events) {
    if (event.say === 'output') output += Buffer.from(event.bytes).toString('latin1');
    else {
      if (output !== '') result.push(output);
      output = '';
      result.push(
        event.say === 'capture' ? { ...event, bytes: Buffer.from(event.bytes).toString('latin1') } : event,
      );
    }
  }
  return [...result, output];
}

describe('any bytes', () => {
  const pieces = fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...script('/tmp')) },
      {
        weight: 3,
        arbitrary: fc
          .constantFrom(
            'C0644 5 name\n',
            'hello\0',
            'D0755 0 dir\n',
            'E\n',
            'T1 0 1 0\n',
            '\0',
            '\x01text\n',
            'C0644 0 ../x\n',
          )
          .map((text) => Buffer.from(text, 'latin1')),
      },
      { weight: 2, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
    ),
    { maxLength: 12 },
  );
  const programs: Record<
    string,
    (visitor: Visitor) => {
      start(): Iterable<ShellEvent>;
      receive(bytes: Uint8Array): Iterable<ShellEvent>;
      end(): Iterable<ShellEvent>;
    }
  > = {
    'the SFTP server': (visitor) => new SftpServer(visitor, 902),
    'scp -t': (visitor) => new ScpSink(visitor, parseScpCommand('scp -r -t /tmp') ?? expect.fail()),
    'scp -f': (visitor) =>
      new ScpSource(visitor, parseScpCommand('scp -r -p -f /etc/h* /none') ?? expect.fail()),
  };
  const persona = sshPersona();
  for (const [name, make] of Object.entries(programs)) {
    it(`${name} answers any split of them alike`, () => {
      fc.assert(
        fc.property(pieces, fc.array(fc.nat(400), { maxLength: 5 }), (parts, cuts) => {
          const whole = Buffer.concat(parts);
          const places = [
            0,
            ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b),
            whole.length,
          ];
          const tell = (split: readonly Uint8Array[]): unknown[] => {
            const program = make(new Visitor(visitorShell(persona)));
            return merged([
              ...program.start(),
              ...split.flatMap((bytes) => [...program.receive(bytes)]),
              ...program.end(),
            ]);
          };
          expect(tell(places.slice(1).map((end, index) => whole.subarray(places[index] ?? 0, end)))).toEqual(
            tell([whole]),
          );
        }),
        { numRuns: 60 },
      );
    });
  }

  it('reads the command lines of scp, and no others', () => {
    expect(parseScpCommand("scp -v -r -t -- '/tmp/a b'")).toMatchObject({
      mode: 'take',
      recursive: true,
      paths: ['/tmp/a b'],
    });
    expect(parseScpCommand('scp -f /etc/*')).toMatchObject({ mode: 'give', paths: ['/etc/*'] });
    for (const other of ['scp a b:c', 'scp -t /tmp; id', 'scp -t $(id)', 'scpx -t /tmp', 'scp -t'])
      expect(parseScpCommand(other)).toBeNull();
  });
});
