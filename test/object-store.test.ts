/** The gate and the audit with a real object store: Ceph's radosgw, nginx in front of it with the documented text, s3cmd as its owner. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { Header } from '../src/core/observation.ts';
import { parseConfiguration } from '../src/daemon/configuration.ts';
import type { AuditedBucket } from '../src/daemon/bucket-audit.ts';
import { openBucketAudit } from '../src/daemon/bucket-audit-of.ts';
import { signedHeaders } from '../src/wire/aws-signing.ts';
import { freePort } from './support/free-port.ts';
import { needTools } from './support/need.ts';
import { proxiedRequest, withoutIdentifiers } from './support/proxied-request.ts';
import { radosgwTools, startRadosgw, type Radosgw } from './support/radosgw.ts';
import { runProgram } from './support/run-program.ts';
import { s3cmdAt } from './support/s3cmd.ts';
import { pineGate } from './support/pine-gate.ts';
import { startNginx } from './support/nginx.ts';

const estate = ['pine-assets', 'pine-state', 'pine-reports', 'pine-press'];
const { gate, decoys, recorded } = pineGate(estate);
const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'picket-object-store-'));
const tools = [...radosgwTools, 'nginx', 's3cmd'];
const withStore = needTools(tools);
let isThere = false;
withStore('has all that it needs', () => expect(isThere).toBe(true));

let store: Radosgw;
let serving: AsyncDisposable;
let clientPort = 0;
let ownerPort = 0;

/** As the owner, at the store itself. */
async function put(path: string, query: string, body: string, more: readonly Header[] = []): Promise<void> {
  const headers: readonly Header[] = [['host', `127.0.0.1:${store.port}`], ...more];
  const request = { method: 'PUT', rawPath: path, rawQuery: query, headers, body };
  const signed = signedHeaders(request, { ...store.key, sessionToken: '' }, 'us-east-1', Date.now());
  const url = `http://127.0.0.1:${store.port}${path}${query === '' ? '' : `?${query}`}`;
  const response = await fetch(url, {
    method: 'PUT',
    body,
    headers: Object.fromEntries(signed.filter(([name]) => name !== 'host')),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

beforeAll(async () => {
  const which = await Promise.all(tools.map((tool) => runProgram('which', tool)));
  if (which.some((path) => !path.includes('/'))) return;
  isThere = true;
  store = await startRadosgw();
  const statement = {
    Effect: 'Allow',
    Principal: '*',
    Action: ['s3:GetObject'],
    Resource: 'arn:aws:s3:::pine-reports/*',
  };
  for (const name of estate) {
    const isOpen = name === 'pine-assets' || name === 'pine-press';
    const acl: readonly Header[] = isOpen ? [['x-amz-acl', 'public-read']] : [];
    await put(`/${name}`, '', '', acl);
    await put(`/${name}/object`, '', 'a line\n', acl);
  }
  await put('/pine-reports', 'policy', JSON.stringify({ Version: '2012-10-17', Statement: [statement] }));

  await gate.start();
  clientPort = await freePort();
  ownerPort = await freePort();
  const page = readFileSync(join(root, 'docs/object-store-guard.md'), 'utf8');
  const locations = (/```nginx\n([\s\S]*?)```/.exec(page)?.[1] ?? '')
    .replaceAll('127.0.0.1:9180', `127.0.0.1:${gate.port}`)
    .replaceAll('127.0.0.1:9000', `127.0.0.1:${store.port}`);
  serving = await startNginx(
    ownerPort,
    () => `server { listen 127.0.0.1:${clientPort} proxy_protocol; listen 127.0.0.1:${ownerPort};
set_real_ip_from 127.0.0.1; real_ip_header proxy_protocol;
${locations}
}`,
  );
}, 180_000);

afterAll(async () => {
  if (isThere) {
    await serving[Symbol.asyncDispose]();
    await gate.stop();
    await store[Symbol.asyncDispose]();
  }
  rmSync(folder, { recursive: true });
});

const ask = async (source: string, head: string, host?: string): Promise<string> =>
  withoutIdentifiers(await proxiedRequest(clientPort, source, head, host));
const allOf = async (audited: AsyncIterable<AuditedBucket>): Promise<AuditedBucket[]> => {
  const all: AuditedBucket[] = [];
  for await (const each of audited) all.push(each);
  return all.sort((left, right) => (left.bucket < right.bucket ? -1 : 1));
};
const statusOf = (answer: string): number => Number(answer.slice(9, 12));
const search = async (
  source: string,
  ...requests: (readonly [head: string, host?: string])[]
): Promise<number[]> => {
  const statuses: number[] = [];
  for (const [head, host] of requests) statuses.push(statusOf(await ask(source, head, host)));
  return statuses;
};

describe('the gate in front of radosgw', () => {
  withStore('takes away the difference by which the store itself tells its buckets', async () => {
    const bare = async (path: string): Promise<number> =>
      (await fetch(`http://127.0.0.1:${store.port}${path}`)).status;
    expect([await bare('/pine-state'), await bare('/pine-nothing')]).toEqual([403, 404]);
    expect(await bare('/pine-press/object')).toBe(200);
    for (const [index, method] of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'].entries()) {
      const there = await ask(`203.0.113.${10 + index}`, `${method} /pine-state/`);
      expect([method, statusOf(there)]).toEqual([method, 403]);
      expect(await ask(`203.0.113.${20 + index}`, `${method} /pine-nothing/`)).toBe(there);
      // A bucket that is open by mistake is closed by the gate.
      expect(await ask(`203.0.113.${30 + index}`, `${method} /pine-press/object`)).toBe(there);
    }
  });

  withStore('hands on what the configuration calls public', async () => {
    const answer = await ask('203.0.113.40', 'GET /pine-assets/object');
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('a line');
    const ofHost = await ask('203.0.113.40', 'GET /object', 'pine-assets.s3.test');
    expect(ofHost).toContain('a line');
    // Gate and store take the bucket from the same place: this asks the public bucket for an object `pine-state/object`.
    const other = await ask('203.0.113.40', 'GET /pine-state/object', 'pine-assets.s3.test');
    expect([statusOf(other), other.includes('pine-state</BucketName>')]).toEqual([404, false]);
  });

  withStore('lets nobody learn more by a signature that is made up', async () => {
    const v4 = 'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20300101/us-east-1/s3/aws4_request';
    const tries: readonly (readonly [query: string, header: string])[] = [
      ['', 'AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg='],
      ['', `${v4}, SignedHeaders=host, Signature=${'0'.repeat(64)}`],
      ['', 'AWS4-HMAC-SHA256 nothing'],
      ['', 'Basic cGluZTpwaW5l'],
      ['?AWSAccessKeyId=a&Signature=b&Expires=9999999999', ''],
      ['?AWSAccessKeyId=a&Signature=b&Expires=1', ''],
      ['?AWSAccessKeyId=&Signature=b&Expires=1', ''],
      [
        `?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2F20300101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20300101T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=${'0'.repeat(64)}`,
        '',
      ],
    ];
    for (const [index, [query, header]] of tries.entries()) {
      const signed = (name: string, source: string): Promise<string> =>
        ask(source, `GET /${name}/${query}${header === '' ? '' : `\nAuthorization: ${header}`}`);
      const there = await signed('pine-state', `203.0.113.${60 + index}`);
      const missing = await signed('pine-nothing', `203.0.113.${80 + index}`);
      expect(missing.replaceAll('pine-nothing', 'pine-state')).toBe(there);
      expect([400, 403]).toContain(statusOf(there));
    }
  });

  withStore('stops each of the ways in which bucket finders ask', async () => {
    const names = ['pine-dev', 'pine-state', 'pine-backup', 'pine-www'];
    // S3Scanner: does it exist, then its list, its rights, its objects.
    expect(
      await search(
        '198.51.100.1',
        ...names.flatMap((name): [string][] => [
          [`HEAD /${name}`],
          [`GET /${name}?acl`],
          [`GET /${name}?list-type=2&max-keys=1000`],
        ]),
      ),
    ).toEqual([403, 403, 403, ...Array.from({ length: 9 }, () => 503)]);
    // bucket_finder: the page of each name.
    expect(await search('198.51.100.2', ...names.map((name): [string] => [`GET /${name}`]))).toEqual([
      403, 503, 503, 503,
    ]);
    // AWSBucketDump: the name in front of the host.
    expect(
      await search('198.51.100.3', ...names.map((name): [string, string] => ['GET /', `${name}.s3.test`])),
    ).toEqual([403, 503, 503, 503]);
    // Who asks for objects, to find private buckets by what is said of them.
    expect(
      await search('198.51.100.4', ...names.map((name): [string] => [`GET /${name}/index.html`])),
    ).toEqual([403, 503, 503, 503]);
    const [trap = ''] = decoys;
    expect(await search('198.51.100.5', [`GET /${trap}/`], ['GET /pine-assets/object'])).toEqual([503, 503]);
    expect(
      recorded
        .filter(({ fact }) => fact.bucket === 'pine-state')
        .every(({ fact }) => fact.error === 'AccessDenied'),
    ).toBe(true);
    expect(recorded.find(({ fact }) => fact.bucket === trap)?.fact.decoy).toBe(true);
  });

  withStore('does not touch the owner, not even at the address of a search', async () => {
    for (const name of ['pine-a', 'pine-b', 'pine-c']) await fetch(`http://127.0.0.1:${ownerPort}/${name}`);
    expect((await fetch(`http://127.0.0.1:${ownerPort}/pine-d`)).status).toBe(503);
    const owner = s3cmdAt(`127.0.0.1:${ownerPort}`, store.key);
    expect(await owner('ls')).toContain('s3://pine-state');
    const large = join(folder, 'large');
    writeFileSync(large, Buffer.alloc(6 * 1024 * 1024, 'x'));
    expect(await owner('put', '--multipart-chunk-size-mb=5', large, 's3://pine-state/large')).toContain(
      'upload:',
    );
    expect(await owner('get', 's3://pine-state/large', join(folder, 'back'))).toContain('download:');
    expect(readFileSync(join(folder, 'back')).equals(readFileSync(large))).toBe(true);
    expect(await owner('ls', 's3://pine-nothing')).toContain('NoSuchBucket');
    const link = (await owner('signurl', 's3://pine-state/object', '+600')).trim();
    expect(await (await fetch(link)).text()).toBe('a line\n');
  });
});

describe('picket buckets audit', () => {
  withStore(
    'finds the buckets that radosgw gives to anybody, and leaves out those that are meant to be',
    async () => {
      const configuration = parseConfiguration(
        `gate: { publicBuckets: [pine-ass*], store: { endpoint: "http://127.0.0.1:${store.port}" } }`,
        'test',
      );
      const environment = {
        AWS_ACCESS_KEY_ID: store.key.accessKeyId,
        AWS_SECRET_ACCESS_KEY: store.key.secretAccessKey,
      };
      const wishes = { endpoint: '', region: '', credentials: '', profile: 'default', environment };
      const audited = await allOf(openBucketAudit(configuration, wishes));
      expect(audited).toEqual([
        {
          bucket: 'pine-assets',
          intended: true,
          verdict: 'public',
          reasons: [
            'access control list: anybody: READ',
            'an anonymous caller may list it',
            'an anonymous caller is given an object',
          ],
        },
        {
          bucket: 'pine-press',
          intended: false,
          verdict: 'public',
          reasons: [
            'access control list: anybody: READ',
            'an anonymous caller may list it',
            'an anonymous caller is given an object',
          ],
        },
        {
          bucket: 'pine-reports',
          intended: false,
          verdict: 'public',
          reasons: ['policy: s3:GetObject', 'an anonymous caller is given an object'],
        },
        { bucket: 'pine-state', intended: false, verdict: 'closed', reasons: [] },
      ]);
      await expect(
        allOf(
          openBucketAudit(configuration, {
            ...wishes,
            environment: { ...environment, AWS_SECRET_ACCESS_KEY: 'x' },
          }),
        ),
      ).rejects.toMatchObject({ code: 'PICKET_OBJECT_STORE_REFUSED' });
    },
  );

  withStore('shows them as a table, and ends with 1', async () => {
    const credentials = join(folder, 'credentials');
    const { accessKeyId, secretAccessKey } = store.key;
    writeFileSync(
      credentials,
      `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    );
    const said = await runProgram(
      '/bin/sh',
      '-c',
      `${join(root, 'bin/picket')} buckets audit http://127.0.0.1:${store.port} --credentials ${credentials}; echo "ended with $?"`,
    );
    expect(said).toBe(
      [
        'BUCKET        VERDICT  WHY',
        'pine-assets   public   access control list: anybody: READ; an anonymous caller may list it; an anonymous caller is given an object',
        'pine-press    public   access control list: anybody: READ; an anonymous caller may list it; an anonymous caller is given an object',
        'pine-reports  public   policy: s3:GetObject; an anonymous caller is given an object',
        '',
        '3 open by mistake, 0 public as configured, 1 closed, 0 could not be judged',
        'ended with 1',
        '',
      ].join('\n'),
    );
  });
});
