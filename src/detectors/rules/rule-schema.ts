/** The JSON Schema of a rule's file, for editors and for the check when one is read. docs/rules.md tells it to people. */

import { exploitClasses } from '../../core/behavior.ts';
import type { JsonSchema } from '../../core/observation-schema.ts';
import { dimensionNames, fieldNames, kinds } from './fields.ts';

export const longestWindowMilliseconds: number = 7 * 86_400_000;
const mostCounted = 10_000;
export const mostDistinct = 256;
/** ln(0.9999 / 0.0001) = 9.21: one finding is worth a block at most. */
const mostConfidence = 0.9999;
/** ln(0.9 / 0.1) = 2.2: what a source did as one of many says less of it; three such acts are suspicious, five malicious. */
export const mostConfidenceOfGroup = 0.9;
export const usualConfidence = 0.99;

const text = (maxLength: number, description: string): JsonSchema => ({
  type: 'string',
  minLength: 1,
  maxLength,
  description,
});

const scalar: JsonSchema = { type: ['string', 'number', 'boolean'] };
const scalars: JsonSchema = { type: 'array', minItems: 1, maxItems: 4096, items: scalar };
const equal: JsonSchema = { anyOf: [scalar, scalars] };
const texts = (description: string): JsonSchema => ({
  description,
  anyOf: [{ type: 'string' }, { type: 'array', minItems: 1, maxItems: 4096, items: { type: 'string' } }],
});
const bound = (description: string): JsonSchema => ({ type: 'number', description });

const condition: JsonSchema = {
  anyOf: [
    scalar,
    scalars,
    {
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      properties: {
        is: { ...equal, description: 'This value, or one of these.' },
        starts: texts('Begins with this, or one of these.'),
        ends: texts('Ends with it.'),
        contains: texts('Has it within.'),
        matches: texts('Regular expression in the syntax of RE2, found anywhere; ^ and $ tie it down.'),
        ignoreCase: { type: 'boolean', description: 'For all the conditions beside it.' },
        above: bound('Greater than.'),
        below: bound('Less than.'),
        atLeast: bound('Not less than.'),
        atMost: bound('Not greater than.'),
        not: { description: 'Holds where this does not.', $ref: '#/$defs/condition' },
      },
    },
  ],
};

const conditions: JsonSchema = {
  type: 'object',
  minProperties: 1,
  properties: Object.fromEntries(
    fieldNames().map((name) => [
      name,
      name === 'kind'
        ? { anyOf: [{ enum: kinds }, { type: 'array', minItems: 1, items: { enum: kinds } }] }
        : { $ref: '#/$defs/condition' },
    ]),
  ),
  patternProperties: { '^headers\\.[A-Za-z0-9-]{1,64}$': { $ref: '#/$defs/condition' } },
  additionalProperties: false,
};

const dimension: JsonSchema = {
  type: 'string',
  pattern: `^(?:${dimensionNames(kinds).join('|')}|headers\\.[A-Za-z0-9-]{1,64})$`,
};

const behaviors = [
  'scan:(?:horizontal|vertical|sweep)',
  '(?:bruteforce|spray|abuse|flood|decoy|rule):[a-z0-9-]{1,64}',
  `exploit:(?:${exploitClasses.join('|')})`,
  'enumeration:(?:bucket|web)',
  'malware:download',
  'c2:contact',
];

const test: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['expect'],
  properties: {
    summary: { type: 'string', maxLength: 256, default: '', description: 'What it shows.' },
    input: text(262_144, 'The recording itself, in any format that picket analyze reads.'),
    file: text(4_096, 'Or a file with it, beside the rule.'),
    format: { ...text(64, 'Name of the format; auto looks at the content.'), default: 'auto' },
    expect: {
      type: 'array',
      maxItems: 4096,
      items: { type: 'string', format: 'network', examples: ['203.0.113.9'] },
      description: 'The sources that the rule finds in it, no more and no less. [] for none.',
    },
  },
};

/** How the file is; what stands in `match`, `group` and `distinct` is checked where it is read, with better words. */
const outline = (match: JsonSchema, ofGroup: JsonSchema): JsonSchema => ({
  title: 'Picket rule',
  type: 'object',
  additionalProperties: false,
  required: ['rule', 'name', 'summary', 'technique', 'match'],
  properties: {
    rule: { const: 1, description: 'Version of this format.' },
    name: {
      type: 'string',
      pattern: '^[a-z0-9][a-z0-9-]{0,63}$',
      examples: ['api-key-guessing'],
      description: 'Unique among all rules and detectors.',
    },
    summary: text(200, 'One line for a person: what was done.'),
    technique: {
      type: 'string',
      pattern: '^T\\d{4}(?:\\.\\d{3})?$',
      examples: ['T1110 or T1110.003'],
      description: 'ATT&CK technique.',
    },
    behavior: {
      type: 'string',
      pattern: `^(?:${behaviors.join('|')})$`,
      examples: ['bruteforce:api, scan:horizontal, enumeration:web or abuse:api'],
      description: 'What sources are said to have done. “rule:” and the name where absent.',
    },
    cves: {
      type: 'array',
      maxItems: 16,
      default: [],
      items: { type: 'string', pattern: '^CVE-\\d{4}-\\d{4,9}$', examples: ['CVE-2031-0001'] },
      description: 'Weaknesses that are looked for.',
    },
    match,
    group: {
      default: 'source',
      description:
        'What is counted together: source, network (IPv4 /24, IPv6 /48), account, or any field; a list for each combination.',
      anyOf: [ofGroup, { type: 'array', minItems: 1, maxItems: 3, items: ofGroup }],
    },
    distinct: { ...ofGroup, description: 'Counts different values of this field instead of observations.' },
    threshold: {
      type: 'integer',
      minimum: 1,
      maximum: mostCounted,
      default: 1,
      description: `How many within the window. At most ${mostDistinct} with distinct.`,
    },
    window: {
      type: 'string',
      pattern: '^[1-9]\\d{0,6}[smhd]$',
      examples: ['10m (also 30s, 2h, 1d)'],
      default: '10m',
      description: 'Such as 30s, 10m, 2h or 1d; at most 7d. Sharp to a thirty-second of itself.',
    },
    confidence: {
      type: 'number',
      minimum: 0.55,
      maximum: mostConfidence,
      description: `How sure it is, by one finding, that the source is up to no good. 0.99 (where absent) is worth a rate-limit, ${mostConfidence} a block. At most ${mostConfidenceOfGroup}, which is then the default, where group leaves out the source.`,
    },
    tests: {
      type: 'array',
      maxItems: 64,
      default: [],
      items: test,
      description: 'Run by picket rules test.',
    },
  },
});

export const checkedRule: JsonSchema = outline({ type: ['object', 'array'] }, { type: 'string' });

export const ruleSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  ...outline(
    {
      description: 'Conditions on fields, all of which must hold; or a list of such, one of which must.',
      anyOf: [
        { $ref: '#/$defs/conditions' },
        { type: 'array', minItems: 1, maxItems: 16, items: { $ref: '#/$defs/conditions' } },
      ],
    },
    dimension,
  ),
  $defs: { condition, conditions },
};
