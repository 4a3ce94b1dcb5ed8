/** The command line's way to a running engine: its own HTTP API, with the key that `picket up` keeps for its user. */

import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as requestPlain, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestTls, type RequestOptions as TlsOptions } from 'node:https';
import { join } from 'node:path';
import process from 'node:process';
import { checkServerIdentity } from 'node:tls';
import { PicketError } from '../core/errors.ts';
import type { Configuration } from './configuration-type.ts';
import type { LiveEvent } from './live-line.ts';
import { readFailure } from './read-failure.ts';

/** In the state folder; readable by whoever started Picket alone. */
export const localKeyFile = 'api-key';

/** A stream of the API in which no line is longer; a longer one ends it. */
const longestLine = 1024 * 1024;

export class ApiClient {
  readonly #base: string;
  readonly #configuration: Configuration;
  /** What is trusted of TLS; null for plain HTTP. */
  readonly #trust: TlsOptions | null;

  /** `certificate` is a file in place of the configured one: what is trusted, whatever name it bears. */
  constructor(configuration: Configuration, certificate: string = configuration.api.tls.certificate) {
    this.#configuration = configuration;
    this.#trust = certificate === '' ? null : trustIn(certificate);
    const { listen, port } = configuration.api;
    const host = listen === '0.0.0.0' ? '127.0.0.1' : listen === '::' ? '::1' : listen;
    const scheme = this.#trust === null ? 'http' : 'https';
    this.#base = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}/api/v1`;
  }

  /** The JSON answer. Throws PICKET_ENGINE_UNREACHABLE, or PICKET_API_REFUSED with the API's own words. */
  async call<Answer>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer> {
    const { status, text } = await this.#ask(method, path, body);
    if (status >= 400) throw refused(status, text);
    // Of our own engine, and as its contract says.
    const answer: Answer = text === '' ? null : JSON.parse(text);
    return answer;
  }

  /** Like `call`; null where the API has no such thing. */
  async find<Answer>(path: string, method: 'GET' | 'DELETE' = 'GET'): Promise<Answer | null> {
    const { status, text } = await this.#ask(method, path);
    if (status === 404) return null;
    if (status >= 400) throw refused(status, text);
    const answer: Answer = JSON.parse(text);
    return answer;
  }

  async #ask(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const json = body === undefined ? null : JSON.stringify(body);
    const response = await this.#fetch(path, json, {
      method,
      headers: {
        authorization: `Bearer ${this.#key()}`,
        ...(json === null
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) }),
      },
    });
    let text = '';
    for await (const part of response.setEncoding('utf8')) text += String(part);
    return { status: response.statusCode ?? 0, text };
  }
  /** Follows the live stream, and follows it again after a break, until aborted. */
  async follow(
    signal: AbortSignal,
    heard: (event: LiveEvent) => void,
    opened: () => void = () => {},
  ): Promise<void> {
    while (!signal.aborted) {
      try {
        const response = await this.#fetch('/observations/stream', null, {
          headers: { authorization: `Bearer ${this.#key()}` },
          signal,
        });
        if (response.statusCode === 200) {
          opened();
          await this.#read(response, heard);
        } else response.resume();
      } catch {
        // The engine is starting again, or the signal came; both are met by the loop.
      }
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  async #read(body: IncomingMessage, heard: (event: LiveEvent) => void): Promise<void> {
    let held = '';
    let event = '';
    for await (const part of body.setEncoding('utf8')) {
      held += String(part);
      const lines = held.split('\n');
      held = lines.pop() ?? '';
      if (held.length > longestLine) return;
      for (const line of lines) {
        if (line.startsWith('event: ')) event = line.slice(7);
        else if (line.startsWith('data: ')) {
          const live = liveEvent(event, line.slice(6));
          if (live !== null) heard(live);
        }
      }
    }
  }

  async #fetch(path: string, body: string | null, options: RequestOptions): Promise<IncomingMessage> {
    const url = `${this.#base}${path}`;
    // A connection of its own for each: none is kept open that would hold the command line.
    const request =
      this.#trust === null
        ? requestPlain(url, { ...options, agent: false })
        : requestTls(url, { ...options, ...this.#trust, agent: false });
    // What goes wrong later, such as the end of a followed stream, is met where the response is read.
    request.on('error', () => {});
    try {
      const answered = once(request, 'response');
      request.end(body ?? undefined);
      const [response]: IncomingMessage[] = await answered;
      if (response === undefined) throw new Error('no response');
      return response;
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  #unreachable(error: unknown): PicketError {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const isRefused = ['ECONNREFUSED', 'ENOENT', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'].includes(code);
    if (this.#trust !== null && !isRefused) {
      const why = error instanceof Error ? error.message : String(error);
      return new PicketError(
        'PICKET_ENGINE_UNREACHABLE',
        `what answers at ${this.#base} does not show the trusted certificate (${why}); name it with --certificate`,
        { cause: error },
      );
    }
    const tls = isRefused ? '' : ', or, where its API speaks TLS, its certificate with --certificate';
    return new PicketError(
      'PICKET_ENGINE_UNREACHABLE',
      `no engine answers at ${this.#base}; start it with picket up, or name its configuration with --config${tls}`,
      { cause: error },
    );
  }

  #key(): string {
    const given = process.env['PICKET_API_KEY'];
    if (given !== undefined && given !== '') return given;
    const path = join(this.#configuration.state, localKeyFile);
    try {
      return readFileSync(path, 'utf8').trim();
    } catch (error) {
      const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      throw new PicketError(
        'PICKET_API_REFUSED',
        isAbsent
          ? `${path} is not there: Picket was not started yet with this state folder; start it (picket up), name its --config, or set PICKET_API_KEY`
          : `${path} can't be read; run as the user who started Picket, or set PICKET_API_KEY`,
        { cause: error },
      );
    }
  }
}

function refused(status: number, text: string): PicketError {
  const value: unknown = text.startsWith('{') ? JSON.parse(text) : null;
  const error = typeof value === 'object' && value !== null && 'error' in value ? value.error : null;
  const message =
    typeof error === 'object' && error !== null && 'message' in error
      ? String(error.message)
      : `HTTP ${status}`;
  return new PicketError('PICKET_API_REFUSED', message);
}

/**
 * Trust in the certificates of this file: the very first is good under whatever name it is called, since the command line calls an
 * address; others must be signed by one of the file, and bear the name.
 */
function trustIn(file: string): TlsOptions {
  let pem: string;
  let own: X509Certificate;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (error) {
    throw new PicketError('PICKET_USAGE', `the API's certificate is ${file}, which ${readFailure(error)}`, {
      cause: error,
    });
  }
  try {
    own = new X509Certificate(pem);
  } catch (error) {
    throw new PicketError(
      'PICKET_USAGE',
      `${file} holds no certificate in PEM; name the API's with --certificate`,
      {
        cause: error,
      },
    );
  }
  return {
    ca: pem,
    allowPartialTrustChain: true,
    checkServerIdentity: (host, certificate) =>
      certificate.fingerprint256 === own.fingerprint256 ? undefined : checkServerIdentity(host, certificate),
  };
}

const liveTypes: ReadonlySet<string> = new Set(['observation', 'decision', 'lift', 'allow', 'disallow']);

/** An event of our own engine's stream, as its contract says; null for others (heartbeats). */
function liveEvent(event: string, data: string): LiveEvent | null {
  if (!liveTypes.has(event)) return null;
  const live: LiveEvent = JSON.parse(`{"type":"${event}","${event}":${data}}`);
  return live;
}
