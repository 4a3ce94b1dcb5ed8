/**
 * The fields of observations that a rule can ask for, with their types, taken from the schema that every record is checked by: a new kind
 * of observation, or a new field, is there for rules without a line here.
 */

import { formatNetwork, networkOf, parseAddress, sourceKey } from '../../core/address.ts';
import type { Observation, ObservationKind } from '../../core/observation.ts';
import { factFields, type JsonSchema } from '../../core/observation-schema.ts';
import type { Dimension, FieldValue } from './rule.ts';

export type FieldType = 'text' | 'number' | 'flag' | 'address';

export interface Field extends Dimension {
  readonly type: FieldType;
  /** All values that it can have, where they are few. */
  readonly values: readonly string[] | null;
}

function isKind(name: string): name is ObservationKind {
  return Object.hasOwn(factFields, name);
}

export const kinds: readonly ObservationKind[] = Object.keys(factFields).filter((name) => isKind(name));

const plain = (name: string, type: FieldType, values: readonly string[] | null = null): Field => ({
  name,
  type,
  values,
  read: (observation): FieldValue => Reflect.get(observation, name),
});

const made = (name: string, type: FieldType, read: (observation: Observation) => FieldValue): Field => ({
  name,
  type,
  values: null,
  read,
});

const common: readonly Field[] = [
  plain('kind', 'text', kinds),
  plain('sensor', 'text'),
  plain('source', 'address'),
  plain('sourcePort', 'number'),
  plain('destination', 'address'),
  made('port', 'number', ({ destinationPort }) => destinationPort),
  plain('transport', 'text', ['tcp', 'udp', 'icmp', 'other']),
  plain('session', 'text'),
  plain('spoofable', 'flag'),
  made('ja3', 'text', ({ fingerprints }) => fingerprints?.ja3),
  made('ja4', 'text', ({ fingerprints }) => fingerprints?.ja4),
  made('hassh', 'text', ({ fingerprints }) => fingerprints?.hassh),
  made('banner', 'text', ({ fingerprints }) => fingerprints?.banner),
  made('ttl', 'number', ({ fingerprints }) => fingerprints?.ttl),
];

/** The first header of this name (in lower case). */
function headerOf(observation: Observation, name: string): string | undefined {
  if (!('headers' in observation)) return undefined;
  return observation.headers?.find(([held]) => held.toLowerCase() === name)?.[1];
}

function fieldOf(name: string, schema: JsonSchema): Field | null {
  const { type, enum: values } = schema;
  if (Array.isArray(values)) return plain(name, 'text', values.map(String));
  if (type === 'string') return plain(name, 'text');
  if (type === 'integer' || type === 'number') return plain(name, 'number');
  if (type === 'boolean') return plain(name, 'flag');
  const items: unknown = schema['items'];
  const isTexts = typeof items === 'object' && items !== null && 'type' in items && items.type === 'string';
  return type === 'array' && isTexts ? plain(name, 'text') : null;
}

const fieldsByKind: ReadonlyMap<ObservationKind, ReadonlyMap<string, Field>> = new Map(
  kinds.map((kind) => {
    const { required, optional } = factFields[kind];
    const own = Object.entries({ ...required, ...optional }).flatMap(([name, schema]) => {
      const field = fieldOf(name, schema);
      return field === null ? [] : [field];
    });
    const fields = new Map([...common, ...own].map((field) => [field.name, field]));
    if ('headers' in required && !fields.has('userAgent'))
      fields.set(
        'userAgent',
        made('userAgent', 'text', (observation) => headerOf(observation, 'user-agent')),
      );
    const account = fields.get('user') ?? fields.get('principal');
    if (account !== undefined)
      fields.set(
        'account',
        made('account', 'text', (observation) => account.read(observation)),
      );
    return [kind, fields];
  }),
);

const headerPattern = /^headers\.([a-z0-9-]{1,64})$/;

/** A field of a kind of observation by its name; `headers.NAME` where there are headers. Null where it has none such. */
export function fieldNamed(kind: ObservationKind, name: string): Field | null {
  const header = headerPattern.exec(name.toLowerCase())?.[1];
  if (header !== undefined) {
    const { required, optional } = factFields[kind];
    if (!('headers' in { ...required, ...optional })) return null;
    return made(name, 'text', (observation) => headerOf(observation, header));
  }
  return fieldsByKind.get(kind)?.get(name) ?? null;
}

/** The names of all fields of these kinds, each once. */
export function fieldNames(of: readonly ObservationKind[] = kinds): readonly string[] {
  return [...new Set(of.flatMap((kind) => [...(fieldsByKind.get(kind)?.keys() ?? [])]))];
}

/** IPv4 by its /24 and IPv6 by its /48. */
function networkKey(address: string): string | undefined {
  const parsed = parseAddress(address);
  return parsed === null ? undefined : formatNetwork(networkOf(parsed, parsed.family === 4 ? 24 : 48));
}

/** What a rule can group by or tell apart besides plain fields. */
const dimensions: Readonly<Record<string, Dimension>> = {
  /** An IPv6 source is its /64, as everywhere. */
  source: { name: 'source', read: ({ source }) => (source === '' ? undefined : sourceKey(source)) },
  network: { name: 'network', read: ({ source }) => networkKey(source) },
};

export function dimensionNamed(kind: ObservationKind, name: string): Dimension | null {
  return dimensions[name] ?? fieldNamed(kind, name);
}

export const dimensionNames = (of: readonly ObservationKind[]): readonly string[] => [
  'source',
  'network',
  ...fieldNames(of).filter((name) => name !== 'source'),
];
