/**
 * HTTP/1.x requests (RFC 9112) read from a stream of bytes, in whatever pieces they come.
 *
 *     request-line  = method SP request-target SP HTTP-version CRLF
 *     field-line    = field-name ":" OWS field-value OWS CRLF     (until an empty line)
 *     message-body  = Content-Length bytes, or chunks: size [;ext] CRLF data CRLF … 0 CRLF trailers CRLF
 *
 * Every bound is checked on what has arrived, never on how it was cut, so any split of the bytes yields the same events.
 */

import type { Header } from '../core/observation.ts';
import { HttpBuffer } from './http-buffer.ts';

export interface HttpRequest {
  readonly method: string;
  /** As sent, Latin-1. */
  readonly target: string;
  readonly version: '0.9' | '1.0' | '1.1';
  readonly headers: readonly Header[];
  /** Latin-1 text of at most `bodyKept` bytes. */
  readonly body: string;
  /** Bytes of the whole body. */
  readonly bodyLength: number;
}

/** Why a request was refused, for the persona's server to answer in its own way. */
export interface BadRequest {
  readonly status: 400 | 408 | 413 | 414 | 431 | 501 | 505;
  readonly reason:
    | 'request-line'
    | 'request-line-too-long'
    | 'header-line'
    | 'headers-too-large'
    | 'content-length'
    | 'transfer-encoding'
    | 'chunk'
    | 'body-too-large'
    | 'version';
  /** What was read of the request so far. */
  readonly method: string;
  readonly target: string;
  readonly headers: readonly Header[];
}

export type HttpRequestEvent =
  /** The client waits for `100 Continue` before it sends the body (RFC 9110 §10.1.1). */
  | { readonly kind: 'continue' }
  | { readonly kind: 'request'; readonly request: HttpRequest }
  /** The last event: what follows on the connection is not read. */
  | { readonly kind: 'bad'; readonly bad: BadRequest };

export const requestLineLimit = 16_384;
export const headerBytesLimit = 65_536;
export const headerCountLimit = 200;
export const bodyLimit = 1_048_576;
export const bodyKept = 65_536;
const chunkLineLimit = 1_024;

const methodPattern = /^[A-Za-z][A-Za-z0-9_-]{0,31}$/;
const versionPattern = /^HTTP\/([0-9])\.([0-9])$/;
const namePattern = /^[!-9;-~]{1,256}$/;

/** The value of the first header of that name (given in lower case), or null. */
export function headerValue(headers: readonly Header[], name: string): string | null {
  for (const header of headers) {
    if (header[0].length === name.length && header[0].toLowerCase() === name) return header[1];
  }
  return null;
}

type State =
  | 'request-line'
  | 'headers'
  | 'body'
  | 'chunk-size'
  | 'chunk-data'
  | 'chunk-end'
  | 'trailers'
  | 'dead';

/** Where the reader stands within one request. */
interface Draft {
  method: string;
  target: string;
  version: '0.9' | '1.0' | '1.1';
  headers: Header[];
  headerBytes: number;
  body: string[];
  kept: number;
  length: number;
  /** Bytes still to come of the body or chunk. */
  left: number;
  trailerBytes: number;
}

const freshDraft = (): Draft => ({
  method: '',
  target: '',
  version: '1.1',
  headers: [],
  headerBytes: 0,
  body: [],
  kept: 0,
  length: 0,
  left: 0,
  trailerBytes: 0,
});

export class HttpRequestReader {
  readonly #buffer = new HttpBuffer();
  #state: State = 'request-line';
  #draft: Draft = freshDraft();
  #blankLines = 0;
  readonly #bodyLimit: number;
  readonly #bodyKept: number;
  readonly #blankLinesAllowed: number;
  readonly #repeatsChunked: boolean;

  /**
   * `limit` is the longest body that is read, `kept` how much of it is handed over; both in bytes. `blankLines` are passed over
   * ahead of a request: servers in Go take none. Where `repeatsChunked`, `chunked, chunked` passes for `chunked`, as with servers that
   * look at the last coding alone.
   */
  constructor(limit: number = bodyLimit, kept: number = bodyKept, blankLines = 8, repeatsChunked = false) {
    this.#bodyLimit = limit;
    this.#bodyKept = kept;
    this.#blankLinesAllowed = blankLines;
    this.#repeatsChunked = repeatsChunked;
  }

  /** True between requests: nothing of the next one has come. */
  get idle(): boolean {
    return this.#state === 'request-line' && this.#buffer.length === 0;
  }

  /** Takes the next bytes and yields what they complete. Holds at most one head and the kept part of one body. */
  *push(bytes: Uint8Array): Generator<HttpRequestEvent, void, undefined> {
    if (this.#state === 'dead') return;
    this.#buffer.append(bytes);
    for (;;) {
      const step = this.#step();
      if (step === 'wait') return;
      if (step === 'go') continue;
      yield step;
      if (step.kind === 'bad') return;
    }
  }

  /** Bytes of an unfinished body that are held. */
  get held(): number {
    return this.#draft.kept;
  }

  /** What has come behind the last request, where the connection goes on in another protocol; nothing is read any more. */
  release(): Uint8Array {
    this.#state = 'dead';
    const rest = Uint8Array.from(this.#buffer.take(this.#buffer.length));
    this.#buffer.clear();
    return rest;
  }

  #step(): HttpRequestEvent | 'wait' | 'go' {
    switch (this.#state) {
      case 'request-line':
        return this.#requestLine();
      case 'headers':
        return this.#headerLine();
      case 'body':
        return this.#takeBody('done');
      case 'chunk-size':
        return this.#chunkSize();
      case 'chunk-data':
        return this.#takeBody('chunk-end');
      case 'chunk-end': {
        const line = this.#buffer.line(2);
        if (line === undefined) return 'wait';
        if (line !== '') return this.#bad(400, 'chunk');
        this.#state = 'chunk-size';
        return 'go';
      }
      case 'trailers':
        return this.#trailer();
      case 'dead':
        return 'wait';
      default:
        return this.#state satisfies never;
    }
  }

  #requestLine(): HttpRequestEvent | 'wait' | 'go' {
    const first = this.#buffer.peek();
    // Nothing that begins with such a byte can become a request line: answer at once, as servers do.
    if (first >= 0 && first !== 13 && first !== 10 && (first < 32 || first > 126)) {
      return this.#bad(400, 'request-line');
    }
    const line = this.#buffer.line(requestLineLimit);
    if (line === undefined) return 'wait';
    if (line === null) return this.#bad(414, 'request-line-too-long');
    if (line === '') {
      // RFC 9112 §2.2: an empty line ahead of the request is passed over, but not for ever.
      this.#blankLines += 1;
      return this.#blankLines > this.#blankLinesAllowed ? this.#bad(400, 'request-line') : 'go';
    }
    const parts = line.split(' ').filter((part) => part !== '');
    const [method = '', target = ''] = parts;
    this.#draft.method = method.slice(0, 32);
    this.#draft.target = target;
    if (!methodPattern.test(method) || target === '') return this.#bad(400, 'request-line');
    if (parts.length === 2) {
      if (method !== 'GET') return this.#bad(400, 'request-line');
      this.#draft.version = '0.9';
      return this.#finish();
    }
    const version = versionPattern.exec(parts[parts.length - 1] ?? '');
    if (version === null) return this.#bad(400, 'request-line');
    if (version[1] !== '1') return this.#bad(505, 'version');
    this.#draft.version = version[2] === '0' ? '1.0' : '1.1';
    // Clients that forget to encode a space in the target are common among exploits; the target keeps its spaces.
    this.#draft.target = line.slice(line.indexOf(target, method.length), line.lastIndexOf(' ')).trimEnd();
    this.#state = 'headers';
    return 'go';
  }

  #headerLine(): HttpRequestEvent | 'wait' | 'go' {
    const draft = this.#draft;
    const room = headerBytesLimit - draft.headerBytes;
    const line = this.#buffer.line(room);
    if (line === undefined) return 'wait';
    if (line === null) return this.#bad(431, 'headers-too-large');
    if (line === '') return this.#beginBody();
    draft.headerBytes += line.length + 2;
    if (draft.headers.length >= headerCountLimit) return this.#bad(431, 'headers-too-large');
    const colon = line.indexOf(':');
    const name = colon < 0 ? '' : line.slice(0, colon);
    if (!namePattern.test(name)) return this.#bad(400, 'header-line');
    draft.headers.push([name, line.slice(colon + 1).trim()]);
    return 'go';
  }

  #beginBody(): HttpRequestEvent | 'wait' | 'go' {
    const draft = this.#draft;
    const coding = headerValue(draft.headers, 'transfer-encoding');
    const lengths = draft.headers.filter((header) => header[0].toLowerCase() === 'content-length');
    if (coding !== null) {
      // RFC 9112 §6.1: both lengths, or a coding that HTTP/1.0 does not know, is how requests are smuggled past a proxy.
      const codings = draft.headers.filter((header) => header[0].toLowerCase() === 'transfer-encoding');
      if (lengths.length > 0 || codings.length > 1 || draft.version === '1.0')
        return this.#bad(400, 'transfer-encoding');
      const isChunked = this.#repeatsChunked
        ? /^chunked(?:[ \t]*,[ \t]*chunked)?$/i.test(coding)
        : coding.toLowerCase() === 'chunked';
      if (!isChunked) return this.#bad(501, 'transfer-encoding');
      this.#state = 'chunk-size';
    } else if (lengths.length > 0) {
      const text = lengths[0]?.[1] ?? '';
      if (!/^[0-9]{1,15}$/.test(text) || lengths.some((header) => header[1] !== text)) {
        return this.#bad(400, 'content-length');
      }
      draft.left = Number(text);
      if (draft.left > this.#bodyLimit) return this.#bad(413, 'body-too-large');
      if (draft.left === 0) return this.#finish();
      this.#state = 'body';
    } else return this.#finish();
    const expects = headerValue(draft.headers, 'expect');
    return draft.version === '1.1' && expects?.toLowerCase() === '100-continue' ? { kind: 'continue' } : 'go';
  }

  #takeBody(then: 'done' | 'chunk-end'): HttpRequestEvent | 'wait' | 'go' {
    const draft = this.#draft;
    if (draft.left > 0) {
      const piece = this.#buffer.take(draft.left);
      if (piece.length === 0) return 'wait';
      draft.left -= piece.length;
      draft.length += piece.length;
      const room = this.#bodyKept - draft.kept;
      if (room > 0) {
        const kept = piece.subarray(0, room);
        draft.body.push(kept.toString('latin1'));
        draft.kept += kept.length;
      }
      if (draft.left > 0) return 'wait';
    }
    if (then === 'done') return this.#finish();
    this.#state = 'chunk-end';
    return 'go';
  }

  #chunkSize(): HttpRequestEvent | 'wait' | 'go' {
    const line = this.#buffer.line(chunkLineLimit);
    if (line === undefined) return 'wait';
    const size = /^([0-9A-Fa-f]{1,8})[ \t]*(?:;|$)/.exec(line ?? '');
    if (size === null) return this.#bad(400, 'chunk');
    const length = Number.parseInt(size[1] ?? '', 16);
    if (this.#draft.length + length > this.#bodyLimit) return this.#bad(413, 'body-too-large');
    this.#draft.left = length;
    this.#state = length === 0 ? 'trailers' : 'chunk-data';
    return 'go';
  }

  #trailer(): HttpRequestEvent | 'wait' | 'go' {
    const draft = this.#draft;
    const line = this.#buffer.line(headerBytesLimit - draft.trailerBytes);
    if (line === undefined) return 'wait';
    if (line === null) return this.#bad(431, 'headers-too-large');
    if (line === '') return this.#finish();
    draft.trailerBytes += line.length + 2;
    return 'go';
  }

  #finish(): HttpRequestEvent {
    const draft = this.#draft;
    this.#draft = freshDraft();
    this.#state = 'request-line';
    this.#blankLines = 0;
    return {
      kind: 'request',
      request: {
        method: draft.method,
        target: draft.target,
        version: draft.version,
        headers: draft.headers,
        body: draft.body.join(''),
        bodyLength: draft.length,
      },
    };
  }

  #bad(status: BadRequest['status'], reason: BadRequest['reason']): HttpRequestEvent {
    const { method, target, headers } = this.#draft;
    this.#state = 'dead';
    this.#buffer.clear();
    return { kind: 'bad', bad: { status, reason, method, target, headers } };
  }
}
