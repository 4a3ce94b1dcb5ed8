/**
 * In which cloud the persona claims to be. `persona.software.metadata`: product `Amazon EC2`, `Google Compute Engine` or
 * `Microsoft Azure`; details `region`, `instanceType`, `role`.
 */

import type { Persona } from '../../core/persona.ts';
import { below, hexDigits, pick } from '../../core/random.ts';

export interface Cloud {
  readonly provider: 'aws' | 'gcp' | 'azure';
  readonly region: string;
  readonly zone: string;
  readonly type: string;
  readonly role: string;
  /** Twelve digits. */
  readonly account: string;
  readonly instance: string;
  readonly project: string;
  readonly address: string;
  readonly name: string;
}

/** A number of exactly so many digits. */
function digits(persona: Persona, purpose: string, count: number): string {
  const random = persona.random(purpose);
  return Array.from({ length: count }, (_, index) =>
    index === 0 ? 1 + below(random, 9) : below(random, 10),
  ).join('');
}

export function uuidOf(persona: Persona, purpose: string): string {
  const text = hexDigits(persona.random(`uuid ${purpose}`), 32);
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-a${text.slice(17, 20)}-${text.slice(20)}`;
}

export function cloudOf(persona: Persona): Cloud {
  const random = persona.random('metadata cloud');
  const claimed = persona.software['metadata'];
  const product =
    claimed?.product ??
    pick(random, ['Amazon EC2', 'Amazon EC2', 'Google Compute Engine', 'Microsoft Azure'] as const);
  const provider = /google/i.test(product) ? 'gcp' : /azure/i.test(product) ? 'azure' : 'aws';
  const drawn = {
    aws: pick(random, ['us-east-1', 'eu-west-1', 'us-west-2', 'eu-central-1'] as const),
    gcp: pick(random, ['us-central1', 'europe-west1', 'us-east1'] as const),
    azure: pick(random, ['westeurope', 'eastus', 'northeurope'] as const),
  }[provider];
  const region = claimed?.details?.['region'] ?? drawn;
  const letter = pick(random, ['a', 'b', 'c'] as const);
  return {
    provider,
    region,
    zone:
      provider === 'gcp'
        ? `${region}-${letter}`
        : provider === 'aws'
          ? `${region}${letter}`
          : String(1 + below(random, 3)),
    type:
      claimed?.details?.['instanceType'] ??
      { aws: 't3.medium', gcp: 'e2-medium', azure: 'Standard_B2s' }[provider],
    role:
      claimed?.details?.['role'] ??
      pick(random, ['app-ec2-role', 'web-instance-role', 'backup-s3-role', 'ci-runner-role'] as const),
    account: digits(persona, 'metadata account', 12),
    instance: `i-0${hexDigits(persona.random('metadata instance'), 16)}`,
    project:
      pick(random, ['prod-platform', 'web-services', 'data-core'] as const) +
      `-${digits(persona, 'metadata project', 6)}`,
    address: persona.address,
    name: persona.hostname,
  };
}

/** What one source is given stays the same for an hour, as the real one renews it. */
export const hourOf = (now: number): number => Math.floor(now / 3_600_000) * 3_600_000;
