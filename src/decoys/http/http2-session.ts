/** A conversation in HTTP/2 (RFC 9113) with a persona's web server; what breaks the protocol is answered as nginx 1.22 does. */

import { Buffer } from 'node:buffer';
import type { DecoyOutput } from '../../core/decoy.ts';
import type { ExploitFact, Header } from '../../core/observation.ts';
import { HpackDecoder } from '../../wire/hpack-decoder.ts';
import { encodeAnswer, noTable } from '../../wire/hpack-encoder.ts';
import { bodyLimit } from '../../wire/http-request.ts';
import { Http2Fingerprint } from '../../wire/http2-fingerprint.ts';
import { formFault } from '../../wire/http2-frame-form.ts';
import { type FrameEvent, type FrameHead, FrameReader, priorityOf } from '../../wire/http2-frame-reader.ts';
import {
  frame,
  frameFlag,
  frameType,
  goAwayFrame,
  headersFrames,
  type Http2Error,
  http2Error,
  largestWindow,
  readSettings,
  resetStreamFrame,
  settingsFrame,
  windowUpdateFrame,
} from '../../wire/http2-frame.ts';
import { Http2Abuse } from './http2-abuse.ts';
import { clientSettings } from './http2-client-settings.ts';
import type { Http2Manner } from './http2-manner.ts';
import { PrefaceReader } from './http2-preface.ts';
import { ReceiveWindow } from './http2-receive-window.ts';
import { type Http2Request, readRequest } from './http2-request.ts';
import { Http2Sender } from './http2-sender.ts';
import { Http2Streams } from './http2-streams.ts';
import { http2Answer } from './server-family.ts';
import type { AskedRequest, WebServer } from './web-server.ts';

/** As nginx's keepalive_requests: then a GOAWAY, and no more streams. */
const requestsPerConnection = 1_000;
/** nginx's large_client_header_buffers: four of 8 KiB. */
const headerLimits = { table: 4_096, string: 8_192, list: 32_768, fields: 4_096 } as const;
/** nginx's: a connection may cost eight times what it brings, and a mebibyte. */
const overheadFree = 1_048_576;
/** Answers that wait for the client's windows; past it no more streams. */
const answersKept = 4_194_304;
const settingsLimit = 16_384;
/** PING and SETTINGS that are answered. nginx lets as many answers wait, and what waits is not known here. */
const questionsAnswered = 10_000;

/** A header block that has begun. */
interface Block {
  readonly stream: number;
  readonly isEnd: boolean;
  /** What becomes of it is known: it is read for the table's sake. */
  readonly isRefused: boolean;
  continuations: number;
}

type Fault = Http2Error | null;

export class Http2Session {
  readonly #server: WebServer;
  readonly #manner: Http2Manner;
  #reader = new FrameReader();
  readonly #decoder = new HpackDecoder(headerLimits);
  readonly #sender: Http2Sender;
  readonly #fingerprint = new Http2Fingerprint();
  readonly #abuse = new Http2Abuse();
  readonly #streams = new Http2Streams();
  readonly #preface = new PrefaceReader();
  readonly #window: ReceiveWindow;
  #hasStarted = false;
  #block: Block | null = null;
  #lastStream = 0;
  #requests = 0;
  #refused = 0;
  #questions = 0;
  #prioritiesLeft: number;
  #total = 0;
  #payload = 0;
  /** The client has spoken of our table's size: the next block says that it is 0. */
  #tellsTable = false;
  #isLeaving = false;
  #over = false;

  constructor(server: WebServer, manner: Http2Manner) {
    this.#server = server;
    this.#manner = manner;
    this.#sender = new Http2Sender(manner.endsApart);
    this.#prioritiesLeft = Math.max(manner.streams, 100);
    this.#window = new ReceiveWindow(manner);
  }

  /** Octets that are held for this client, of whatever kind. */
  get held(): number {
    return this.#reader.held + this.#decoder.held + this.#streams.held + this.#sender.held;
  }

  get openStreams(): number {
    return this.#streams.size;
  }

  *start(): Iterable<DecoyOutput> {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    yield this.#out(
      Buffer.concat([settingsFrame(this.#manner.settings), windowUpdateFrame(0, this.#manner.window)]),
    );
  }

  /** The request of HTTP/1.1 that asked for HTTP/2 is stream 1, whole already (RFC 7540 §3.2). */
  *upgraded(request: AskedRequest, settings: Uint8Array): Iterable<DecoyOutput> {
    yield* this.start();
    if (settings.length % 6 === 0 && settings.length <= settingsLimit) {
      const fault = this.#apply(settings);
      if (fault !== null) {
        yield* this.#fail(fault);
        return;
      }
    }
    this.#lastStream = 1;
    this.#requests = 1;
    this.#open(1, { ...request, contentLength: null, refused: null }, true);
    yield* this.#serve(1, null);
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#over) return;
    yield* this.start();
    const rest = this.#preface.push(bytes);
    if (rest === null) {
      yield* this.#fail(http2Error.protocol);
      return;
    }
    for (const event of this.#reader.push(rest)) {
      const fault = yield* this.#take(event);
      if (fault !== null) yield* this.#fail(fault);
      if (this.#over) return;
    }
  }

  *#take(event: FrameEvent): Generator<DecoyOutput, Fault, undefined> {
    const { head } = event;
    if (event.kind === 'whole') return yield* this.#control(head, event.payload);
    if (event.kind === 'piece') {
      return head.type === frameType.data
        ? yield* this.#data(head, event.bytes, event.isLast)
        : yield* this.#header(head, event.bytes, event.isLast);
    }
    this.#total += 9 + head.length;
    if (head.type === frameType.data || head.type === frameType.headers) this.#payload += head.length;
    if (this.#total / 8 > this.#payload + overheadFree) return http2Error.none;
    if (this.#block !== null && (head.type !== frameType.continuation || head.stream !== this.#block.stream))
      return http2Error.protocol;
    return yield* this.#begin(head);
  }

  /** What a frame's head says already. */
  *#begin(head: FrameHead): Generator<DecoyOutput, Fault, undefined> {
    const fault = formFault(head);
    if (fault !== null) return fault;
    switch (head.type) {
      case frameType.data:
        return yield* this.#beginData(head);
      case frameType.headers:
        return yield* this.#beginHeaders(head);
      case frameType.priority:
        this.#prioritiesLeft -= 1;
        if (this.#prioritiesLeft > 0) return null;
        yield* this.#saw(this.#abuse.tell('priorityFlood', `stream ${head.stream}`));
        return http2Error.enhanceYourCalm;
      case frameType.settings:
        return head.length > settingsLimit ? http2Error.enhanceYourCalm : null;
      case frameType.continuation: {
        const block = this.#block;
        if (block === null) return http2Error.protocol;
        block.continuations += 1;
        yield* this.#saw(this.#abuse.continued(block.continuations));
        return null;
      }
      default:
        return null;
    }
  }

  *#control(head: FrameHead, payload: Uint8Array): Generator<DecoyOutput, Fault, undefined> {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const { stream, flags } = head;
    switch (head.type) {
      // RFC 7540 §6.3: uint32 exclusive bit and stream, uint8 weight.
      case frameType.priority: {
        const priority = priorityOf(payload, 0);
        if (priority.dependsOn === stream) return http2Error.protocol;
        this.#fingerprint.priority(stream, priority);
        return null;
      }
      // §6.4: uint32 error.
      case frameType.resetStream:
        if (stream > this.#lastStream) return null;
        this.#close(stream);
        yield* this.#saw(this.#abuse.reset());
        return yield* this.#leave();
      // §6.7: eight octets that go back as they came.
      case frameType.ping:
        if ((flags & frameFlag.acknowledge) !== 0) return null;
        this.#questions += 1;
        if (this.#questions > questionsAnswered) return http2Error.enhanceYourCalm;
        yield* this.#saw(this.#abuse.ping());
        yield this.#out(frame(frameType.ping, frameFlag.acknowledge, 0, payload));
        return null;
      // §6.5: uint16 identifier, uint32 value, as often as there are settings.
      case frameType.settings: {
        if ((flags & frameFlag.acknowledge) !== 0) return null;
        this.#questions += 1;
        if (this.#questions > questionsAnswered) return http2Error.enhanceYourCalm;
        const fault = this.#apply(payload);
        if (fault !== null) return fault;
        yield* this.#saw(this.#abuse.settings());
        yield this.#out(frame(frameType.settings, frameFlag.acknowledge, 0, new Uint8Array(0)));
        return yield* this.#flush();
      }
      // §6.9: uint32 increment.
      default: {
        const increment = view.getUint32(0) & 0x7fff_ffff;
        if (increment === 0) return http2Error.protocol;
        if (stream === 0) {
          this.#fingerprint.windowUpdate(increment);
          if (!this.#sender.widenConnection(increment)) return http2Error.flowControl;
        } else if (!this.#sender.widen(stream, increment)) {
          this.#close(stream);
          yield this.#out(resetStreamFrame(stream, http2Error.flowControl));
          return null;
        }
        return yield* this.#flush();
      }
    }
  }

  #apply(payload: Uint8Array): Fault {
    const pairs = readSettings(payload);
    this.#fingerprint.settings(pairs);
    const asked = clientSettings(pairs);
    if (typeof asked === 'number') return asked;
    if (asked.namesTable) this.#tellsTable = true;
    if (asked.largestFrame !== null) this.#sender.largestFrame = asked.largestFrame;
    return asked.window === null || this.#sender.resize(asked.window) ? null : http2Error.flowControl;
  }

  *#beginData(head: FrameHead): Generator<DecoyOutput, Fault, undefined> {
    if (!this.#window.take(head.length)) return http2Error.flowControl;
    if (head.length === 0) yield* this.#saw(this.#abuse.empty());
    const stream = this.#streams.get(head.stream);
    if (stream?.isWhole === true) {
      this.#close(head.stream);
      yield this.#out(resetStreamFrame(head.stream, http2Error.streamClosed));
    }
    return null;
  }

  *#data(head: FrameHead, bytes: Uint8Array, isLast: boolean): Generator<DecoyOutput, Fault, undefined> {
    const stream = this.#streams.get(head.stream);
    if (stream !== undefined && !stream.isWhole && !stream.isAnswered) {
      this.#streams.add(stream, bytes);
      if (stream.length > bodyLimit) return yield* this.#serve(head.stream, 413);
    }
    if (!isLast) return null;
    yield* this.#replenish(head);
    const isEnd = (head.flags & frameFlag.endStream) !== 0;
    if (stream === undefined || !isEnd || this.#streams.get(head.stream) !== stream) return null;
    stream.isWhole = true;
    const { contentLength } = stream.request;
    return yield* this.#serve(
      head.stream,
      contentLength === null || contentLength === stream.length ? null : 400,
    );
  }

  /** §6.9: room for what has been read. */
  *#replenish(head: FrameHead): Iterable<DecoyOutput> {
    const isOpen = this.#streams.has(head.stream) && (head.flags & frameFlag.endStream) === 0;
    const updates = this.#window.replenish(head.length, head.stream, isOpen);
    if (updates !== null) yield this.#out(updates);
  }

  *#beginHeaders(head: FrameHead): Generator<DecoyOutput, Fault, undefined> {
    const { stream, priority } = head;
    const isEnd = (head.flags & frameFlag.endStream) !== 0;
    if (this.#isLeaving) {
      this.#block = { stream, isEnd, isRefused: true, continuations: 0 };
      return null;
    }
    if (stream % 2 === 0 || stream <= this.#lastStream) return http2Error.protocol;
    if (priority?.dependsOn === stream) return http2Error.protocol;
    this.#lastStream = stream;
    const isRefused = this.#streams.size >= this.#manner.streams || this.#sender.held > answersKept;
    this.#block = { stream, isEnd, isRefused, continuations: 0 };
    if (isRefused) {
      this.#refused += 1;
      if (this.#refused > Math.max(this.#manner.streams, 100)) return http2Error.none;
      yield this.#out(resetStreamFrame(stream, http2Error.refusedStream));
      return null;
    }
    this.#abuse.opened();
    this.#prioritiesLeft += this.#manner.streams;
    this.#requests += 1;
    if (this.#requests >= requestsPerConnection) {
      this.#isLeaving = true;
      yield this.#out(goAwayFrame(stream, http2Error.none));
    }
    return null;
  }

  *#header(head: FrameHead, bytes: Uint8Array, isLast: boolean): Generator<DecoyOutput, Fault, undefined> {
    const block = this.#block;
    if (block === null) return null;
    const isWhole = isLast && (head.flags & frameFlag.endHeaders) !== 0;
    const fields = this.#decoder.push(bytes, isWhole);
    if (fields === null) return null;
    if (fields === 'too-large') {
      yield* this.#saw(this.#abuse.tooLarge(this.#decoder.unfolded, block.continuations));
      return http2Error.enhanceYourCalm;
    }
    if (typeof fields === 'string')
      return fields === 'truncated' ? http2Error.frameSize : http2Error.compression;
    this.#block = null;
    // nginx takes a field without a name for the end of all sense.
    if (fields.some(([name]) => name === '')) return http2Error.protocol;
    return block.isRefused ? null : yield* this.#request(block, fields);
  }

  *#request(block: Block, fields: readonly Header[]): Generator<DecoyOutput, Fault, undefined> {
    const text = this.#fingerprint.take(fields);
    if (text !== null) yield { do: 'know', protocol: 'http2', fingerprints: { http2: text } };
    const request = readRequest(fields);
    if (request === null) {
      yield this.#out(resetStreamFrame(block.stream, http2Error.protocol));
      return yield* this.#leave();
    }
    this.#open(block.stream, request, block.isEnd);
    if (block.isEnd || request.refused !== null) {
      const isShort = block.isEnd && request.contentLength !== null && request.contentLength > 0;
      return yield* this.#serve(block.stream, request.refused ?? (isShort ? 400 : null));
    }
    if (this.#manner.opensWindow) yield this.#out(windowUpdateFrame(block.stream, largestWindow - 65_536));
    return null;
  }

  #open(stream: number, request: Http2Request, isWhole: boolean): void {
    this.#streams.open(stream, request, isWhole);
    this.#sender.open(stream);
  }

  #close(stream: number): void {
    this.#streams.close(stream);
    this.#sender.close(stream);
  }

  /** Answers a stream whose request is there, or is refused with this status. */
  *#serve(id: number, refused: 400 | 413 | null): Generator<DecoyOutput, Fault, undefined> {
    const stream = this.#streams.get(id);
    if (stream === undefined || stream.isAnswered) return null;
    stream.isAnswered = true;
    const { method, target, headers } = stream.request;
    const request: AskedRequest = { method, target, headers, body: this.#streams.takeBody(stream) };
    const left = requestsPerConnection - this.#requests;
    const exchange = this.#server.exchange(request, { version: '2', keepAlive: true, left });
    const answer =
      refused === null
        ? yield* this.#server.answer(request, exchange)
        : yield* this.#server.refuse(refused, request, exchange);
    const { fields, body } = http2Answer(this.#server.family, answer, exchange, this.#server.shownAs(answer));
    const block = encodeAnswer(answer.status, fields);
    const told = this.#tellsTable ? Buffer.concat([noTable, block]) : block;
    this.#tellsTable = false;
    yield this.#out(headersFrames(id, told, body === '', this.#sender.largestFrame));
    if (body === '') {
      yield* this.#done(id);
      return yield* this.#leave();
    }
    this.#sender.add(id, Buffer.from(body, 'latin1'));
    return yield* this.#flush();
  }

  *#flush(): Generator<DecoyOutput, Fault, undefined> {
    for (const { stream, isLast, bytes } of this.#sender.flush()) {
      yield this.#out(bytes);
      if (isLast) yield* this.#done(stream);
    }
    return yield* this.#leave();
  }

  /** The answer is out: what the client would still send of its request is not wanted. */
  *#done(stream: number): Iterable<DecoyOutput> {
    const isWhole = this.#streams.get(stream)?.isWhole ?? true;
    this.#close(stream);
    if (!isWhole) yield this.#out(resetStreamFrame(stream, http2Error.none));
  }

  /** After the last request that it takes, the server goes with the last answer. */
  *#leave(): Generator<DecoyOutput, Fault, undefined> {
    if (!this.#isLeaving || this.#streams.size > 0 || this.#block !== null) return null;
    this.#over = true;
    yield { do: 'close' };
    return null;
  }

  *#fail(error: Http2Error): Iterable<DecoyOutput> {
    this.#over = true;
    for (const stream of this.#streams.ids) this.#close(stream);
    this.#reader = new FrameReader();
    yield this.#out(goAwayFrame(this.#lastStream, error));
    yield { do: 'close' };
  }

  *#saw(fact: ExploitFact | null): Iterable<DecoyOutput> {
    if (fact !== null) yield { do: 'saw', fact };
  }

  #out(bytes: Uint8Array): DecoyOutput {
    return { do: 'reply', bytes };
  }
}
