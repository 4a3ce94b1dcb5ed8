/** JSON Schemas (2020-12) of what goes over the wire: the shapes of `contract.ts`, for checking requests and for the OpenAPI document. */

import { actions } from '../core/decision.ts';
import { observationSchema, type JsonSchema } from '../core/observation-schema.ts';
import { scopes } from './contract.ts';
import { problemCodes } from './problem.ts';

const text = (description: string): JsonSchema => ({ type: 'string', description });
const time = (description: string): JsonSchema => ({
  type: 'integer',
  minimum: 0,
  maximum: 8_640_000_000_000_000,
  description: `${description}, in milliseconds since the Unix epoch`,
});
const count = (description: string): JsonSchema => ({ type: 'integer', minimum: 0, description });
const flag = (description: string): JsonSchema => ({ type: 'boolean', description });
const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] });

/** A reference to a component by its name. */
export const ref = (name: string): JsonSchema => ({ $ref: `${name}#` });

/** An object whose fields must all be there, but for those named as optional. */
function object(properties: Record<string, JsonSchema>, optional: readonly string[] = []): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', additionalProperties: false, required, properties };
}

export const page = (item: string): JsonSchema =>
  object({
    items: list(ref(item)),
    next: {
      type: ['string', 'null'],
      description: 'Goes into "before" of the next request; null at the end',
    },
  });

export const classification: JsonSchema = {
  type: 'string',
  enum: ['benign', 'unknown', 'suspicious', 'malicious'],
};
export const action: JsonSchema = {
  type: 'string',
  enum: actions,
  description: 'From the mildest to the hardest',
};
export const scope: JsonSchema = { type: 'string', enum: scopes };
const mode: JsonSchema = { type: 'string', enum: ['observe', 'enforce'] };

const verdict = {
  source: text('Key of the source: an IPv4 address, or an IPv6 network of 64 bits'),
  classification,
  score: { type: 'number', description: 'Log-odds in nats' },
  behaviors: list({ type: 'string' }),
  cves: list({ type: 'string' }),
  observations: count('How many'),
  firstSeen: time('When it was first seen'),
  lastSeen: time('When it was last seen'),
};

const decision = {
  id: text('UUIDv7'),
  target: text('Address or CIDR'),
  action,
  from: time('Its begin'),
  until: time('Its end'),
  renewals: count('How often it was renewed'),
  by: text('picket, or the name of the key with which a person made it'),
  reason: text('Why, in one sentence'),
  verdict: orNull(ref('Verdict')),
  evidence: list(ref('Evidence')),
  guards: list(ref('GuardOutcome')),
  simulated: flag('True where it is recorded but not put in force'),
  otherwise: text('The smallest change that would have led elsewhere'),
};

const allowRow = {
  network: text('CIDR'),
  note: text('What it is'),
  by: text('Who allowed it'),
  until: orNull(time('Its end')),
  at: time('When it was allowed (0: in the configuration file)'),
};

const explanation = {
  verdict: ref('Verdict'),
  evidence: list(ref('Evidence')),
  guards: list(ref('GuardOutcome')),
  decision: orNull(ref('Decision')),
  otherwise: text('The smallest change that would have led elsewhere'),
};

const { discriminator: _, ...observation } = observationSchema;

/** The components of the OpenAPI document, by name. */
export const components: Readonly<Record<string, JsonSchema>> = {
  Error: object({
    error: object({
      code: { type: 'string', enum: problemCodes },
      message: text('What is wrong, and the mend'),
    }),
  }),
  Health: object({
    status: { type: 'string', enum: ['ok', 'degraded'] },
    mode,
    startedAt: time('When the engine started'),
    problems: list({ type: 'string' }),
  }),
  // OpenAPI allows a discriminator over named schemas only; here each variant has its "kind" as a constant.
  Observation: observation,
  Evidence: object({
    detector: text('The detector that made it'),
    weight: { type: 'number', description: 'Log-odds in nats: positive speaks for malice' },
    reason: text('Why, in one sentence'),
    technique: text('ATT&CK technique id'),
    behavior: { type: ['string', 'null'] },
    cves: list({ type: 'string' }),
    source: text('Key of the source'),
    observation: text('Id of the observation that it stands on'),
    at: time('When that was'),
    sensor: text('Who recorded it'),
    spoofable: flag('True where no handshake was completed'),
    transport: { type: 'string', enum: ['tcp', 'udp', 'icmp', 'other'] },
    kind: text('Kind of the observation'),
  }),
  GuardOutcome: object({
    guard: text('Its name'),
    outcome: { type: 'string', enum: ['pass', 'limit', 'refuse', 'hold'] },
    reason: text('Why'),
  }),
  Verdict: object(verdict),
  Decision: object(decision),
  LoggedDecision: object({
    ...decision,
    sequence: count('Its place in the decision log'),
    lifted: orNull(object({ at: time('When'), by: text('By whom'), reason: text('Why') })),
  }),
  Attack: object({
    target: text('The address under attack'),
    behaviors: list({ type: 'string', description: 'flood:syn, flood:udp or flood:reflection' }),
    firstSeen: time('When it was first told'),
    lastSeen: time('When it was last told; a flood that goes on is told once a minute'),
    reason: text('What was counted, the last time'),
  }),
  SourceSummary: object({ ...verdict, decision: orNull(ref('Decision')) }),
  Source: object({ ...explanation, history: list(ref('Observation')) }),
  NewDecision: object(
    {
      target: { type: 'string', minLength: 2, maxLength: 64, description: 'an address or a network in CIDR' },
      action,
      seconds: {
        type: 'integer',
        minimum: 1,
        maximum: 1_209_600,
        description: 'its lifetime, at most 14 days',
      },
      reason: {
        type: 'string',
        minLength: 1,
        maxLength: 500,
        description: 'why, for those who read it later',
      },
    },
    [],
  ),
  AllowRow: object(allowRow),
  NewAllowRow: object(
    {
      network: {
        type: 'string',
        minLength: 2,
        maxLength: 64,
        description: 'an address or a network in CIDR',
      },
      note: {
        type: ['string', 'null'],
        maxLength: 500,
        default: null,
        description: 'what it is, for those who read it later; null keeps the note that stands, if any',
      },
      until: {
        ...time('Its end'),
        type: ['integer', 'null'],
        default: null,
        description: 'its end in milliseconds since the Unix epoch, or null for good',
      },
    },
    ['note', 'until'],
  ),
  Fence: object({
    present: flag(
      'False while the fence is away; what stands in the kernel then still stands, until its own timeout',
    ),
    mode: orNull(mode),
    enforcers: list(
      object({
        name: text('Its name'),
        desired: count('Decisions that shall be in force'),
        enforced: count('Those that are'),
        coverage: { type: 'number', minimum: 0, maximum: 1 },
        unenforced: list(object({ target: text('Address or CIDR'), cause: text('Why it is not in force') })),
      }),
    ),
  }),
  Sensor: object({
    id: text('Its id'),
    connected: flag('Whether it is connected now'),
    lastSequence: count('The last observation that was judged'),
    stored: count('The last one that is durably stored'),
    counters: { type: 'object', additionalProperties: { type: 'number' } },
    problem: text(
      'What keeps it from working, or the last record that it could not read; empty where there is none',
    ),
  }),
  Key: object({ name: text('Its name'), scopes: list(scope), at: time('When it was made') }),
  NewKey: object({
    name: {
      type: 'string',
      pattern: '^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$',
      description:
        'up to 64 letters, digits, ".", "_", "@" and "-"; it is shown beside what is done with the key',
    },
    scopes: {
      type: 'array',
      minItems: 1,
      maxItems: 3,
      uniqueItems: true,
      items: scope,
      description: 'what it may do: read, decide (holds read), admin (holds both)',
    },
  }),
};

const limit = (standard: number, most: number): JsonSchema => ({
  type: 'integer',
  minimum: 1,
  maximum: most,
  default: standard,
  description: `how many at most, 1 to ${most}`,
});

const term = (maxLength: number, description: string): JsonSchema => ({
  type: 'string',
  minLength: 1,
  maxLength,
  description,
});
const cursor = term(96, 'the "next" of the page before');

type QueryName =
  | 'attacks'
  | 'sources'
  | 'source'
  | 'observations'
  | 'stream'
  | 'decisions'
  | 'lift'
  | 'nothing';

/** Of each route that takes a query, what it may hold. */
export const queries: Readonly<Record<QueryName, JsonSchema>> = {
  sources: object({ classification, before: cursor, limit: limit(100, 1000) }, [
    'classification',
    'before',
    'limit',
  ]),
  attacks: object({ before: cursor, limit: limit(100, 1000) }, ['before', 'limit']),
  source: object(
    { history: { ...limit(50, 500), minimum: 0, description: 'how many observations, 0 to 500' } },
    ['history'],
  ),
  observations: object(
    {
      source: term(64, 'an address, or a source key'),
      kind: {
        type: 'string',
        enum: [
          'contact',
          'auth',
          'command',
          'request',
          'exploit',
          'payload',
          'scan',
          'flow',
          'object-access',
          'web-access',
          'login',
          'refusal',
        ],
      },
      sensor: term(128, 'id of a sensor'),
      session: term(64, 'a session'),
      from: time('At or after'),
      to: time('Before'),
      before: cursor,
      limit: limit(100, 1000),
    },
    ['source', 'kind', 'sensor', 'session', 'from', 'to', 'before', 'limit'],
  ),
  stream: object(
    {
      type: { type: 'string', enum: ['observation', 'decision'], description: 'only these; both by default' },
    },
    ['type'],
  ),
  decisions: object(
    {
      target: term(64, 'an address or a network'),
      action,
      standing: flag('true: only those that are in force now'),
      before: { type: 'integer', minimum: 1, description: 'the "next" of the page before' },
      limit: limit(100, 1000),
    },
    ['target', 'action', 'standing', 'before', 'limit'],
  ),
  lift: object({ reason: { ...term(500, 'why, for those who read it later'), default: 'lifted by hand' } }, [
    'reason',
  ]),
  nothing: object({}),
};

export const pathOf = (name: string, description: string): JsonSchema =>
  object({ [name]: { type: 'string', minLength: 1, maxLength: 96, description } });
