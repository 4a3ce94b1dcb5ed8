/** Observations: asked for, and as they come. */

import type { FastifyInstance } from 'fastify';
import type { ObservationKind } from '../../core/observation.ts';
import type { FeedType } from '../feed.ts';
import { callerOf, permits } from '../keys.ts';
import { Problem } from '../problem.ts';
import { pageBody } from '../page-body.ts';
import { route, type ApiParts } from '../route.ts';
import { page, queries } from '../schemas.ts';
import { formatCursor, readCursor, readSource } from '../target.ts';

interface ObservationsQuery {
  readonly source?: string;
  readonly kind?: ObservationKind;
  readonly sensor?: string;
  readonly session?: string;
  readonly from?: number;
  readonly to?: number;
  readonly before?: string;
  readonly limit: number;
}

export function observationRoutes(app: FastifyInstance, { engine, keys, feed }: ApiParts): void {
  app.get<{ Querystring: ObservationsQuery }>(
    '/observations',
    route('read', {
      tag: 'observations',
      summary: 'Find observations, newest first',
      query: queries.observations,
      answer: [200, page('Observation')],
    }),
    async (request, reply) => {
      const { source, before, ...rest } = request.query;
      if (rest.from !== undefined && rest.to !== undefined && rest.from >= rest.to)
        throw new Problem('invalid-input', '"from" must lie before "to" in the query');
      const found = await engine.observations({
        ...rest,
        ...(source === undefined ? {} : { source: readSource(source, 'source') }),
        ...(before === undefined ? {} : { before: readCursor(before) }),
      });
      return reply.type('application/json').send(pageBody(found, rest.limit, formatCursor));
    },
  );

  app.get<{ Querystring: { type?: FeedType } }>(
    '/observations/stream',
    route('read', {
      tag: 'observations',
      summary: 'Follow observations and decisions live',
      query: queries.stream,
      answer: [
        200,
        {
          type: 'string',
          description:
            'Server-sent events: "observation" and "decision" with the object as data; "lift", "allow" and "disallow" (under type=decision) with what a person did; "skipped" with how many of each were left out in a flood',
        },
        'text/event-stream',
      ],
    }),
    (request, reply) => {
      if (feed.full)
        throw new Problem(
          'unavailable',
          'there are too many readers of the live feed; end one and try again',
        );
      const { authorization } = request.headers;
      reply.hijack();
      feed.add(reply.raw, request.query.type ?? null, () => {
        const caller = callerOf(keys, authorization);
        return caller !== null && permits(caller, 'read');
      });
    },
  );
}
