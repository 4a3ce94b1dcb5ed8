import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { FakeEngine, FakeKeys } from '../../test/support/fake-engine-api.ts';
import { needTools } from '../../test/support/need.ts';
import { createFirstKeys } from '../api/keys.ts';
import { startApi, type RunningApi } from '../api/server.ts';
import { ApiClient } from './api-client.ts';
import { readTlsFiles } from './tls-files.ts';
import { parseConfiguration } from './configuration.ts';
import type { Configuration } from './configuration-type.ts';

describe('the API over TLS', () => {
  let folder = '';
  let api: RunningApi;
  let engine: FakeEngine;
  let configuration: Configuration;
  let key = '';

  /** A certificate of a made-up name, signed by itself. */
  const certify = (name: string, ...more: string[]): void => {
    const words =
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=picket.example';
    execFileSync(
      'openssl',
      [
        ...words.split(' '),
        '-keyout',
        join(folder, `${name}.key`),
        '-out',
        join(folder, `${name}.pem`),
        ...more,
      ],
      { stdio: 'ignore' },
    );
  };

  const configured = (certificate: string, secret: string, port: number): Configuration =>
    parseConfiguration(
      `state: ${folder}\napi: { port: ${port}, tls: { certificate: ${join(folder, certificate)}, key: ${join(folder, secret)} } }\n`,
      'p.yaml',
    );

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'picket-tls-'));
    certify('api', '-addext', 'subjectAltName=IP:127.0.0.1');
    certify('nameless');
    certify('other');
    engine = new FakeEngine();
    const keys = new FakeKeys();
    key = createFirstKeys(keys, 1) ?? '';
    process.env['PICKET_API_KEY'] = key;
    const tls = readTlsFiles(configured('api.pem', 'api.key', 0).api.tls, 'api.tls');
    if (tls === null) throw new Error('no TLS');
    api = await startApi(engine, keys, { address: '127.0.0.1', port: 0, version: '1', tls });
    configuration = configured('api.pem', 'api.key', api.port);
  });
  afterEach(async () => {
    delete process.env['PICKET_API_KEY'];
    await api.stop();
    rmSync(folder, { recursive: true });
  });

  needTools(['openssl', 'curl'])('answers curl, which trusts the certificate', async () => {
    const curl = async (...words: string[]): Promise<string> =>
      (await promisify(execFile)('curl', ['-sS', '--max-time', '10', ...words])).stdout;
    const url = `https://127.0.0.1:${api.port}/api/v1/health`;
    expect(JSON.parse(await curl('--cacert', join(folder, 'api.pem'), url))).toMatchObject({ status: 'ok' });
    await expect(curl(url)).rejects.toThrow(/certificate/);
    await expect(curl(`http://127.0.0.1:${api.port}/api/v1/health`)).rejects.toThrow();
  });

  needTools(['openssl'])('answers the command line’s client, and is followed by it', async () => {
    const client = new ApiClient(configuration);
    const body = { target: '203.0.113.9', action: 'block', seconds: 60, reason: 'x' };
    expect(await client.call('POST', '/decisions', body)).toMatchObject({ target: '203.0.113.9' });
    expect(await client.find('/decisions/203.0.113.9')).toMatchObject({ target: '203.0.113.9' });
    expect(await client.find('/decisions/203.0.113.10')).toBeNull();
    await expect(client.call('GET', '/decisions/203.0.113.10')).rejects.toThrow('there is no such decision');
    const following = new AbortController();
    const heard: string[] = [];
    await client.follow(
      following.signal,
      (event) => {
        heard.push(event.type);
        if (heard.length === 2) following.abort();
      },
      () => {
        engine.tell({ type: 'lift', lift: { target: '203.0.113.9', at: 1, by: 'anna', reason: 'x' } });
        engine.tell({ type: 'disallow', disallow: { network: '203.0.113.0/24', at: 1, by: 'anna' } });
      },
    );
    expect(heard).toEqual(['lift', 'disallow']);
  });

  needTools(['openssl'])('is not believed with another certificate, nor plainly', async () => {
    await expect(
      new ApiClient(configuration, join(folder, 'other.pem')).call('GET', '/health'),
    ).rejects.toThrow(/does not show the trusted certificate/);
    const plain = parseConfiguration(`state: ${folder}\napi: { port: ${api.port} }\n`, 'p.yaml');
    await expect(new ApiClient(plain).call('GET', '/health')).rejects.toThrow(/--certificate/);
    expect(() => new ApiClient(plain, join(folder, 'absent.pem'))).toThrow('which is not there');
    expect(() => new ApiClient(plain, join(folder, 'api.key'))).toThrow('holds no certificate');
  });

  needTools(['openssl'])('is trusted by its certificate, whatever name that bears', async () => {
    await api.stop();
    const keys = new FakeKeys();
    process.env['PICKET_API_KEY'] = createFirstKeys(keys, 1) ?? '';
    const tls = {
      certificate: readFileSync(join(folder, 'nameless.pem'), 'utf8'),
      key: readFileSync(join(folder, 'nameless.key'), 'utf8'),
    };
    api = await startApi(engine, keys, { address: '127.0.0.1', port: 0, version: '1', tls });
    const client = new ApiClient(configured('nameless.pem', 'nameless.key', api.port));
    expect(await client.call('GET', '/health')).toMatchObject({ status: 'ok' });
  });

  needTools(['openssl'])('is not started with a key of another certificate', () => {
    expect(() => readTlsFiles(configured('api.pem', 'other.key', 0).api.tls, 'api.tls')).toThrow(
      /api\.tls\.key is .*other\.key, which does not belong to the certificate/,
    );
    expect(() => readTlsFiles(configured('api.key', 'api.key', 0).api.tls, 'api.tls')).toThrow(
      /holds no certificate in PEM/,
    );
    expect(() => readTlsFiles(configured('api.pem', 'api.pem', 0).api.tls, 'api.tls')).toThrow(
      /holds no private key in PEM/,
    );
  });
});
