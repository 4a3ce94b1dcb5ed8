/** The two refusals of the gate as S3 words them. They tell of no bucket, so that all are alike. */

import { Buffer } from 'node:buffer';

export interface S3Error {
  readonly status: 403 | 503;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

const errors = {
  403: ['AccessDenied', 'Access Denied'],
  503: ['SlowDown', 'Please reduce your request rate.'],
} as const;

/**
 * A refusal with identifiers drawn from these bytes (8 for the request, 57 for the host, 65 in all).
 *
 *     <Error><Code/><Message/><RequestId/><HostId/></Error>
 */
export function s3Error(status: 403 | 503, method: string, bytes: Uint8Array): S3Error {
  const requestId = Buffer.from(bytes.subarray(0, 8)).toString('hex').toUpperCase();
  const hostId = Buffer.from(bytes.subarray(8, 65)).toString('base64');
  const [code, message] = errors[status];
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>${requestId}</RequestId><HostId>${hostId}</HostId></Error>`;
  return {
    status,
    headers: [
      ['x-amz-request-id', requestId],
      ['x-amz-id-2', hostId],
      ['Content-Type', 'application/xml'],
    ],
    body: method === 'HEAD' ? '' : body,
  };
}
