/** Who asks: nobody in particular, the holder of a planted key, the store's administrator, or somebody whose key is none. */

import { createHash } from 'node:crypto';
import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import {
  type AwsSignature,
  canonicalRequest,
  decodeAwsChunked,
  isSignedWith,
  readSignature,
  type SignedRequest,
  stringToSign,
} from '../../wire/aws-signature.ts';
import { plantedSecret } from '../../wire/planted-credential.ts';
import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer } from '../http-service/service.ts';
import { type Element, failure, type Identity } from './reply.ts';

/** As the real store allows for clocks. */
const skewMilliseconds = 900_000;

export interface Caller {
  /** Empty for an anonymous one. */
  readonly principal: string;
  /** True where the key is good for everything. */
  readonly isOwner: boolean;
  /** The body with its coding undone, Latin-1. */
  readonly body: string;
}

/** `20130524T000000Z`; NaN for what is none. */
function amzTime(text: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  return parts === null
    ? Date.parse(text)
    : Date.parse(`${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}Z`);
}

function isLate(signature: AwsSignature, now: number): boolean {
  if (signature.presigned) {
    const end =
      signature.version === 2
        ? signature.expires * 1_000
        : amzTime(signature.date) + signature.expires * 1_000;
    return !(now <= end);
  }
  return !(Math.abs(now - amzTime(signature.date)) <= skewMilliseconds);
}

const hexBytes = (text: string): string =>
  [...Buffer.from(text, 'latin1')].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');

/** What the real store shows of its own calculation. */
function mismatch(request: SignedRequest, signature: AwsSignature, identity: Identity): Element[] {
  if (identity.flavour.product === 'MinIO') return [];
  const text = stringToSign(request, signature);
  const elements: Element[] = [
    ['AWSAccessKeyId', signature.accessKeyId],
    ['StringToSign', text],
    ['SignatureProvided', signature.signature],
    ['StringToSignBytes', hexBytes(text)],
  ];
  if (signature.version === 4) {
    const canonical = canonicalRequest(request, signature);
    elements.push(['CanonicalRequest', canonical], ['CanonicalRequestBytes', hexBytes(canonical)]);
  }
  return elements;
}

export interface Authorised {
  readonly caller: Caller | null;
  /** Why not, where the caller is null. */
  readonly refusal: Answer | null;
  readonly outputs: readonly DecoyOutput[];
}

export function authorise(
  request: ServiceRequest,
  context: DecoyContext,
  identity: Identity,
  resource: string,
): Authorised {
  const { flavour } = identity;
  const signature = readSignature(request);
  const chunked =
    /\baws-chunked\b/i.test(request.header('content-encoding')) ||
    request.header('x-amz-content-sha256').startsWith('STREAMING-');
  const refuse = (
    code: string,
    more: readonly Element[] = [],
    outputs: readonly DecoyOutput[] = [],
  ): Authorised => ({
    caller: null,
    refusal: failure(identity, code, request.rawPath, more),
    outputs,
  });
  if (signature === 'malformed') return refuse('AuthorizationHeaderMalformed');
  if (signature === null) {
    const decoded = chunked
      ? decodeAwsChunked(request.body, null, null)
      : { body: request.body, isWhole: true };
    if (!decoded.isWhole) return refuse('IncompleteBody');
    return { caller: { principal: '', isOwner: false, body: decoded.body }, refusal: null, outputs: [] };
  }
  const { accessKeyId } = signature;
  const planted = plantedSecret(context.persona, accessKeyId);
  const secret = planted ?? (accessKeyId === flavour.accessKey ? flavour.secretKey : null);
  const accepted = secret !== null && isSignedWith(secret, request, signature, resource);
  const outputs: DecoyOutput[] = [
    { do: 'saw', fact: { kind: 'auth', service: 's3', user: accessKeyId, method: 'other', accepted } },
  ];
  if (secret === null) {
    const named: Element[] = flavour.product === 'MinIO' ? [] : [['AWSAccessKeyId', accessKeyId]];
    return refuse('InvalidAccessKeyId', named, outputs);
  }
  if (!accepted) return refuse('SignatureDoesNotMatch', mismatch(request, signature, identity), outputs);
  if (isLate(signature, context.now()))
    return refuse(signature.presigned ? 'AccessDenied' : 'RequestTimeTooSkewed', [], outputs);
  const claimed = request.header('x-amz-content-sha256');
  if (
    /^[0-9a-f]{64}$/.test(claimed) &&
    claimed !== createHash('sha256').update(Buffer.from(request.body, 'latin1')).digest('hex')
  ) {
    return refuse('XAmzContentSHA256Mismatch', [], outputs);
  }
  const decoded = chunked
    ? decodeAwsChunked(request.body, secret, signature)
    : { body: request.body, isWhole: true };
  if (!decoded.isWhole)
    return refuse(
      claimed.startsWith('STREAMING-AWS4-HMAC') ? 'SignatureDoesNotMatch' : 'IncompleteBody',
      [],
      outputs,
    );
  return { caller: { principal: accessKeyId, isOwner: true, body: decoded.body }, refusal: null, outputs };
}
