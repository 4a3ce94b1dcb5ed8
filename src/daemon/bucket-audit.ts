/**
 * Which of the operator's own buckets anybody can reach: asked of the store by the S3 interface with the operator's key, and once more of
 * each bucket without a key. Nothing is written.
 */

import { PicketError } from '../core/errors.ts';
import { exposureOf, type BucketExposure, type Told } from '../gate/bucket-exposure.ts';
import { matchesPattern } from '../gate/gate.ts';
import { elementsAt, textAt } from '../wire/xml-element.ts';
import type { ObjectStoreAnswer, ObjectStoreClient, ObjectStoreQuestion } from './object-store-client.ts';

export interface AuditedBucket extends BucketExposure {
  readonly bucket: string;
  /** The configuration calls it public. */
  readonly intended: boolean;
}

/** Names that can stand in a path as they are. */
const bucketName = /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/;
/** The first of each bucket, which an anonymous caller asks for. */
const objectsTried = 5;
const mostPages = 1_000;
/** Codes of what is not there, and of what a store does not offer. */
const absent: ReadonlySet<string> = new Set([
  'MethodNotAllowed',
  'NoSuchBucketPolicy',
  'NoSuchPublicAccessBlockConfiguration',
  'NotImplemented',
]);

/**
 * Throws PICKET_OBJECT_STORE_REFUSED where the store will not list its buckets to this key. `intendedPublic` are names or patterns
 * with `*`.
 */
export async function* auditBuckets(
  client: Pick<ObjectStoreClient, 'ask'>,
  intendedPublic: readonly string[],
): AsyncIterable<AuditedBucket> {
  let unanswered = 0;
  for await (const bucket of bucketNames(client)) {
    const intended = intendedPublic.some((pattern) => matchesPattern(pattern, bucket));
    if (!bucketName.test(bucket)) {
      yield { bucket, intended, verdict: 'unknown', reasons: ['its name can’t be asked for'] };
      continue;
    }
    let exposed: BucketExposure;
    try {
      exposed = await exposure(client, bucket);
      unanswered = 0;
    } catch (error) {
      // One bucket may be out of order; of two in a row it is the store.
      unanswered += 1;
      if (!(error instanceof PicketError) || unanswered > 1) throw error;
      exposed = { verdict: 'unknown', reasons: ['the store gave no answer about it'] };
    }
    yield { bucket, intended, ...exposed };
  }
}

/** All that the store lists, page after page where it lists in pages. */
async function* bucketNames(client: Pick<ObjectStoreClient, 'ask'>): AsyncIterable<string> {
  let token = '';
  for (let page = 0; page < mostPages; page += 1) {
    const query = token === '' ? '' : `continuation-token=${encodeURIComponent(token)}`;
    const listed = await client.ask({ method: 'GET', bucket: '', query });
    if (listed.status !== 200 || listed.xml?.name !== 'ListAllMyBucketsResult') {
      const why = listed.code === '' ? `status ${listed.status}` : listed.code;
      throw new PicketError(
        'PICKET_OBJECT_STORE_REFUSED',
        `the object store does not list its buckets to this key (${why}); check endpoint, region and key`,
      );
    }
    for (const element of elementsAt(listed.xml, 'Buckets', 'Bucket')) yield textAt(element, 'Name');
    token = textAt(listed.xml, 'ContinuationToken');
    if (token === '') return;
  }
}

async function exposure(client: Pick<ObjectStoreClient, 'ask'>, bucket: string): Promise<BucketExposure> {
  const ask = (query: string, more: Partial<ObjectStoreQuestion> = {}): Promise<ObjectStoreAnswer> =>
    client.ask({ method: 'GET', bucket, query, ...more });
  const acl = await ask('acl');
  // Of a bucket in another place no more can be learned at this endpoint.
  if (acl.status === 301 || acl.status === 307 || acl.code === 'AuthorizationHeaderMalformed') {
    const region = textAt(acl.xml, 'Region');
    const where = region === '' ? 'the bucket is in another region' : `the bucket is in region ${region}`;
    return { verdict: 'unknown', reasons: [`${where}: audit it at the endpoint there`] };
  }
  const policy = await ask('policy');
  const policyStatus = await ask('policyStatus');
  const publicAccessBlock = await ask('publicAccessBlock');
  const objects = await ask(`list-type=2&max-keys=${objectsTried}`);
  const anonymousList = await ask('list-type=2&max-keys=1', { isAnonymous: true });
  let anonymousObject: boolean | null = null;
  for (const element of elementsAt(objects.xml, 'Contents').slice(0, objectsTried)) {
    const object = textAt(element, 'Key');
    // A way with dots would lead elsewhere.
    if (object === '' || /(?:^|\/)\.{1,2}(?:\/|$)/.test(object)) continue;
    anonymousObject = isGiven(await client.ask({ method: 'HEAD', bucket, object, isAnonymous: true }));
    if (anonymousObject === true) break;
  }
  return exposureOf({
    acl: told(acl, () => acl.xml),
    policy: told(policy, () => policy.body),
    policyStatus: told(policyStatus, () => policyStatus.xml),
    publicAccessBlock: told(publicAccessBlock, () => publicAccessBlock.xml),
    anonymousList: isGiven(anonymousList),
    anonymousObject,
  });
}

function told<Value>({ status, code }: ObjectStoreAnswer, valueOf: () => Value | null): Told<Value> {
  if (status === 200) return valueOf() ?? 'unknown';
  return absent.has(code) || status === 404 || status === 405 || status === 501 ? 'absent' : 'unknown';
}

/** Null for an answer that speaks of the moment (a server's fault, slow down, another place) and not of the right. */
function isGiven({ status }: ObjectStoreAnswer): boolean | null {
  if (status >= 200 && status < 300) return true;
  return status >= 400 && status < 500 && status !== 429 ? false : null;
}
