/**
 * The gate's endpoint over HTTP, for the proxy in front of an object store. It listens where only that proxy reaches it: what it says
 * of the client is believed.
 *
 *   /nginx     for `auth_request`, which knows 2xx and 403 alone; the original request stands in X-Original-Method, -URI and -Host,
 *              the client in X-Real-IP. `X-Picket-Answer: slow-down` tells that the refusal is a 503.
 *   /refusal   the page of that refusal, by the same header
 *   /envoy/…   for Envoy's `ext_authz` with this path prefix: method, path and headers are the client's, X-Forwarded-For ends with its address
 */

import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { canonicalAddress } from '../core/address.ts';
import { PicketError } from '../core/errors.ts';
import type { Header, ObjectAccessFact } from '../core/observation.ts';
import { readBucketRequest } from '../gate/bucket-request.ts';
import type { Gate } from '../gate/gate.ts';
import { s3Error } from '../gate/s3-error.ts';

export interface GateEndpointOptions {
  readonly address: string;
  /** 0 for a free one. */
  readonly port: number;
  readonly gate: Gate;
  /** Domains in front of which a bucket's name may stand. */
  readonly domains: readonly string[];
  readonly now: () => number;
  /** Called after the answer. */
  readonly record: (source: string, fact: ObjectAccessFact) => void;
}

const envoyPrefix = '/envoy';
const identifierBytes = 65;

interface Asked {
  readonly source: string;
  readonly method: string;
  readonly uri: string;
  readonly host: string;
}

const first = (value: string | string[] | undefined): string =>
  (Array.isArray(value) ? value[0] : value) ?? '';

export class GateEndpoint {
  readonly #options: GateEndpointOptions;
  #server: Server | null = null;

  constructor(options: GateEndpointOptions) {
    this.#options = options;
  }

  /** The port that it listens on. */
  get port(): number {
    const address = this.#server?.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Throws PICKET_PORT_TAKEN where the port can't be had. */
  async start(): Promise<void> {
    const { address, port } = this.#options;
    const server = createServer((request, response) => this.#serve(request, response));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => {
        const what = `gate.port: ${address} port ${port} can't be listened on (${error.message}); name another`;
        reject(new PicketError('PICKET_PORT_TAKEN', what, { cause: error }));
      });
      server.listen(port, address, resolve);
    });
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    // What the client sends along is the store's business.
    request.resume();
    const url = request.url ?? '';
    if (url === '/refusal') {
      refuse(response, request.headers['x-picket-answer'] === 'slow-down' ? 503 : 403, request.method ?? '');
      return;
    }
    const asked = url === '/nginx' ? ofNginx(request) : url.startsWith(envoyPrefix) ? ofEnvoy(request) : null;
    const source = asked === null ? null : canonicalAddress(asked.source);
    if (asked === null || source === null) {
      // A proxy that is set up wrongly: nobody is let through on a guess.
      response.writeHead(403, { 'X-Picket-Answer': 'misconfigured' }).end();
      return;
    }
    const { gate, domains, now, record } = this.#options;
    const target = readBucketRequest(asked.method, asked.uri, asked.host, headersOf(request), domains);
    const userAgent = first(request.headers['user-agent']);
    const { status, fact } = gate.answer(source, target, userAgent, now());
    if (status === 200) response.writeHead(200).end();
    else if (url === '/nginx') {
      response.writeHead(403, { 'X-Picket-Answer': status === 503 ? 'slow-down' : 'denied' }).end();
    } else refuse(response, status, asked.method);
    if (fact !== null) record(source, fact);
  }
}

function ofNginx(request: IncomingMessage): Asked {
  return {
    source: first(request.headers['x-real-ip']),
    method: first(request.headers['x-original-method']),
    uri: first(request.headers['x-original-uri']),
    host: first(request.headers['x-original-host']),
  };
}

function ofEnvoy(request: IncomingMessage): Asked {
  return {
    // Envoy appends the address that it has seen itself; what stands before is the client's own word.
    source: first(request.headers['x-forwarded-for']).split(',').at(-1)?.trim() ?? '',
    method: request.method ?? '',
    uri: (request.url ?? '').slice(envoyPrefix.length) || '/',
    host: request.headers.host ?? '',
  };
}

function headersOf({ rawHeaders }: IncomingMessage): Header[] {
  const headers: Header[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    headers.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '']);
  return headers;
}

function refuse(response: ServerResponse, status: 403 | 503, method: string): void {
  const { headers, body } = s3Error(status, method, randomBytes(identifierBytes));
  response.writeHead(status, Object.fromEntries(headers)).end(body);
}
