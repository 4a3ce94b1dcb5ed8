import { Buffer } from 'node:buffer';
import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketEnumeration } from '../detectors/bucket-enumeration.ts';
import { readBucketRequest } from './bucket-request.ts';
import { decoyBuckets } from './decoy-buckets.ts';
import { Gate, matchesPattern } from './gate.ts';
import { s3Error } from './s3-error.ts';

const domains = ['s3.example.net'];
const estate = ['acme-invoices', 'acme-payroll', 'acme-site'];
const decoys = decoyBuckets(estate, 'test');
const newGate = (): Gate =>
  new Gate({ publicBuckets: [{ name: 'acme-site', write: false }], estate, decoys });
const read = (uri: string, host = 's3.example.net', method = 'GET', authorization = '') =>
  readBucketRequest(
    method,
    uri,
    host,
    authorization === '' ? [] : [['Authorization', authorization]],
    domains,
  );
const source = '203.0.113.9';

describe('the gate', () => {
  it('answers alike for a private bucket and for none', () => {
    const answers = ['/acme-invoices', '/no-such-name'].map((uri) =>
      newGate().answer(source, read(uri), '', 0),
    );
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
    expect(answers.map(({ fact }) => fact?.error)).toEqual(['AccessDenied', 'NoSuchBucket']);
  });

  it('slows a search at its second name, and hears it again a day later', () => {
    const gate = newGate();
    const statuses = ['/one-name', '/one-name', '/two-names', '/acme-site/index.html'].map(
      (uri) => gate.answer(source, read(uri), '', 0).status,
    );
    expect(statuses).toEqual([403, 403, 503, 503]);
    expect(gate.answer('203.0.113.10', read('/acme-site/index.html'), '', 0).status).toBe(200);
    expect(gate.answer(source, read('/acme-site/index.html'), '', 86_400_001).status).toBe(200);
  });

  it('slows whoever asks for a decoy bucket at once, and says so in the record', () => {
    const [decoy = ''] = decoys;
    expect(newGate().answer(source, read('/', `${decoy}.s3.example.net`, 'HEAD'), '', 0)).toMatchObject({
      status: 503,
      fact: { bucket: decoy, decoy: true },
    });
  });

  it('is heard alike by the detector for objects of private buckets and of none', () => {
    const weights = (names: readonly string[]): number[] => {
      const gate = newGate();
      let state = bucketEnumeration.initial();
      return names.flatMap((name, index) => {
        const { fact } = gate.answer(source, read(`/${name}/index.html`), '', 0);
        if (fact === null) throw new Error('nothing was recorded');
        const seen = { id: `${index}`, at: 0, sensor: 'test', sequence: index + 1, source, sourcePort: 0 };
        const place = { destination: '', destinationPort: 0, transport: 'tcp', session: '' } as const;
        const step = bucketEnumeration.step(state, { ...seen, ...place, spoofable: false, ...fact });
        state = step.state;
        return step.evidence.map(({ weight }) => weight);
      });
    };
    const missing = weights(['no-such-a', 'no-such-b']);
    expect(missing).toHaveLength(2);
    expect(weights(['acme-invoices', 'acme-payroll'])).toEqual(missing);
  });

  it('lets signed requests pass, also from a source that searched', () => {
    const gate = newGate();
    for (const name of ['a-one', 'b-two', 'c-three']) gate.answer(source, read(`/${name}`), '', 0);
    const signed = read('/acme-invoices', 's3.example.net', 'GET', 'AWS OWNER:c2lnbmF0dXJl');
    expect(gate.answer(source, signed, '', 0)).toEqual({ status: 200, fact: null });
  });

  it('takes two signatures for none', () => {
    const signature = ['Authorization', 'AWS OWNER:c2lnbmF0dXJl'] as const;
    const twice = readBucketRequest('GET', '/acme-site/x', 's3.example.net', [signature, signature], domains);
    expect(newGate().answer(source, twice, '', 0).status).toBe(403);
  });

  it.each([
    '/acme-site/../acme-invoices/x',
    '/acme-site/%2e%2e/acme-invoices',
    '//acme-site',
    '/acme%2dsite/x',
  ])('lets no anonymous request pass that could be read in two ways: %s', (uri) =>
    expect(newGate().answer(source, read(uri), '', 0).status).toBe(403),
  );

  it('judges IPv6 sources by their /64', () => {
    const gate = newGate();
    gate.answer('2001:db8::1', read('/one-name'), '', 0);
    expect(gate.answer('2001:db8::2', read('/two-names'), '', 0).status).toBe(503);
  });

  it('lets no anonymous writer into a public bucket', () => {
    expect(newGate().answer(source, read('/acme-site/x', '', 'PUT'), '', 0).status).toBe(403);
  });

  it('forgets the source that it has not seen for longest where the names of all are too many', () => {
    const gate = newGate();
    const miss = (from: string, name: string) =>
      gate.answer(from, { ...read('/'), bucket: name }, '', 0).status;
    expect(['one', 'two'].map((name) => miss('2001:db8:ffff::1', name))).toEqual([403, 503]);
    for (let each = 0; each < 4_095; each += 1)
      for (let name = 0; name < 64; name += 1) miss(`2001:db8:0:${each.toString(16)}::1`, `name-${name}`);
    expect(miss('2001:db8:ffff::1', 'one')).toBe(503);
    for (let name = 0; name < 64; name += 1) miss('2001:db8:0:1000::1', `name-${name}`);
    expect(miss('2001:db8::1', 'name-0')).toBe(403);
    expect(miss('2001:db8:0:1000::1', 'name-0')).toBe(503);
  });

  it('takes any text', () => {
    const gate = newGate();
    assert(
      property(string(), string(), string(), string(), (uri, host, method, signature) => {
        expect([200, 403, 503]).toContain(
          gate.answer(source, read(uri, host, method, signature), '', 0).status,
        );
      }),
    );
  });
});

it('matches names with patterns', () => {
  expect(matchesPattern('acme-*-public', 'acme-x-public')).toBe(true);
  expect(matchesPattern('acme-*-public', 'acme-public')).toBe(false);
  expect(matchesPattern('a*a', 'a')).toBe(false);
});

it('words its refusals as S3 does, without a body for HEAD', () => {
  const bytes = new Uint8Array(65);
  expect(s3Error(503, 'GET', bytes).body).toContain('<Code>SlowDown</Code>');
  expect(s3Error(403, 'HEAD', bytes).body).toBe('');
  expect(Buffer.byteLength(s3Error(403, 'GET', bytes).body)).toBeLessThan(400);
});

it('draws other decoy buckets for each seed, and never a name of the estate', () => {
  expect(decoyBuckets(estate, 'other')).not.toEqual(decoys);
  expect(estate.filter((name) => decoys.has(name))).toEqual([]);
});
