/** The metadata service of a cloud's machine, as if it could be reached from outside: what server-side request forgery looks for. */

import type { Decoy, DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { plainManner } from '../http-service/plain-manner.ts';
import { certaintyOf } from '../http-service/recognise.ts';
import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer, HttpService, Manner } from '../http-service/service.ts';
import { openHttpService } from '../http-service/session.ts';
import { answerAws } from './aws.ts';
import { answerAzure } from './azure.ts';
import { cloudOf } from './cloud.ts';
import { answerGcp } from './gcp.ts';

const server: Readonly<Record<'aws' | 'gcp' | 'azure', string>> = {
  aws: 'EC2ws',
  gcp: 'Metadata Server for VM',
  azure: 'IMDS/150.870.65.1854',
};

const mannerOf = (provider: 'aws' | 'gcp' | 'azure'): Manner =>
  plainManner({
    order:
      provider === 'aws'
        ? ['answer', 'length', 'date', ['Server', server.aws], 'connection']
        : ['answer', 'date', ['Server', server[provider]], 'length', 'connection'],
    lowerCase: false,
    saysKeepAlive: false,
    refusal: (_bad, date) =>
      `HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nDate: ${date}\r\nServer: ${server[provider]}\r\nConnection: close\r\n\r\n`,
  });

const manners = { aws: mannerOf('aws'), gcp: mannerOf('gcp'), azure: mannerOf('azure') };

/** Requests by which credentials are taken. */
const taking =
  /\/security-credentials\/[\w-]|\/service-accounts\/[^/]{1,256}\/(?:token|identity)|\/identity\/oauth2\/token|\/user-data/i;

const service: HttpService = {
  name: 'metadata',
  bodyLimit: 65_536,
  manner: (persona) => manners[cloudOf(persona).provider],
  *answer(request: ServiceRequest, context: DecoyContext): Generator<DecoyOutput, Answer, undefined> {
    const cloud = cloudOf(context.persona);
    const answer = { aws: answerAws, gcp: answerGcp, azure: answerAzure }[cloud.provider](
      request,
      context,
      cloud,
    );
    if (answer.status === 200 && taking.test(request.path)) {
      yield {
        do: 'saw',
        fact: {
          kind: 'exploit',
          service: 'metadata',
          class: 'ssrf',
          name: 'instance-metadata-credentials',
          cves: [],
          technique: 'T1552.005',
          detail: `took ${request.path.slice(0, 256)}`,
        },
      };
    }
    return answer;
  },
};

const ownPath =
  /^\w+ \/(?:latest\/(?:meta-data|api\/token|dynamic|user-data)|\d{4}-\d\d-\d\d\/meta-data|computeMetadata\/|metadata\/(?:instance|identity|versions))/;

export const metadata: Decoy = {
  name: 'metadata',
  summary:
    'Cloud instance metadata (Amazon EC2, Google Compute Engine, Azure) with credentials of its own for each source',
  transport: 'tcp',
  ports: [1338],
  recognise: (firstBytes) => certaintyOf(firstBytes, ownPath),
  open: (context) => openHttpService(service, context),
};
