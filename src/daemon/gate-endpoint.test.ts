import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { needTools } from '../../test/support/need.ts';
import { serveDecoy } from '../../test/support/serve-decoy.ts';
import { s3 } from '../decoys/s3/s3.ts';
import { plantedAwsKey } from '../wire/planted-credential.ts';
import { freePort } from '../../test/support/free-port.ts';
import { runProgram } from '../../test/support/run-program.ts';
import { s3cmdAt } from '../../test/support/s3cmd.ts';
import { pineGate, pineStore } from '../../test/support/pine-gate.ts';
import { startNginx } from '../../test/support/nginx.ts';

const estate = ['pine-assets', 'pine-backups', 'pine-state', 'pine-uploads'];
let { gate, decoys, recorded } = pineGate(estate);

beforeEach(async () => {
  ({ gate, decoys, recorded } = pineGate(estate));
  await gate.start();
});
afterEach(() => gate.stop());

const asNginx = (source: string, uri: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${gate.port}/nginx`, {
    headers: {
      'X-Real-IP': source,
      'X-Original-Method': 'GET',
      'X-Original-URI': uri,
      'X-Original-Host': 's3.test',
      ...headers,
    },
  });
/** Without what differs from answer to answer. */
const plain = (body: string): string => body.replaceAll(/<(RequestId|HostId)>[^<]*/g, '<$1>');

describe('the endpoint of the gate', () => {
  it('tells nginx who passes, and who is to slow down', async () => {
    const source = '203.0.113.9';
    expect((await asNginx(source, '/pine-assets/logo.png')).status).toBe(200);
    const refused = await asNginx(source, '/pine-state/');
    expect([refused.status, refused.headers.get('x-picket-answer')]).toEqual([403, 'denied']);
    const searching = await asNginx(source, '/pine-nothing/');
    expect([searching.status, searching.headers.get('x-picket-answer')]).toEqual([403, 'slow-down']);
    const signed = { Authorization: 'AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=' };
    expect((await asNginx(source, '/pine-state/', signed)).status).toBe(200);
    const large = { ...signed, 'X-Amz-Security-Token': 't'.repeat(30_000) };
    expect((await asNginx(source, '/pine-state/', large)).status).toBe(200);
    expect(recorded.map(({ fact }) => fact.bucket)).toEqual(['pine-state', 'pine-nothing']);
  });

  it('lets nobody through for a proxy that does not name the client', async () => {
    expect((await asNginx('', '/pine-assets/logo.png')).status).toBe(403);
    expect((await fetch(`http://127.0.0.1:${gate.port}/`)).status).toBe(403);
  });

  it('speaks to Envoy’s client itself', async () => {
    const ask = (path: string, source: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${gate.port}/envoy${path}`, {
        headers: { 'X-Forwarded-For': `192.0.2.1, ${source}` },
      });
    expect((await ask('/pine-assets/logo.png', '203.0.113.10')).status).toBe(200);
    const there = await ask('/pine-state/', '203.0.113.11');
    const missing = await ask('/pine-nothing/', '203.0.113.12');
    expect([there.status, plain(await there.text())]).toEqual([missing.status, plain(await missing.text())]);
    const [trap = ''] = decoys;
    expect((await ask(`/${trap}/`, '203.0.113.13')).status).toBe(503);
    expect(recorded.at(-1)).toMatchObject({ source: '203.0.113.13', fact: { decoy: true } });
  });
});

describe('nginx with the gate, in front of a store', () => {
  needTools(['nginx', 's3cmd', 'curl'])('stops the search and lets the owner work', async () => {
    const persona = pineStore(estate);
    await using store = await serveDecoy(s3, persona);
    const port = await freePort();
    const page = readFileSync(join(import.meta.dirname, '../../docs/object-store-guard.md'), 'utf8');
    const locations = /```nginx\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    await using nginx = await startNginx(
      port,
      () => `server { listen 127.0.0.1:${port};
${locations.replaceAll('127.0.0.1:9180', `127.0.0.1:${gate.port}`).replaceAll('127.0.0.1:9000', `127.0.0.1:${store.port}`)}
}`,
    );
    const place = `127.0.0.1:${port}`;
    const status = (path: string, ...words: string[]): Promise<string> =>
      runProgram('curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', ...words, `http://${place}${path}`);
    await expect.poll(() => status('/'), { timeout: 10_000 }).toBe('403');
    const key = plantedAwsKey(persona, 'instance metadata', '127.0.0.1');
    const s3cmd = s3cmdAt(place, key);
    const same = await runProgram('curl', '-s', `http://${place}/pine-state/`);
    expect(plain(same)).toContain('<Code>AccessDenied</Code>');
    // As bucket finders ask: HEAD and GET of names from a list.
    const answers: string[] = [];
    for (const name of ['pine-dev', 'pine-test', 'pine-www']) answers.push(await status(`/${name}/`, '-I'));
    expect(answers.at(-1)).toBe('503');
    expect(await runProgram('curl', '-s', `http://${place}/pine-old/`)).toContain('<Code>SlowDown</Code>');
    // The owner comes from the same address, and is not touched.
    expect(await s3cmd('ls')).toContain('s3://pine-state');
    writeFileSync(join(nginx.folder, 'up'), 'report\n'.repeat(100));
    expect(await s3cmd('put', join(nginx.folder, 'up'), 's3://pine-backups/report')).toContain('upload:');
    expect(recorded.map(({ fact }) => fact.bucket)).toEqual(
      expect.arrayContaining(['pine-state', 'pine-dev', 'pine-test', 'pine-www', 'pine-old']),
    );
  });
});
