import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { createPersona } from '../../personas/index.ts';
import { http } from './http.ts';
import { freePort } from '../../../test/support/free-port.ts';
import { startNginx } from '../../../test/support/nginx.ts';

/** Everything that a server says to these bytes until it closes, or for half a second. */
async function ask(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
  socket.on('error', () => {});
  socket.write(request, 'latin1');
  // A refused connection is told by what it closes with: nothing.
  await Promise.race([new Promise((resolve) => socket.once('close', resolve)), sleep(500)]);
  socket.destroy();
  return text;
}

/** What differs between two servers of the same kind by right: dates, tags, lengths of the index. */
const comparable = (answer: string): string =>
  answer.replaceAll(/(Date|Last-Modified): [^\r]*/g, '$1: …').replaceAll(/ETag: [^\r]*/g, 'ETag: …');

describe('the http decoy beside a real nginx', () => {
  needTools(['nginx'])('gives the same bytes to requests that nginx itself answers', async () => {
    const port = await freePort();
    await using _nginx = await startNginx(port, (folder) => {
      mkdirSync(join(folder, 'site'));
      return `default_type text/html; server { listen 127.0.0.1:${port}; root ${folder}/site; }`;
    });
    let real = '';
    for (let tries = 0; tries < 40 && real === ''; tries += 1) {
      await sleep(50);
      real = await ask(port, 'GET /none HTTP/1.0\r\n\r\n');
    }
    const server = /^Server: ([^\r]+)/m.exec(real)?.[1] ?? '';
    expect(server).toMatch(/^nginx\//);
    const machine = createPersona('ubuntu-web', 'a seed', { now: Date.UTC(2026, 0, 2) });
    await using served = await serveDecoy(http, {
      ...machine,
      http: { server, title: 'A site', products: [] },
    });
    for (const request of [
      'GET /none HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
      'GET /none HTTP/1.1\r\nHost: a\r\nUser-Agent: x Chrome/131.0 y\r\nConnection: close\r\n\r\n',
      'HEAD /none HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
      'GET /none HTTP/1.0\r\n\r\n',
      'DELETE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
      'GET / HTTP/1.1\r\n\r\n',
      'BROKEN\r\n\r\n',
      '\x16\x03\x01\x00\x01\x01\r\n\r\n',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n',
    ]) {
      const wanted = comparable(await ask(port, request));
      expect(comparable(await ask(served.port, request)), JSON.stringify(request)).toBe(wanted);
    }
    expect(served.errors).toEqual([]);
  });
});
