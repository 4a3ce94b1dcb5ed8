/** One connection to an HTTP API: requests one after the other (RFC 9112 §9), facts first, answers in the server's manner. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import type { Header } from '../../core/observation.ts';
import {
  type BadRequest,
  bodyKept,
  type HttpRequest,
  HttpRequestReader,
  headerValue,
} from '../../wire/http-request.ts';
import { plantedUse } from './planted-use.ts';
import { ServiceRequest } from './request.ts';
import type { Answer, Framing, HeadFacts, Hijacker, HttpService, Manner } from './service.ts';

/** No client needs more; a flood on one connection ends. */
const requestsPerConnection = 1_000;
const outputsPerRequest = 256;
const recordedFieldLimit = 16_384;
/** Octets of unfinished bodies that all conversations may hold together; past it the one that brings more ends. */
const heldLimit = 268_435_456;
let heldByAll = 0;

const latin1 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const utf8 = (text: string | Uint8Array): Uint8Array =>
  typeof text === 'string' ? new Uint8Array(Buffer.from(text, 'utf8')) : text;

class HttpServiceSession implements DecoySession {
  readonly #service: HttpService;
  readonly #context: DecoyContext;
  readonly #reader: HttpRequestReader;
  readonly #manner: Manner;
  #hijacker: Hijacker | null = null;
  #served = 0;
  #over = false;
  #held = 0;

  constructor(service: HttpService, context: DecoyContext) {
    this.#service = service;
    this.#context = context;
    this.#manner = service.manner(context.persona);
    this.#reader = new HttpRequestReader(service.bodyLimit, service.bodyLimit, this.#manner.blankLines);
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#over) return;
    if (this.#hijacker !== null) {
      yield* this.#through(this.#hijacker.receive(bytes));
      return;
    }
    yield* this.#read(bytes);
    const held = this.#over ? 0 : this.#reader.held;
    heldByAll += held - this.#held;
    this.#held = held;
    if (heldByAll > heldLimit && held > 0) {
      this.#letGo();
      yield { do: 'close' };
    }
  }

  #letGo(): void {
    this.#over = true;
    heldByAll -= this.#held;
    this.#held = 0;
    this.#reader.release();
  }

  *#read(bytes: Uint8Array): Iterable<DecoyOutput> {
    for (const event of this.#reader.push(bytes)) {
      if (event.kind === 'continue') yield { do: 'reply', bytes: latin1('HTTP/1.1 100 Continue\r\n\r\n') };
      else if (event.kind === 'bad') yield* this.#refuse(event.bad);
      else yield* this.#serve(event.request);
      if (this.#over) return;
      const rest = this.#takenOver();
      if (rest === null) continue;
      if (rest.bytes.length > 0) yield* this.#through(rest.hijacker.receive(rest.bytes));
      return;
    }
  }

  *end(): Iterable<DecoyOutput> {
    if (this.#hijacker !== null && !this.#over) yield* this.#hijacker.end();
    this.#letGo();
  }

  #takenOver(): { hijacker: Hijacker; bytes: Uint8Array } | null {
    return this.#hijacker === null ? null : { hijacker: this.#hijacker, bytes: this.#reader.release() };
  }

  *#through(outputs: Iterable<DecoyOutput>): Iterable<DecoyOutput> {
    for (const output of outputs) {
      yield output;
      if (output.do === 'close') {
        this.#over = true;
        return;
      }
    }
  }

  get #date(): string {
    return new Date(this.#context.now()).toUTCString();
  }

  *#refuse(bad: BadRequest | 'no-host', request?: HttpRequest): Iterable<DecoyOutput> {
    this.#over = true;
    const text = this.#manner.refusal(bad, this.#date);
    const { method, target, headers } =
      bad === 'no-host' ? (request ?? { method: '', target: '', headers: [] }) : bad;
    if (method !== '' && target !== '') {
      const status = Number(/^HTTP\/\d\.\d (\d{3})/.exec(text)?.[1] ?? 0);
      yield {
        do: 'saw',
        fact: {
          kind: 'request',
          service: this.#service.name,
          method,
          path: target,
          headers: recordedHeaders(headers),
          body: '',
          status,
        },
      };
    }
    if (text !== '') yield { do: 'reply', bytes: latin1(text) };
    yield { do: 'close' };
  }

  *#serve(request: HttpRequest): Iterable<DecoyOutput> {
    this.#served += 1;
    if (request.version === '1.1' && headerValue(request.headers, 'host') === null) {
      yield* this.#refuse('no-host', request);
      return;
    }
    const recorded: DecoyOutput[] = [];
    const work = this.#service.answer(new ServiceRequest(request), this.#context);
    let step = work.next();
    while (step.done !== true) {
      if (recorded.length < outputsPerRequest) recorded.push(step.value);
      step = work.next();
    }
    const answer = step.value;
    // What is known to be an attack goes first: the block comes the sooner for it.
    for (const output of recorded) if (isExploit(output)) yield output;
    yield* plantedUse(this.#context, this.#service.name, request);
    yield { do: 'saw', fact: this.#requestFact(request, answer.status) };
    for (const output of recorded) if (!isExploit(output)) yield output;
    yield* this.#send(request, answer);
  }

  #requestFact(
    { method, target, headers, body }: HttpRequest,
    status: number,
  ): Extract<DecoyOutput, { do: 'saw' }>['fact'] {
    return {
      kind: 'request',
      service: this.#service.name,
      method,
      path: target,
      headers: recordedHeaders(headers),
      body: body.slice(0, bodyKept),
      status,
    };
  }

  *#send(request: HttpRequest, answer: Answer): Iterable<DecoyOutput> {
    const bodiless = request.method === 'HEAD' || answer.status === 204 || answer.status === 304;
    const body = utf8(answer.body ?? '');
    let framing: Framing = { length: body.length };
    if (answer.status === 204 || answer.status === 304) framing = 'none';
    else if (answer.stream !== undefined || body.length > this.#manner.chunksBeyond) {
      framing = request.version === '1.1' ? 'chunked' : 'close';
    }
    const keepAlive = answer.close !== true && framing !== 'close' && this.#keepsAlive(request);
    const facts: HeadFacts = {
      method: request.method,
      version: request.version,
      keepAlive,
      asksKeepAlive: /\bkeep-alive\b/i.test(headerValue(request.headers, 'connection') ?? ''),
      date: this.#date,
      framing,
    };
    const head = latin1(`${this.#manner.head(answer, facts)}\r\n`);
    if (answer.hijacker !== undefined) {
      yield { do: 'reply', bytes: head };
      this.#hijacker = answer.hijacker;
      yield* this.#through(answer.hijacker.start());
      return;
    }
    if (answer.stream === undefined || bodiless) {
      const sent = bodiless ? new Uint8Array() : framing === 'chunked' ? chunked(body) : body;
      yield {
        do: 'reply',
        bytes: new Uint8Array(Buffer.concat([request.version === '0.9' ? new Uint8Array() : head, sent])),
      };
    } else {
      yield { do: 'reply', bytes: head };
      for (const piece of answer.stream) {
        if (typeof piece !== 'string' && !(piece instanceof Uint8Array)) yield piece;
        else if (piece.length > 0)
          yield { do: 'reply', bytes: framing === 'chunked' ? chunk(utf8(piece)) : utf8(piece) };
      }
      if (framing === 'chunked') yield { do: 'reply', bytes: latin1('0\r\n\r\n') };
    }
    if (keepAlive) return;
    this.#over = true;
    yield { do: 'close' };
  }

  #keepsAlive(request: HttpRequest): boolean {
    if (request.version === '0.9' || this.#served >= requestsPerConnection) return false;
    const connection = headerValue(request.headers, 'connection')?.toLowerCase() ?? '';
    if (request.version === '1.0') return connection.includes('keep-alive');
    return !connection.split(',').some((token) => token.trim() === 'close');
  }
}

/** As long as a record of the request may have them; a visitor cannot make one that is refused. */
const recordedHeaders = (headers: readonly Header[]): readonly Header[] =>
  headers.map(([name, value]): Header => [name, value.slice(0, recordedFieldLimit)]);

const isExploit = (output: DecoyOutput): boolean => output.do === 'saw' && output.fact.kind === 'exploit';

const chunk = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(Buffer.concat([latin1(`${bytes.length.toString(16)}\r\n`), bytes, latin1('\r\n')]));

const chunked = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(
    Buffer.concat(bytes.length === 0 ? [latin1('0\r\n\r\n')] : [chunk(bytes), latin1('0\r\n\r\n')]),
  );

export const openHttpService = (service: HttpService, context: DecoyContext): DecoySession =>
  new HttpServiceSession(service, context);
