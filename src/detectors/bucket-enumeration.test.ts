import { describe, expect, it } from 'vitest';
import { judged, readAll } from '../../test/support/read-input.ts';
import { eventRecords } from '../telemetry/event-records.ts';
import { s3Access } from '../telemetry/s3-access.ts';
import { bucketEnumeration } from './bucket-enumeration.ts';

const suspicious = Math.log(99);
const malicious = Math.log(9900);
const source = '203.0.113.9';

interface Asked {
  readonly bucket: string;
  readonly key?: string;
  readonly error?: string;
  readonly name?: string;
  readonly identity?: Readonly<Record<string, string>> | undefined;
}

const anonymous = { type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' };

async function held(asked: readonly Asked[]): Promise<{ score: number; behaviors: string[] }> {
  const lines = asked.map(({ bucket, key, error, name, identity }) =>
    JSON.stringify({
      eventSource: 's3.amazonaws.com',
      eventName: name ?? (key === undefined ? 'HeadBucket' : 'GetObject'),
      eventTime: '2026-01-10T10:00:00Z',
      sourceIPAddress: source,
      userIdentity: identity ?? anonymous,
      requestParameters: { bucketName: bucket, ...(key === undefined ? {} : { key }) },
      recipientAccountId: '111111111111',
      ...(error === undefined ? {} : { errorCode: error }),
    }),
  );
  const { observations, damaged } = await readAll(eventRecords, `${lines.join('\n')}\n`);
  expect(damaged).toEqual([]);
  const found = judged(observations, [bucketEnumeration]).get(source);
  return { score: found?.score ?? 0, behaviors: [...(found?.behaviors ?? [])] };
}

const missing = (count: number, identity: Asked['identity'] = anonymous): Asked[] =>
  Array.from({ length: count }, (_, index) => ({ bucket: `acme-${index}`, error: 'NoSuchBucket', identity }));

describe('a search for buckets', () => {
  it('is malicious at the fourth missing name, and suspicious at the second', async () => {
    expect((await held(missing(2))).score).toBeGreaterThan(suspicious);
    expect((await held(missing(3))).score).toBeLessThan(malicious);
    const four = await held(missing(4));
    expect(four.score).toBeGreaterThan(malicious);
    expect(four.behaviors).toEqual(['enumeration:bucket']);
  });

  it('counts a name once', async () => {
    expect((await held([...missing(1), ...missing(1), ...missing(1)])).score).toBeCloseTo(Math.log(18));
  });

  it('is told of closed buckets and of callers of another account', async () => {
    const identity = { type: 'AWSAccount', principalId: 'AIDA', accountId: '222222222222' };
    const closed = Array.from({ length: 4 }, (_, index) => ({
      bucket: `b${index}`,
      error: 'AccessDenied',
      identity,
    }));
    expect((await held(closed)).score).toBeGreaterThan(malicious);
  });

  it('names a first look at a bucket itself, and does not decide on it', async () => {
    const look = await held([{ bucket: 'decoy' }]);
    expect(look.behaviors).toEqual(['enumeration:bucket']);
    expect(look.score).toBeLessThan(1);
  });
});

describe('no search', () => {
  it('are visitors of public objects, also where some are gone', async () => {
    const visits = Array.from({ length: 40 }, (_, index) => ({
      bucket: 'public',
      key: `${index}.png`,
      ...(index % 3 === 0 ? { error: 'NoSuchKey' } : {}),
    }));
    expect(await held(visits)).toEqual({ score: 0, behaviors: [] });
  });

  it('is an account at its own buckets, whatever it misses', async () => {
    const identity = {
      type: 'IAMUser',
      principalId: 'AIDA',
      accountId: '111111111111',
      arn: 'arn:aws:iam::111111111111:user/a',
    };
    expect(await held(missing(9, identity))).toEqual({
      score: 0,
      behaviors: [],
    });
  });

  it('is one wrong name of a client that is given objects', async () => {
    const { score } = await held([...missing(1), { bucket: 'public', key: 'a' }]);
    expect(score).toBeCloseTo(Math.log(18) - 2.25);
  });
});

it('remembers a source in bounded memory, whatever it asks for', () => {
  let state = bucketEnumeration.initial();
  for (let index = 0; index < 20_000; index += 1) {
    ({ state } = bucketEnumeration.step(state, {
      id: '',
      at: index,
      sensor: 's',
      sequence: index,
      source,
      sourcePort: 0,
      destination: '',
      destinationPort: 443,
      transport: 'tcp',
      session: '',
      spoofable: false,
      kind: 'object-access',
      operation: 'HeadBucket',
      bucket: `name-${index}`,
      object: '',
      status: index % 2 === 0 ? 404 : 200,
      principal: '',
      userAgent: '',
    }));
  }
  expect(state.missed.size).toBeGreaterThan(8_000);
  expect(state.missed.size).toBeLessThan(12_000);
});

it('hears of it from a server access log too', async () => {
  const line = (bucket: string): string =>
    `${'0'.repeat(64)} ${bucket} [10/Jan/2026:10:00:00 +0000] ${source} - 3E57427F3EXAMPLE REST.GET.BUCKET - "GET / HTTP/1.1" 403 AccessDenied 243 - 7 - "-" "-" -`;
  const { observations } = await readAll(s3Access, `${['a-1', 'a-2', 'a-3', 'a-4'].map(line).join('\n')}\n`);
  expect(judged(observations, [bucketEnumeration]).get(source)?.score ?? 0).toBeGreaterThan(malicious);
});

it('blocks whoever asks for a decoy bucket, at the first', () => {
  const { evidence } = bucketEnumeration.step(bucketEnumeration.initial(), {
    id: '',
    at: 0,
    sensor: 'gate',
    sequence: 1,
    source,
    sourcePort: 0,
    destination: '',
    destinationPort: 0,
    transport: 'tcp',
    session: '',
    spoofable: false,
    kind: 'object-access',
    operation: 'REST.HEAD.BUCKET',
    bucket: 'acme-backups',
    object: '',
    status: 503,
    principal: '',
    userAgent: '',
    decoy: true,
  });
  expect(evidence).toMatchObject([{ weight: malicious, behavior: 'enumeration:bucket' }]);
});
