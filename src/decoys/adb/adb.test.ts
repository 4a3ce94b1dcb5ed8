import { Buffer } from 'node:buffer';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { shellPersona } from '../../../test/support/shell-persona.ts';
import { holdsForAnyBytes, talk } from '../../../test/support/talk.ts';
import type { Persona } from '../../core/persona.ts';
import { adb } from './adb.ts';
import { command, encodeMessage } from './message.ts';

const persona = (details: Record<string, string> = {}): Persona =>
  shellPersona('linux-busybox', {
    software: {
      adb: { product: 'adbd', version: '1.0.32', details: { product: 'p212', model: 'X96mini', ...details } },
    },
  });
const hello = encodeMessage(command.connect, 0x0100_0001, 262_144, 'host::\0');
const open = (service: string, id = 7): Buffer => encodeMessage(command.open, id, 0, `${service}\0`);
const okay = encodeMessage(command.okay, 7, 1, '');
const sync = (name: string, body: string, number = body.length): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.write(name);
  bytes.writeUInt32LE(number, 4);
  return Buffer.concat([bytes, Buffer.from(body, 'latin1')]);
};

describe('the adb decoy', () => {
  it('recognises ADB.Miner', () => {
    const { facts } = talk(adb, persona(), [hello, open('shell:pm path com.ufo.miner')]);
    expect(facts).toContainEqual(
      expect.objectContaining({
        kind: 'exploit',
        service: 'adb',
        name: 'adb-miner',
        detail: 'com.ufo.miner',
      }),
    );
    expect(facts).toContainEqual({ kind: 'command', service: 'adb', input: 'pm path com.ufo.miner' });
  });

  it('keeps a pushed file, which the shell then sees', () => {
    const write = encodeMessage(
      command.write,
      7,
      1,
      Buffer.concat([
        sync('SEND', '/data/local/tmp/trinity,33261'),
        sync('DATA', '\x7fELF and more'),
        sync('DONE', '', 1_600_000_000),
      ]),
    );
    const { outputs, text, facts } = talk(adb, persona(), [
      hello,
      open('sync:'),
      write,
      okay,
      open('shell:cat /data/local/tmp/trinity', 8),
    ]);
    expect(outputs).toContainEqual({
      do: 'capture',
      bytes: new Uint8Array(Buffer.from('\x7fELF and more', 'latin1')),
      how: 'adb-push',
      name: '/data/local/tmp/trinity',
    });
    expect(text.split('\x7fELF and more')).toHaveLength(2);
    expect(facts).toContainEqual(expect.objectContaining({ kind: 'exploit', detail: 'trinity' }));
  });

  it('asks for a key where the device does, and takes none', () => {
    const key = encodeMessage(command.auth, 3, 0, 'QAAAAKoDQF8= miner@host\0');
    const { facts, replies } = talk(adb, persona({ authentication: 'required' }), [
      hello,
      encodeMessage(command.auth, 2, 0, Buffer.alloc(256)),
      key,
      open('shell:id'),
    ]);
    expect(replies.map((bytes) => Buffer.from(bytes).toString('latin1', 0, 4))).toEqual(['AUTH', 'AUTH']);
    expect(facts).toEqual([
      expect.objectContaining({ kind: 'auth', method: 'publickey', user: 'miner@host', accepted: false }),
    ]);
  });

  it('gives the same for any split of any bytes', () => {
    holdsForAnyBytes(adb, () => persona(), [
      hello,
      Buffer.concat([hello, open('shell:'), encodeMessage(command.write, 7, 1, 'ls /\r'), okay, okay]),
      Buffer.concat([hello, open('shell:getprop'), okay]),
      Buffer.concat([hello, open('sync:'), encodeMessage(command.write, 7, 1, sync('LIST', '/')), okay]),
      encodeMessage(command.write, 7, 1, sync('SEND', '/x,1')),
      encodeMessage(command.close, 7, 1, ''),
      open('reboot:'),
    ]);
    holdsForAnyBytes(adb, () => persona({ authentication: 'required' }), [
      hello,
      encodeMessage(command.auth, 3, 0, 'key me\0'),
    ]);
  });

  needTools(['adb'])('serves the real adb', async () => {
    await using served = await serveDecoy(adb, persona());
    const folder = mkdtempSync(join(tmpdir(), 'picket-adb-'));
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const address = probe.address();
    const own = typeof address === 'object' && address !== null ? String(address.port) : '';
    await new Promise<void>((resolve) => probe.close(() => resolve()));
    const at = `127.0.0.1:${served.port}`;
    const run = (...words: string[]): Promise<string> =>
      new Promise((resolve) => {
        const env = { PATH: process.env['PATH'], HOME: folder, ANDROID_ADB_SERVER_PORT: own };
        execFile('adb', words, { timeout: 20_000, env }, (_error, stdout, stderr) =>
          resolve(stdout + stderr),
        );
      });
    try {
      expect(await run('connect', at)).toContain(`connected to ${at}`);
      expect(await run('devices', '-l')).toMatch(/device product:p212 model:X96mini device:p212/);
      expect((await run('-s', at, 'shell', 'getprop ro.product.model')).trim()).toBe('X96mini');
      expect(await run('-s', at, 'shell', 'cat /proc/version')).toContain('Linux version 3.14.29');
      writeFileSync(join(folder, 'bot'), Buffer.alloc(150_000, 'bot binary '));
      expect(await run('-s', at, 'push', join(folder, 'bot'), '/data/local/tmp/')).toContain('1 file pushed');
      expect((await run('-s', at, 'shell', 'wc -c < /data/local/tmp/bot')).trim()).toBe('150000');
      expect(await run('-s', at, 'pull', '/data/local/tmp/bot', join(folder, 'back'))).toContain(
        '1 file pulled',
      );
      expect(readFileSync(join(folder, 'back')).equals(readFileSync(join(folder, 'bot')))).toBe(true);
      expect(served.captures.map(({ how, name, bytes }) => [how, name, bytes.length])).toEqual([
        ['adb-push', '/data/local/tmp/bot', 150_000],
      ]);
      expect(served.errors).toEqual([]);
    } finally {
      await run('kill-server');
      rmSync(folder, { recursive: true });
    }
  });
});
