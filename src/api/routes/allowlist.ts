/** The allowlist: networks that are never decided on. */

import type { FastifyInstance } from 'fastify';
import { parseNetwork } from '../../core/address.ts';
import { tooWideToAllow } from '../../core/allow-width.ts';
import { Problem } from '../problem.ts';
import { route, type ApiParts } from '../route.ts';
import { pathOf, ref } from '../schemas.ts';
import { readNetwork } from '../target.ts';

export function allowlistRoutes(app: FastifyInstance, { engine, now }: ApiParts): void {
  app.get(
    '/allowlist',
    route('read', {
      tag: 'allowlist',
      summary: 'List the allowed networks',
      answer: [200, { type: 'array', items: ref('AllowRow') }],
    }),
    () => engine.allowlist(),
  );

  app.post<{ Body: { network: string; note: string | null; until: number | null } }>(
    '/allowlist',
    route('decide', {
      tag: 'allowlist',
      summary: 'Allow a network',
      body: ref('NewAllowRow'),
      answer: [201, ref('AllowRow')],
    }),
    (request, reply) => {
      const { note, until } = request.body;
      const network = readNetwork(request.body.network, 'network');
      if (until !== null && until <= now())
        throw new Problem(
          'invalid-input',
          '"until" in the body is over already; give a later time, or null for good',
        );
      const parsed = parseNetwork(network);
      const tooWide = parsed === null ? null : tooWideToAllow(parsed);
      if (tooWide !== null) throw new Problem('invalid-input', `"network" in the body ${tooWide}`);
      return reply.code(201).send(engine.allow({ network, note, until, by: request.caller }));
    },
  );

  app.delete<{ Params: { network: string } }>(
    '/allowlist/:network',
    route('decide', {
      tag: 'allowlist',
      summary: 'Allow a network no longer',
      params: pathOf('network', 'an address or a network (%2F for the slash)'),
      answer: [204, {}],
    }),
    (request, reply) => {
      const network = readNetwork(request.params.network, 'network');
      if (!engine.disallow(network, request.caller))
        throw new Problem(
          'not-found',
          `${network} is not on the list that can be changed here; what stands in the configuration file is changed there`,
        );
      return reply.code(204).send();
    },
  );
}
