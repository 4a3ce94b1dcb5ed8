/** What is asked of a bucket: its listing, its settings, its making and its end. */

import { Buffer } from 'node:buffer';
import type { DecoyOutput } from '../../core/decoy.ts';
import type { Answer } from '../http-service/service.ts';
import { listObjects, listVersions } from './listing.ts';
import { document, type Element, failure, isoMoment } from './reply.ts';
import type { Call } from './call.ts';
import { addBucket, type Bucket, takeRoom } from './store.ts';

const namePattern = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Subresources with the error that says that a bucket has none. */
const missing: Readonly<Record<string, string>> = {
  cors: 'NoSuchCORSConfiguration',
  encryption: 'ServerSideEncryptionConfigurationNotFoundError',
  lifecycle: 'NoSuchLifecycleConfiguration',
  'object-lock': 'ObjectLockConfigurationNotFoundError',
  ownershipControls: 'OwnershipControlsNotFoundError',
  policy: 'NoSuchBucketPolicy',
  publicAccessBlock: 'NoSuchPublicAccessBlockConfiguration',
  replication: 'ReplicationConfigurationNotFoundError',
  tagging: 'NoSuchTagSet',
  website: 'NoSuchWebsiteConfiguration',
};

export const bucketSettings: readonly string[] = [
  ...Object.keys(missing),
  'acl',
  'versioning',
  'notification',
  'logging',
  'requestPayment',
  'policyStatus',
  'accelerate',
  'analytics',
  'intelligent-tiering',
  'inventory',
  'metrics',
];

/** MinIO refuses what its router knows and it has not. */
const strangeToMinIo = new Set([
  'analytics',
  'intelligent-tiering',
  'inventory',
  'metrics',
  'ownershipControls',
  'publicAccessBlock',
]);

/** Lists of configurations, of which there are none: the element's name. */
const lists: Readonly<Record<string, string>> = {
  analytics: 'ListBucketAnalyticsConfigurationResult',
  'intelligent-tiering': 'ListBucketIntelligentTieringConfigurationsResult',
  inventory: 'ListInventoryConfigurationsResult',
  metrics: 'ListMetricsConfigurationsResult',
};

export function accessControl(call: Call): Answer {
  const { owner, product } = call.identity.flavour;
  const name = product === 'MinIO' ? '' : call.identity.flavour.project;
  return document(call.identity, 'AccessControlPolicy', [
    [
      'Owner',
      [
        ['ID', owner],
        ['DisplayName', name],
      ],
    ],
    [
      'AccessControlList',
      [
        [
          'Grant',
          [
            [
              'Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"',
              [
                ['ID', owner],
                ['DisplayName', name],
              ],
            ],
            ['Permission', 'FULL_CONTROL'],
          ],
        ],
      ],
    ],
  ]);
}

function publicPolicy(bucket: Bucket): string {
  const actions = bucket.anonymous === 'read-write' ? ['s3:GetObject', 's3:PutObject'] : ['s3:GetObject'];
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: ['*'] },
        Action: ['s3:ListBucket', 's3:GetBucketLocation'],
        Resource: [`arn:aws:s3:::${bucket.name}`],
      },
      {
        Effect: 'Allow',
        Principal: { AWS: ['*'] },
        Action: actions,
        Resource: [`arn:aws:s3:::${bucket.name}/*`],
      },
    ],
  });
}

function setting(call: Call, bucket: Bucket, name: string): Answer {
  const { identity } = call;
  const set = bucket.settings.get(name);
  if (strangeToMinIo.has(name) && identity.flavour.product === 'MinIO')
    return failure(identity, 'NotImplemented', `/${bucket.name}`, [['BucketName', bucket.name]]);
  if (name === 'policyStatus') {
    const policy = bucket.settings.get('policy');
    const isPublic = bucket.anonymous !== 'nothing';
    if (policy === undefined && !isPublic && identity.flavour.product !== 'MinIO')
      return failure(identity, 'NoSuchBucketPolicy', `/${bucket.name}`, [['BucketName', bucket.name]]);
    return document(identity, 'PolicyStatus', [
      ['IsPublic', identity.flavour.product === 'MinIO' ? String(isPublic).toUpperCase() : String(isPublic)],
    ]);
  }
  if (name === 'policy') {
    const policy = set ?? (bucket.anonymous === 'nothing' ? null : publicPolicy(bucket));
    if (policy !== null)
      return { status: 200, headers: [['Content-Type', 'application/json']], body: policy };
  } else if (set !== undefined) {
    return {
      status: 200,
      headers: [['Content-Type', 'application/xml']],
      body: new Uint8Array(Buffer.from(set, 'latin1')),
    };
  }
  const error = missing[name];
  if (error !== undefined) return failure(identity, error, `/${bucket.name}`, [['BucketName', bucket.name]]);
  if (name === 'acl') return accessControl(call);
  const list = lists[name];
  if (list !== undefined) {
    const id = call.request.parameter('id');
    return id === ''
      ? document(identity, list, [['IsTruncated', 'false']])
      : failure(identity, 'NoSuchConfiguration', `/${bucket.name}`, [['BucketName', bucket.name]]);
  }
  if (name === 'accelerate') return document(identity, 'AccelerateConfiguration', []);
  if (name === 'versioning') return document(identity, 'VersioningConfiguration', []);
  if (name === 'notification') return document(identity, 'NotificationConfiguration', []);
  if (name === 'logging') return document(identity, 'BucketLoggingStatus', []);
  return document(identity, 'RequestPaymentConfiguration', [['Payer', 'BucketOwner']]);
}

/** `GET /bucket`, with what its query asks for. */
export function readBucket(call: Call, bucket: Bucket, operation: string): Answer {
  const { request, identity, store } = call;
  switch (operation) {
    case 'GetBucketLocation': {
      const { region } = identity.flavour;
      const line =
        '<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">';
      const place = region === 'us-east-1' ? '' : region;
      return {
        status: 200,
        headers: [['Content-Type', 'application/xml']],
        body: `${line}${place}</LocationConstraint>`,
      };
    }
    case 'ListObjectVersions':
      return listVersions(request, bucket, identity);
    case 'ListMultipartUploads':
      return document(identity, 'ListMultipartUploadsResult', [
        ['Bucket', bucket.name],
        ['KeyMarker', ''],
        ['UploadIdMarker', ''],
        ['MaxUploads', 1_000],
        ['IsTruncated', 'false'],
        ...[...store.uploads]
          .filter(([, upload]) => upload.bucket === bucket.name)
          .map(([id, upload]): Element => [
            'Upload',
            [
              ['Key', upload.key],
              ['UploadId', id],
              ['Initiated', isoMoment(upload.started)],
            ],
          ]),
      ]);
    case 'ListObjects':
    case 'ListObjectsV2':
      return listObjects(request, bucket, identity);
    default:
      return setting(call, bucket, bucketSettings.find((name) => request.query.has(name)) ?? 'acl');
  }
}

/** `PUT /bucket` */
export function createBucket(call: Call, name: string): Answer {
  const { store, identity, context } = call;
  if (!namePattern.test(name))
    return failure(identity, 'InvalidBucketName', `/${name}`, [['BucketName', name]]);
  if (store.buckets.has(name))
    return failure(identity, 'BucketAlreadyOwnedByYou', `/${name}`, [['BucketName', name]]);
  if (addBucket(store, name, context.now()) === null) return failure(identity, 'SlowDown', `/${name}`);
  return { status: 200, headers: [['Location', `/${name}`]] };
}

export function putSetting(call: Call, bucket: Bucket): Answer {
  const name = bucketSettings.find((each) => call.request.query.has(each)) ?? 'acl';
  const value = call.caller.body.slice(0, 20_480);
  if (!takeRoom(call.store, value.length)) return failure(call.identity, 'SlowDown', `/${bucket.name}`);
  bucket.settings.set(name, value);
  return { status: name === 'policy' ? 204 : 200 };
}

export function deleteBucket(call: Call, bucket: Bucket): Answer {
  const name = bucketSettings.find((each) => call.request.query.has(each));
  if (name !== undefined) bucket.settings.delete(name);
  else if (bucket.objects.size > 0)
    return failure(call.identity, 'BucketNotEmpty', `/${bucket.name}`, [['BucketName', bucket.name]]);
  else call.store.buckets.delete(bucket.name);
  return { status: 204 };
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#34': '"',
  '#39': "'",
};

/** `POST /bucket?delete`: up to a thousand keys at once. */
export function* deleteObjects(call: Call, bucket: Bucket): Generator<DecoyOutput, Answer, undefined> {
  const text = Buffer.from(call.caller.body, 'latin1').toString('utf8');
  const keys = [...text.matchAll(/<Key>([^<]{1,1024})<\/Key>/g)]
    .slice(0, 1_000)
    .map((match) =>
      (match[1] ?? '').replaceAll(
        /&(amp|lt|gt|quot|apos|#34|#39);/g,
        (_, name: string) => entities[name] ?? '',
      ),
    );
  if (keys.length === 0) return failure(call.identity, 'MalformedXML', `/${bucket.name}`);
  for (const key of keys) bucket.objects.delete(key);
  const quiet = /<Quiet>true<\/Quiet>/i.test(text);
  for (const key of keys.slice(0, 100)) yield call.accessed('DeleteObject', key, 204);
  return document(
    call.identity,
    'DeleteResult',
    quiet ? [] : keys.map((key): Element => ['Deleted', [['Key', key]]]),
  );
}
