/** A request as the handlers of an HTTP API see it. */

import { Buffer } from 'node:buffer';
import type { Header } from '../../core/observation.ts';
import { headerValue, type HttpRequest } from '../../wire/http-request.ts';
import { type JsonValue, parseJson } from '../../wire/json-value.ts';
import { percentDecoded, queryOf } from '../../wire/query-text.ts';

export class ServiceRequest {
  readonly method: string;
  /** As sent. */
  readonly target: string;
  readonly version: HttpRequest['version'];
  /** The target's path as sent, and with its escapes undone (Latin-1). */
  readonly rawPath: string;
  readonly path: string;
  /** Without the question mark. */
  readonly rawQuery: string;
  readonly headers: readonly Header[];
  /** Latin-1. */
  readonly body: string;
  readonly bodyLength: number;
  #query: ReadonlyMap<string, string> | null = null;
  #json: { value: JsonValue | undefined } | null = null;

  constructor(request: HttpRequest) {
    this.method = request.method;
    this.target = request.target;
    this.version = request.version;
    this.headers = request.headers;
    this.body = request.body;
    this.bodyLength = request.bodyLength;
    // RFC 9112 §3.2.2: a proxy's client sends the whole address.
    const local = request.target.replace(/^https?:\/\/[^/?]{0,255}/i, '');
    const mark = local.indexOf('?');
    this.rawPath = mark < 0 ? local : local.slice(0, mark);
    this.rawQuery = mark < 0 ? '' : local.slice(mark + 1);
    this.path = percentDecoded(this.rawPath);
  }

  /** Empty where there is none; the name in lower case. */
  header(name: string): string {
    return headerValue(this.headers, name) ?? '';
  }

  get query(): ReadonlyMap<string, string> {
    this.#query ??= queryOf(this.rawQuery);
    return this.#query;
  }

  /** The parameter of the query, empty where there is none. */
  parameter(name: string): string {
    return this.query.get(name) ?? '';
  }

  /** The text of the body as UTF-8. */
  get text(): string {
    return Buffer.from(this.body, 'latin1').toString('utf8');
  }

  /** The body as JSON; undefined where it is none. */
  get json(): JsonValue | undefined {
    this.#json ??= { value: parseJson(this.text) };
    return this.#json.value;
  }
}
