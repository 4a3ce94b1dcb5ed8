/** The audit of buckets as command line and configuration have it. */

import { PicketError } from '../core/errors.ts';
import { accessKey, type KeySource } from './access-key.ts';
import { auditBuckets, type AuditedBucket } from './bucket-audit.ts';
import type { Configuration } from './configuration-type.ts';
import { ObjectStoreClient } from './object-store-client.ts';

export interface AuditWishes {
  /** Empty: as the configuration has it; so for region and credentials. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: string;
  readonly profile: string;
  readonly environment: KeySource['environment'];
}

/** Throws PICKET_USAGE without an endpoint, and what `accessKey` throws; the audit itself what `auditBuckets` throws. */
export function openBucketAudit(
  { gate }: Pick<Configuration, 'gate'>,
  wishes: AuditWishes,
): AsyncIterable<AuditedBucket> {
  const endpoint = endpointOf(wishes.endpoint || gate.store.endpoint);
  const region = wishes.region || gate.store.region;
  if (!/^[\w-]{1,64}$/.test(region))
    throw new PicketError('PICKET_USAGE', `${region} is no name of a region`);
  const client = new ObjectStoreClient({
    endpoint,
    region,
    key: accessKey({
      file: wishes.credentials || gate.store.credentials,
      profile: wishes.profile,
      environment: wishes.environment,
    }),
    now: () => Date.now(),
  });
  return auditBuckets(client, [...gate.publicBuckets, ...gate.writableBuckets]);
}

function endpointOf(text: string): URL {
  if (text === '')
    throw new PicketError(
      'PICKET_USAGE',
      'no object store: name its endpoint, or gate.store.endpoint in the configuration',
    );
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain =
    url !== null && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  if (url === null || !/^https?:$/.test(url.protocol) || !isPlain) {
    throw new PicketError(
      'PICKET_USAGE',
      `${text} is no endpoint; it has a scheme, a host and perhaps a port, such as https://s3.example.org`,
    );
  }
  return url;
}
