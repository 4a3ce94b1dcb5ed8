/** An object store that speaks S3's REST API, as MinIO or Amazon: buckets left open, and keys that somebody left lying about. */

import type { Decoy, DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import type { Persona } from '../../core/persona.ts';
import { goManner } from '../http-service/go-manner.ts';
import { plainManner } from '../http-service/plain-manner.ts';
import { certaintyOf } from '../http-service/recognise.ts';
import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer, HttpService, Manner } from '../http-service/service.ts';
import { openHttpService } from '../http-service/session.ts';
import { flavourOf } from './flavour.ts';
import { identityOf } from './reply.ts';
import { answerS3 } from './routes.ts';

const minio: Manner = {
  ...goManner([
    ['Server', 'MinIO'],
    ['Strict-Transport-Security', 'max-age=31536000; includeSubDomains'],
    ['Vary', 'Origin'],
    ['Vary', 'Accept-Encoding'],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Xss-Protection', '1; mode=block'],
  ]),
};

const aws: Manner = plainManner({
  order: ['answer', 'length', 'date', ['Server', 'AmazonS3'], 'connection'],
  lowerCase: false,
  saysKeepAlive: false,
  refusal: (_bad, date) =>
    `HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\nDate: ${date}\r\nConnection: close\r\nServer: AmazonS3\r\n\r\n0\r\n\r\n`,
});

const mannerOf = (persona: Persona): Manner => (flavourOf(persona).product === 'MinIO' ? minio : aws);

const service: HttpService = {
  name: 's3',
  bodyLimit: 8_388_608,
  manner: mannerOf,
  *answer(request: ServiceRequest, context: DecoyContext): Generator<DecoyOutput, Answer, undefined> {
    const flavour = flavourOf(context.persona);
    const identity = identityOf(flavour, context.randomBytes(16), context.now());
    if (flavour.product === 'MinIO') {
      if (/^\/minio\/health\/(?:live|ready|cluster)$/.test(request.path)) return { status: 200 };
      // A browser is sent to the console.
      if (
        request.path === '/' &&
        request.method === 'GET' &&
        request.header('authorization') === '' &&
        /Mozilla/.test(request.header('user-agent'))
      ) {
        return {
          status: 307,
          headers: [['Location', `http://${request.header('host').replace(/:\d+$/, '')}:9001`]],
        };
      }
    }
    const answer = yield* answerS3(request, context, identity);
    const own =
      flavour.product === 'MinIO'
        ? ([
            ['X-Amz-Id-2', identity.hostId],
            ['X-Amz-Request-Id', identity.requestId],
            ...(answer.headers?.some(([name]) => name === 'Accept-Ranges') === true
              ? []
              : [['Accept-Ranges', 'bytes'] as const]),
          ] as const)
        : ([
            ['x-amz-id-2', identity.hostId],
            ['x-amz-request-id', identity.requestId],
          ] as const);
    // Amazon's manner tells the length by itself.
    const told = (answer.headers ?? []).filter(
      ([name]) => name !== 'Content-Length' || flavour.product === 'MinIO',
    );
    return { ...answer, headers: [...own, ...told] };
  },
};

const ownMark =
  /\r\nhost: [^\r\n]{0,128}(?:\.s3[.-][^\r\n]{0,64}amazonaws\.com|\.s3\.amazonaws\.com)|\r\nauthorization: (?:AWS4-HMAC-SHA256 |AWS \w)|\r\nx-amz-content-sha256: |^GET \/minio\/|[?&](?:list-type=2|X-Amz-Algorithm=AWS4)/i;

export const s3: Decoy = {
  name: 's3',
  summary:
    'Object store with the S3 REST API (MinIO or Amazon): open buckets, planted keys, signatures checked',
  transport: 'tcp',
  ports: [9000],
  recognise: (firstBytes) => certaintyOf(firstBytes, ownMark),
  open: (context) => openHttpService(service, context),
};
