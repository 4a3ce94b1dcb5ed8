import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeAwsChunked,
  isSignedWith,
  readSignature,
  type SignedRequest,
  stringToSign,
} from './aws-signature.ts';

// The examples of the vendor's documents, with their published key.
const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const scope = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request';
const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const signatureOf = (request: SignedRequest) => {
  const signature = readSignature(request);
  if (signature === null || signature === 'malformed') throw new Error('no signature');
  return signature;
};

describe('a signature of version 4', () => {
  const request: SignedRequest = {
    method: 'GET',
    rawPath: '/test.txt',
    rawQuery: '',
    headers: [
      ['Host', 'examplebucket.s3.amazonaws.com'],
      ['Range', 'bytes=0-9'],
      ['x-amz-content-sha256', empty],
      ['x-amz-date', '20130524T000000Z'],
      [
        'Authorization',
        `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41`,
      ],
    ],
    body: '',
  };

  it('of the documented request is that of its secret, and of no other', () => {
    const signature = signatureOf(request);
    expect(isSignedWith(secret, request, signature)).toBe(true);
    expect(isSignedWith(`${secret}x`, request, signature)).toBe(false);
    expect(isSignedWith(secret, { ...request, rawPath: '/other.txt' }, signature)).toBe(false);
    expect(stringToSign(request, signature)).toContain(
      '7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972',
    );
  });

  it('in the query of the documented link is that of its secret', () => {
    const link: SignedRequest = {
      method: 'GET',
      rawPath: '/test.txt',
      rawQuery: `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${scope.replaceAll('/', '%2F')}&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404`,
      headers: [['Host', 'examplebucket.s3.amazonaws.com']],
      body: '',
    };
    expect(isSignedWith(secret, link, signatureOf(link))).toBe(true);
  });

  it('of a body in chunks covers each of them', () => {
    const signature = signatureOf({
      ...request,
      method: 'PUT',
      rawPath: '/examplebucket/chunkObject.txt',
      headers: [
        ['x-amz-date', '20130524T000000Z'],
        [
          'Authorization',
          `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=host,Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9`,
        ],
      ],
    });
    const chunk = (size: number, hex: string): string =>
      `${size.toString(16)};chunk-signature=${hex}\r\n${'a'.repeat(size)}\r\n`;
    const body =
      chunk(65_536, 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648') +
      chunk(1_024, '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497') +
      chunk(0, 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9');
    expect(decodeAwsChunked(body, secret, signature)).toEqual({ body: 'a'.repeat(66_560), isWhole: true });
    expect(decodeAwsChunked(body.replace('aaa', 'aba'), secret, signature).isWhole).toBe(false);
  });
});

it('a signature of version 2 of the documented request is that of its secret', () => {
  const request: SignedRequest = {
    method: 'GET',
    rawPath: '/photos/puppy.jpg',
    rawQuery: '',
    headers: [
      ['Host', 'awsexamplebucket1.us-west-1.s3.amazonaws.com'],
      ['Date', 'Tue, 27 Mar 2007 19:36:42 +0000'],
      ['Authorization', 'AWS AKIAIOSFODNN7EXAMPLE:qgk2+6Sv9/oM7G3qLEjTH1a1l1g='],
    ],
    body: '',
  };
  expect(isSignedWith(secret, request, signatureOf(request), '/awsexamplebucket1/photos/puppy.jpg')).toBe(
    true,
  );
  expect(isSignedWith(secret, request, signatureOf(request), '/other/photos/puppy.jpg')).toBe(false);
});

it('any text at all is a signature, malformed or none', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (authorization, rawQuery, body) => {
      const headers = [['Authorization', authorization] as const];
      const request = { method: 'GET', rawPath: '/', rawQuery, headers, body };
      const signature = readSignature(request);
      if (signature !== null && signature !== 'malformed') isSignedWith('s', request, signature);
      decodeAwsChunked(body, null, null);
    }),
    { numRuns: 100 },
  );
});
