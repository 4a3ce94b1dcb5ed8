import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../test/support/need.ts';
import { type ClientHello, parseClientHello } from './tls-client-hello.ts';
import { ja3, ja3Text, ja4, ja4Texts } from './tls-fingerprint.ts';

const u16 = (value: number): number[] => [value >> 8, value & 255];
const vector16 = (bytes: readonly number[]): number[] => [...u16(bytes.length), ...bytes];
const vector8 = (bytes: readonly number[]): number[] => [bytes.length, ...bytes];
const list16 = (values: readonly number[]): number[] => values.flatMap(u16);
const ascii = (text: string): number[] => [...Buffer.from(text, 'latin1')];

interface Made {
  readonly version?: number;
  readonly ciphers: readonly number[];
  readonly extensions: readonly (readonly [type: number, data: readonly number[]])[];
}

/** The handshake message of a hello with these parts. */
function message(made: Made): number[] {
  const extensions = made.extensions.flatMap(([type, data]) => [...u16(type), ...vector16(data)]);
  const body = [
    ...u16(made.version ?? 0x0303),
    ...Array.from({ length: 32 }, (_, index) => index),
    ...vector8([]),
    ...vector16(list16(made.ciphers)),
    ...vector8([0]),
    ...(made.extensions.length === 0 ? [] : vector16(extensions)),
  ];
  return [1, 0, ...u16(body.length), ...body];
}

/** The message in records of at most this many bytes. */
function records(bytes: readonly number[], size = 16_384): Uint8Array {
  const out: number[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    out.push(22, 3, 1, ...vector16(bytes.slice(at, at + size)));
  }
  return Uint8Array.from(out);
}

function parsed(bytes: Uint8Array): ClientHello {
  const hello = parseClientHello(bytes);
  if (typeof hello === 'string') throw new Error(hello);
  return hello;
}

/** Joined fragments are a Buffer, a single one is not: only the bytes count. */
const plain = (hello: ClientHello): unknown => ({
  ...hello,
  extensions: hello.extensions.map(({ type, data }) => [type, [...data]]),
});

/** The example of the JA4 specification (a Chrome of 2023), with the GREASE values that such a client sends. */
const chrome: Made = {
  ciphers: [
    0x2a2a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c,
    0x009d, 0x002f, 0x0035,
  ],
  extensions: [
    [0x3a3a, []],
    [0x0000, vector16([0, ...vector16(ascii('example.com'))])],
    [0x0017, []],
    [0xff01, [0]],
    [0x000a, vector16(list16([0x4a4a, 29, 23, 24]))],
    [0x000b, vector8([0])],
    [0x0023, []],
    [0x0010, vector16([...vector8(ascii('h2')), ...vector8(ascii('http/1.1'))])],
    [0x0005, [1, 0, 0, 0, 0]],
    [0x000d, vector16(list16([0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601]))],
    [0x0012, []],
    [0x0033, []],
    [0x002d, [1, 1]],
    [0x002b, vector8(list16([0x5a5a, 0x0304, 0x0303]))],
    [0x001b, [2, 0, 2]],
    [0x4469, []],
    [0x0015, [0, 0]],
  ],
};

describe('a ClientHello', () => {
  it('is read with its name, protocols and lists', () => {
    const hello = parsed(records(message(chrome)));
    expect(hello.serverName).toBe('example.com');
    expect(hello.alpn).toEqual(['h2', 'http/1.1']);
    expect(hello.groups).toEqual([0x4a4a, 29, 23, 24]);
    expect(hello.supportedVersions).toEqual([0x5a5a, 0x0304, 0x0303]);
  });

  it('has the JA4 that the specification computes for this client', () => {
    const hello = parsed(records(message(chrome)));
    expect(ja4Texts(hello)).toEqual({
      ciphers: '002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9',
      extensions:
        '0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_0403,0804,0401,0503,0805,0501,0806,0601',
    });
    expect(ja4(hello, 't')).toBe('t13d1516h2_8daaf6152771_e5627efa2ab1');
    expect(ja4(hello, 'q')).toBe('q13d1516h2_8daaf6152771_e5627efa2ab1');
  });

  it('has the JA3 of the two examples of its authors', () => {
    const first = parsed(
      records(
        message({
          version: 0x0301,
          ciphers: [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4],
          extensions: [
            [0, []],
            [10, vector16(list16([23, 24, 25]))],
            [11, vector8([0])],
          ],
        }),
      ),
    );
    expect(ja3Text(first)).toBe('769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0');
    expect(ja3(first)).toBe('ada70206e40642a3e4461f35503241d5');
    const second = parsed(
      records(
        message({ version: 0x0301, ciphers: [4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99], extensions: [] }),
      ),
    );
    expect(ja3(second)).toBe('de350869b8c85de67a350c8d186f11e6');
  });

  it('tells absent parts as the JA4 specification does', () => {
    const bare = parsed(records(message({ ciphers: [], extensions: [] })));
    expect(ja4(bare, 't')).toBe('t12i000000_000000000000_000000000000');
    const odd = parsed(
      records(message({ ciphers: [], extensions: [[16, vector16(vector8([0xab, 0xcd]))]] })),
    );
    expect(ja4(odd, 't').slice(8, 10)).toBe('ad');
  });

  it('reads the same however the message is cut over records', () => {
    const whole = parsed(records(message(chrome)));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), (size) => {
        expect(plain(parsed(records(message(chrome), size)))).toEqual(plain(whole));
      }),
      { numRuns: 60 },
    );
  });

  it('is incomplete at every cut before its end, and never another thing', () => {
    for (const size of [16_384, 7]) {
      const bytes = records(message(chrome), size);
      for (let end = 0; end < bytes.length; end += 1) {
        expect(parseClientHello(bytes.subarray(0, end))).toBe('incomplete');
      }
    }
  });

  it('is not seen in other bytes, and none make it throw', () => {
    expect(parseClientHello(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toBe('not-tls');
    expect(parseClientHello(Uint8Array.of(22, 3, 1, 0, 0))).toBe('not-tls');
    expect(parseClientHello(Uint8Array.of(22, 3, 1, 0, 4, 1, 255, 255, 255))).toBe('not-tls');
    const hello = records(message(chrome));
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(hello.length - 1),
        fc.nat(255),
        (bytes, at, value) => {
          parseClientHello(bytes);
          const spoilt = Uint8Array.from(hello);
          spoilt[at] = value;
          const outcome = parseClientHello(spoilt);
          if (typeof outcome !== 'string') {
            ja3(outcome);
            expect(ja4(outcome, 't')).toMatch(/^t.{9}_[0-9a-f]{12}_[0-9a-f]{12}$/s);
          }
        },
      ),
    );
  });

  needTools(['openssl', 'tshark', 'text2pcap'])(
    'has the JA3 that Wireshark computes for the hello of openssl s_client',
    async () => {
      const server = createServer();
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const client = spawn(
        'openssl',
        ['s_client', '-connect', `127.0.0.1:${port}`, '-servername', 'a.example', '-alpn', 'h2'],
        { stdio: 'ignore' },
      );
      const [socket] = await once(server, 'connection');
      const [bytes]: Uint8Array[] = await once(socket, 'data');
      client.kill();
      socket.destroy();
      server.close();
      const hello = parsed(bytes ?? new Uint8Array(0));
      expect(hello.serverName).toBe('a.example');
      const lines: string[] = [];
      for (let at = 0; at < (bytes?.length ?? 0); at += 16) {
        const row = Buffer.from(bytes ?? []).subarray(at, at + 16);
        lines.push(
          `${at.toString(16).padStart(6, '0')} ${[...row].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}`,
        );
      }
      const folder = mkdtempSync(join(tmpdir(), 'picket-hello-'));
      try {
        const capture = join(folder, 'hello.pcap');
        writeFileSync(join(folder, 'hello.txt'), `${lines.join('\n')}\n`);
        execFileSync('text2pcap', ['-q', '-T', '40000,443', join(folder, 'hello.txt'), capture], {
          stdio: 'ignore',
        });
        const seen = execFileSync('tshark', ['-r', capture, '-T', 'fields', '-e', 'tls.handshake.ja3'], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        expect(ja3(hello)).toBe(seen.trim());
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});
