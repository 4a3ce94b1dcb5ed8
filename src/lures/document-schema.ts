/** The JSON Schema of a lure's file: what is checked when one is read. docs/lures.md tells it to people. */

import { exploitClasses } from '../core/behavior.ts';
import type { JsonSchema } from '../core/observation-schema.ts';

const text = (maxLength: number, description: string): JsonSchema => ({
  type: 'string',
  maxLength,
  description,
});
const longText = 262_144;

const lines = (description: string): JsonSchema => ({
  description,
  anyOf: [
    { type: 'string', maxLength: longText },
    { type: 'array', maxItems: 16_384, items: { type: 'string', maxLength: longText } },
  ],
});

const names = (maxItems: number, description: string): JsonSchema => ({
  type: 'array',
  maxItems,
  items: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,63}$' },
  description,
});

const request: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['path'],
  description: 'The request that the step answers. All that it names must be there; more may be.',
  properties: {
    method: { type: 'string', pattern: '^[A-Z][A-Z0-9_-]{0,31}$', default: 'GET', description: 'Method.' },
    path: text(8_192, 'Path without query. Escapes do not matter.'),
    query: text(16_384, 'Parameters as in a URL; their order does not matter.'),
    headers: {
      type: 'object',
      maxProperties: 32,
      additionalProperties: { type: 'string', maxLength: 16_384 },
      description: 'Headers; a Cookie header is compared cookie by cookie.',
    },
    body: lines('A form (a=b&c=d) is compared by its parameters, anything else as a whole.'),
  },
};

const answer: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  description: 'How a vulnerable product answers. Without it, whatever else answers does.',
  properties: {
    status: { type: 'integer', minimum: 200, maximum: 999, default: 200, description: 'Status code.' },
    headers: {
      type: 'array',
      maxItems: 32,
      description: 'Pairs of name and value.',
      items: { type: 'array', minItems: 2, maxItems: 2, items: { type: 'string', maxLength: 16_384 } },
    },
    body: lines('Text, or its lines.'),
    delaySeconds: {
      type: 'number',
      minimum: 0,
      maximum: 30,
      description: 'As a database that was told to sleep.',
    },
    merge: {
      type: 'boolean',
      default: false,
      description: 'May be told together with the answers of other lures to the same request.',
    },
    avoid: {
      type: 'array',
      maxItems: 64,
      items: { type: 'string', maxLength: 4_096 },
      description: 'In lower case: what must not stand in such a common answer.',
    },
  },
};

export const lureSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Picket lure',
  type: 'object',
  additionalProperties: false,
  required: ['lure', 'name', 'summary', 'product', 'cves', 'class', 'steps'],
  properties: {
    lure: { const: 1, description: 'Version of this format.' },
    name: {
      type: 'string',
      pattern: '^[a-z0-9][a-z0-9._-]{0,127}$',
      description: 'Unique among all lures.',
    },
    summary: text(512, 'One line for a person.'),
    product: {
      type: 'string',
      pattern: '^[a-z0-9][a-z0-9-]{0,63}$',
      description: 'The product, as personas name it.',
    },
    alsoKnownAs: names(16, 'Other names of the product.'),
    cves: {
      type: 'array',
      maxItems: 16,
      items: { type: 'string', pattern: '^CVE-\\d{4}-\\d{4,9}$' },
      description: 'The weaknesses; may be empty.',
    },
    cwes: {
      type: 'array',
      maxItems: 8,
      items: { type: 'string', pattern: '^CWE-\\d{1,5}$' },
      description: 'Their kinds.',
    },
    class: { enum: exploitClasses, description: 'What an attempt is counted as.' },
    technique: {
      type: 'string',
      pattern: '^T\\d{4}(\\.\\d{3})?$',
      default: 'T1190',
      description: 'ATT&CK technique.',
    },
    origin: text(256, 'Where it was imported from.'),
    variables: {
      type: 'object',
      maxProperties: 64,
      additionalProperties: { type: 'string', maxLength: longText },
      description:
        'What names in the texts stand for. What varies (rand_int, randstr …) is caught from the request.',
    },
    choices: {
      type: 'object',
      maxProperties: 32,
      additionalProperties: { type: 'array', maxItems: 64, items: { type: 'string', maxLength: 16_384 } },
      description: 'Names that stand for one of several texts.',
    },
    outOfBand: {
      type: 'boolean',
      description: 'Its scanner is convinced by a call to its own server alone.',
    },
    unproven: { type: 'boolean', description: 'The import found no answer that its scanner accepts.' },
    steps: {
      type: 'array',
      minItems: 1,
      maxItems: 512,
      description: 'In the order in which an attacker takes them.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['request'],
        properties: {
          request,
          answer,
          evidence: {
            type: 'boolean',
            description:
              'Whether the request alone is held against its sender; judged by the request where absent.',
          },
        },
      },
    },
  },
};
