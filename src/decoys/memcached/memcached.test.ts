import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecoyOutput } from '../../core/decoy.ts';
import type { Persona } from '../../core/persona.ts';
import { createPersona } from '../../personas/index.ts';
import { cut, exploitNames, replyText, stillContext, talk } from '../../../test/support/decoy-talk.ts';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { memcached } from './memcached.ts';

const base: Persona = {
  ...createPersona('debian-db', 'memcached test', { now: Date.parse('2026-03-01T12:00:00Z') }),
};
const persona = (version = '1.6.18'): Persona => ({
  ...base,
  software: { memcached: { product: 'memcached', version } },
});

const say = (text: string, who = persona()): DecoyOutput[] =>
  talk(memcached, stillContext(who), [Buffer.from(text, 'latin1')]);

const datagram = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0x12, 0x34, 0, 0, 0, 1, 0, 0]), Buffer.from(text, 'latin1')]);

const overUdp = (who: Persona, ...texts: string[]): DecoyOutput[] =>
  talk(memcached, stillContext(who, { transport: 'udp' }), texts.map(datagram));

/** Both are given these one after the other in one connection; uniques are avoided, since they count from different numbers. */
const lines = [
  'flush_all',
  'get a',
  'set a 5 0 3\r\nabc',
  'get a',
  'get a b a',
  'gets b',
  'add a 0 0 1\r\nx',
  'replace nope 0 0 1\r\nx',
  'append a 0 0 2\r\nde',
  'prepend a 0 0 1\r\n_',
  'get a',
  'set n 0 0 2\r\n10',
  'incr n 5',
  'decr n 14',
  'get n',
  'decr n 100',
  'incr nope 1',
  'incr a 1',
  'incr n x',
  'incr n',
  'touch a 100',
  'touch nope 0',
  'touch a x',
  'touch a',
  'gat 100 a',
  'gat a',
  'delete a',
  'delete a',
  'delete',
  'delete a 5',
  'delete a 0',
  'set',
  'set a',
  'set a x 0 3',
  'set a 0 0 -1',
  'set a 0 0 3\r\nabcdef',
  'version x',
  'cas nope 0 0 1 1\r\nx',
  'get',
  'GET a',
  'foo',
  '',
  'verbosity 1',
  'verbosity',
  'flush_all 0',
  'flush_all x',
  'stats foo',
  'stats reset',
  'stats cachedump',
  'stats cachedump 99 0',
  'shutdown',
  'mn',
  'mg nope v',
  'ms m 2\r\nhi',
  'mg m v f s',
  'mg m k O123',
  'md m',
  'md m',
  'me nope',
  'slabs foo',
  'cache_memlimit',
  'cache_memlimit 64',
  `get ${'k'.repeat(251)}`,
  `set ${'k'.repeat(251)} 0 0 1`,
  'set e 0 -1 1\r\nx',
  'get e',
];

async function ask(port: number): Promise<string[]> {
  const socket = connect(port, '127.0.0.1');
  let held = '';
  let wake = (): void => {};
  socket.setEncoding('latin1').on('data', (piece: string) => {
    held += piece;
    wake();
  });
  const answers: string[] = [];
  for (const line of lines) {
    socket.write(`${line}\r\nversion\r\n`, 'latin1');
    const until = Date.now() + 3000;
    while (!/VERSION [\d.]+\r\n$/.test(held) && Date.now() < until) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, 300);
      });
    }
    answers.push(held);
    held = '';
  }
  socket.destroy();
  return answers;
}

describe('the memcached decoy', () => {
  it('keeps what is set, for the same visitor', () => {
    const who = persona();
    expect(replyText(say('set key 7 0 5\r\nhello\r\nget key\r\n', who))).toBe(
      'STORED\r\nVALUE key 7 5\r\nhello\r\nEND\r\n',
    );
    expect(replyText(say('get key\r\n', who))).toContain('hello');
    expect(
      replyText(talk(memcached, stillContext(who, { source: '198.51.100.8' }), [Buffer.from('get key\r\n')])),
    ).toBe('END\r\n');
  });

  it('compares and swaps by the number that gets shows', () => {
    const who = persona();
    const [, unique = ''] =
      /VALUE k 0 1 (\d+)/.exec(replyText(say('set k 0 0 1\r\na\r\ngets k\r\n', who))) ?? [];
    expect(
      replyText(
        say(`cas k 0 0 1 ${Number(unique) + 1}\r\nb\r\ncas k 0 0 1 ${unique}\r\nc\r\nget k\r\n`, who),
      ),
    ).toBe('EXISTS\r\nSTORED\r\nVALUE k 0 1\r\nc\r\nEND\r\n');
  });

  it('shows the keys that an application left', () => {
    const who = persona();
    expect(replyText(say('stats items\r\n', who))).toMatch(/STAT items:5:number \d+/);
    const [, key = ''] = /ITEM (\S+) \[/.exec(replyText(say('stats cachedump 5 100\r\n', who))) ?? [];
    expect(replyText(say(`get ${key}\r\n`, who))).toContain(`VALUE ${key} 0 `);
    expect(replyText(say('stats\r\n', who))).toContain('STAT version 1.6.18\r\n');
  });

  it('speaks the binary protocol', () => {
    const request = (opcode: number, key: string, value = '', extras = ''): string => {
      const head = Buffer.alloc(24);
      head[0] = 0x80;
      head[1] = opcode;
      head.writeUInt16BE(key.length, 2);
      head[4] = extras.length;
      head.writeUInt32BE(extras.length + key.length + value.length, 8);
      head.write('opaq', 12);
      return head.toString('latin1') + extras + key + value;
    };
    const who = persona();
    const text = replyText(
      say(
        request(1, 'k', 'val', '\0\0\0\x05\0\0\0\0') +
          request(0, 'k') +
          request(0x0b, '') +
          request(0, 'none') +
          request(0x99, ''),
        who,
      ),
    );
    expect(text).toContain('\0\0\0\x05val');
    expect(text).toContain('1.6.18');
    expect(text).toContain('Not found');
    expect(text).toContain('Unknown command');
    expect(text.match(/opaq/g)).toHaveLength(5);
    expect(replyText(say('get k\r\n', who))).toBe('VALUE k 5 3\r\nval\r\nEND\r\n');
  });

  it('answers over UDP within the size of the request, and names what would have grown', () => {
    const who = persona();
    expect(replyText(overUdp(who, 'get nothing\r\n'))).toBe('\x12\x34\0\0\0\x01\0\0END\r\n');
    const outputs = overUdp(who, `set big 0 0 4500\r\n${'x'.repeat(4500)}\r\n`, 'get big\r\n', 'stats\r\n');
    expect(replyText(outputs)).toBe('\x12\x34\0\0\0\x01\0\0STORED\r\n');
    expect(exploitNames(outputs)).toEqual(['memcached-amplification', 'memcached-amplification']);
    expect(outputs.filter((output) => output.do === 'capture')).toHaveLength(1);
  });

  it('reads over a value that is too large, and ends what has no end', () => {
    expect(replyText(say(`set a 0 0 2000000\r\n${'x'.repeat(2_000_000)}\r\nversion\r\n`))).toBe(
      'SERVER_ERROR object too large for cache\r\nVERSION 1.6.18\r\n',
    );
    expect(say('x'.repeat(9000)).at(-1)).toEqual({ do: 'close' });
  });

  it('knows its protocol and no other', () => {
    const sure = (text: string): number => memcached.recognise?.(Buffer.from(text, 'latin1')) ?? 0;
    expect(sure('stats\r\n')).toBeGreaterThan(0.8);
    expect(sure('set a 0 0 1\r\n')).toBeGreaterThan(0.9);
    expect(sure(datagram('stats\r\n').toString('latin1'))).toBeGreaterThan(0.9);
    expect(sure('GET / HTTP/1.1\r\n')).toBe(0);
    expect(sure('SSH-2.0-Go\r\n')).toBe(0);
  });

  const piece = fc.oneof(
    fc
      .constantFrom(
        'get a',
        'set a 0 0 3',
        'abc',
        'add b 0 0 1',
        'x',
        'stats',
        'stats items',
        'incr a 1',
        'cas a 0 0 1 1',
        'delete a',
        'ms k 2',
        'mg a v',
        'touch a 1',
        'flush_all',
        '\x80',
        '',
      )
      .map((text) => Buffer.from(`${text}\r\n`, 'latin1')),
    fc.uint8Array({ maxLength: 30 }),
  );

  it('gives the same for any split of any bytes, and never throws', () => {
    const stream = fc
      .tuple(
        fc.constantFrom('', '\x80\x00\0\x01\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0k'),
        fc.array(piece, { maxLength: 10 }),
      )
      .map(([first, rest]) => Buffer.concat([Buffer.from(first, 'latin1'), ...rest]));
    fc.assert(
      fc.property(stream, fc.array(fc.nat(200), { maxLength: 6 }), (bytes, places) => {
        const whole = talk(memcached, stillContext(persona()), [bytes]);
        expect(talk(memcached, stillContext(persona()), cut(bytes, places))).toEqual(whole);
      }),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 5 }), (datagrams) => {
        const context = stillContext(persona(), { transport: 'udp' });
        for (const each of datagrams) {
          const answered = replyText(talk(memcached, context, [each])).length;
          expect(answered).toBeLessThanOrEqual(each.length);
        }
      }),
    );
  });
});

describe('beside and before real programs', () => {
  needTools(['memcached'])('answers as this system’s memcached does', async () => {
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const address = probe.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((resolve) => probe.close(resolve));
    const server = spawn(
      'memcached',
      [
        '-l',
        '127.0.0.1',
        '-p',
        String(port),
        '-U',
        '0',
        ...(process.getuid?.() === 0 ? ['-u', 'nobody'] : []),
      ],
      { stdio: 'ignore' },
    );
    try {
      for (let tries = 0; tries < 100; tries += 1) {
        const isOpen = await new Promise<boolean>((resolve) => {
          const socket = connect(port, '127.0.0.1', () => {
            socket.destroy();
            resolve(true);
          });
          socket.on('error', () => resolve(false));
        });
        if (isOpen) break;
        await sleep(50);
      }
      const real = await ask(port);
      const version = /VERSION ([\d.]+)/.exec(real[0] ?? '')?.[1] ?? '';
      await using served = await serveDecoy(memcached, persona(version), { transport: 'tcp' });
      const ours = await ask(served.port);
      const different = lines.flatMap((line, index) =>
        real[index] === ours[index]
          ? []
          : [
              `${line.slice(0, 60)}\n   real ${JSON.stringify(real[index])}\n   ours ${JSON.stringify(ours[index])}`,
            ],
      );
      expect(different.join('\n')).toBe('');
      expect(served.errors).toEqual([]);
    } finally {
      server.kill('SIGKILL');
    }
  });

  needTools(['nmap'])('is recognised by nmap', async () => {
    await using served = await serveDecoy(memcached, persona(), { transport: 'tcp' });
    const child = spawn('nmap', [
      '-Pn',
      '-p',
      String(served.port),
      '--script',
      '+memcached-info',
      '127.0.0.1',
    ]);
    let text = '';
    child.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
    await new Promise((resolve) => child.on('close', resolve));
    expect(text).toMatch(/Architecture: 64 bit[\s\S]*Authentication: no/);
  });
});
