import { Buffer } from 'node:buffer';
import { execFile } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { shellPersona } from '../../../test/support/shell-persona.ts';
import { holdsForAnyBytes, talk } from '../../../test/support/talk.ts';
import type { Persona } from '../../core/persona.ts';
import { ipv6Text } from './address-text.ts';
import { proxy } from './proxy.ts';

const persona = (details: Record<string, string> = { outside: 'refused' }): Persona =>
  shellPersona('linux-gnu', {
    login: { accepted: [['user', 'secret']], acceptAfter: 0 },
    software: { proxy: { product: 'Squid', version: '4.13', details } },
  });
const asking = (): Persona => persona({ authentication: 'required', outside: 'unreachable' });
const run = (program: string, words: readonly string[]): Promise<string> =>
  new Promise((resolve) => {
    execFile(program, [...words], { timeout: 30_000 }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
const request = Buffer.concat([
  Buffer.from([5, 1, 0, 3, 11]),
  Buffer.from('example.net'),
  Buffer.from([1, 187]),
]);

describe('the proxy decoy', () => {
  it('takes a SOCKS 5 client to where nothing can be reached', () => {
    const { replies, facts } = talk(proxy, persona(), [Buffer.of(5, 2, 0, 2), request]);
    expect(replies.map((bytes) => Array.from(bytes))).toEqual([
      [5, 0],
      [5, 5, 0, 1, 0, 0, 0, 0, 0, 0],
    ]);
    expect(facts).toEqual([
      {
        kind: 'command',
        service: 'proxy',
        input: 'SOCKS5 CONNECT example.net:443',
        urls: ['tcp://example.net:443'],
      },
    ]);
  });

  it('asks for a name and password where the persona does', () => {
    expect([...(talk(proxy, asking(), [Buffer.of(5, 1, 0)]).replies[0] ?? [])]).toEqual([5, 255]);
    const login = (password: string): Buffer =>
      Buffer.concat([
        Buffer.from([1, 4]),
        Buffer.from('user'),
        Buffer.of(password.length),
        Buffer.from(password),
      ]);
    const wrong = talk(proxy, asking(), [Buffer.of(5, 2, 0, 2), login('admin')]);
    expect([...(wrong.replies.at(-1) ?? [])]).toEqual([1, 1]);
    expect(wrong.facts).toEqual([
      {
        kind: 'auth',
        service: 'proxy',
        user: 'user',
        method: 'password',
        password: 'admin',
        accepted: false,
      },
    ]);
    const right = talk(proxy, asking(), [Buffer.of(5, 2, 0, 2), login('secret'), request]);
    expect([...(right.replies.at(-1) ?? [])].slice(0, 2)).toEqual([5, 4]);
  });

  it('writes IPv6 targets as RFC 5952 has it', () => {
    const octets = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
    expect(ipv6Text(octets('20010db8 00000000 00000000 00000001'))).toBe('2001:db8::1');
    expect(ipv6Text(octets('20010db8 00000001 00010001 00010001'))).toBe('2001:db8:0:1:1:1:1:1');
    expect(ipv6Text(Buffer.alloc(16))).toBe('::');
  });

  it('gives the same for any split of any bytes', () => {
    for (const fresh of [persona, asking])
      holdsForAnyBytes(proxy, () => fresh(), [
        Buffer.of(5, 1, 0),
        Buffer.concat([Buffer.of(5, 1, 0), request]),
        Buffer.concat([Buffer.of(5, 1, 2), Buffer.from([1, 1, 97, 1, 98])]),
        Buffer.from([4, 1, 0, 80, 192, 0, 2, 1, 0]),
        Buffer.from('\x04\x01\x00\x50\x00\x00\x00\x01me\x00example.net\x00', 'latin1'),
        Buffer.from('CONNECT example.net:443 HTTP/1.1\r\nHost: example.net:443\r\n\r\n'),
        Buffer.from('POST http://example.net/ HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello'),
        Buffer.from('GET / HTTP/1.0\r\n\r\n'),
      ]);
  });

  needTools(['curl'])('is asked by curl in every tongue', async () => {
    await using served = await serveDecoy(proxy, persona());
    const at = `127.0.0.1:${served.port}`;
    const ask = (words: readonly string[]): Promise<string> => run('curl', ['-sS', '-m', '10', ...words]);
    expect(await ask(['--socks5-hostname', at, 'http://example.net/'])).toMatch(
      /SOCKS5.*\(5\)|connection to example\.net.*5/i,
    );
    await ask(['--socks5', at, '-U', 'user:secret', 'http://192.0.2.5:8080/']);
    await ask(['--socks4', at, 'http://192.0.2.6/']);
    await ask(['--socks4a', at, 'http://example.org/']);
    expect(await ask(['-x', `http://${at}`, 'https://example.net/'])).toContain('503');
    expect(await ask(['-i', '-x', `http://${at}`, 'http://example.net/azenv.php'])).toMatch(
      /^HTTP\/1\.1 503 Service Unavailable\r\nServer: squid\/4\.13\r\n/,
    );
    expect(await ask(['-p', '-x', `http://${at}`, 'http://example.net:25/'])).toContain('403');
    const urls = served.facts.flatMap((fact) =>
      fact.kind === 'command' ? [`${fact.input.split(' ')[0]} ${(fact.urls ?? []).join()}`] : [],
    );
    expect(urls).toEqual([
      'SOCKS5 tcp://example.net:80',
      'SOCKS5 tcp://192.0.2.5:8080',
      'SOCKS4 tcp://192.0.2.6:80',
      'SOCKS4A tcp://example.org:80',
      'CONNECT tcp://example.net:443',
      'GET tcp://example.net:80',
      'CONNECT tcp://example.net:25',
    ]);
    expect(served.errors).toEqual([]);
  });

  needTools(['curl'])('lets curl authenticate with Squid', async () => {
    await using served = await serveDecoy(proxy, asking());
    const words = [
      '-sS',
      '-m',
      '10',
      '-o',
      '/dev/null',
      '-w',
      '%{http_code}',
      '-x',
      `http://127.0.0.1:${served.port}`,
    ];
    expect(await run('curl', [...words, 'http://example.net/'])).toBe('407');
    expect(await run('curl', [...words, '-U', 'user:wrong', 'http://example.net/'])).toBe('407');
    expect(await run('curl', [...words, '-U', 'user:secret', 'http://example.net/'])).toBe('503');
    expect(
      served.facts
        .filter((fact) => fact.kind === 'auth')
        .map((fact) => fact.kind === 'auth' && fact.accepted),
    ).toEqual([false, true]);
  });

  needTools(['nmap'])('tells nmap which methods it has', async () => {
    await using served = await serveDecoy(proxy, asking());
    const said = await run('nmap', [
      '-Pn',
      '-sT',
      '-sV',
      '--script',
      '+socks-auth-info',
      '-p',
      String(served.port),
      '127.0.0.1',
    ]);
    expect(said).toMatch(/Username and password/);
    expect(served.errors).toEqual([]);
  });

  needTools(['hydra'])(
    'records what hydra guesses, which takes a proxy that reaches nothing for one that refuses',
    async () => {
      await using served = await serveDecoy(proxy, asking());
      const said = await run('hydra', [
        '-I',
        '-l',
        'user',
        '-p',
        'secret',
        '-t',
        '1',
        '-s',
        String(served.port),
        '127.0.0.1',
        'socks5',
      ]);
      expect(said).toContain('1 of 1 target');
      expect(served.facts).toContainEqual({
        kind: 'auth',
        service: 'proxy',
        user: 'user',
        method: 'password',
        password: 'secret',
        accepted: true,
      });
      expect(served.errors).toEqual([]);
    },
  );
});
