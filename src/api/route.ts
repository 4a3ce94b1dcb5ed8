/** What every route states: who may call it, and what it takes and gives. */

import type { JsonSchema } from '../core/observation-schema.ts';
import type { EngineApi, KeyStore, Scope } from './contract.ts';
import type { Feed } from './feed.ts';
import type { MetricsPage } from './metrics-page.ts';
import { queries, ref } from './schemas.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Null where no key is needed, `metrics` where it depends on where the API listens. */
    scope?: Scope | 'metrics' | null;
  }
  interface FastifyRequest {
    /** The name of the key with which the request was made. */
    caller: string;
  }
}

/** What the routes are given. */
export interface ApiParts {
  readonly engine: EngineApi;
  readonly keys: KeyStore;
  readonly feed: Feed;
  readonly metrics: MetricsPage;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface RouteShape {
  readonly tag: string;
  readonly summary: string;
  readonly query?: JsonSchema;
  readonly params?: JsonSchema;
  readonly body?: JsonSchema;
  /** Status and schema of what comes back when it went well. */
  readonly answer: readonly [status: 200 | 201 | 204, schema: JsonSchema, contentType?: string];
}

interface RouteOptions {
  readonly config: { readonly scope: Scope | 'metrics' | null };
  readonly schema: Record<string, unknown>;
}

/** The options of a route for Fastify, in which everything that it takes is checked and bounded. */
export function route(scope: Scope | 'metrics' | null, shape: RouteShape): RouteOptions {
  const [status, schema, contentType] = shape.answer;
  const answer =
    contentType === undefined
      ? { description: 'Done', ...(status === 204 ? { type: 'null' } : schema) }
      : { description: 'Done', content: { [contentType]: { schema } } };
  return {
    config: { scope },
    schema: {
      tags: [shape.tag],
      summary: shape.summary,
      operationId: operationOf(shape.summary),
      security: scope === null ? [] : [{ key: [scope === 'metrics' ? 'read' : scope] }],
      querystring: shape.query ?? queries.nothing,
      ...(shape.params === undefined ? {} : { params: shape.params }),
      ...(shape.body === undefined ? {} : { body: shape.body }),
      response: {
        [status]: answer,
        '4XX': { description: 'Refused', ...ref('Error') },
        '5XX': { description: 'Failed', ...ref('Error') },
      },
    },
  };
}

/** `List the sources` → `listTheSources`. */
function operationOf(summary: string): string {
  const words = summary
    .toLowerCase()
    .replaceAll(/[^a-z ]/g, '')
    .split(' ');
  return words
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
}
