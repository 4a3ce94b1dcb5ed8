/** The HTTP API: built inert, then started on an address. */

import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance, type FastifyServerFactory } from 'fastify';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { networkContains, parseAddress, parseNetwork } from '../core/address.ts';
import { PicketError } from '../core/errors.ts';
import type { EngineApi, KeyStore } from './contract.ts';
import { Feed, standardFeedLimits, type FeedLimits } from './feed.ts';
import { callerOf, permits } from './keys.ts';
import { MetricsPage } from './metrics-page.ts';
import { basePath, openApiOptions } from './openapi.ts';
import { Problem, problemOf } from './problem.ts';
import { route, type ApiParts } from './route.ts';
import { allowlistRoutes } from './routes/allowlist.ts';
import { attackRoutes } from './routes/attacks.ts';
import { decisionRoutes } from './routes/decisions.ts';
import { keyRoutes } from './routes/keys.ts';
import { observationRoutes } from './routes/observations.ts';
import { sourceRoutes } from './routes/sources.ts';
import { systemRoutes } from './routes/system.ts';
import { components } from './schemas.ts';
import { compileCheck } from './validation.ts';

/** PEM texts. */
export interface ApiTls {
  /** The server's own first, then those that lead to its authority. */
  readonly certificate: string;
  readonly key: string;
}

export interface ApiOptions {
  /** Of Picket, for the OpenAPI document. */
  readonly version: string;
  /** True where `/metrics` needs no key from those who call it by a loopback name; `startApi` sets it for a loopback address. */
  readonly openMetrics?: boolean;
  readonly feedLimits?: Partial<FeedLimits>;
  /** Absent: plain HTTP. */
  readonly tls?: ApiTls;
  /** One line on what failed within. */
  readonly log?: (line: string) => void;
  readonly now?: () => number;
}

/** Nobody has reason to take longer to send 16 KiB, or to agree on keys. */
const requestTimeout = 15_000;

/**
 * Everything that the API will ever need is loaded and compiled when this is done: the process may lose the right to read its own
 * files afterwards. Nothing listens and no timer runs yet.
 */
export async function buildApi(
  engine: EngineApi,
  keys: KeyStore,
  options: ApiOptions,
): Promise<FastifyInstance> {
  const log = options.log ?? ((): void => {});
  const feed = new Feed(engine, { ...standardFeedLimits, ...options.feedLimits });
  const metrics = new MetricsPage(engine, feed);
  const parts: ApiParts = { engine, keys, feed, metrics, now: options.now ?? Date.now };
  const { tls } = options;
  const app = Fastify({
    logger: false,
    bodyLimit: 16_384,
    requestTimeout,
    ...(tls === undefined ? {} : { serverFactory: tlsServer(tls) }),
    exposeHeadRoutes: false,
    // A canonical IPv6 network with its colons and slash escaped is three times as long.
    routerOptions: { maxParamLength: 160, ignoreTrailingSlash: true },
    frameworkErrors: (error, _request, reply) => {
      const problem = problemOf(error, log);
      reply.hijack();
      reply.raw.writeHead(problem.status, { 'content-type': 'application/json' });
      reply.raw.end(JSON.stringify(problem.body));
    },
    clientErrorHandler: answerBrokenRequest,
  });
  app.server.maxConnections = 1024;
  app.setValidatorCompiler(({ schema, httpPart }) => compileCheck(Object(schema), httpPart));
  // Answers are written whole: a schema that lags behind must not cut fields off. Tests hold both together.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setErrorHandler((error, _request, reply) => {
    const problem = problemOf(error, log);
    if (problem.code === 'unauthorized') void reply.header('www-authenticate', 'Bearer realm="picket"');
    return reply.code(problem.status).send(problem.body);
  });
  app.setNotFoundHandler(() => {
    throw new Problem('not-found', `there is nothing here; ${basePath}/openapi.json describes what there is`);
  });
  for (const [name, schema] of Object.entries(components)) app.addSchema({ $id: name, ...schema });

  app.decorateRequest('caller', '');
  app.addHook('onRoute', ({ config, url }) => {
    // A route that forgot to say who may call it must not be open to everyone.
    if (config?.scope === undefined) throw new Error(`the route ${url} states no scope`);
  });
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
    const { scope } = request.routeOptions.config;
    if (request.is404 || scope === null || scope === undefined) return done();
    if (scope === 'metrics' && options.openMetrics === true && isLoopbackName(request.hostname))
      return done();
    const caller = callerOf(keys, request.headers.authorization);
    if (caller === null)
      return done(new Problem('unauthorized', 'send a key that is known: "Authorization: Bearer picket_…"'));
    const needed = scope === 'metrics' ? 'read' : scope;
    if (!permits(caller, needed))
      return done(
        new Problem('forbidden', `the key "${caller.name}" lacks the scope ${needed}; use one that has it`),
      );
    request.caller = caller.name;
    return done();
  });
  app.addHook('onResponse', (_request, reply, done) => {
    metrics.answered(reply.statusCode);
    done();
  });
  app.addHook('preClose', (done) => {
    feed.close();
    done();
  });

  await app.register(swagger, openApiOptions(options.version));
  await app.register(
    (api, _options, done) => {
      systemRoutes(api, parts);
      sourceRoutes(api, parts);
      attackRoutes(api, parts);
      observationRoutes(api, parts);
      decisionRoutes(api, parts);
      allowlistRoutes(api, parts);
      keyRoutes(api, parts);
      api.get(
        '/openapi.json',
        route(null, {
          tag: 'system',
          summary: 'Give this description',
          answer: [200, { type: 'object', additionalProperties: true }],
        }),
        () => app.swagger(),
      );
      done();
    },
    { prefix: basePath },
  );
  app.get(
    '/metrics',
    route('metrics', {
      tag: 'system',
      summary: 'Give figures to Prometheus',
      answer: [200, { type: 'string' }, 'text/plain'],
    }),
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  );
  await app.ready();
  // Made once here: what the generator loads on its first use is loaded now, and it keeps the document.
  app.swagger();
  await metrics.text();
  return app;
}

function tlsServer({ certificate, key }: ApiTls): FastifyServerFactory {
  return (handler) =>
    createTlsServer({ cert: certificate, key, requestTimeout, handshakeTimeout: requestTimeout }, handler);
}

export interface RunningApi {
  readonly address: string;
  readonly port: number;
  /** Ends the streams, lets running requests finish, and closes. */
  stop(): Promise<void>;
}

/**
 * Builds the API and listens. Port 0 takes a free one. Throws PICKET_PORT_TAKEN, PICKET_NOT_PRIVILEGED for a port that only root
 * may take, and PICKET_CONFIG_INVALID for an address that this machine does not have.
 */
export async function startApi(
  engine: EngineApi,
  keys: KeyStore,
  options: ApiOptions & { readonly address: string; readonly port: number },
): Promise<RunningApi> {
  const { address, port } = options;
  const app = await buildApi(engine, keys, { openMetrics: isLoopback(address), ...options });
  try {
    await app.listen({ host: address, port });
  } catch (error) {
    await app.close();
    throw listenError(error, address, port);
  }
  const bound = app.server.address();
  return {
    address,
    port: typeof bound === 'object' && bound !== null ? bound.port : port,
    stop: async () => app.close(),
  };
}

function listenError(error: unknown, address: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  const where = `${address} port ${port}`;
  if (code === 'EADDRINUSE')
    return new PicketError(
      'PICKET_PORT_TAKEN',
      `the API can't listen on ${where}: another program does; end it, or set api.port in the configuration to a free port`,
      { cause: error },
    );
  if (code === 'EACCES')
    return new PicketError(
      'PICKET_NOT_PRIVILEGED',
      `the API may not listen on ${where}; set api.port in the configuration to 1024 or above`,
      { cause: error },
    );
  if (code === 'EADDRNOTAVAIL')
    return new PicketError(
      'PICKET_CONFIG_INVALID',
      `the API can't listen on ${where}: this machine has no such address; set api.listen in the configuration to one that it has`,
      { cause: error },
    );
  return error;
}

function isLoopback(text: string): boolean {
  const address = parseAddress(text);
  const loopback = parseNetwork('127.0.0.0/8');
  if (address === null || loopback === null) return false;
  return address.family === 4 ? networkContains(loopback, address) : address.value === 1n;
}

/** The name in the `Host` header: a page that a browser was led to by a foreign name, or a proxy for the world, has another. */
function isLoopbackName(host: string): boolean {
  return host === 'localhost' || isLoopback(host.replace(/^\[(.*)\]$/, '$1'));
}

/** What is no HTTP never reaches a route; it is answered in the same shape, and the connection ends. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? ['408 Request Timeout', 'the request took too long to arrive; send it at once']
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? ['431 Request Header Fields Too Large', 'the headers are too large; send fewer']
        : ['400 Bad Request', 'this is no HTTP/1.1 request'];
  const body = JSON.stringify({ error: { code: 'invalid-input', message } });
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
