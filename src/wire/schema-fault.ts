/** What is wrong with a value that a person wrote, from what the schema's check says of it. */

import type { ErrorObject } from 'ajv';
import { nearest } from './nearest.ts';

export interface SchemaFault {
  /** To the key at fault, also where it should not be there. */
  readonly path: readonly string[];
  /** What is wrong and the mend, in one sentence without its subject. */
  readonly what: string;
}

/** `/steps/0/request` → its keys. */
const keysOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 80) ?? String(value);

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

const mends: Readonly<Record<string, string>> = {
  network: 'write a network such as 192.0.2.0/24',
  address: 'write an IP address such as 127.0.0.1',
};

/** Of the first error; the check must run with `verbose`. */
export function schemaFault(error: ErrorObject): SchemaFault {
  const path = keysOf(error.instancePath);
  const params: Record<string, unknown> = error.params;
  const schema: unknown = error.parentSchema;
  if (error.keyword === 'additionalProperties') {
    const unknown = String(params['additionalProperty']);
    const known = isRecord(schema) && isRecord(schema['properties']) ? Object.keys(schema['properties']) : [];
    const near = nearest(unknown, known);
    const mend = near === null ? `known here: ${known.join(', ')}` : `did you mean ${near}?`;
    return { path: [...path, unknown], what: `is no known key; ${mend}` };
  }
  if (error.keyword === 'required') {
    return { path, what: `lacks the key ${String(params['missingProperty'])}; add it` };
  }
  if (error.keyword === 'enum' && Array.isArray(params['allowedValues'])) {
    const allowed = params['allowedValues'].map(String).join(', ');
    return { path, what: `is ${JSON.stringify(error.data)}; one of ${allowed} is allowed` };
  }
  if (error.keyword === 'format') {
    return { path, what: `is ${JSON.stringify(error.data)}; ${mends[String(params['format'])] ?? ''}` };
  }
  if (error.keyword === 'pattern' && isRecord(schema) && Array.isArray(schema['examples'])) {
    return { path, what: `is ${shown(error.data)}; write it as in ${String(schema['examples'][0])}` };
  }
  return { path, what: `${error.message ?? 'is not valid'}, and is ${shown(error.data)}` };
}
