/** Answers in XML, and the errors of S3 word by word. */

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Answer } from '../http-service/service.ts';
import type { Flavour } from './flavour.ts';

export const escapeXml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&#34;')
    .replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, '\ufffd');

export type Element = readonly [name: string, value: string | number | readonly Element[]];

export function xmlOf(elements: readonly Element[]): string {
  return elements
    .map(([name, value]) => {
      const inner = typeof value === 'object' ? xmlOf(value) : escapeXml(String(value));
      // What stands behind a space is an attribute, which the closing tag has not.
      return inner === ''
        ? `<${name}></${name.split(' ', 1)[0]}>`
        : `<${name}>${inner}</${name.split(' ', 1)[0]}>`;
    })
    .join('');
}

const namespace = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

export interface Identity {
  readonly flavour: Flavour;
  /** As each answer carries them. */
  readonly requestId: string;
  readonly hostId: string;
}

/** AWS sends XML in chunks, MinIO counts it. */
function xmlAnswer(
  identity: Identity,
  status: number,
  text: string,
  headers: Answer['headers'] = [],
): Answer {
  const fields = [...headers, ['Content-Type', 'application/xml']] as const;
  if (identity.flavour.product === 'Amazon S3') return { status, headers: fields, stream: [text] };
  return { status, headers: [...fields, ['Content-Length', String(Buffer.byteLength(text))]], body: text };
}

export function document(
  identity: Identity,
  root: string,
  elements: readonly Element[],
  status = 200,
): Answer {
  const line =
    identity.flavour.product === 'MinIO'
      ? '<?xml version="1.0" encoding="UTF-8"?>\n'
      : '<?xml version="1.0" encoding="UTF-8"?>\n';
  return xmlAnswer(identity, status, line + xmlOf([[`${root} ${namespace}`, elements]]));
}

const errors: Readonly<Record<string, readonly [status: number, message: string, minio?: string]>> = {
  AccessDenied: [403, 'Access Denied', 'Access Denied.'],
  AuthorizationHeaderMalformed: [
    400,
    'The authorization header is malformed; the authorization component is invalid.',
    'The authorization header is malformed; the authorization component is invalid.',
  ],
  BucketAlreadyOwnedByYou: [
    409,
    'Your previous request to create the named bucket succeeded and you already own it.',
  ],
  BucketNotEmpty: [409, 'The bucket you tried to delete is not empty'],
  IncompleteBody: [
    400,
    'The request body terminated unexpectedly',
    'You did not provide the number of bytes specified by the Content-Length HTTP header.',
  ],
  InvalidAccessKeyId: [
    403,
    'The AWS Access Key Id you provided does not exist in our records.',
    'The Access Key Id you provided does not exist in our records.',
  ],
  InvalidArgument: [400, 'Invalid Argument', 'Invalid argument'],
  InvalidDigest: [
    400,
    'The Content-MD5 you specified was invalid',
    'The Content-Md5 you specified is not valid.',
  ],
  InvalidBucketName: [400, 'The specified bucket is not valid.'],
  InvalidPart: [
    400,
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
  ],
  InvalidRange: [416, 'The requested range is not satisfiable'],
  MalformedXML: [
    400,
    'The XML you provided was not well-formed or did not validate against our published schema',
  ],
  InvalidRequest: [400, 'Bucket is missing Object Lock Configuration'],
  MethodNotAllowed: [405, 'The specified method is not allowed against this resource.'],
  NoSuchBucket: [404, 'The specified bucket does not exist'],
  NoSuchBucketPolicy: [404, 'The bucket policy does not exist'],
  NoSuchCORSConfiguration: [404, 'The CORS configuration does not exist'],
  NoSuchKey: [404, 'The specified key does not exist.'],
  NoSuchLifecycleConfiguration: [404, 'The lifecycle configuration does not exist'],
  NoSuchTagSet: [404, 'The TagSet does not exist'],
  NoSuchUpload: [
    404,
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    'The specified multipart upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
  ],
  NoSuchWebsiteConfiguration: [404, 'The specified bucket does not have a website configuration'],
  NoSuchConfiguration: [404, 'The specified configuration does not exist.'],
  NoSuchPublicAccessBlockConfiguration: [404, 'The public access block configuration was not found'],
  NotImplemented: [
    501,
    'A header you provided implies functionality that is not implemented',
    'A header you provided implies functionality that is not implemented',
  ],
  OwnershipControlsNotFoundError: [404, 'The bucket ownership controls were not found'],
  ObjectLockConfigurationNotFoundError: [404, 'Object Lock configuration does not exist for this bucket'],
  ReplicationConfigurationNotFoundError: [404, 'The replication configuration was not found'],
  RequestTimeTooSkewed: [403, 'The difference between the request time and the current time is too large.'],
  ServerSideEncryptionConfigurationNotFoundError: [
    404,
    'The server side encryption configuration was not found',
  ],
  SignatureDoesNotMatch: [
    403,
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  ],
  SlowDown: [
    503,
    'Please reduce your request rate.',
    'Resource requested is unreadable, please reduce your request rate',
  ],
  XAmzContentSHA256Mismatch: [
    400,
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  ],
};

/** The error of this code. `more` are the elements that it names beside: AWS puts them ahead of the ids, MinIO likewise. */
export function failure(
  identity: Identity,
  code: string,
  resource: string,
  more: readonly Element[] = [],
): Answer {
  const [status, message, minio] = errors[code] ?? [400, code];
  const isMinio = identity.flavour.product === 'MinIO';
  const elements: Element[] = [['Code', code], ['Message', isMinio ? (minio ?? message) : message], ...more];
  if (isMinio) elements.push(['Resource', resource]);
  elements.push(['RequestId', identity.requestId], ['HostId', identity.hostId]);
  return xmlAnswer(
    identity,
    status,
    `<?xml version="1.0" encoding="UTF-8"?>\n${xmlOf([['Error', elements]])}`,
  );
}

/** Ids as each flavour writes them, from bytes of the moment. */
export function identityOf(flavour: Flavour, bytes: Uint8Array, now: number): Identity {
  const digest = createHash('sha512').update(bytes).update(String(now)).digest();
  if (flavour.product === 'Amazon S3') {
    const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
    const requestId = Array.from(digest.subarray(0, 16), (byte) => letters[byte % 32]).join('');
    return {
      flavour,
      requestId,
      hostId: Buffer.concat([digest.subarray(0, 28), digest.subarray(0, 28)])
        .toString('base64')
        .slice(0, 76),
    };
  }
  // Nanoseconds since the epoch, in hex.
  const requestId = (BigInt(now) * 1_000_000n + BigInt(digest.readUInt32BE(0) % 1_000_000))
    .toString(16)
    .toUpperCase();
  return { flavour, requestId, hostId: 'dd9025bab4ad464b049177c95eb6ebf374d3b3fd1af9251148b658df7ac2e3e8' };
}

export const isoMoment = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}.000Z`;
