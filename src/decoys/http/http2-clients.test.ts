import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import type { Persona } from '../../core/persona.ts';
import { createPersona } from '../../personas/index.ts';
import { http } from './http.ts';

const run = promisify(execFile);
const machine = createPersona('ubuntu-web', 'a seed', { now: Date.UTC(2026, 0, 2) });
const withServer = (server: string): Persona => ({
  ...machine,
  http: { server, title: 'A site', products: ['phpunit'], speaksHttp2: true },
});
const nginx = withServer('nginx/1.18.0 (Ubuntu)');

async function output(program: string, ...words: string[]): Promise<string> {
  const { stdout } = await run(program, words, { timeout: 30_000 });
  return stdout;
}

describe('the http decoy before clients of HTTP/2', () => {
  needTools(['curl'])(
    'is taken by curl as HTTP/2, over TLS by ALPN and plain by prior knowledge',
    async () => {
      await using secure = await serveDecoy(http, nginx, { tls: true });
      const agreed = await output(
        'curl',
        '-ski',
        '-m',
        '20',
        '--http2',
        `https://127.0.0.1:${secure.port}/none`,
      );
      expect(agreed).toMatch(/^HTTP\/2 404 \r\nserver: nginx\/1\.18\.0 \(Ubuntu\)\r\ndate: /);
      expect([...agreed.matchAll(/^([\w-]+): /gm)].map((match) => match[1])).toEqual([
        'server',
        'date',
        'content-type',
        'content-length',
      ]);
      expect([...secure.fingerprints.values()][0]?.http2).toMatch(/^3:100;4:\d+;2:0\|\d+\|0\|m,[asp,]+$/);
      expect(
        await output('curl', '-ski', '-m', '20', '--http1.1', `https://127.0.0.1:${secure.port}/`),
      ).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      await using plain = await serveDecoy(http, nginx);
      const body = 'x=' + 'y'.repeat(100_000);
      const known = await output(
        'curl',
        '-si',
        '-m',
        '20',
        '--http2-prior-knowledge',
        '-d',
        body,
        `http://127.0.0.1:${plain.port}/x.php`,
      );
      expect(known).toMatch(/^HTTP\/2 404 \r\n/);
      const request = plain.facts.find((fact) => fact.kind === 'request');
      expect(request).toMatchObject({ method: 'POST', path: '/x.php', body: body.slice(0, 65_536) });
      expect([...secure.errors, ...plain.errors]).toEqual([]);
    },
  );

  needTools(['curl'])('goes over to HTTP/2 where lighttpd does, and stays where nginx does', async () => {
    await using old = await serveDecoy(http, nginx);
    const stayed = await output('curl', '-si', '-m', '20', '--http2', `http://127.0.0.1:${old.port}/`);
    expect(stayed).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    await using served = await serveDecoy(http, withServer('lighttpd/1.4.69'));
    const went = await output('curl', '-si', '-m', '20', '--http2', `http://127.0.0.1:${served.port}/none`);
    expect(went).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n[\s\S]*\r\n\r\nHTTP\/2 404 \r\n/);
    expect(went).toContain('<h1>404 Not Found</h1>');
    expect(served.errors).toEqual([]);
  });

  needTools(['nghttp'])('is read by nghttp, with its priorities', async () => {
    await using served = await serveDecoy(http, nginx, { tls: true });
    const said = await output('nghttp', '-vn', '--no-verify-peer', `https://127.0.0.1:${served.port}/none`);
    expect(said).toContain('The negotiated protocol: h2');
    expect(said).toContain('[SETTINGS_MAX_CONCURRENT_STREAMS(0x03):128]');
    expect(said).toContain('(window_size_increment=2147418112)');
    expect(said).toMatch(/recv \(stream_id=13\) :status: 404/);
    expect(said).toMatch(/recv DATA frame <length=\d+, flags=0x01, stream_id=13>/);
    expect([...served.fingerprints.values()].map((each) => each.http2)).toEqual([
      '3:100;4:65535|00|3:0:0:201,5:0:0:101,7:0:0:1,9:0:7:1,11:0:3:1|m,p,s,a',
    ]);
    expect(served.errors).toEqual([]);
  });

  needTools(['h2load'])('holds out under h2load, which asks for many at once', async () => {
    await using served = await serveDecoy(http, nginx);
    const said = await output(
      'h2load',
      '-n',
      '300',
      '-c',
      '3',
      '-m',
      '20',
      `http://127.0.0.1:${served.port}/none`,
    );
    expect(said).toMatch(/300 succeeded|requests: 300 total, 300 started, 300 done/);
    expect(said).toContain('status codes: 0 2xx, 0 3xx, 300 4xx, 0 5xx');
    expect(served.facts.filter((fact) => fact.kind === 'request')).toHaveLength(300);
    expect(served.errors).toEqual([]);
  });

  it('understands Node’s client, every octet that it may send, and its small windows', async () => {
    await using served = await serveDecoy(http, nginx);
    const client = connect(`http://127.0.0.1:${served.port}`, { settings: { initialWindowSize: 16 } });
    const values = Array.from({ length: 4 }, (_, quarter) =>
      Array.from({ length: 64 }, (__, index) => String.fromCharCode(quarter * 64 + index))
        .join('')
        .replaceAll(/[\0-\x20\x7f]/g, ''),
    );
    for (let round = 0; round < 2; round += 1) {
      const stream = client.request({
        ':path': `/none?${round}`,
        'x-a': values[1],
        'x-b': values[0],
        'x-c': values,
      });
      let text = '';
      stream.setEncoding('latin1').on('data', (piece: string) => (text += piece));
      let status: unknown = 0;
      let length: unknown = 0;
      stream.on('response', (headers) => {
        status = headers[':status'];
        length = headers['content-length'];
      });
      await once(stream, 'end');
      expect(status).toBe(404);
      expect(text).toHaveLength(Number(length));
      expect(text).toMatch(/^<html>[\s\S]*<\/html>\r\n$/);
    }
    const pinged = new Promise((resolve) => client.ping(resolve));
    expect(await pinged).toBeNull();
    client.close();
    const request = served.facts.find((fact) => fact.kind === 'request');
    expect(request?.headers.map(([name]) => name)).toEqual([
      'host',
      'x-a',
      'x-b',
      'x-c',
      'x-c',
      'x-c',
      'x-c',
    ]);
    expect(request?.headers.find(([name]) => name === 'x-a')?.[1]).toBe(values[1]);
    expect(request?.headers.filter(([name]) => name === 'x-c').map(([, value]) => value)).toEqual(values);
    expect(served.errors).toEqual([]);
  });
});
