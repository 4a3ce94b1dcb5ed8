/** Decisions: looked at, explained, made and lifted by people. */

import type { FastifyInstance } from 'fastify';
import { parseNetwork } from '../../core/address.ts';
import type { Action } from '../../core/decision.ts';
import type { LoggedDecision, NewDecision } from '../contract.ts';
import { Problem } from '../problem.ts';
import { pageBody } from '../page-body.ts';
import { route, type ApiParts } from '../route.ts';
import { page, pathOf, queries, ref } from '../schemas.ts';
import { readSource, readTarget } from '../target.ts';

interface DecisionsQuery {
  readonly target?: string;
  readonly action?: Action;
  readonly standing?: boolean;
  readonly before?: number;
  readonly limit: number;
}

const idForm = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const path = pathOf('idOrTarget', 'id of a decision, or its address or network (%2F for the slash)');

export function decisionRoutes(app: FastifyInstance, { engine }: ApiParts): void {
  /** By id or by target; an IPv6 address finds also the decision on its /64, which is how it is judged. */
  const find = (text: string): LoggedDecision | null => {
    if (idForm.test(text)) return engine.decision(text);
    if (parseNetwork(text) === null)
      throw new Problem(
        'invalid-input',
        '"idOrTarget" in the path is neither the id of a decision nor an address nor a network',
      );
    return engine.decision(readTarget(text, 'idOrTarget')) ?? engine.decision(readSource(text, 'idOrTarget'));
  };

  app.get<{ Querystring: DecisionsQuery }>(
    '/decisions',
    route('read', {
      tag: 'decisions',
      summary: 'List decisions, newest first',
      query: queries.decisions,
      answer: [200, page('LoggedDecision')],
    }),
    (request, reply) => {
      const { target, ...rest } = request.query;
      const decisions = engine.decisions({
        ...rest,
        ...(target === undefined ? {} : { target: readTarget(target, 'target') }),
      });
      return reply
        .type('application/json')
        .send(pageBody(decisions, rest.limit, ({ sequence }) => String(sequence)));
    },
  );

  app.get<{ Params: { idOrTarget: string } }>(
    '/decisions/:idOrTarget',
    route('read', {
      tag: 'decisions',
      summary: 'Explain a decision',
      params: path,
      answer: [200, ref('LoggedDecision')],
    }),
    (request) => {
      const decision = find(request.params.idOrTarget);
      if (decision === null)
        throw new Problem('not-found', 'there is no such decision; GET /api/v1/decisions lists them');
      return decision;
    },
  );

  app.post<{ Body: NewDecision }>(
    '/decisions',
    route('decide', {
      tag: 'decisions',
      summary: 'Decide on a target',
      body: ref('NewDecision'),
      answer: [201, ref('Decision')],
    }),
    (request, reply) => {
      const target = readTarget(request.body.target, 'target');
      return reply.code(201).send(engine.decide({ ...request.body, target, by: request.caller }));
    },
  );

  app.delete<{ Params: { idOrTarget: string }; Querystring: { reason: string } }>(
    '/decisions/:idOrTarget',
    route('decide', {
      tag: 'decisions',
      summary: 'Lift what stands against a target',
      params: path,
      query: queries.lift,
      answer: [
        200,
        {
          type: 'object',
          additionalProperties: false,
          required: ['lifted'],
          properties: { lifted: { type: 'string' } },
        },
      ],
    }),
    (request) => {
      const { idOrTarget } = request.params;
      // The engine may know of a target that the log doesn't yet.
      const target =
        find(idOrTarget)?.target ?? (idForm.test(idOrTarget) ? null : readTarget(idOrTarget, 'idOrTarget'));
      if (target === null || !engine.lift(target, request.caller, request.query.reason))
        throw new Problem(
          'not-found',
          'nothing stands there; GET /api/v1/decisions?standing=true lists what does',
        );
      return { lifted: target };
    },
  );
}
