import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { holdsForAnyBytes, octetsOf, personaWith, talk } from '../../../test/support/talk.ts';
import type { Persona } from '../../core/persona.ts';
import { recognisePlanted } from '../../wire/planted-credential.ts';
import { metadata } from './metadata.ts';

const run = promisify(execFile);
const curl = async (...words: string[]): Promise<string> =>
  (await run('curl', ['-s', '-m', '10', ...words])).stdout;
const machine = (product: string, details: Record<string, string> = {}): Persona =>
  personaWith({ metadata: { product, version: '', details } });
const get = (path: string, ...headers: string[]): string =>
  `GET ${path} HTTP/1.1\r\nHost: 169.254.169.254\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`;

describe('the metadata decoy as Amazon’s', () => {
  needTools(['curl'])('lists folders, and gives curl a role’s keys with a token and without', async () => {
    const persona = machine('Amazon EC2', { role: 'app-role' });
    await using served = await serveDecoy(metadata, persona);
    const base = `http://127.0.0.1:${served.port}/latest`;
    expect(await curl(`${base}/meta-data/iam/security-credentials/`)).toBe('app-role');
    const token = await curl(
      '-X',
      'PUT',
      '-H',
      'X-aws-ec2-metadata-token-ttl-seconds: 60',
      `${base}/api/token`,
    );
    expect(token).toMatch(/^[\w-]{54}==$/);
    const keys: unknown = JSON.parse(
      await curl(
        '-H',
        `X-aws-ec2-metadata-token: ${token}`,
        `${base}/meta-data/iam/security-credentials/app-role`,
      ),
    );
    expect(keys).toMatchObject({
      Code: 'Success',
      Type: 'AWS-HMAC',
      AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
    });
    expect(
      await curl(
        '-H',
        'X-aws-ec2-metadata-token: wrong',
        '-o',
        '/dev/null',
        '-w',
        '%{http_code}',
        `${base}/meta-data/`,
      ),
    ).toBe('401');
    expect(served.facts).toContainEqual(
      expect.objectContaining({ kind: 'exploit', class: 'ssrf', name: 'instance-metadata-credentials' }),
    );
    expect(recognisePlanted(persona, JSON.stringify(keys))[0]).toMatchObject({
      place: 'instance metadata',
      source: '127.0.0.1',
    });
    expect(served.errors).toEqual([]);
  });

  it('wants a token throughout where only the second version is on', () => {
    const { text } = talk(metadata, machine('Amazon EC2', { version: '2' }), [
      octetsOf(get('/latest/meta-data/')),
    ]);
    expect(text).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
    expect(text).toContain('<title>401 - Unauthorized</title>');
  });
});

describe('the metadata decoy as Google’s', () => {
  it('gives a token to those who name the flavour', () => {
    const persona = machine('Google Compute Engine');
    const path = '/computeMetadata/v1/instance/service-accounts/default/token';
    const { text } = talk(metadata, persona, [
      octetsOf(
        get(path) +
          get(path, 'Metadata-Flavor: Google') +
          get('/computeMetadata/v1/', 'Metadata-Flavor: Google'),
      ),
    ]);
    expect(text).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(text).toContain('"token_type":"Bearer"');
    expect(text.endsWith('instance/\nproject/\n')).toBe(true);
    expect(recognisePlanted(persona, text)).toHaveLength(1);
  });
});

describe('the metadata decoy as Azure’s', () => {
  it('gives a token to those who say Metadata and a version', () => {
    const persona = machine('Microsoft Azure');
    const path =
      '/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/';
    const { text } = talk(metadata, persona, [
      octetsOf(get(path) + get('/metadata/instance', 'Metadata: true') + get(path, 'Metadata: true')),
    ]);
    expect(text).toContain('{"error":"Bad request. Required metadata header not specified"}');
    expect(text).toContain('api-version was not specified in the request');
    expect(text).toContain('"token_type":"Bearer"');
    expect(recognisePlanted(persona, text)).toHaveLength(1);
  });
});

describe('the metadata decoy', () => {
  it.each(['Amazon EC2', 'Google Compute Engine', 'Microsoft Azure'])(
    'as %s gives the same for any split of any bytes',
    (product) => {
      holdsForAnyBytes(metadata, () => machine(product), [
        octetsOf(get('/')),
        octetsOf(get('/latest/meta-data/')),
        octetsOf(get('/latest/dynamic/instance-identity/document')),
        octetsOf(get('/computeMetadata/v1/?recursive=true', 'Metadata-Flavor: Google')),
        octetsOf(get('/metadata/instance?api-version=2021-02-01', 'Metadata: true')),
        octetsOf(
          'PUT /latest/api/token HTTP/1.1\r\nHost: a\r\nX-aws-ec2-metadata-token-ttl-seconds: 5\r\n\r\n',
        ),
      ]);
    },
  );
});
