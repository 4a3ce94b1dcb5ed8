/**
 * Which object store the persona runs. `persona.software.s3`: product `MinIO` or `Amazon S3`, version; details `region`,
 * `buckets` (names with commas between), `accessKey` and `secretKey` of the store's own administrator.
 */

import type { Persona } from '../../core/persona.ts';
import { below, hexDigits, pick } from '../../core/random.ts';

export interface Flavour {
  readonly product: 'MinIO' | 'Amazon S3';
  readonly region: string;
  readonly project: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** The owner's canonical id. */
  readonly owner: string;
}

const regions = ['us-east-1', 'us-west-2', 'eu-west-1', 'eu-central-1', 'ap-southeast-1'] as const;

export function flavourOf(persona: Persona): Flavour {
  const random = persona.random('s3 store');
  const claimed = persona.software['s3'];
  const drawn = below(random, 3) === 0 ? 'Amazon S3' : 'MinIO';
  const product = claimed === undefined ? drawn : /minio/i.test(claimed.product) ? 'MinIO' : 'Amazon S3';
  const region = pick(random, regions);
  const project = pick(random, [
    'acme',
    'northwind',
    'bluepine',
    'orbitlabs',
    'finlytics',
    'medcore',
    'shopstack',
    'greenfield',
  ] as const);
  const suffix = hexDigits(random, 4);
  // MinIO comes with a pair that everybody knows, and many leave it.
  const isDefault = below(random, 2) === 0;
  return {
    product,
    region: claimed?.details?.['region'] ?? (product === 'MinIO' ? 'us-east-1' : region),
    project: `${project}-${suffix}`,
    accessKey: claimed?.details?.['accessKey'] ?? (isDefault ? 'minioadmin' : hexDigits(random, 20)),
    secretKey: claimed?.details?.['secretKey'] ?? (isDefault ? 'minioadmin' : hexDigits(random, 40)),
    owner:
      product === 'MinIO'
        ? '02d6176db174dc93cb1b899f7c6078f08654445fe8cf1b6ce98d8855f66bdbf4'
        : hexDigits(random, 64),
  };
}
