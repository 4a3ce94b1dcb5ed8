/** A Kubernetes cluster left open: the API server (6443), and the kubelet of a node (10250, read-only 10255). */

import { Buffer } from 'node:buffer';
import type { Decoy, DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { goManner } from '../http-service/go-manner.ts';
import { certaintyOf } from '../http-service/recognise.ts';
import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer, HttpService } from '../http-service/service.ts';
import { openHttpService } from '../http-service/session.ts';
import { answerApiServer } from './api-server.ts';
import { answerKubelet } from './kubelet.ts';
import { isKubelet, uuidFrom } from './release.ts';

function auditId(context: DecoyContext): string {
  const hex = Buffer.from(context.randomBytes(16)).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-9${hex.slice(17, 20)}-${hex.slice(20)}`;
}

const service: HttpService = {
  name: 'kubernetes',
  bodyLimit: 1_048_576,
  manner: () => goManner(),
  *answer(request: ServiceRequest, context: DecoyContext): Generator<DecoyOutput, Answer, undefined> {
    const { persona } = context;
    if (isKubelet(persona, context.destinationPort, request.path))
      return yield* answerKubelet(request, context);
    const answer = yield* answerApiServer(request, context);
    if (answer.hijacker !== undefined) return answer;
    return {
      ...answer,
      headers: [
        ['Audit-Id', auditId(context)],
        ['Cache-Control', 'no-cache, private'],
        ['X-Kubernetes-Pf-Flowschema-Uid', uuidFrom(persona, 'flow schema')],
        ['X-Kubernetes-Pf-Prioritylevel-Uid', uuidFrom(persona, 'priority level')],
        ...(answer.headers ?? []),
      ],
    };
  },
};

const ownPath =
  /^\w+ \/(?:api\/v1(?:\/|\?| )|apis(?:\/| )(?:[\w.-]*k8s\.io|apps\/|batch\/|HTTP)|runningpods\/|run\/[\w.-]+\/[\w.-]+\/[\w.-]+|pods HTTP|exec\/[\w.-]+\/[\w.-]+\/[\w.-]+\?)/;

export const kubernetes: Decoy = {
  name: 'kubernetes',
  summary: 'Kubernetes API server and kubelet: secrets, exec, workloads that take over the node',
  transport: 'tcp',
  ports: [6443, 10250, 10255],
  recognise: (firstBytes) => certaintyOf(firstBytes, ownPath),
  open: (context) => openHttpService(service, context),
};
