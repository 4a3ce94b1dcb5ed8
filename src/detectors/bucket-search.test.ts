import { describe, expect, it } from 'vitest';
import { parseNetwork } from '../core/address.ts';
import type { ObjectAccessFact, Observation } from '../core/observation.ts';
import { bucketClient, bucketNetwork } from './bucket-search-shared.ts';
import { bucketTenants } from './bucket-tenants.ts';
import { Estate, unknownEstate } from './estate.ts';
import { DetectorRunner } from './runner.ts';

const asked = (source: string, bucket: string, changes: Partial<ObjectAccessFact> = {}): Observation => ({
  id: '01900000-0000-7000-8000-000000000001',
  at: 1_750_000_000_000,
  sensor: 'test',
  sequence: 1,
  source,
  sourcePort: 0,
  destination: '',
  destinationPort: 443,
  transport: 'tcp',
  session: '',
  spoofable: false,
  operation: 'HeadBucket',
  bucket,
  object: '',
  status: 404,
  principal: '',
  userAgent: 'finder/1',
  error: 'NoSuchBucket',
  ...changes,
  kind: 'object-access',
});

const told = (
  detectors: ConstructorParameters<typeof DetectorRunner>[0],
  rows: readonly Observation[],
): number => {
  const runner = new DetectorRunner(detectors);
  return rows.reduce((sum, row) => sum + runner.run(row).length, 0);
};

/** Each source in turn, each time another name. */
const dealtOut = (sources: readonly string[], rounds: number): Observation[] =>
  Array.from({ length: rounds * sources.length }, (_, index) =>
    asked(sources[index % sources.length] ?? '', `name-${index}`),
  );
const sourcesOf = (count: number, text: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => text(index));

describe('bucket names dealt out in a network', () => {
  it('are told from the twelfth miss of four sources on, in a /24 and in a /48', () => {
    expect(
      told(
        [bucketNetwork],
        dealtOut(
          sourcesOf(4, (index) => `203.0.113.${index}`),
          4,
        ),
      ),
    ).toBe(5);
    expect(
      told(
        [bucketNetwork],
        dealtOut(
          sourcesOf(4, (index) => `2001:db8:1:${index}::9`),
          4,
        ),
      ),
    ).toBe(5);
  });

  it('are not told of three sources, of another network, nor of names that all of them miss', () => {
    expect(
      told(
        [bucketNetwork],
        dealtOut(
          sourcesOf(3, (index) => `203.0.113.${index}`),
          8,
        ),
      ),
    ).toBe(0);
    expect(
      told(
        [bucketNetwork],
        dealtOut(
          sourcesOf(8, (index) => `203.0.${index}.9`),
          4,
        ),
      ),
    ).toBe(0);
    const same = sourcesOf(40, (index) => `203.0.113.${index}`).map((source) => asked(source, 'gone'));
    expect(told([bucketNetwork], same)).toBe(0);
  });

  it('are not told of those who have rights of their own', () => {
    const sources = sourcesOf(4, (index) => `203.0.113.${index}`);
    const rows = dealtOut(sources, 4).map((row) => Object.assign({}, row, { principal: 'ann' }));
    expect(told([bucketNetwork], rows)).toBe(0);
  });
});

describe('bucket names dealt out in an autonomous system', () => {
  const systems = ['198.18.0.0/16'].flatMap((text) => {
    const network = parseNetwork(text);
    return network === null ? [] : [{ network, system: 64_500 }];
  });
  const estate = new Estate({ systems });
  const sources = sourcesOf(8, (index) => `198.18.${index}.9`);

  it('are told by one user agent, where a table says which system it is', () => {
    expect(told([bucketClient(estate)], dealtOut(sources, 4))).toBe(9);
    expect(told([bucketClient(unknownEstate)], dealtOut(sources, 4))).toBe(0);
  });

  it('are not told of many user agents, or of none', () => {
    const many = dealtOut(sources, 4).map((row, index) =>
      Object.assign({}, row, { userAgent: `a${index % 8}` }),
    );
    expect(told([bucketClient(estate)], many)).toBe(0);
    const none = dealtOut(sources, 4).map((row) => Object.assign({}, row, { userAgent: '' }));
    expect(told([bucketClient(estate)], none)).toBe(0);
  });
});

describe('a search through the buckets of many owners', () => {
  const object = (owner: string, status: number, source = '203.0.113.9'): Observation =>
    asked(source, `bucket-of-${owner}`, {
      operation: 'GetObject',
      object: 'backup.sql',
      status,
      error: status === 403 ? 'AccessDenied' : '',
      owner,
    });
  const owners = sourcesOf(8, (index) => `owner-${index}`);

  it('is told from the fifth owner who refuses on, also dealt out in a network', () => {
    expect(
      told(
        [bucketTenants],
        owners.map((owner) => object(owner, 403)),
      ),
    ).toBe(4);
    expect(
      told(
        [bucketTenants],
        owners.map((owner, index) => object(owner, 404, `203.0.113.${index}`)),
      ),
    ).toBe(4);
  });

  it('is not told of one owner, of owners who give, nor where the record names none', () => {
    expect(
      told(
        [bucketTenants],
        owners.map(() => object('one', 403)),
      ),
    ).toBe(0);
    const visitor = [
      ...owners.map((owner) => object(owner, 200)),
      ...owners.map((owner) => object(owner, 403)),
    ];
    expect(told([bucketTenants], visitor)).toBe(0);
    expect(
      told(
        [bucketTenants],
        owners.map(() => object('', 403)),
      ),
    ).toBe(0);
  });
});
