/** Sources: what each is held to be, and why. */

import type { FastifyInstance } from 'fastify';
import type { Classification } from '../../core/decision.ts';
import { Problem } from '../problem.ts';
import { fitting, pageBody } from '../page-body.ts';
import { route, type ApiParts } from '../route.ts';
import { page, pathOf, queries, ref } from '../schemas.ts';
import { formatCursor, readCursor, readSource } from '../target.ts';

export function sourceRoutes(app: FastifyInstance, { engine }: ApiParts): void {
  app.get<{ Querystring: { classification?: Classification; before?: string; limit: number } }>(
    '/sources',
    route('read', {
      tag: 'sources',
      summary: 'List the sources, last seen first',
      query: queries.sources,
      answer: [200, page('SourceSummary')],
    }),
    (request, reply) => {
      const { classification, before, limit } = request.query;
      const sources = engine.sources({
        limit,
        ...(classification === undefined ? {} : { classification }),
        ...(before === undefined ? {} : { before: readCursor(before) }),
      });
      return reply
        .type('application/json')
        .send(pageBody(sources, limit, ({ lastSeen, source }) => formatCursor({ at: lastSeen, id: source })));
    },
  );

  app.get<{ Params: { source: string }; Querystring: { history: number } }>(
    '/sources/:source',
    route('read', {
      tag: 'sources',
      summary: 'Explain a source',
      params: pathOf('source', 'an address, or a source key'),
      query: queries.source,
      answer: [200, ref('Source')],
    }),
    async (request, reply) => {
      const key = readSource(request.params.source, 'source');
      const source = engine.source(key);
      if (source === null)
        throw new Problem('not-found', `${key} was not seen, or so long ago that it is forgotten`);
      const history = request.query.history === 0 ? [] : await engine.history(key, request.query.history);
      const explained = JSON.stringify(source);
      return reply
        .type('application/json')
        .send(`${explained.slice(0, -1)},"history":[${fitting(history).join(',')}]}`);
    },
  );
}
