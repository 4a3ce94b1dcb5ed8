/** Which operation a request is, and who may do it. */

import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { percentDecoded } from '../../wire/query-text.ts';
import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer } from '../http-service/service.ts';
import { authorise, type Caller } from './access.ts';
import {
  bucketSettings,
  createBucket,
  deleteBucket,
  deleteObjects,
  putSetting,
  readBucket,
} from './bucket-routes.ts';
import type { Call } from './call.ts';
import { listBuckets } from './listing.ts';
import {
  abortUpload,
  beginUpload,
  completeUpload,
  deleteObject,
  listParts,
  readObject,
  writeObject,
  writePart,
} from './object-routes.ts';
import { failure, type Identity } from './reply.ts';
import { type Bucket, storeFor, type Store } from './store.ts';

export interface Target {
  readonly bucket: string;
  readonly key: string;
  /** Of a signature of version 2: the path with the bucket in front. */
  readonly resource: string;
}

/** `bucket.s3.region.amazonaws.com/key` or `host/bucket/key`. */
export function targetOf(request: ServiceRequest, store: Store, hostname: string): Target {
  const host = request
    .header('host')
    .replace(/:\d{1,5}$/, '')
    .toLowerCase();
  const aws = /^(.{3,63})\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com$/.exec(host)?.[1];
  const own = host.endsWith(`.${hostname}`) ? host.slice(0, -hostname.length - 1) : undefined;
  const first = host.slice(0, Math.max(0, host.indexOf('.')));
  const named = aws ?? own ?? (store.buckets.has(first) ? first : undefined);
  // Keys are UTF-8.
  const path = Buffer.from(request.path, 'latin1').toString('utf8');
  if (named !== undefined)
    return { bucket: named, key: path.slice(1), resource: `/${named}${request.rawPath}` };
  const slash = path.indexOf('/', 1);
  if (slash < 0) return { bucket: path.slice(1), key: '', resource: request.rawPath };
  return { bucket: path.slice(1, slash), key: path.slice(slash + 1), resource: request.rawPath };
}

const has = (request: ServiceRequest, name: string): boolean => request.query.has(name);
/** Names of operations that leave the bucket out. */
const unnamed = new Set(['publicAccessBlock']);
const settingOperation = (verb: string, name: string): string =>
  `${verb}${unnamed.has(name) ? '' : 'Bucket'}${titled(name)}`;
const titled = (name: string): string =>
  name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** The operation as the vendor names it; empty for none. */
export function operationOf(request: ServiceRequest, { bucket, key }: Target): string {
  const { method } = request;
  if (bucket === '') return method === 'GET' ? 'ListBuckets' : '';
  const setting = bucketSettings.find((name) => has(request, name));
  if (key === '') {
    switch (method) {
      case 'HEAD':
        return 'HeadBucket';
      case 'GET':
        if (has(request, 'location')) return 'GetBucketLocation';
        if (has(request, 'versions')) return 'ListObjectVersions';
        if (has(request, 'uploads')) return 'ListMultipartUploads';
        if (setting !== undefined) return settingOperation('Get', setting);
        return request.parameter('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects';
      case 'PUT':
        return setting === undefined ? 'CreateBucket' : settingOperation('Put', setting);
      case 'DELETE':
        return setting === undefined ? 'DeleteBucket' : settingOperation('Delete', setting);
      case 'POST':
        return has(request, 'delete') ? 'DeleteObjects' : '';
      default:
        return '';
    }
  }
  const upload = has(request, 'uploadId');
  switch (method) {
    case 'HEAD':
      return 'HeadObject';
    case 'GET':
      if (upload) return 'ListParts';
      if (has(request, 'acl')) return 'GetObjectAcl';
      if (has(request, 'retention')) return 'GetObjectRetention';
      if (has(request, 'legal-hold')) return 'GetObjectLegalHold';
      if (has(request, 'torrent')) return 'GetObjectTorrent';
      return has(request, 'tagging') ? 'GetObjectTagging' : 'GetObject';
    case 'PUT':
      if (upload) return 'UploadPart';
      if (has(request, 'acl')) return 'PutObjectAcl';
      if (has(request, 'tagging')) return 'PutObjectTagging';
      return request.header('x-amz-copy-source') === '' ? 'PutObject' : 'CopyObject';
    case 'DELETE':
      return upload ? 'AbortMultipartUpload' : 'DeleteObject';
    case 'POST':
      if (has(request, 'uploads')) return 'CreateMultipartUpload';
      return upload ? 'CompleteMultipartUpload' : '';
    default:
      return '';
  }
}

const anonymousReads = /^(?:HeadBucket|GetBucketLocation|ListObjects(?:V2)?|GetObject|HeadObject)$/;
const anonymousWrites =
  /^(?:PutObject|CreateMultipartUpload|UploadPart|CompleteMultipartUpload|AbortMultipartUpload|ListParts)$/;

function mayDo(caller: Caller, bucket: Bucket, operation: string): boolean {
  if (caller.isOwner) return true;
  if (anonymousReads.test(operation)) return bucket.anonymous !== 'nothing';
  return anonymousWrites.test(operation) && bucket.anonymous === 'read-write';
}

export function* answerS3(
  request: ServiceRequest,
  context: DecoyContext,
  identity: Identity,
): Generator<DecoyOutput, Answer, undefined> {
  const { persona, source } = context;
  const store = storeFor(persona, source);
  const target = targetOf(request, store, persona.hostname);
  const operation = operationOf(request, target);
  const { caller, refusal, outputs } = authorise(request, context, identity, target.resource);
  yield* outputs;
  const principal = caller?.principal ?? '';
  const accessed = (name: string, object: string, status: number): DecoyOutput => ({
    do: 'saw',
    fact: {
      kind: 'object-access',
      operation: name,
      bucket: target.bucket.slice(0, 255),
      object: object.slice(0, 2_048),
      status,
      principal: principal.slice(0, 2_048),
      userAgent: request.header('user-agent').slice(0, 4_096),
    },
  });
  let answer: Answer;
  if (caller === null) answer = refusal ?? failure(identity, 'AccessDenied', request.rawPath);
  else answer = yield* perform({ request, context, identity, store, caller, accessed }, target, operation);
  yield accessed(
    operation === '' ? `${request.method} unknown`.slice(0, 64) : operation,
    target.key,
    answer.status,
  );
  return answer;
}

function* perform(call: Call, target: Target, operation: string): Generator<DecoyOutput, Answer, undefined> {
  const { request, identity, store, caller } = call;
  const path = percentDecoded(request.rawPath);
  if (operation === 'ListBuckets')
    return caller.isOwner ? listBuckets(store, identity) : failure(identity, 'AccessDenied', '/');
  if (operation === '')
    return failure(identity, 'MethodNotAllowed', path, [
      ['Method', request.method],
      ['ResourceType', target.key === '' ? 'BUCKET' : 'OBJECT'],
    ]);
  if (operation === 'CreateBucket')
    return caller.isOwner ? createBucket(call, target.bucket) : failure(identity, 'AccessDenied', path);
  const bucket = store.buckets.get(target.bucket);
  if (bucket === undefined) return failure(identity, 'NoSuchBucket', path, [['BucketName', target.bucket]]);
  if (!mayDo(caller, bucket, operation)) {
    const more =
      identity.flavour.product === 'MinIO'
        ? ([
            ...(target.key === '' ? [] : [['Key', target.key] as const]),
            ['BucketName', bucket.name],
          ] as const)
        : [];
    return failure(identity, 'AccessDenied', path, more);
  }
  switch (operation) {
    case 'HeadBucket':
      return identity.flavour.product === 'MinIO'
        ? { status: 200 }
        : {
            status: 200,
            headers: [
              ['x-amz-bucket-region', identity.flavour.region],
              ['Content-Type', 'application/xml'],
            ],
          };
    case 'DeleteObjects':
      return yield* deleteObjects(call, bucket);
    case 'GetObject':
    case 'HeadObject':
    case 'GetObjectAcl':
    case 'GetObjectTagging':
      return readObject(call, bucket, target.key, operation);
    case 'GetObjectRetention':
    case 'GetObjectLegalHold':
      return bucket.objects.has(target.key)
        ? failure(identity, 'InvalidRequest', path, [['BucketName', bucket.name]])
        : failure(identity, 'NoSuchKey', path, [['Key', target.key]]);
    case 'GetObjectTorrent':
      return failure(
        identity,
        identity.flavour.product === 'MinIO' ? 'NotImplemented' : 'MethodNotAllowed',
        path,
      );
    case 'PutObject':
    case 'CopyObject':
      return yield* writeObject(call, bucket, target.key);
    case 'PutObjectAcl':
    case 'PutObjectTagging':
      return { status: 200 };
    case 'DeleteObject':
      return deleteObject(bucket, target.key);
    case 'CreateMultipartUpload':
      return beginUpload(call, bucket, target.key);
    case 'UploadPart':
      return yield* writePart(call, bucket, target.key);
    case 'CompleteMultipartUpload':
      return yield* completeUpload(call, bucket, target.key);
    case 'AbortMultipartUpload':
      return abortUpload(call, bucket, target.key);
    case 'ListParts':
      return listParts(call, bucket, target.key);
    default:
  }
  if (operation.startsWith('Delete')) return deleteBucket(call, bucket);
  return operation.startsWith('Put') ? putSetting(call, bucket) : readBucket(call, bucket, operation);
}
