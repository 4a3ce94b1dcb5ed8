import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { freePort } from '../../../test/support/free-port.ts';
import {
  asking,
  field,
  fieldsOf,
  frameLines,
  hello,
  huffmanField,
} from '../../../test/support/http2-frames.ts';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { startNginx } from '../../../test/support/nginx.ts';
import type { Persona } from '../../core/persona.ts';
import { createPersona } from '../../personas/index.ts';
import { frame, frameFlag, frameType, windowUpdateFrame } from '../../wire/http2-frame.ts';
import { http } from './http.ts';

/** Everything that a server says to these bytes until it closes, or until it says nothing for a while. */
async function ask(port: number, bytes: Uint8Array, turns = 3): Promise<{ said: Buffer; isClosed: boolean }> {
  const socket = connect(port, '127.0.0.1');
  const pieces: Buffer[] = [];
  socket.on('data', (more: Buffer) => pieces.push(more));
  socket.on('error', () => {});
  socket.write(bytes);
  let heard = -1;
  // Both begin with their settings, so the quiet counts from there.
  for (let quiet = 0; quiet < turns && !socket.closed; quiet += 1) {
    if (heard !== pieces.length || (heard === 0 && !socket.destroyed)) quiet = 0;
    heard = pieces.length;
    await sleep(40);
  }
  const isClosed = socket.closed;
  socket.destroy();
  return { said: Buffer.concat(pieces), isClosed };
}

async function answering(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { said } = await ask(port, hello());
    if (said.length > 0) return;
    await sleep(50);
  }
  throw new Error('the server does not answer');
}

const machine = createPersona('ubuntu-web', 'a seed', { now: Date.UTC(2026, 0, 2) });
const withServer = (server: string): Persona => ({
  ...machine,
  http: { server, title: 'A site', products: [], speaksHttp2: true },
});

const none = fieldsOf('/none');
const zeros = (count: number): Buffer => Buffer.alloc(count);
const other = (type: number, flags: number, stream: number, payload: Uint8Array = zeros(0)): Buffer =>
  Buffer.concat([hello(), frame(type, flags, stream, payload)]);
const request = (block: Uint8Array): Buffer => Buffer.concat([hello(), asking(1, block)]);
const withFields = (...more: readonly (readonly [string, string])[]): Buffer =>
  request(fieldsOf('/none', 'GET', more));
const raw = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const begun = frame(frameType.headers, frameFlag.endStream, 1, none);
const goAway = frame(frameType.goAway, 0, 0, zeros(8));
const unknown = frame(0x20, 0, 0, Buffer.from('abc'));
const ping = frame(frameType.ping, 0, 0, Buffer.from('12345678'));

const cases: Readonly<Record<string, Uint8Array>> = {
  'only settings': hello(),
  'a page that is not there': request(none),
  'the same to Chrome': withFields(['user-agent', 'x Chrome/131.0 y']),
  HEAD: request(fieldsOf('/none', 'HEAD')),
  DELETE: request(fieldsOf('/', 'DELETE')),
  TRACE: request(fieldsOf('/', 'TRACE')),
  'a table size spoken of': Buffer.concat([hello(raw('000100000000')), asking(1, none)]),
  'two streams at once': Buffer.concat([request(none), asking(3, fieldsOf('/other'))]),
  'no room for a body': Buffer.concat([hello(raw('000400000000')), asking(1, none)]),
  'room for some of it': Buffer.concat([hello(raw('00040000000a')), asking(1, none)]),
  'a bad preface': Buffer.from('PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n'),
  'settings of five octets': Buffer.concat([
    hello().subarray(0, 24),
    frame(frameType.settings, 0, 0, zeros(5)),
  ]),
  'settings of a stream': other(frameType.settings, 0, 1),
  'an acknowledgement with settings': other(frameType.settings, 1, 0, zeros(6)),
  'a window too large': hello(raw('0004ff000000')),
  'frames too small': hello(raw('000500000001')),
  'push 2': hello(raw('000200000002')),
  'no settings at first': Buffer.concat([hello().subarray(0, 24), ping]),
  'a ping of four octets': other(frameType.ping, 0, 0, zeros(4)),
  'a window update of nothing': Buffer.concat([hello(), windowUpdateFrame(0, 0)]),
  'a window update over all': Buffer.concat([hello(), windowUpdateFrame(0, 0x7fff_ffff)]),
  'a window update of two octets': other(frameType.windowUpdate, 0, 0, zeros(2)),
  'an even stream': Buffer.concat([hello(), asking(2, none)]),
  'stream 0': Buffer.concat([hello(), asking(0, none)]),
  'an old stream': Buffer.concat([hello(), asking(3, none), asking(1, none)]),
  'data of no stream': other(frameType.data, 1, 0, Buffer.from('x')),
  'data of an idle stream': other(frameType.data, 1, 1, Buffer.from('x')),
  'a reset of no stream': other(frameType.resetStream, 0, 0, zeros(4)),
  'a reset of an idle stream': other(frameType.resetStream, 0, 1, zeros(4)),
  'a reset of three octets': other(frameType.resetStream, 0, 1, zeros(3)),
  'a push': other(frameType.pushPromise, 4, 1, zeros(8)),
  'a continuation of nothing': other(frameType.continuation, 4, 1, none),
  'another frame in a block': Buffer.concat([hello(), begun, ping]),
  'another stream in a block': Buffer.concat([hello(), begun, frame(frameType.continuation, 4, 3, zeros(0))]),
  'a block in two': Buffer.concat([hello(), begun, frame(frameType.continuation, 4, 1, field('a', 'b'))]),
  'an unknown frame': Buffer.concat([hello(), unknown, ping]),
  'a farewell and more': Buffer.concat([hello(), goAway, ping]),
  'a farewell of four octets': other(frameType.goAway, 0, 0, zeros(4)),
  'a priority of itself': other(frameType.priority, 0, 1, raw('0000000109')),
  'a priority of no stream': other(frameType.priority, 0, 0, raw('0000000109')),
  'a priority of four octets': other(frameType.priority, 0, 1, zeros(4)),
  'priorities without end': Buffer.concat([
    hello(),
    ...Array.from({ length: 200 }, () => frame(frameType.priority, 0, 1, raw('0000000009'))),
  ]),
  'padding longer than the frame': other(frameType.headers, 0xd, 1, Buffer.concat([raw('c8'), none])),
  'padding within': other(frameType.headers, 0xd, 1, Buffer.concat([raw('02'), none, zeros(2)])),
  'an index beyond the table': request(raw('ffff00')),
  'index 0': request(raw('80')),
  'a table too large': request(raw('3fffff03')),
  'half a field': request(raw('400561')),
  'Huffman’s code broken off': request(Buffer.concat([none, raw('00 01 61 81 00')])),
  'Huffman’s code': request(Buffer.concat([none, huffmanField('user-agent', 'x Chrome/1 y')])),
  'a field without a name': request(Buffer.concat([none, raw('00 00 00')])),
  'a name in capitals': withFields(['ABC', 'x']),
  'an underscore': withFields(['a_b', 'x']),
  'a zero in a value': withFields(['ab', 'x\0']),
  'an unknown pseudo-header': withFields([':foo', 'x']),
  'two paths': withFields([':path', '/']),
  'no path': request(
    Buffer.concat([field(':method', 'GET'), field(':scheme', 'http'), field(':authority', 'a')]),
  ),
  'no authority': request(
    Buffer.concat([field(':method', 'GET'), field(':scheme', 'http'), field(':path', '/none')]),
  ),
  'a host instead': request(
    Buffer.concat([
      field(':method', 'GET'),
      field(':scheme', 'http'),
      field(':path', '/none'),
      field('host', 'a'),
    ]),
  ),
  'a method in small letters': request(fieldsOf('/', 'get')),
  'a path without a slash': request(fieldsOf('none')),
  'fields of a connection': withFields(['connection', 'close'], ['transfer-encoding', 'chunked']),
  'a length that is none': Buffer.concat([
    hello(),
    asking(1, fieldsOf('/', 'POST', [['content-length', 'x']]), false),
  ]),
  'a field of nine thousand octets': Buffer.concat([
    hello(),
    frame(
      frameType.headers,
      1,
      1,
      Buffer.concat([none, raw('00 01 61 7f 80 7e'), Buffer.alloc(9_000, 0x62)]),
    ),
  ]),
  'a header that unfolds from the table': Buffer.concat([
    hello(),
    begun,
    frame(frameType.continuation, 0, 1, Buffer.concat([raw('40 01 61 7f a1 1e'), Buffer.alloc(4_000, 0x62)])),
    frame(frameType.continuation, 4, 1, Buffer.alloc(16_000, 0xbe)),
  ]),
  trailers: Buffer.concat([hello(raw('000400000000')), asking(1, none), asking(1, field('x', 'y'))]),
  'more streams than it takes': Buffer.concat([
    hello(raw('000400000000')),
    ...Array.from({ length: 140 }, (_, index) => asking(1 + 2 * index, none)),
  ]),
};

describe('the http decoy over HTTP/2 beside real servers', () => {
  needTools(['nginx'])('says the same as nginx, frame by frame', async () => {
    const port = await freePort();
    await using _nginx = await startNginx(port, (folder) => {
      mkdirSync(join(folder, 'site'));
      return `default_type text/html; server { listen 127.0.0.1:${port} http2; root ${folder}/site; }`;
    });
    await answering(port);
    const first = frameLines((await ask(port, request(none))).said);
    const server = /"server","(nginx\/[^"]+)"/.exec(first.join('\n'))?.[1] ?? '';
    await using served = await serveDecoy(http, withServer(server));
    const asked = Object.entries(cases);
    // Each answer is quiet time for the most part, so they are taken side by side.
    for (let at = 0; at < asked.length; at += 16) {
      const some = asked.slice(at, at + 16);
      const compare = async (bytes: Uint8Array, turns: number) => {
        const [real, ours] = await Promise.all([ask(port, bytes, turns), ask(served.port, bytes, turns)]);
        return {
          wanted: [...frameLines(real.said), real.isClosed],
          given: [...frameLines(ours.said), ours.isClosed],
        };
      };
      const compared = await Promise.all(some.map(([, bytes]) => compare(bytes, 3)));
      for (const [index, [name, bytes]] of some.entries()) {
        const first = compared[index];
        // On a machine that has much to do, quiet can be the quiet before the answer.
        const isSame = JSON.stringify(first?.wanted) === JSON.stringify(first?.given);
        const { wanted, given } = isSame && first !== undefined ? first : await compare(bytes, 20);
        expect(wanted.length, name).toBeGreaterThan(2);
        expect(given, name).toEqual(wanted);
      }
    }
    expect(served.errors).toEqual([]);
  });

  needTools(['lighttpd'])('goes over to HTTP/2 as lighttpd does', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'picket-lighttpd-'));
    const port = await freePort();
    const configuration = join(folder, 'lighttpd.conf');
    writeFileSync(
      configuration,
      `server.document-root = "${folder}"\nserver.port = ${port}\nserver.bind = "127.0.0.1"\n`,
    );
    const lighttpd = spawn('lighttpd', ['-D', '-f', configuration], { stdio: 'ignore' });
    const upgrade = Buffer.from(
      'GET /none HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
    );
    try {
      await answering(port);
      const first = frameLines((await ask(port, request(none))).said);
      const server = /"server","(lighttpd\/[^"]+)"/.exec(first.join('\n'))?.[1] ?? '';
      await using served = await serveDecoy(http, withServer(server));
      for (const bytes of [
        Buffer.concat([upgrade, hello()]),
        Buffer.concat([upgrade, hello(), asking(3, fieldsOf('/other'))]),
        request(none),
        request(fieldsOf('/none', 'HEAD')),
        hello(),
      ]) {
        const parts = async (of: number): Promise<[string, string[]]> => {
          const { said } = await ask(of, bytes);
          const end = said.indexOf('\r\n\r\n\0\0');
          const at = end < 0 ? 0 : end + 4;
          return [said.toString('latin1', 0, at), frameLines(said.subarray(at))];
        };
        const [wantedHead, wanted] = await parts(port);
        const [head, given] = await parts(served.port);
        expect(head).toBe(wantedHead);
        // When it acknowledges settings depends on when it reads them.
        const isAck = (line: string): boolean => line.startsWith('settings flags=1');
        expect(given.filter((line) => !isAck(line))).toEqual(wanted.filter((line) => !isAck(line)));
        expect(given.filter(isAck)).toEqual(wanted.filter(isAck));
      }
      expect(served.errors).toEqual([]);
    } finally {
      lighttpd.kill();
      if (lighttpd.exitCode === null && lighttpd.signalCode === null) await once(lighttpd, 'exit');
      rmSync(folder, { recursive: true });
    }
  });
});
