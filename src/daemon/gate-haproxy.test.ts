import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { freePort } from '../../test/support/free-port.ts';
import { needTools } from '../../test/support/need.ts';
import { proxiedRequest, withoutIdentifiers } from '../../test/support/proxied-request.ts';
import { s3cmdAt } from '../../test/support/s3cmd.ts';
import { serveDecoy } from '../../test/support/serve-decoy.ts';
import { pineGate, pineStore } from '../../test/support/pine-gate.ts';
import { s3 } from '../decoys/s3/s3.ts';
import { plantedAwsKey } from '../wire/planted-credential.ts';

const estate = ['pine-assets', 'pine-backups', 'pine-state', 'pine-uploads'];
const page = readFileSync(join(import.meta.dirname, '../../docs/object-store-guard.md'), 'utf8');
const block = (language: string): string =>
  new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? '';
describe('HAProxy with the gate, in front of a store', () => {
  needTools(['haproxy', 's3cmd', 'curl'])(
    'answers alike, stops the search, and lets the owner work; without the gate nobody passes',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'picket-haproxy-'));
      const persona = pineStore(estate);
      await using store = await serveDecoy(s3, persona);
      const { gate, decoys, recorded } = pineGate(estate);
      await gate.start();
      const port = await freePort();
      const plainPort = await freePort();
      const [configuration, engine] = [join(folder, 'haproxy.cfg'), join(folder, 'picket.spoe')];
      writeFileSync(engine, block('spoe'));
      writeFileSync(
        configuration,
        `defaults\n    timeout connect 5s\n    timeout client 1m\n    timeout server 1m\n${block('haproxy')
          // Each client of this test has an address of its own.
          .replace('127.0.0.1:80\n', `127.0.0.1:${port} accept-proxy\n    bind 127.0.0.1:${plainPort}\n`)
          .replace('/etc/haproxy/picket.spoe', engine)
          .replace('127.0.0.1:9180 check', `127.0.0.1:${gate.port} check inter 200ms`)
          .replace('127.0.0.1:9000', `127.0.0.1:${store.port}`)}`,
      );
      const haproxy = spawn('haproxy', ['-db', '-f', configuration], { stdio: 'ignore' });
      const ask = async (source: string, head: string): Promise<string> =>
        withoutIdentifiers(await proxiedRequest(port, source, head));
      try {
        await expect
          .poll(() => ask('203.0.113.1', 'GET /pine-state/').catch(() => ''), { timeout: 10_000 })
          .toContain('<Code>AccessDenied</Code>');
        // The store itself speaks of a public bucket.
        expect(await ask('203.0.113.9', 'GET /pine-assets/')).toMatch(/\nserver: MinIO/i);
        const there = await ask('203.0.113.2', 'GET /pine-backups/');
        const missing = await ask('203.0.113.3', 'GET /pine-nothing/');
        expect(there).toMatch(/^HTTP\/1\.1 403 /);
        expect(there).toContain('<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code>');
        expect(missing).toBe(there);
        expect(await ask('203.0.113.2', 'HEAD /pine-backups/')).toBe(
          await ask('203.0.113.3', 'HEAD /pine-nothing/'),
        );

        // As bucket finders ask: names from a list, until they are told to slow down.
        const search: string[] = [];
        for (const name of ['pine-dev', 'pine-test', 'pine-www'])
          search.push((await ask('203.0.113.4', `HEAD /${name}/`)).slice(9, 12));
        expect(search).toEqual(['403', '503', '503']);
        expect(await ask('203.0.113.4', 'GET /pine-old/')).toContain('<Code>SlowDown</Code>');
        const [trap = ''] = decoys;
        expect(await ask('2001:db8::7', `GET /${trap}/`)).toMatch(/^HTTP\/1\.1 503 /);
        expect(await ask('2001:db8::8', 'GET /pine-state/')).toMatch(/^HTTP\/1\.1 503 /);
        expect(await ask('203.0.113.5', `GET /${trap}/`)).toMatch(/^HTTP\/1\.1 503 /);
        expect(recorded.find(({ fact }) => fact.decoy === true)?.fact.bucket).toBe(trap);

        // What HAProxy can just hold is judged too.
        expect(await ask('203.0.113.6', `GET /pine-state/${'a'.repeat(14_000)}`)).toMatch(/^HTTP\/1\.1 403 /);
        const signed = 'Authorization: AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=';
        expect(await ask('203.0.113.7', `GET /pine-state/\n${signed}\n${signed}`)).toMatch(
          /^HTTP\/1\.1 400 /,
        );

        const key = plantedAwsKey(persona, 'instance metadata', '127.0.0.1');
        const s3cmd = s3cmdAt(`127.0.0.1:${plainPort}`, key);
        expect(await s3cmd('ls')).toContain('s3://pine-state');
        writeFileSync(join(folder, 'up'), 'report\n'.repeat(100));
        expect(await s3cmd('put', join(folder, 'up'), 's3://pine-backups/report')).toContain('upload:');

        await gate.stop();
        expect(await ask('203.0.113.8', 'GET /pine-assets/a')).toMatch(/^HTTP\/1\.1 503 /);
      } finally {
        haproxy.kill();
        await once(haproxy, 'exit');
        await gate.stop();
        rmSync(folder, { recursive: true });
      }
    },
  );
});
