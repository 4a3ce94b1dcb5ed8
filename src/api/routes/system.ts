/** The installation itself: health, fence, sensors, breaker. */

import type { FastifyInstance } from 'fastify';
import { route, type ApiParts } from '../route.ts';
import { ref } from '../schemas.ts';

export function systemRoutes(app: FastifyInstance, { engine }: ApiParts): void {
  app.get(
    '/health',
    route(null, { tag: 'system', summary: 'Tell the health', answer: [200, ref('Health')] }),
    () => engine.health(),
  );

  app.get(
    '/fence',
    route('read', {
      tag: 'system',
      summary: 'Tell what the fence has in force',
      answer: [200, ref('Fence')],
    }),
    () => {
      const status = engine.fence();
      return status === null ? { present: false, mode: null, enforcers: [] } : { present: true, ...status };
    },
  );

  app.get(
    '/sensors',
    route('read', {
      tag: 'system',
      summary: 'List the sensors',
      answer: [200, { type: 'array', items: ref('Sensor') }],
    }),
    () => engine.sensors(),
  );

  app.post(
    '/breaker/reset',
    route('admin', {
      tag: 'system',
      summary: 'Reset the breaker, so that new blocks are placed again',
      answer: [204, {}],
    }),
    (request, reply) => {
      engine.resetBreaker(request.caller);
      return reply.code(204).send();
    },
  );
}
