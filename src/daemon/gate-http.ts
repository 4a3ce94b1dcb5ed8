/**
 * The gate over HTTP/1.
 *
 *   /nginx     for `auth_request`, which knows 2xx and 403 alone; the original request stands in X-Original-Method, -URI and -Host,
 *              the client in X-Real-IP. `X-Picket-Answer: slow-down` tells that the refusal is a 503.
 *   /refusal   the page of that refusal, by the same header
 *   /envoy/…   for Envoy's `ext_authz` with this path prefix: method, path and headers are the client's, X-Forwarded-For ends with its address
 */

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Header } from '../core/observation.ts';
import type { Ask, GateQuestion } from '../gate/question.ts';
import type { S3Error } from '../gate/s3-error.ts';
import { refusal } from './gate-desk.ts';

const envoyPrefix = '/envoy';

const first = (value: string | string[] | undefined): string =>
  (Array.isArray(value) ? value[0] : value) ?? '';

export const serveHttp =
  (ask: Ask): RequestListener =>
  (request, response) => {
    // What the client sends along is the store's business.
    request.resume();
    const url = request.url ?? '';
    if (url === '/refusal') {
      const status = request.headers['x-picket-answer'] === 'slow-down' ? 503 : 403;
      refuse(response, refusal(status, request.method ?? ''));
      return;
    }
    const isNginx = url === '/nginx';
    if (!isNginx && !url.startsWith(envoyPrefix)) {
      response.writeHead(403, { 'X-Picket-Answer': 'misconfigured' }).end();
      return;
    }
    ask(isNginx ? ofNginx(request) : ofEnvoy(request), (answer) => {
      if (answer === 'pass') response.writeHead(200).end();
      else if (answer === 'misconfigured') response.writeHead(403, { 'X-Picket-Answer': answer }).end();
      else if (isNginx) {
        response.writeHead(403, { 'X-Picket-Answer': answer.status === 503 ? 'slow-down' : 'denied' }).end();
      } else refuse(response, answer);
    });
  };

function ofNginx(request: IncomingMessage): GateQuestion {
  return {
    source: first(request.headers['x-real-ip']),
    method: first(request.headers['x-original-method']),
    uri: first(request.headers['x-original-uri']),
    host: first(request.headers['x-original-host']),
    userAgent: first(request.headers['user-agent']),
    headers: headersOf(request),
  };
}

function ofEnvoy(request: IncomingMessage): GateQuestion {
  return {
    // Envoy appends the address that it has seen itself; what stands before is the client's own word.
    source: first(request.headers['x-forwarded-for']).split(',').at(-1)?.trim() ?? '',
    method: request.method ?? '',
    uri: (request.url ?? '').slice(envoyPrefix.length) || '/',
    host: request.headers.host ?? '',
    userAgent: first(request.headers['user-agent']),
    headers: headersOf(request),
  };
}

function headersOf({ rawHeaders }: IncomingMessage): Header[] {
  const headers: Header[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    headers.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '']);
  return headers;
}

function refuse(response: ServerResponse, { status, headers, body }: S3Error): void {
  response.writeHead(status, Object.fromEntries(headers)).end(body);
}
