/** What is asked of an object: Get, Head, Put, Copy, Delete, its tags, and uploads in parts. */

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { DecoyOutput } from '../../core/decoy.ts';
import type { Header } from '../../core/observation.ts';
import { percentDecoded } from '../../wire/query-text.ts';
import type { Answer } from '../http-service/service.ts';
import { accessControl } from './bucket-routes.ts';
import { document, type Element, failure, isoMoment } from './reply.ts';
import type { Call } from './call.ts';
import { addPart, addUpload, type Bucket, md5, putObject, type StoredObject } from './store.ts';

const bytesOf = (latin1: string): Uint8Array => new Uint8Array(Buffer.from(latin1, 'latin1'));

const noKey = (call: Call, bucket: Bucket, key: string): Answer => {
  const more: Element[] =
    call.identity.flavour.product === 'MinIO'
      ? [
          ['Key', key],
          ['BucketName', bucket.name],
        ]
      : [['Key', key]];
  return failure(call.identity, 'NoSuchKey', `/${bucket.name}/${key}`, more);
};

function capture(key: string, body: string): DecoyOutput[] {
  return body === ''
    ? []
    : [{ do: 'capture', bytes: bytesOf(body), how: 's3-put', name: key.slice(0, 1_024) }];
}

/** One range (RFC 9110 §14.2), a parsed pair; `bad` for what lies behind the end. */
function rangeOf(header: string, size: number): readonly [from: number, to: number] | 'bad' | null {
  const parts = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header);
  if (parts === null || (parts[1] === '' && parts[2] === '')) return null;
  const from = parts[1] === '' ? Math.max(0, size - Number(parts[2])) : Number(parts[1]);
  const to = parts[1] === '' || parts[2] === '' ? size - 1 : Math.min(size - 1, Number(parts[2]));
  if (from >= size) return 'bad';
  return to < from ? null : [from, to];
}

/** `GET` and `HEAD /bucket/key` */
export function readObject(call: Call, bucket: Bucket, key: string, operation: string): Answer {
  const { request, identity } = call;
  const object = bucket.objects.get(key);
  if (object === undefined) return noKey(call, bucket, key);
  if (operation === 'GetObjectAcl') return accessControl(call);
  if (operation === 'GetObjectTagging') {
    const tags = object.metadata.flatMap(([name, value]): Element[] =>
      name === 'tagging'
        ? [
            [
              'Tag',
              [
                ['Key', value],
                ['Value', ''],
              ],
            ],
          ]
        : [],
    );
    return document(identity, 'Tagging', [['TagSet', tags]]);
  }
  const none = request.header('if-none-match');
  const headers: Header[] = [
    ['Last-Modified', new Date(object.modified).toUTCString()],
    ['ETag', `"${object.etag}"`],
    ...object.metadata.filter(([name]) => name.startsWith('x-amz-meta-')),
    ['Accept-Ranges', 'bytes'],
    ['Content-Type', object.type],
  ];
  if (none === `"${object.etag}"` || none === object.etag)
    return { status: 304, headers: headers.slice(0, 2) };
  const range = rangeOf(request.header('range'), object.body.length);
  if (range === 'bad') {
    return failure(identity, 'InvalidRange', `/${bucket.name}/${key}`, [
      ['ActualObjectSize', object.body.length],
      ['RangeRequested', request.header('range').slice(0, 64)],
    ]);
  }
  const body = bytesOf(range === null ? object.body : object.body.slice(range[0], range[1] + 1));
  if (range !== null) headers.push(['Content-Range', `bytes ${range[0]}-${range[1]}/${object.body.length}`]);
  return {
    status: range === null ? 200 : 206,
    headers: [...headers, ['Content-Length', String(body.length)]],
    body,
  };
}

const metadataOf = (call: Call): readonly Header[] =>
  call.request.headers
    .filter(([name]) => name.toLowerCase().startsWith('x-amz-meta-'))
    .slice(0, 32)
    .map(([name, value]): Header => [name.toLowerCase().slice(0, 128), value.slice(0, 1_024)]);

const typeOf = (call: Call): string => {
  const given = call.request.header('content-type');
  return given === '' || given.length > 128 ? 'binary/octet-stream' : given;
};

/** `PUT /bucket/key`, with the object in the body or named by `x-amz-copy-source`. */
export function* writeObject(
  call: Call,
  bucket: Bucket,
  key: string,
): Generator<DecoyOutput, Answer, undefined> {
  const { context, store, identity, request, caller } = call;
  const source = percentDecoded(request.header('x-amz-copy-source')).replace(/^\//, '');
  let body = caller.body;
  if (source !== '') {
    const slash = source.indexOf('/');
    const from = store.buckets.get(source.slice(0, slash));
    const original = from?.objects.get(source.slice(slash + 1).replace(/\?versionId=.*$/, ''));
    if (from === undefined || original === undefined) return noKey(call, bucket, source.slice(slash + 1));
    body = original.body;
  }
  const wanted = request.header('content-md5');
  const digest = createHash('md5').update(Buffer.from(caller.body, 'latin1'));
  if (wanted !== '' && source === '' && digest.digest('base64') !== wanted)
    return failure(identity, 'InvalidDigest', `/${bucket.name}/${key}`);
  if (source === '') yield* capture(key, body);
  const object: StoredObject = {
    key,
    body,
    etag: md5(body),
    type: typeOf(call),
    modified: context.now(),
    metadata: metadataOf(call),
  };
  if (!putObject(store, bucket, object)) return failure(identity, 'SlowDown', `/${bucket.name}/${key}`);
  if (source !== '')
    return document(identity, 'CopyObjectResult', [
      ['LastModified', isoMoment(object.modified)],
      ['ETag', `"${object.etag}"`],
    ]);
  return { status: 200, headers: [['ETag', `"${object.etag}"`]] };
}

export function deleteObject(bucket: Bucket, key: string): Answer {
  bucket.objects.delete(key);
  return { status: 204 };
}

/** `POST /bucket/key?uploads` */
export function beginUpload(call: Call, bucket: Bucket, key: string): Answer {
  const { context, store, identity } = call;
  const random = Buffer.from(context.randomBytes(24));
  const id = random.toString('base64url');
  if (!addUpload(store, id, { bucket: bucket.name, key, type: typeOf(call), started: context.now() }))
    return failure(identity, 'SlowDown', `/${bucket.name}/${key}`);
  return document(identity, 'InitiateMultipartUploadResult', [
    ['Bucket', bucket.name],
    ['Key', key],
    ['UploadId', id],
  ]);
}

const noUpload = (call: Call, bucket: Bucket, key: string): Answer =>
  failure(call.identity, 'NoSuchUpload', `/${bucket.name}/${key}`);

/** `PUT /bucket/key?partNumber=&uploadId=` */
export function* writePart(
  call: Call,
  bucket: Bucket,
  key: string,
): Generator<DecoyOutput, Answer, undefined> {
  const { request, store, identity, caller } = call;
  const upload = store.uploads.get(request.parameter('uploadId'));
  const number = Number(request.parameter('partNumber'));
  if (upload === undefined || upload.key !== key || upload.bucket !== bucket.name)
    return noUpload(call, bucket, key);
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    return failure(identity, 'InvalidArgument', `/${bucket.name}/${key}`, [
      ['ArgumentName', 'partNumber'],
      ['ArgumentValue', request.parameter('partNumber').slice(0, 64)],
    ]);
  }
  yield* capture(`${key}.part${number}`, caller.body);
  if (!addPart(store, upload, number, caller.body, call.context.now()))
    return failure(identity, 'SlowDown', `/${bucket.name}/${key}`);
  return { status: 200, headers: [['ETag', `"${md5(caller.body)}"`]] };
}

/** `POST /bucket/key?uploadId=`: the parts become the object. */
export function* completeUpload(
  call: Call,
  bucket: Bucket,
  key: string,
): Generator<DecoyOutput, Answer, undefined> {
  const { request, store, identity, context } = call;
  const id = request.parameter('uploadId');
  const upload = store.uploads.get(id);
  if (upload === undefined || upload.key !== key || upload.bucket !== bucket.name)
    return noUpload(call, bucket, key);
  const numbers = [...call.caller.body.matchAll(/<PartNumber>(\d{1,5})<\/PartNumber>/g)].map((match) =>
    Number(match[1]),
  );
  const parts = numbers.map((number) => upload.parts.get(number));
  if (parts.length === 0) return failure(identity, 'MalformedXML', `/${bucket.name}/${key}`);
  if (parts.some((part) => part === undefined))
    return failure(identity, 'InvalidPart', `/${bucket.name}/${key}`, [
      ['UploadId', id],
      ['PartNumber', numbers.find((number) => !upload.parts.has(number)) ?? 0],
    ]);
  const body = parts.map((part) => part?.body ?? '').join('');
  const etags = Buffer.concat(parts.map((part) => Buffer.from(part?.etag ?? '', 'hex')));
  const etag = `${createHash('md5').update(etags).digest('hex')}-${parts.length}`;
  store.uploads.delete(id);
  yield* parts.length > 1 ? capture(key, body) : [];
  // Its parts were counted when they came.
  store.written = Math.max(0, store.written - body.length);
  const object = { key, body, etag, type: upload.type, modified: context.now(), metadata: [] };
  if (!putObject(store, bucket, object)) return failure(identity, 'SlowDown', `/${bucket.name}/${key}`);
  return document(identity, 'CompleteMultipartUploadResult', [
    ['Location', `http://${request.header('host')}/${bucket.name}/${key}`],
    ['Bucket', bucket.name],
    ['Key', key],
    ['ETag', `"${etag}"`],
  ]);
}

export function abortUpload(call: Call, bucket: Bucket, key: string): Answer {
  return call.store.uploads.delete(call.request.parameter('uploadId'))
    ? { status: 204 }
    : noUpload(call, bucket, key);
}

export function listParts(call: Call, bucket: Bucket, key: string): Answer {
  const id = call.request.parameter('uploadId');
  const upload = call.store.uploads.get(id);
  if (upload === undefined) return noUpload(call, bucket, key);
  return document(call.identity, 'ListPartsResult', [
    ['Bucket', bucket.name],
    ['Key', key],
    ['UploadId', id],
    ['IsTruncated', 'false'],
    ...[...upload.parts].map(([number, part]): Element => [
      'Part',
      [
        ['PartNumber', number],
        ['LastModified', isoMoment(part.modified)],
        ['ETag', `"${part.etag}"`],
        ['Size', part.body.length],
      ],
    ]),
  ]);
}
