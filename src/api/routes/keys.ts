/** API keys: listed, made and revoked with a key of scope `admin`. */

import type { FastifyInstance } from 'fastify';
import type { Scope } from '../contract.ts';
import { createKey } from '../keys.ts';
import { Problem } from '../problem.ts';
import { route, type ApiParts } from '../route.ts';
import { pathOf, ref, scope } from '../schemas.ts';

export function keyRoutes(app: FastifyInstance, { keys, now }: ApiParts): void {
  app.get(
    '/keys',
    route('admin', {
      tag: 'keys',
      summary: 'List the keys',
      answer: [200, { type: 'array', items: ref('Key') }],
    }),
    () => keys.keys().map(({ name, scopes, at }) => ({ name, scopes, at })),
  );

  app.post<{ Body: { name: string; scopes: Scope[] } }>(
    '/keys',
    route('admin', {
      tag: 'keys',
      summary: 'Make a key',
      body: ref('NewKey'),
      answer: [
        201,
        {
          type: 'object',
          additionalProperties: false,
          required: ['name', 'scopes', 'key'],
          properties: {
            name: { type: 'string' },
            scopes: { type: 'array', items: scope },
            key: { type: 'string', description: 'Shown this once; Picket keeps its hash alone' },
          },
        },
      ],
    }),
    (request, reply) => {
      const { name, scopes } = request.body;
      const key = createKey(keys, { name, scopes, at: now() }, request.caller);
      if (key === null)
        throw new Problem(
          'conflict',
          `there is a key named "${name}"; choose another name, or revoke that one first`,
        );
      return reply.code(201).send({ name, scopes, key });
    },
  );

  app.delete<{ Params: { name: string } }>(
    '/keys/:name',
    route('admin', {
      tag: 'keys',
      summary: 'Revoke a key',
      params: pathOf('name', 'name of the key'),
      answer: [204, {}],
    }),
    (request, reply) => {
      const { name } = request.params;
      const admins = keys.keys().filter((key) => key.scopes.includes('admin'));
      if (admins.length === 1 && admins[0]?.name === name)
        throw new Problem('conflict', `"${name}" is the last key with scope admin; make another one first`);
      if (!keys.revokeKey(name, request.caller))
        throw new Problem('not-found', 'there is no key of this name');
      return reply.code(204).send();
    },
  );
}
