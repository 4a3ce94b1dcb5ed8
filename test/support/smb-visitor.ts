/** Visitors of the SMB decoy: machines that play it, messages, and real clients. */

import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import type { DecoyContext, DecoyOutput } from '../../src/core/decoy.ts';
import type { Persona } from '../../src/core/persona.ts';
import { smb } from '../../src/decoys/smb/smb.ts';
import { createPersona } from '../../src/personas/index.ts';
import { LittleWriter } from '../../src/wire/little-endian.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const base: Persona = { ...createPersona('ubuntu-web', 'smb test', { now }) };

/** A machine with two shares, of which `bob` knows the password. */
export function fileMachine(
  product: 'Samba' | 'Windows',
  version: string,
  details: Record<string, string> = {},
): Persona {
  return {
    ...base,
    files: {
      ...base.files,
      '/srv/samba/public/readme.txt': { content: 'hello\n', mode: 0o644, owner: 'root' },
    },
    login: { accepted: [['bob', 'secret']], acceptAfter: 0 },
    software: { smb: { product, version, details: { shares: 'public,backup', ...details } } },
  };
}

export const samba = (): Persona => fileMachine('Samba', '4.17.12');
export const windows = (): Persona => fileMachine('Windows', '6.1.7601');

function contextOf(who: Persona): DecoyContext {
  let attempts = 0;
  return {
    persona: who,
    source: '198.51.100.7',
    sourcePort: 40_000,
    destination: '203.0.113.5',
    destinationPort: 445,
    transport: 'tcp',
    tls: false,
    session: 'session',
    now: () => now,
    randomBytes: (count) => new Uint8Array(count).fill(5),
    countAttempt: () => (attempts += 1),
  };
}

export function talk(pieces: readonly Uint8Array[], who: Persona = windows()): DecoyOutput[] {
  const session = smb.open(contextOf(who));
  return [...pieces.flatMap((piece) => [...session.receive(piece)]), ...(session.end?.() ?? [])];
}

export function framed(message: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(message.length);
  return Buffer.concat([head, message]);
}

/** An SMB 1 message: command, words, bytes. */
export function first(command: number, words: Uint8Array, bytes: Uint8Array = Buffer.alloc(0)): Buffer {
  const writer = new LittleWriter()
    .octets(Buffer.from('\xffSMB', 'latin1'))
    .uint8(command)
    .uint32(0)
    .uint8(0x18);
  writer.uint16(0xc001).uint16(0).zeros(10).uint16(0x0800).uint16(1).uint16(0x0800).uint16(0x41);
  return framed(
    writer
      .uint8(words.length / 2)
      .octets(words)
      .uint16(bytes.length)
      .octets(bytes)
      .finish(),
  );
}

export const negotiate1: Buffer = first(0x72, Buffer.alloc(0), Buffer.from('\x02NT LM 0.12\0', 'latin1'));

/** What a program prints, both streams. */
export async function run(
  command: string,
  words: readonly string[],
  folder: string = tmpdir(),
): Promise<string> {
  const child = spawn(command, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (text += bytes.toString()));
  await new Promise((resolve) => child.on('close', resolve));
  return text;
}
