/** The decoy beside the daemons that it claims to be, both asked the same. */

import { Buffer } from 'node:buffer';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { EchoShell } from '../../../test/support/echo-shell.ts';
import { needRoot } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { sshPersona } from '../../../test/support/ssh-persona.ts';
import type { Persona } from '../../core/persona.ts';
import { decodeKexInit } from '../../wire/ssh-kexinit.ts';
import { sshWith } from './decoy.ts';

const decoy = sshWith(() => new EchoShell());

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Everything that a server says to these bytes until it closes, or is silent for a while. */
function ask(port: number, bytes: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    socket.on('data', (part: Buffer) => parts.push(part));
    socket.on('error', () => {});
    socket.setTimeout(500, () => socket.destroy());
    socket.on('close', () => resolve(Buffer.concat(parts)));
    setTimeout(() => reject(new Error('no end')), 10_000).unref();
  });
}

/** The version line and the first packet's payload. */
function opening(said: Buffer): { version: string; packet: Buffer; payload: Buffer } {
  const end = said.indexOf('\r\n');
  const packet = said.subarray(end + 2, end + 6 + said.readUInt32BE(end + 2));
  return {
    version: said.subarray(0, end).toString('latin1'),
    packet,
    payload: packet.subarray(5, packet.length - (packet[4] ?? 0)),
  };
}

/** A persona that claims to be the daemon that said this. */
function personaLike(said: Buffer): Persona {
  const { version, payload } = opening(said);
  const proposal = decodeKexInit(payload);
  return sshPersona({
    version,
    keyExchange: proposal.keyExchange,
    hostKey: proposal.hostKey,
    ciphers: proposal.ciphersToClient,
    macs: proposal.macsToClient,
    compression: proposal.compressionToClient,
  });
}

/** Leaves out what is random: the cookie of KEXINIT and, for Dropbear, the padding. */
function comparable(said: Buffer, paddingIsRandom: boolean): string {
  const start = said.indexOf('\r\n') + 2;
  const copy = Buffer.from(said);
  if (copy.length > start + 22) {
    copy.fill(0, start + 6, start + 22);
    const { packet } = opening(said);
    if (paddingIsRandom) copy.fill(0, start + packet.length - (packet[4] ?? 0), start + packet.length);
  }
  return copy.toString('latin1');
}

const questions = [
  'SSH-2.0-x\r\n',
  'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
  'SSH-1.5-old\r\n',
  'SSH-1.99-both\r\n',
  'SSH-2.0\r\n',
  'SSH-2.0-\r\n',
  'SSH-2.0-x\rGET\n',
  '\x16\x03\x01\x00\n\x05\n',
  `${'a'.repeat(9000)}\n`,
  'SSH-2.0-x\r\nGET / HTTP/1.1\r\n\r\n',
];

async function expectSame(port: number, paddingIsRandom: boolean, start: string): Promise<void> {
  const persona = personaLike(await ask(port, start));
  await using served = await serveDecoy(decoy, persona);
  for (const question of questions) {
    const real = comparable(await ask(port, question), paddingIsRandom);
    const said = comparable(await ask(served.port, question), paddingIsRandom);
    expect(said, JSON.stringify(question.slice(0, 40))).toBe(real);
  }
  expect(served.errors).toEqual([]);
}

/** Runs a daemon while the body lasts; it is ended by its own process id. */
async function withDaemon(
  program: string,
  argumentsFor: (folder: string, port: number) => string[],
  body: (port: number) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'picket-daemon-'));
  const port = await freePort();
  const child = spawn(program, argumentsFor(folder, port), { stdio: 'ignore' });
  try {
    for (let tries = 0; tries < 50; tries += 1) {
      if ((await ask(port, '')).length > 0) break;
      await sleep(100);
    }
    await body(port);
  } finally {
    child.kill('SIGTERM');
    rmSync(folder, { recursive: true });
  }
}

function opensshArguments(folder: string, port: number): string[] {
  mkdirSync('/run/sshd', { recursive: true });
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')]);
  const settings = [
    'ListenAddress=127.0.0.1',
    'PidFile=none',
    'UsePAM=no',
    'PermitRootLogin=yes',
    'MaxStartups=100',
  ];
  return [
    '-De',
    '-f/dev/null',
    `-h${join(folder, 'key')}`,
    `-p${port}`,
    ...settings.map((setting) => `-o${setting}`),
  ];
}

/** The numbers of the messages that a client gets while its password is refused. */
function messagesToClient(port: number): Promise<string[]> {
  const settings = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'HostKeyAlgorithms=ssh-ed25519',
    'PreferredAuthentications=password',
    'NumberOfPasswordPrompts=9',
  ];
  return new Promise((resolve) => {
    execFile(
      'ssh',
      [
        '-vvv',
        '-F/dev/null',
        ...settings.map((setting) => `-o${setting}`),
        `-p${port}`,
        'root@127.0.0.1',
        'true',
      ],
      {
        env: { PATH: '/usr/bin:/bin', SSH_ASKPASS: '/bin/echo', SSH_ASKPASS_REQUIRE: 'force' },
        timeout: 50_000,
      },
      (_error, _stdout, stderr) => {
        const lines = stderr.matchAll(/receive packet: type (\d+)|:2: (Too many authentication failures)/g);
        resolve(Array.from(lines, (line) => line[1] ?? line[2] ?? ''));
      },
    );
  });
}

describe('beside the real daemon', () => {
  needRoot(['sshd', 'ssh-keygen'])(
    'it opens and answers mistakes as OpenSSH does, byte for byte',
    async () => {
      await withDaemon('/usr/sbin/sshd', opensshArguments, (port) =>
        expectSame(port, false, 'SSH-2.0-x\r\n'),
      );
    },
  );

  needRoot(['sshd', 'ssh', 'ssh-keygen'])(
    'it refuses passwords with the same messages as OpenSSH',
    async () => {
      await withDaemon('/usr/sbin/sshd', opensshArguments, async (port) => {
        const persona = personaLike(await ask(port, 'SSH-2.0-x\r\n'));
        await using served = await serveDecoy(decoy, persona);
        const real = await messagesToClient(port);
        expect(real).toContain('Too many authentication failures');
        expect(await messagesToClient(served.port)).toEqual(real);
      });
    },
  );

  needRoot(['dropbear', 'dropbearkey'])(
    'it opens and answers mistakes as Dropbear does, byte for byte',
    async () => {
      const argumentsFor = (folder: string, port: number): string[] => {
        execFileSync('dropbearkey', ['-t', 'ed25519', '-f', join(folder, 'key')], { stdio: 'ignore' });
        return ['-F', '-E', '-p', `127.0.0.1:${port}`, '-r', join(folder, 'key'), '-P', join(folder, 'pid')];
      };
      await withDaemon('/usr/sbin/dropbear', argumentsFor, (port) => expectSame(port, true, ''));
    },
  );
});
