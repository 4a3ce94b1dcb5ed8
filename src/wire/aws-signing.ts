/** A request signed by Signature Version 4, in its headers (the other side of `aws-signature.ts`). */

import { Buffer } from 'node:buffer';
import { createHash, createHmac } from 'node:crypto';
import type { Header } from '../core/observation.ts';
import { signingKey, stringToSign, type AwsSignature, type SignedRequest } from './aws-signature.ts';

export interface AwsKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Empty for a key that lasts. */
  readonly sessionToken: string;
}

/** The request's headers, all of which are signed, with those of the signature. `now` in milliseconds. */
export function signedHeaders(
  request: SignedRequest,
  key: AwsKey,
  region: string,
  now: number,
): readonly Header[] {
  const date = `${new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  const scope = `${date.slice(0, 8)}/${region}/s3/aws4_request`;
  const body = createHash('sha256').update(Buffer.from(request.body, 'latin1')).digest('hex');
  const headers: Header[] = [
    ...request.headers,
    ['x-amz-content-sha256', body],
    ['x-amz-date', date],
    ...(key.sessionToken === '' ? [] : [['x-amz-security-token', key.sessionToken] as const]),
  ];
  const names = headers.map(([name]) => name.toLowerCase()).sort();
  const unsigned: AwsSignature = {
    version: 4,
    presigned: false,
    accessKeyId: key.accessKeyId,
    signature: '',
    scope,
    signedHeaders: names,
    date,
    expires: 0,
  };
  const signature = createHmac('sha256', signingKey(key.secretAccessKey, scope))
    .update(stringToSign({ ...request, headers }, unsigned))
    .digest('hex');
  return [
    ...headers,
    [
      'authorization',
      `AWS4-HMAC-SHA256 Credential=${key.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
    ],
  ];
}
