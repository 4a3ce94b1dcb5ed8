/** Checks requests against their schemas, and says which field is wrong and what to write instead. */

import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { Problem } from './problem.ts';
import { components } from './schemas.ts';

/** The parts of a request that carry schemas, as Fastify names them, in words for people. */
const places: Readonly<Record<string, string>> = {
  body: 'the body',
  querystring: 'the query',
  params: 'the path',
  headers: 'the headers',
};

// Text of a query is turned into numbers; a JSON body has types of its own and must use them.
const forText = new Ajv2020({ coerceTypes: true, useDefaults: true, verbose: true, strictTypes: false });
const forBodies = new Ajv2020({ useDefaults: true, verbose: true, strictTypes: false });
for (const name of ['NewDecision', 'NewAllowRow', 'NewKey'])
  forBodies.addSchema(components[name] ?? {}, name);

interface Checked {
  readonly value?: unknown;
  readonly error?: Error;
}

/** A check of one part of a request; made before the API listens. */
export function compileCheck(schema: object, part: string | undefined): (data: unknown) => Checked {
  const ajv = part === 'body' ? forBodies : forText;
  const check: ValidateFunction = ajv.compile(schema);
  const place = places[part ?? ''] ?? 'the request';
  return (data) => {
    // Fastify passes null where a body was left out.
    if (check(data ?? {})) return { value: data ?? {} };
    const error = check.errors?.[0];
    return {
      error: new Problem('invalid-input', error === undefined ? `${place} is wrong` : sentence(error, place)),
    };
  };
}

function sentence(error: ErrorObject, place: string): string {
  const field = error.instancePath.slice(1).replaceAll('/', '.');
  if (error.keyword === 'required') {
    const name = String(error.params['missingProperty']);
    return `"${name}" is missing in ${place}: ${descriptionOf(error.parentSchema, name)}`;
  }
  if (error.keyword === 'additionalProperties') {
    const known = Object.keys(propertiesOf(error.parentSchema));
    const name = String(error.params['additionalProperty']).slice(0, 64);
    return `"${name}" is not known in ${place}; known ${known.length === 0 ? 'is nothing' : `are ${known.join(', ')}`}`;
  }
  if (field === '') return `${place} ${error.message ?? 'is wrong'}`;
  const allowed =
    error.keyword === 'enum' ? `: ${String(error.params['allowedValues']).replaceAll(',', ', ')}` : '';
  const description = error.parentSchema?.['description'];
  return `"${field}" in ${place} ${error.message ?? 'is wrong'}${allowed}${typeof description === 'string' ? ` (${description})` : ''}`;
}

function propertiesOf(schema: unknown): Record<string, unknown> {
  if (typeof schema !== 'object' || schema === null || !('properties' in schema)) return {};
  const { properties } = schema;
  return typeof properties === 'object' && properties !== null ? { ...properties } : {};
}

function descriptionOf(schema: unknown, name: string): string {
  const property = propertiesOf(schema)[name];
  if (typeof property !== 'object' || property === null || !('description' in property)) return 'add it';
  return String(property.description);
}
