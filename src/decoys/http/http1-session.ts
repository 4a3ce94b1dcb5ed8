/** A conversation in HTTP/1.x with a persona's web server. */

import { Buffer } from 'node:buffer';
import type { DecoyOutput } from '../../core/decoy.ts';
import {
  type BadRequest,
  type HttpRequest,
  HttpRequestReader,
  headerValue,
} from '../../wire/http-request.ts';
import type { Answer } from './lure.ts';
import { type Exchange, writeAnswer } from './server-family.ts';
import type { WebServer } from './web-server.ts';

/** As Apache's KeepAliveRequests; nginx allows more, but no scanner needs them. */
const requestsPerConnection = 100;

/** Goes on in HTTP/2 with this request, whose header carried these SETTINGS (RFC 7540 §3.2). */
export type Upgrade = (request: HttpRequest, settings: Uint8Array) => Iterable<DecoyOutput>;

/** The SETTINGS of a request that asks to go on in HTTP/2, or null. */
function upgradeSettings(request: HttpRequest): Uint8Array | null {
  const settings = headerValue(request.headers, 'http2-settings');
  const wanted = headerValue(request.headers, 'upgrade') ?? '';
  const isWhole = request.version === '1.1' && request.bodyLength === 0 && settings !== null;
  if (!isWhole || !wanted.split(',').some((token) => token.trim().toLowerCase() === 'h2c')) return null;
  return Buffer.from(settings, 'base64url');
}

export class Http1Session {
  readonly #server: WebServer;
  readonly #upgrade: Upgrade | null;
  readonly #reader: HttpRequestReader;
  #served = 0;
  #over = false;

  constructor(server: WebServer, upgrade: Upgrade | null) {
    this.#server = server;
    const products = server.context.persona.http?.products ?? [];
    this.#reader = new HttpRequestReader(
      undefined,
      undefined,
      undefined,
      products.includes('f5-bigip') || products.includes('*'),
    );
    this.#upgrade = upgrade;
  }

  /** What has come behind the last request, where the conversation goes on in another protocol. */
  release(): Uint8Array {
    return this.#reader.release();
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#over) return;
    for (const event of this.#reader.push(bytes)) {
      if (event.kind === 'continue') {
        yield { do: 'reply', bytes: Buffer.from('HTTP/1.1 100 Continue\r\n\r\n', 'latin1') };
      } else if (event.kind === 'bad') {
        yield* this.#refuse(event.bad);
        return;
      } else {
        yield* this.#serve(event.request);
        if (this.#over) return;
      }
    }
  }

  *#refuse(bad: BadRequest): Iterable<DecoyOutput> {
    this.#over = true;
    const exchange = this.#server.exchange(bad, { version: '1.1', keepAlive: false, left: this.#left });
    // Servers that do not know HTTP/2 trip over the target of its preface before they look at the version.
    const status = bad.status === 505 && bad.target === '*' ? 400 : bad.status;
    const answer = yield* this.#server.refuse(status, { ...bad, body: '' }, exchange);
    yield* this.#reply(answer, exchange);
    yield { do: 'close' };
  }

  *#serve(request: HttpRequest): Iterable<DecoyOutput> {
    this.#served += 1;
    const lacksHost =
      request.version === '1.1' &&
      headerValue(request.headers, 'host') === null &&
      this.#server.family.version === '1.1';
    const settings = this.#upgrade === null || lacksHost ? null : upgradeSettings(request);
    if (this.#upgrade !== null && settings !== null) {
      this.#over = true;
      const head = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n';
      yield { do: 'reply', bytes: Buffer.from(head, 'latin1') };
      yield* this.#upgrade(request, settings);
      return;
    }
    const keepAlive = !lacksHost && this.#keepsAlive(request);
    const exchange = this.#server.exchange(request, {
      version: request.version,
      keepAlive,
      left: this.#left,
    });
    const answer = yield* this.#server.answer(request, exchange, lacksHost);
    yield* this.#reply(answer, exchange);
    if (!keepAlive) {
      this.#over = true;
      yield { do: 'close' };
    }
  }

  *#reply(answer: Answer, exchange: Exchange): Iterable<DecoyOutput> {
    const text = writeAnswer(this.#server.family, answer, exchange, this.#server.shownAs(answer));
    yield { do: 'reply', bytes: Buffer.from(text, 'latin1') };
  }

  get #left(): number {
    return requestsPerConnection - this.#served;
  }

  #keepsAlive(request: HttpRequest): boolean {
    if (this.#server.family.version === '1.0' || request.version === '0.9') return false;
    if (this.#served >= requestsPerConnection) return false;
    const connection = headerValue(request.headers, 'connection')?.toLowerCase() ?? '';
    if (request.version === '1.0') return connection.includes('keep-alive');
    return !connection.split(',').some((token) => token.trim() === 'close');
  }
}
