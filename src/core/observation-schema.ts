/**
 * The JSON Schema (2020-12 vocabulary) of an observation: what the engine checks on every record of a sensor, and what
 * the API's description shows. Every text is bounded; a record with an unknown field is refused.
 */

import { exploitClasses } from './behavior.ts';
import { refusals, type ObservationKind } from './observation.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

const text = (maxLength: number): JsonSchema => ({ type: 'string', maxLength });
const whole = (maximum: number): JsonSchema => ({ type: 'integer', minimum: 0, maximum });
const flag: JsonSchema = { type: 'boolean' };
const address = text(45);
const texts = (maxItems: number, maxLength: number): JsonSchema => ({
  type: 'array',
  maxItems,
  items: text(maxLength),
});

const seen: Readonly<Record<string, JsonSchema>> = {
  id: { type: 'string', pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$' },
  at: whole(8_640_000_000_000_000),
  sensor: { type: 'string', minLength: 1, maxLength: 128 },
  sequence: whole(Number.MAX_SAFE_INTEGER),
  source: address,
  sourcePort: whole(65_535),
  destination: address,
  destinationPort: whole(65_535),
  transport: { enum: ['tcp', 'udp', 'icmp', 'other'] },
  session: text(64),
  spoofable: flag,
};

const fingerprints: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ja3: text(32),
    ja4: text(36),
    hassh: text(32),
    http2: text(1024),
    banner: text(255),
    ttl: whole(255),
    window: whole(65_535),
  },
};

/** Longest text of a body or command that a record carries, in characters. */
const longText = 65_536;

const header: JsonSchema = { type: 'array', minItems: 2, maxItems: 2, items: text(16_384) };

/** The fields of each kind of fact. */
export const factFields: Readonly<
  Record<ObservationKind, { required: Record<string, JsonSchema>; optional?: Record<string, JsonSchema> }>
> = {
  contact: { required: { service: text(32), protocol: text(32), tls: flag, firstBytes: text(1400) } },
  auth: {
    required: {
      service: text(32),
      user: text(1024),
      method: { enum: ['password', 'publickey', 'keyboard-interactive', 'none', 'other'] },
      accepted: flag,
    },
    optional: { password: text(1024), keyFingerprint: text(128) },
  },
  command: { required: { service: text(32), input: text(longText) }, optional: { urls: texts(32, 2048) } },
  request: {
    required: {
      service: text(32),
      method: text(64),
      path: text(16_384),
      headers: { type: 'array', maxItems: 256, items: header },
      body: text(longText),
      status: whole(999),
    },
  },
  exploit: {
    required: {
      service: text(32),
      class: { enum: exploitClasses },
      name: text(128),
      cves: texts(16, 32),
      technique: text(16),
      detail: text(512),
    },
    optional: { confidence: { type: 'number', minimum: 0, maximum: 1 } },
  },
  payload: {
    required: {
      service: text(32),
      sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
      bytes: whole(Number.MAX_SAFE_INTEGER),
      how: text(32),
    },
    optional: { name: text(1024), url: text(2048) },
  },
  scan: { required: { probe: text(16) } },
  flow: {
    required: {
      packets: whole(Number.MAX_SAFE_INTEGER),
      bytes: whole(Number.MAX_SAFE_INTEGER),
      duration: whole(Number.MAX_SAFE_INTEGER),
      action: { enum: ['accept', 'reject', 'unknown'] },
      protocol: whole(255),
      tcpFlags: { type: 'integer', minimum: -1, maximum: 65_535 },
    },
    optional: { reply: flag },
  },
  'object-access': {
    required: {
      operation: text(64),
      bucket: text(255),
      object: text(2048),
      status: whole(999),
      principal: text(2048),
      userAgent: text(4096),
    },
    optional: {
      accessKeyId: text(128),
      presigned: flag,
      error: text(128),
      owner: text(128),
      foreign: flag,
      decoy: flag,
      closed: flag,
    },
  },
  'web-access': {
    required: {
      method: text(64),
      path: text(longText),
      status: whole(999),
      userAgent: text(16_384),
      referrer: text(16_384),
    },
    optional: {
      headers: { type: 'array', maxItems: 256, items: header },
      body: text(1_048_576),
    },
  },
  login: {
    required: {
      service: text(32),
      user: text(1024),
      outcome: { enum: ['success', 'failure', 'unknown-user', 'disconnect'] },
      method: text(64),
    },
  },
  refusal: { required: { service: text(32), what: { enum: refusals }, detail: text(1024) } },
};

const variants: JsonSchema[] = Object.entries(factFields).map(([kind, { required, optional }]) => ({
  title: kind,
  type: 'object',
  additionalProperties: false,
  required: ['kind', ...Object.keys(seen), ...Object.keys(required)],
  properties: { kind: { const: kind }, ...seen, fingerprints, ...required, ...optional },
}));

export const observationSchema: JsonSchema = {
  title: 'Observation',
  type: 'object',
  required: ['kind'],
  discriminator: { propertyName: 'kind' },
  oneOf: variants,
};
