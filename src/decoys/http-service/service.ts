/** The contract of an HTTP API that a decoy plays: requests in, facts and answers out. */

import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import type { Header } from '../../core/observation.ts';
import type { Persona } from '../../core/persona.ts';
import type { BadRequest } from '../../wire/http-request.ts';
import type { ServiceRequest } from './request.ts';

/** What takes over the connection behind an answer that ends HTTP on it (`Upgrade`). */
export interface Hijacker {
  start(): Iterable<DecoyOutput>;
  receive(bytes: Uint8Array): Iterable<DecoyOutput>;
  end(): Iterable<DecoyOutput>;
}

export interface Answer {
  readonly status: number;
  /** Where the server writes another one than the standard's. */
  readonly reason?: string;
  /** Beside those that the server itself writes. */
  readonly headers?: readonly Header[];
  /** Text goes out as UTF-8. */
  readonly body?: string | Uint8Array;
  /** In place of a body: pieces that go out one by one, with what else is to be done in between. Asked for one at a time. */
  readonly stream?: Iterable<string | Uint8Array | DecoyOutput>;
  readonly close?: boolean;
  /** Behind the head, which goes out as it stands in `headers`. */
  readonly hijacker?: Hijacker;
}

/** How an answer's body ends (RFC 9112 §6). */
export type Framing = { readonly length: number } | 'chunked' | 'close' | 'none';

export interface HeadFacts {
  readonly method: string;
  readonly version: '0.9' | '1.0' | '1.1';
  readonly keepAlive: boolean;
  /** The client asked for `keep-alive` in so many words. */
  readonly asksKeepAlive: boolean;
  /** IMF-fixdate. */
  readonly date: string;
  readonly framing: Framing;
}

/** How a server writes what is the same in all its answers. */
export interface Manner {
  /** Bodies of unknown or greater length go out in chunks. */
  readonly chunksBeyond: number;
  /** Empty lines that it passes over ahead of a request. */
  readonly blankLines: number;
  /** Status line and fields, each with its line end, without the empty line. */
  head(answer: Answer, facts: HeadFacts): string;
  /** The whole answer to what is no request; empty where it just closes. */
  refusal(bad: BadRequest | 'no-host', date: string): string;
}

export interface HttpService {
  readonly name: string;
  /** Bytes of the longest body that is read and kept. */
  readonly bodyLimit: number;
  manner(persona: Persona): Manner;
  /** Yields what is to be recorded, returns the answer. */
  answer(request: ServiceRequest, context: DecoyContext): Generator<DecoyOutput, Answer, undefined>;
}

export const reasonOf: Readonly<Record<number, string>> = {
  101: 'Switching Protocols',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Found',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  409: 'Conflict',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  415: 'Unsupported Media Type',
  416: 'Requested Range Not Satisfiable',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  505: 'HTTP Version Not Supported',
};

/** Values of fields come in part from visitors: no line of theirs becomes one of the head. */
export const fieldLine = ([name, value]: Header): string =>
  `${name}: ${value.replaceAll(/[\r\n\0]/g, ' ')}\r\n`;
