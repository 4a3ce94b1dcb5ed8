import { expect, it } from 'vitest';
import { isSignedWith, readSignature } from './aws-signature.ts';
import { signedHeaders } from './aws-signing.ts';

const key = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  sessionToken: '',
};

it('signs the example of the documentation', () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "GET Bucket Lifecycle"
  const request = {
    method: 'GET',
    rawPath: '/',
    rawQuery: 'lifecycle',
    headers: [['host', 'examplebucket.s3.amazonaws.com']] as const,
    body: '',
  };
  const headers = signedHeaders(request, key, 'us-east-1', Date.UTC(2013, 4, 24));
  expect(headers.at(-1)?.[1]).toContain(
    'SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  );
});

it('signs what a store accepts, with a token of a session and a query', () => {
  const request = {
    method: 'GET',
    rawPath: '/pine-state',
    rawQuery: 'list-type=2&max-keys=1',
    headers: [['host', '127.0.0.1:9000']] as const,
    body: '',
  };
  const headers = signedHeaders(request, { ...key, sessionToken: 'tok/en+' }, 'eu-west-1', 1_700_000_000_000);
  const signed = { ...request, headers };
  const signature = readSignature(signed);
  if (signature === null || signature === 'malformed') throw new Error('no signature');
  expect(signature.signedHeaders).toContain('x-amz-security-token');
  expect(isSignedWith(key.secretAccessKey, signed, signature)).toBe(true);
  expect(isSignedWith('another', signed, signature)).toBe(false);
});
