import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readXml, type XmlElement } from '../wire/xml-element.ts';
import { exposureOf, policyGrants, type BucketAnswers } from './bucket-exposure.ts';

const xml = (text: string): XmlElement => {
  const root = readXml(text);
  if (root === null) throw new Error(text);
  return root;
};
const acl = (...grants: readonly (readonly [group: string, permission: string])[]): XmlElement =>
  xml(
    `<AccessControlPolicy><Owner><ID>o</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi="x" xsi:type="CanonicalUser"><ID>o</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant>${grants
      .map(
        ([group, permission]) =>
          `<Grant><Grantee xmlns:xsi="x" xsi:type="Group"><URI>http://acs.amazonaws.com/groups/${group}</URI></Grantee><Permission>${permission}</Permission></Grant>`,
      )
      .join('')}</AccessControlList></AccessControlPolicy>`,
  );
const block = (ignoreAcls: boolean, restrict: boolean): XmlElement =>
  xml(
    `<PublicAccessBlockConfiguration><IgnorePublicAcls>${ignoreAcls}</IgnorePublicAcls><RestrictPublicBuckets>${restrict}</RestrictPublicBuckets></PublicAccessBlockConfiguration>`,
  );
const policy = (...statements: object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
const closed: BucketAnswers = {
  acl: acl(),
  policy: 'absent',
  policyStatus: 'absent',
  publicAccessBlock: 'absent',
  anonymousList: false,
  anonymousObject: false,
};
const anybody = { Effect: 'Allow', Principal: { AWS: '*' }, Action: 's3:GetObject' };

describe('a bucket', () => {
  it('is closed where nobody but its owner has rights', () => {
    expect(exposureOf(closed)).toEqual({ verdict: 'closed', reasons: [] });
  });

  it('is public by its access control list, to anybody or to anybody with an account', () => {
    const open = acl(
      ['global/AllUsers', 'READ'],
      ['global/AuthenticatedUsers', 'WRITE'],
      ['s3/LogDelivery', 'WRITE'],
    );
    expect(exposureOf({ ...closed, acl: open })).toEqual({
      verdict: 'public',
      reasons: ['access control list: anybody: READ', 'access control list: anybody with an account: WRITE'],
    });
  });

  it('is public by its policy, where the store does not say otherwise', () => {
    const open = policy(anybody);
    expect(exposureOf({ ...closed, policy: open }).reasons).toEqual(['policy: s3:GetObject']);
    const status = (isPublic: string): XmlElement =>
      xml(`<PolicyStatus><IsPublic>${isPublic}</IsPublic></PolicyStatus>`);
    expect(exposureOf({ ...closed, policy: open, policyStatus: status('FALSE') }).verdict).toBe('closed');
    expect(exposureOf({ ...closed, policy: 'unknown', policyStatus: status('true') }).reasons).toEqual([
      'the store calls it public',
    ]);
  });

  it('is closed by the settings that overrule both', () => {
    const open = { ...closed, acl: acl(['global/AllUsers', 'READ']), policy: policy(anybody) };
    expect(exposureOf({ ...open, publicAccessBlock: block(true, true) }).verdict).toBe('closed');
    expect(exposureOf({ ...open, publicAccessBlock: block(true, false) }).reasons).toEqual([
      'policy: s3:GetObject',
    ]);
    expect(exposureOf({ ...open, publicAccessBlock: block(false, true) }).reasons).toEqual([
      'access control list: anybody: READ',
    ]);
  });

  it('is public where an anonymous caller was served, whatever the settings say', () => {
    expect(exposureOf({ ...closed, publicAccessBlock: block(true, true), anonymousObject: true })).toEqual({
      verdict: 'public',
      reasons: ['an anonymous caller is given an object'],
    });
  });

  it('is not called closed where something could not be learned', () => {
    for (const unclear of [
      { acl: 'unknown' },
      { policy: 'unknown' },
      { policy: 'no JSON' },
      { anonymousList: null },
      { policy: policy({ ...anybody, Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } }) },
    ] as const)
      expect(exposureOf({ ...closed, ...unclear }).verdict).toBe('unknown');
  });
});

it('reads whom a policy lets in', () => {
  expect(policyGrants(policy({ ...anybody, Principal: { AWS: 'arn:aws:iam::1:root' } }))?.free).toEqual([]);
  expect(policyGrants(policy({ ...anybody, Effect: 'Deny' }))?.free).toEqual([]);
  expect(
    policyGrants(policy({ Effect: 'Allow', NotPrincipal: { AWS: 'x' }, NotAction: 's3:Put*' }))?.free,
  ).toEqual(['*']);
  expect(
    policyGrants(JSON.stringify({ Statement: { ...anybody, Principal: '*', Action: ['a', 'b'] } }))?.free,
  ).toEqual(['a', 'b']);
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(policyGrants(text)?.free.length ?? 0).toBeLessThanOrEqual(8);
    }),
  );
});
