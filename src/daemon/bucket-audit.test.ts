import { createServer } from 'node:http';
import { afterAll, describe, expect, it } from 'vitest';
import { serveDecoy } from '../../test/support/serve-decoy.ts';
import { personaWith } from '../../test/support/talk.ts';
import { s3 } from '../decoys/s3/s3.ts';
import { plantedAwsKey } from '../wire/planted-credential.ts';
import { auditBuckets, type AuditedBucket } from './bucket-audit.ts';
import { ObjectStoreClient } from './object-store-client.ts';

const key = { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: '' };
const clientOf = (port: number, own = key): ObjectStoreClient =>
  new ObjectStoreClient({
    endpoint: new URL(`http://127.0.0.1:${port}`),
    region: 'us-east-1',
    key: own,
    now: () => Date.now(),
  });
const allOf = async (audited: AsyncIterable<AuditedBucket>): Promise<AuditedBucket[]> => {
  const all: AuditedBucket[] = [];
  for await (const each of audited) all.push(each);
  return all;
};

/** Answers of stores that Debian does not have, by path and query; whatever else is asked breaks the connection off. */
const answers: Readonly<Record<string, readonly [status: number, body: string]>> = {
  '/': [
    200,
    `<ListAllMyBucketsResult><Buckets>${['far', '../up', 'broken', 'shut'].map((name) => `<Bucket><Name>${name}</Name></Bucket>`).join('')}</Buckets><ContinuationToken>a+b</ContinuationToken></ListAllMyBucketsResult>`,
  ],
  '/?continuation-token=a%2Bb': [
    200,
    '<ListAllMyBucketsResult><Buckets><Bucket><Name>slow</Name></Bucket><Bucket><Name>given</Name></Bucket></Buckets></ListAllMyBucketsResult>',
  ],
  // Amazon, for a bucket elsewhere.
  '/far?acl': [400, '<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>'],
  '/shut?acl': [403, '<Error><Code>AccessDenied</Code></Error>'],
  '/shut?policy': [403, '<Error><Code>AccessDenied</Code></Error>'],
  '/shut?policyStatus': [501, '<Error><Code>NotImplemented</Code></Error>'],
  '/shut?publicAccessBlock': [404, '<Error><Code>NoSuchPublicAccessBlockConfiguration</Code></Error>'],
  '/shut?list-type=2&max-keys=1': [403, '<Error><Code>AccessDenied</Code></Error>'],
  '/shut?list-type=2&max-keys=5': [403, '<Error><Code>AccessDenied</Code></Error>'],
  '/slow?acl': [200, '<AccessControlPolicy/>'],
  '/slow?policy': [404, '<Error><Code>NoSuchBucketPolicy</Code></Error>'],
  '/slow?policyStatus': [404, '<Error><Code>NoSuchBucketPolicy</Code></Error>'],
  '/slow?publicAccessBlock': [404, '<Error><Code>NoSuchPublicAccessBlockConfiguration</Code></Error>'],
  '/slow?list-type=2&max-keys=1': [503, '<Error><Code>SlowDown</Code></Error>'],
  '/slow?list-type=2&max-keys=5': [503, '<Error><Code>SlowDown</Code></Error>'],
  '/given?acl': [200, '<AccessControlPolicy/>'],
  '/given?policy': [404, '<Error><Code>NoSuchBucketPolicy</Code></Error>'],
  '/given?policyStatus': [404, '<Error><Code>NoSuchBucketPolicy</Code></Error>'],
  '/given?publicAccessBlock': [404, '<Error><Code>NoSuchPublicAccessBlockConfiguration</Code></Error>'],
  '/given?list-type=2&max-keys=1': [403, '<Error><Code>AccessDenied</Code></Error>'],
  '/given?list-type=2&max-keys=5': [
    200,
    `<ListBucketResult>${['../shut', 'kept', 'a b/é', 'later'].map((name) => `<Contents><Key>${name}</Key></Contents>`).join('')}</ListBucketResult>`,
  ],
  '/given/kept': [403, ''],
  '/given/a%20b/%C3%A9': [200, ''],
};
const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(request.url ?? '');
  const answer = answers[request.url ?? ''];
  if (answer === undefined) response.destroy();
  else response.writeHead(answer[0], { location: 'http://127.0.0.1:2/' }).end(answer[1]);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const address = server.address();
const port = typeof address === 'object' && address !== null ? address.port : 0;
afterAll(() => void server.close());

describe('an audit of buckets', () => {
  it('says of each bucket what could not be learned, and goes on', async () => {
    const audited = await allOf(auditBuckets(clientOf(port), ['slo*']));
    expect(audited.map(({ bucket, verdict, reasons }) => [bucket, verdict, ...reasons])).toEqual([
      ['far', 'unknown', 'the bucket is in region eu-west-1: audit it at the endpoint there'],
      ['../up', 'unknown', 'its name can’t be asked for'],
      ['broken', 'unknown', 'the store gave no answer about it'],
      ['shut', 'unknown', 'its access control list may not be read', 'its policy may not be read'],
      ['slow', 'unknown', 'the store did not answer an anonymous caller clearly'],
      ['given', 'public', 'an anonymous caller is given an object'],
    ]);
    expect(audited.find(({ bucket }) => bucket === 'slow')?.intended).toBe(true);
    expect(asked.filter((path) => /up|later|^\/shut$/.test(path))).toEqual([]);
  });

  it('reads a second store too: Picket’s own, in MinIO’s and in Amazon’s form', async () => {
    for (const product of ['MinIO', 'Amazon S3']) {
      const details = { region: 'us-east-1', buckets: 'pine-assets,pine-backups,pine-state,pine-uploads' };
      const persona = personaWith({ s3: { product, version: '', details } });
      await using store = await serveDecoy(s3, persona);
      const planted = plantedAwsKey(persona, 'instance metadata', '127.0.0.1');
      const audited = await allOf(auditBuckets(clientOf(store.port, { ...planted, sessionToken: '' }), []));
      const verdicts = new Map(audited.map(({ bucket, verdict }) => [bucket, verdict]));
      expect([product, verdicts.get('pine-assets'), verdicts.get('pine-state')]).toEqual([
        product,
        'public',
        'closed',
      ]);
    }
  });

  it('ends where the store answers nothing more', async () => {
    const names = ['one', 'two'].map((name) => `<Bucket><Name>${name}</Name></Bucket>`).join('');
    const dying = createServer((request, response) => {
      if (request.url === '/') {
        response.end(`<ListAllMyBucketsResult><Buckets>${names}</Buckets></ListAllMyBucketsResult>`);
      } else response.destroy();
    });
    await new Promise<void>((resolve) => dying.listen(0, '127.0.0.1', resolve));
    const place = dying.address();
    const at = typeof place === 'object' && place !== null ? place.port : 0;
    await expect(allOf(auditBuckets(clientOf(at), []))).rejects.toMatchObject({
      code: 'PICKET_OBJECT_STORE_UNREACHABLE',
    });
    dying.close();
  });
});
