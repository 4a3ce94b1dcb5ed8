/** ListObjects (versions 1 and 2), ListObjectVersions, ListBuckets. */

import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer } from '../http-service/service.ts';
import { document, type Element, failure, type Identity, isoMoment } from './reply.ts';
import type { Bucket, Store, StoredObject } from './store.ts';

const byKey = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export function listBuckets(store: Store, identity: Identity): Answer {
  const { owner, product } = identity.flavour;
  const buckets = [...store.buckets.values()].sort((a, b) => byKey(a.name, b.name));
  return document(identity, 'ListAllMyBucketsResult', [
    [
      'Owner',
      [
        ['ID', owner],
        ['DisplayName', product === 'MinIO' ? 'minio' : ''],
      ],
    ],
    [
      'Buckets',
      buckets.map((bucket): Element => [
        'Bucket',
        [
          ['Name', bucket.name],
          ['CreationDate', isoMoment(bucket.created)],
        ],
      ]),
    ],
  ]);
}

interface Page {
  readonly objects: readonly StoredObject[];
  readonly prefixes: readonly string[];
  readonly isTruncated: boolean;
  readonly last: string;
}

/** Keys behind `after` in their order, those with a common prefix up to the delimiter as one. */
function pageOf(bucket: Bucket, prefix: string, delimiter: string, after: string, most: number): Page {
  const keys = [...bucket.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort(byKey);
  const objects: StoredObject[] = [];
  const prefixes: string[] = [];
  let last = '';
  for (const key of keys) {
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const common = at < 0 ? null : key.slice(0, at + delimiter.length);
    if (common !== null && (common === prefixes.at(-1) || common === after)) continue;
    if (objects.length + prefixes.length >= most) return { objects, prefixes, isTruncated: most > 0, last };
    if (common === null) {
      const object = bucket.objects.get(key);
      if (object !== undefined) objects.push(object);
    } else prefixes.push(common);
    last = common ?? key;
  }
  return { objects, prefixes, isTruncated: false, last };
}

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed()).replaceAll('%2F', '/');

export function listObjects(request: ServiceRequest, bucket: Bucket, identity: Identity): Answer {
  const asked = request.parameter('max-keys');
  if (asked !== '' && !/^\d{1,9}$/.test(asked)) {
    return failure(identity, 'InvalidArgument', request.rawPath, [
      ['ArgumentName', 'maxKeys'],
      ['ArgumentValue', asked.slice(0, 64)],
    ]);
  }
  const most = asked === '' ? 1_000 : Math.min(1_000, Number(asked));
  const second = request.parameter('list-type') === '2';
  const prefix = request.parameter('prefix');
  const delimiter = request.parameter('delimiter');
  const token = request.parameter('continuation-token');
  const after = second
    ? token === ''
      ? request.parameter('start-after')
      : Buffer.from(token, 'base64url').toString('utf8')
    : request.parameter('marker');
  const page = pageOf(bucket, prefix, delimiter, after, most);
  const urls = request.parameter('encoding-type') === 'url';
  const shown = (text: string): string => (urls ? encoded(text) : text);
  const { owner, product } = identity.flavour;
  const ownerElement: Element = [
    'Owner',
    [
      ['ID', owner],
      ['DisplayName', product === 'MinIO' ? 'minio' : ''],
    ],
  ];
  const withOwner = !second || request.parameter('fetch-owner') === 'true';
  const contents = page.objects.map((object): Element => [
    'Contents',
    [
      ['Key', shown(object.key)],
      ['LastModified', isoMoment(object.modified)],
      ['ETag', `"${object.etag}"`],
      ['Size', object.body.length],
      ...(withOwner ? [ownerElement] : []),
      ['StorageClass', 'STANDARD'],
    ],
  ]);
  const common = page.prefixes.map((each): Element => ['CommonPrefixes', [['Prefix', shown(each)]]]);
  const head: Element[] = [
    ['Name', bucket.name],
    ['Prefix', shown(prefix)],
  ];
  if (second) {
    if (token !== '') head.push(['ContinuationToken', token]);
    if (page.isTruncated)
      head.push(['NextContinuationToken', Buffer.from(page.last, 'utf8').toString('base64url')]);
    if (request.parameter('start-after') !== '')
      head.push(['StartAfter', shown(request.parameter('start-after'))]);
    head.push(['KeyCount', page.objects.length + page.prefixes.length]);
  } else {
    head.push(['Marker', shown(after)]);
    if (page.isTruncated && delimiter !== '') head.push(['NextMarker', shown(page.last)]);
  }
  head.push(['MaxKeys', most]);
  if (delimiter !== '') head.push(['Delimiter', shown(delimiter)]);
  head.push(['IsTruncated', String(page.isTruncated)]);
  if (urls) head.push(['EncodingType', 'url']);
  return document(identity, 'ListBucketResult', [...head, ...contents, ...common]);
}

export function listVersions(request: ServiceRequest, bucket: Bucket, identity: Identity): Answer {
  const prefix = request.parameter('prefix');
  const page = pageOf(bucket, prefix, '', request.parameter('key-marker'), 1_000);
  return document(identity, 'ListVersionsResult', [
    ['Name', bucket.name],
    ['Prefix', prefix],
    ['KeyMarker', ''],
    ['VersionIdMarker', ''],
    ['MaxKeys', 1_000],
    ['IsTruncated', String(page.isTruncated)],
    ...page.objects.map((object): Element => [
      'Version',
      [
        ['Key', object.key],
        ['VersionId', 'null'],
        ['IsLatest', 'true'],
        ['LastModified', isoMoment(object.modified)],
        ['ETag', `"${object.etag}"`],
        ['Size', object.body.length],
        ['StorageClass', 'STANDARD'],
      ],
    ]),
  ]);
}
