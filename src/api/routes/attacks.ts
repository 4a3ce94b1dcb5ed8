/** Attacks on addresses that are protected: floods, whose senders may be anybody's. */

import type { FastifyInstance } from 'fastify';
import { pageBody } from '../page-body.ts';
import { route, type ApiParts } from '../route.ts';
import { page, queries } from '../schemas.ts';
import { formatCursor, readCursor } from '../target.ts';

export function attackRoutes(app: FastifyInstance, { engine }: ApiParts): void {
  app.get<{ Querystring: { before?: string; limit: number } }>(
    '/attacks',
    route('read', {
      tag: 'attacks',
      summary: 'List the addresses that were attacked, the latest first',
      query: queries.attacks,
      answer: [200, page('Attack')],
    }),
    (request, reply) => {
      const { before, limit } = request.query;
      const attacks = engine.attacks({
        limit,
        ...(before === undefined ? {} : { before: readCursor(before) }),
      });
      return reply
        .type('application/json')
        .send(pageBody(attacks, limit, ({ lastSeen, target }) => formatCursor({ at: lastSeen, id: target })));
    },
  );
}
