/** A web request with its evasions undone, each view made when it is first looked at. */

import { collapseLookups, lexicalPath, percentDecode, resolvePath, unicodeUnescape } from './normal-text.ts';
import type { WebRequest } from './request.ts';

const parameterLimit = 256;
const bodyLimit = 65_536;
const urlLimit = 16_384;

export class NormalRequest {
  readonly request: WebRequest;
  readonly method: string;
  /** Path as sent, without query. */
  readonly rawPath: string;
  /** Query as sent, without `?`. */
  readonly rawQuery: string;
  /** Lower case, escapes undone, `..` and `;` standing. */
  readonly lexicalPath: string;
  /** Lower case, escapes undone, dot segments resolved, path parameters dropped. */
  readonly path: string;
  #query: string | undefined;
  #body: string | undefined;
  #headers: string | undefined;
  #anywhere: string | undefined;
  #parameters: Map<string, string[]> | undefined;

  constructor(request: WebRequest) {
    this.request = request;
    this.method = request.method.toUpperCase();
    let target = request.path.length > urlLimit ? request.path.slice(0, urlLimit) : request.path;
    const scheme = /^https?:\/\/[^/?#]*/i.exec(target);
    if (scheme !== null) target = target.slice(scheme[0].length) || '/';
    const question = target.indexOf('?');
    this.rawPath = question < 0 ? target : target.slice(0, question);
    this.rawQuery = question < 0 ? '' : target.slice(question + 1);
    this.lexicalPath = lexicalPath(this.rawPath);
    this.path = resolvePath(this.lexicalPath);
  }

  /** Both forms of the path, a line each where they differ. */
  get paths(): string {
    return this.path === this.lexicalPath ? this.path : `${this.path}\n${this.lexicalPath}`;
  }

  /** The query in lower case, plus signs as spaces, escapes undone. */
  get query(): string {
    this.#query ??=
      this.rawQuery === ''
        ? ''
        : unicodeUnescape(percentDecode(this.rawQuery.replaceAll('+', ' '))).toLowerCase();
    return this.#query;
  }

  get url(): string {
    return this.rawQuery === '' ? this.paths : `${this.paths}?${this.query}`;
  }

  /** The body in lower case, escapes undone; plus signs are spaces where it is a form. */
  get body(): string {
    if (this.#body === undefined) {
      let body = this.request.body;
      if (body.length > bodyLimit) body = body.slice(0, bodyLimit);
      if (this.isForm) body = body.replaceAll('+', ' ');
      this.#body = unicodeUnescape(percentDecode(body)).toLowerCase();
    }
    return this.#body;
  }

  /** `name: value` lines in lower case, escapes undone. */
  get headers(): string {
    if (this.#headers === undefined) {
      let text = '';
      for (const [name, value] of this.request.headers) text += headerLine(name, value);
      this.#headers = percentDecode(text).toLowerCase();
    }
    return this.#headers;
  }

  /** Everything, a line feed between the parts; Log4j's hiding lookups collapsed at the end. */
  get anywhere(): string {
    if (this.#anywhere === undefined) {
      const text = `${this.url}${this.headers}\n\n${this.body}`;
      this.#anywhere = text.includes('${') ? `${text}\n${collapseLookups(text)}` : text;
    }
    return this.#anywhere;
  }

  get isForm(): boolean {
    const { body } = this.request;
    return body !== '' && /^[\w[\].%$+-]{1,128}=/.test(body);
  }

  /** Value of a header by lower-case name, in lower case with escapes undone; null where absent. Several are joined by commas. */
  header(name: string): string | null {
    let found: string | null = null;
    for (const header of this.request.headers) {
      if (header[0].length === name.length && header[0].toLowerCase() === name) {
        found = found === null ? header[1] : `${found}, ${header[1]}`;
      }
    }
    return found === null ? null : percentDecode(found).toLowerCase();
  }

  /** Parameters of query, form or multipart body: lower-case name to values, which are decoded but keep their case. */
  get parameters(): ReadonlyMap<string, readonly string[]> {
    if (this.#parameters === undefined) {
      const found = new Map<string, string[]>();
      addPairs(found, this.rawQuery);
      if (this.isForm) addPairs(found, this.request.body.slice(0, bodyLimit));
      else addParts(found, this.request.body.slice(0, bodyLimit));
      this.#parameters = found;
    }
    return this.#parameters;
  }

  /** The first value of a parameter with its case kept, or null. */
  parameter(name: string): string | null {
    return this.parameters.get(name)?.[0] ?? null;
  }
}

const headerLine = (name: string, value: string): string => `\n${name}: ${value}`;

/** One header's line as it stands in `headers`: no escape reaches from one line into the next. */
export const normalHeader = (name: string, value: string): string =>
  percentDecode(headerLine(name, value)).toLowerCase();

function add(found: Map<string, string[]>, name: string, value: string): void {
  const values = found.get(name);
  if (values === undefined) found.set(name, [value]);
  else values.push(value);
}

const decodePart = (text: string): string => unicodeUnescape(percentDecode(text.replaceAll('+', ' ')));

function addPairs(found: Map<string, string[]>, text: string): void {
  if (text === '') return;
  let count = 0;
  for (const pair of text.split('&', parameterLimit)) {
    count += 1;
    if (count > parameterLimit) return;
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    add(found, decodePart(name).toLowerCase().trim(), equals < 0 ? '' : decodePart(pair.slice(equals + 1)));
  }
}

/** Parts of a multipart/form-data body (RFC 7578), by their names. */
function addParts(found: Map<string, string[]>, body: string): void {
  if (!body.startsWith('--')) return;
  const lineEnd = body.search(/\r?\n/);
  if (lineEnd < 3 || lineEnd > 128) return;
  for (const part of body.split(body.slice(0, lineEnd), parameterLimit)) {
    const blank = part.indexOf('\r\n\r\n');
    const head = blank < 0 ? '' : part.slice(0, blank);
    const name = /name="([^"\r\n]{0,128})"/i.exec(head)?.[1];
    if (name !== undefined) add(found, name.toLowerCase(), part.slice(blank + 4).replace(/\r?\n$/, ''));
  }
}
