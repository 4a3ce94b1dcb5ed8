/**
 * How requests to AWS are signed: Signature Version 4 (in a header or in the query) and Version 2 of S3.
 *
 *     Authorization: AWS4-HMAC-SHA256 Credential=KEY/yyyymmdd/region/service/aws4_request, SignedHeaders=a;b, Signature=hex
 *     Authorization: AWS KEY:base64
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
 */

import { Buffer } from 'node:buffer';
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Header } from '../core/observation.ts';
import { percentDecoded, rawParameters } from './query-text.ts';

export interface SignedRequest {
  readonly method: string;
  /** As sent, without the query. */
  readonly rawPath: string;
  /** As sent, without the question mark. */
  readonly rawQuery: string;
  readonly headers: readonly Header[];
  /** Latin-1. */
  readonly body: string;
}

export interface AwsSignature {
  readonly version: 2 | 4;
  readonly presigned: boolean;
  readonly accessKeyId: string;
  /** Hex of version 4, Base64 of version 2. */
  readonly signature: string;
  /** `yyyymmdd/region/service/aws4_request`; empty in version 2. */
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  /** As sent: `yyyymmddThhmmssZ`, or an HTTP date. */
  readonly date: string;
  /** Seconds that a presigned request is good for; 0 otherwise. In version 2 the second since the epoch at which it ends. */
  readonly expires: number;
}

const valuesOf = (headers: readonly Header[], name: string): string[] =>
  headers.flatMap(([each, value]) => (each.toLowerCase() === name ? [value] : []));
const valueOf = (headers: readonly Header[], name: string): string => valuesOf(headers, name)[0] ?? '';

const keyPattern = /^[\w-]{1,128}$/;

function parseScope(credential: string): { accessKeyId: string; scope: string } | null {
  const slash = credential.indexOf('/');
  const accessKeyId = credential.slice(0, slash);
  const scope = credential.slice(slash + 1);
  return slash > 0 &&
    keyPattern.test(accessKeyId) &&
    /^\d{8}\/[\w-]{0,64}\/[\w-]{1,32}\/aws4_request$/.test(scope)
    ? { accessKeyId, scope }
    : null;
}

/** The signature that a request carries; null for none, `malformed` for one that no client writes. */
export function readSignature(request: SignedRequest): AwsSignature | null | 'malformed' {
  const authorization = valueOf(request.headers, 'authorization');
  const amzDate = valueOf(request.headers, 'x-amz-date');
  if (authorization.startsWith('AWS4-HMAC-SHA256')) {
    const fields = new Map(
      authorization
        .slice(16, 8_192)
        .split(',', 8)
        .map((part): [string, string] => {
          const equals = part.indexOf('=');
          return [part.slice(0, Math.max(0, equals)).trim(), part.slice(equals + 1).trim()];
        }),
    );
    const named = parseScope(fields.get('Credential') ?? '');
    const signature = fields.get('Signature') ?? '';
    const signedHeaders = (fields.get('SignedHeaders') ?? '').split(';', 64);
    if (named === null || !/^[0-9a-f]{64}$/.test(signature) || signedHeaders[0] === '') return 'malformed';
    return { version: 4, presigned: false, ...named, signature, signedHeaders, date: amzDate, expires: 0 };
  }
  const v2 = /^AWS ([\w-]{1,128}):([A-Za-z0-9+/=]{1,64})$/.exec(authorization);
  if (v2 !== null) {
    const [, accessKeyId = '', signature = ''] = v2;
    const date = amzDate === '' ? valueOf(request.headers, 'date') : amzDate;
    return {
      version: 2,
      presigned: false,
      accessKeyId,
      signature,
      scope: '',
      signedHeaders: [],
      date,
      expires: 0,
    };
  }
  if (authorization !== '') return 'malformed';
  const query = new Map(
    rawParameters(request.rawQuery).map(([name, value]) => [percentDecoded(name), percentDecoded(value)]),
  );
  if (query.get('X-Amz-Algorithm') === 'AWS4-HMAC-SHA256') {
    const named = parseScope(query.get('X-Amz-Credential') ?? '');
    const signature = query.get('X-Amz-Signature') ?? '';
    const expires = query.get('X-Amz-Expires') ?? '';
    if (named === null || !/^[0-9a-f]{64}$/.test(signature) || !/^\d{1,6}$/.test(expires)) return 'malformed';
    const signedHeaders = (query.get('X-Amz-SignedHeaders') ?? '').split(';', 64);
    return {
      version: 4,
      presigned: true,
      ...named,
      signature,
      signedHeaders,
      date: query.get('X-Amz-Date') ?? '',
      expires: Number(expires),
    };
  }
  const accessKeyId = query.get('AWSAccessKeyId');
  if (accessKeyId === undefined) return null;
  const signature = query.get('Signature') ?? '';
  const expires = query.get('Expires') ?? '';
  if (!keyPattern.test(accessKeyId) || signature === '' || !/^\d{1,12}$/.test(expires)) return 'malformed';
  return {
    version: 2,
    presigned: true,
    accessKeyId,
    signature,
    scope: '',
    signedHeaders: [],
    date: expires,
    expires: Number(expires),
  };
}

/** RFC 3986's unreserved characters stay, every other octet of this Latin-1 text is escaped. */
function uriEncoded(text: string): string {
  let encoded = '';
  for (const character of text) {
    encoded += /[A-Za-z0-9._~-]/.test(character)
      ? character
      : `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

function canonicalQuery(rawQuery: string): string {
  return rawParameters(rawQuery)
    .map(([name, value]) => [uriEncoded(percentDecoded(name)), uriEncoded(percentDecoded(value))] as const)
    .filter(([name]) => name !== 'X-Amz-Signature')
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** What version 4 signs, for the error that shows it. */
export function canonicalRequest(request: SignedRequest, signature: AwsSignature): string {
  const path = request.rawPath
    .split('/')
    .map((part) => uriEncoded(percentDecoded(part)))
    .join('/');
  const fields = signature.signedHeaders.map(
    (name) =>
      `${name}:${valuesOf(request.headers, name)
        .map((value) => value.trim().replaceAll(/ {2,}/g, ' '))
        .join(',')}\n`,
  );
  return [
    request.method,
    path === '' ? '/' : path,
    canonicalQuery(request.rawQuery),
    fields.join(''),
    signature.signedHeaders.join(';'),
    payloadHash(request, signature),
  ].join('\n');
}

const sha256 = (latin1: string): string =>
  createHash('sha256').update(Buffer.from(latin1, 'latin1')).digest('hex');
const hmac = (key: string | Uint8Array, text: string): Buffer =>
  createHmac('sha256', key).update(Buffer.from(text, 'latin1')).digest();

function payloadHash(request: SignedRequest, signature: AwsSignature): string {
  if (signature.presigned) return valueOf(request.headers, 'x-amz-content-sha256') || 'UNSIGNED-PAYLOAD';
  return valueOf(request.headers, 'x-amz-content-sha256') || sha256(request.body);
}

export function stringToSign(request: SignedRequest, signature: AwsSignature): string {
  if (signature.version === 4) {
    return `AWS4-HMAC-SHA256\n${signature.date}\n${signature.scope}\n${sha256(canonicalRequest(request, signature))}`;
  }
  return stringToSignV2(request, signature, request.rawPath);
}

const subresources: ReadonlySet<string> = new Set([
  'acl',
  'cors',
  'delete',
  'lifecycle',
  'location',
  'logging',
  'notification',
  'partNumber',
  'policy',
  'requestPayment',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
  'tagging',
  'torrent',
  'uploadId',
  'uploads',
  'versionId',
  'versioning',
  'versions',
  'website',
]);

/**
 * Version 2.
 *
 *     method LF Content-MD5 LF Content-Type LF Date LF *( x-amz-… ":" value LF ) resource
 */
function stringToSignV2(request: SignedRequest, signature: AwsSignature, resource: string): string {
  const amz = new Map<string, string[]>();
  for (const [name, value] of request.headers) {
    const lower = name.toLowerCase();
    if (lower.startsWith('x-amz-')) amz.set(lower, [...(amz.get(lower) ?? []), value]);
  }
  const fields = [...amz]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, values]) => `${name}:${values.join(',')}\n`);
  const named = rawParameters(request.rawQuery)
    .filter(([name]) => subresources.has(percentDecoded(name)))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === '' ? name : `${name}=${percentDecoded(value)}`));
  const date = signature.presigned ? String(signature.expires) : amz.has('x-amz-date') ? '' : signature.date;
  const query = named.length > 0 ? `?${named.join('&')}` : '';
  return `${request.method}\n${valueOf(request.headers, 'content-md5')}\n${valueOf(request.headers, 'content-type')}\n${date}\n${fields.join('')}${resource}${query}`;
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given, 'latin1'), Buffer.from(expected, 'latin1')];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The key that version 4 derives from a secret for one day, region and service. */
export function signingKey(secret: string, scope: string): Uint8Array {
  const [day = '', region = '', service = ''] = scope.split('/');
  return hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), service), 'aws4_request');
}

/**
 * True where the secret gives this signature. `resource` is version 2's: the path with the bucket in front, where the bucket is
 * named by the host.
 */
export function isSignedWith(
  secret: string,
  request: SignedRequest,
  signature: AwsSignature,
  resource: string = request.rawPath,
): boolean {
  if (signature.version === 4) {
    return isSame(
      signature.signature,
      hmac(signingKey(secret, signature.scope), stringToSign(request, signature)).toString('hex'),
    );
  }
  const expected = createHmac('sha1', secret)
    .update(Buffer.from(stringToSignV2(request, signature, resource), 'latin1'))
    .digest('base64');
  return isSame(signature.signature, expected);
}

export interface DecodedChunks {
  /** Latin-1. */
  readonly body: string;
  /** False where a chunk's signature is not the secret's, or the coding is broken. */
  readonly isWhole: boolean;
}

/**
 * A body in `aws-chunked` coding. With `STREAMING-AWS4-HMAC-SHA256-PAYLOAD` each chunk is signed on the one before it.
 *
 *     size-hex [";chunk-signature=" hex] CRLF octets CRLF … "0" [";chunk-signature=" hex] CRLF *( trailer CRLF ) CRLF
 */
export function decodeAwsChunked(
  text: string,
  secret: string | null,
  signature: AwsSignature | null,
): DecodedChunks {
  const pieces: string[] = [];
  let previous = signature?.signature ?? '';
  const key = secret === null || signature === null ? null : signingKey(secret, signature.scope);
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\r\n', at);
    if (end < 0 || end - at > 1_024) break;
    const line = /^([0-9a-fA-F]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(text.slice(at, end));
    if (line === null) break;
    const size = Number.parseInt(line[1] ?? '', 16);
    const octets = text.slice(end + 2, end + 2 + size);
    if (octets.length < size) break;
    const given = line[2];
    if (given !== undefined && key !== null && signature !== null) {
      const signed = `AWS4-HMAC-SHA256-PAYLOAD\n${signature.date}\n${signature.scope}\n${previous}\n${sha256('')}\n${sha256(octets)}`;
      if (!isSame(given, hmac(key, signed).toString('hex'))) return { body: pieces.join(''), isWhole: false };
      previous = given;
    }
    if (size === 0) return { body: pieces.join(''), isWhole: true };
    pieces.push(octets);
    at = end + 2 + size + 2;
  }
  return { body: pieces.join(''), isWhole: false };
}
