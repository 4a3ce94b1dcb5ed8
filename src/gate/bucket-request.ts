/**
 * What a request to an object store asks for, and whether it is signed.
 *
 * All of it is a stranger's text. Where stores could read a path in more than one way (escapes or dots in the bucket's name, dot segments,
 * doubled slashes) the request is `ambiguous`, and the gate lets no anonymous caller through with one.
 */

import type { Header } from '../core/observation.ts';
import { readSignature } from '../wire/aws-signature.ts';
import { percentDecoded } from '../wire/query-text.ts';

export interface BucketRequest {
  readonly method: string;
  /** Empty for the store itself. In lower case, as hosts are compared and names are made. */
  readonly bucket: string;
  readonly object: string;
  /** As access logs name it, such as `REST.GET.OBJECT`. */
  readonly operation: string;
  /** Empty for an anonymous caller. */
  readonly accessKeyId: string;
  readonly ambiguous: boolean;
}

const longestUri = 16_384;
const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** The host of an authority, in lower case, without port and final dot. */
function hostOf(authority: string): string {
  const host = authority.slice(0, 512).toLowerCase();
  const colon = host.startsWith('[') ? -1 : host.indexOf(':');
  return (colon < 0 ? host : host.slice(0, colon)).replace(/\.$/, '');
}

/** The part of the host ahead of one of the store's domains; empty in path style. */
export function bucketOfHost(authority: string, domains: readonly string[]): string {
  const host = hostOf(authority);
  for (const domain of domains)
    if (host.endsWith(`.${domain}`)) return host.slice(0, host.length - domain.length - 1);
  return '';
}

/** Path and query of a request target in origin form or absolute form (RFC 9112 §3.2). */
function splitTarget(target: string): { path: string; query: string } {
  let origin = target;
  if (!origin.startsWith('/')) {
    const scheme = origin.indexOf('://');
    const slash = scheme < 0 ? -1 : origin.indexOf('/', scheme + 3);
    origin = slash < 0 ? '/' : origin.slice(slash);
  }
  const question = origin.indexOf('?');
  return question < 0
    ? { path: origin, query: '' }
    : { path: origin.slice(0, question), query: origin.slice(question + 1) };
}

const isPlain = (path: string): boolean => {
  const decoded = percentDecoded(path);
  return (
    !path.startsWith('//') &&
    !/%2f|%5c|%00/i.test(path) &&
    !decoded.includes('\\') &&
    !decoded.split('/').some((part) => part === '.' || part === '..')
  );
};

function operationOf(method: string, isObject: boolean, query: string): string {
  const verb = /^[A-Z]{1,10}$/.test(method) ? method : 'OTHER';
  const names = query.slice(0, 1024).split('&', 32);
  for (const each of ['acl', 'policy', 'location', 'versioning', 'website', 'tagging', 'uploads'])
    if (names.includes(each) || names.includes(`${each}=`)) return `REST.${verb}.${each.toUpperCase()}`;
  return `REST.${verb}.${isObject ? 'OBJECT' : 'BUCKET'}`;
}

export function readBucketRequest(
  method: string,
  uri: string,
  host: string,
  headers: readonly Header[],
  domains: readonly string[],
): BucketRequest {
  const { path, query } = splitTarget(uri.slice(0, longestUri));
  const ofHost = bucketOfHost(host, domains);
  let bucket = ofHost;
  let object = path.replace(/^\//, '');
  if (ofHost === '') {
    const slash = object.indexOf('/');
    bucket = slash < 0 ? object : object.slice(0, slash);
    object = slash < 0 ? '' : object.slice(slash + 1);
  }
  // Of two signatures the store may look at the other one.
  const isTwiceSigned = headers.filter(([name]) => name.toLowerCase() === 'authorization').length > 1;
  const ambiguous =
    isTwiceSigned || uri.length > longestUri || !isPlain(path) || (bucket !== '' && !bucketName.test(bucket));
  const signature = isTwiceSigned
    ? null
    : readSignature({ method, rawPath: path, rawQuery: query, headers, body: '' });
  const decoded = percentDecoded(bucket).toLowerCase().slice(0, 255);
  return {
    method,
    bucket: decoded,
    object: percentDecoded(object).slice(0, 2_048),
    operation: operationOf(method, object !== '', query),
    accessKeyId: signature === null || signature === 'malformed' ? '' : signature.accessKeyId,
    ambiguous,
  };
}
