/** A request cut into the fields that the analysers look at, each normalised. */

import { Remembered } from '../core/remembered.ts';
import type { WebRequest } from './request.ts';
import { decodeBase64Text } from './normalise-base64.ts';
import {
  bodyShape,
  formParts,
  jsonParts,
  multipartParts,
  xmlParts,
  type BodyPart,
  type BodyShape,
} from './normalise-body.ts';
import { normalise } from './normalise.ts';

/** Where a field stood in the request; an analyser says with an OR of these what it looks at. */
export const targets = {
  path: 1,
  /** The whole query, beside its fields: some payloads hold `&` and `=` themselves. */
  query: 2,
  name: 4,
  value: 8,
  cookie: 16,
  header: 32,
  agent: 64,
  referrer: 128,
  /** The whole body, beside its fields. */
  body: 256,
  /** The name of an uploaded file. */
  file: 512,
} as const;

export interface Field {
  /** One of `targets`. */
  readonly target: number;
  /** The parameter's or header's name; empty for none. */
  readonly name: string;
  readonly raw: string;
  readonly text: string;
  readonly folded: string;
  /** OR of `traits` (normalise-percent.ts). */
  readonly traits: number;
}

export interface RequestFields {
  readonly fields: readonly Field[];
  /** Headers by lower-case name, the first of each; empty where the request is bare. */
  readonly headers: ReadonlyMap<string, string>;
  readonly referrer: string;
  /** True where it has no other header than `User-Agent` and `Referer`, as in access logs. */
  readonly isBare: boolean;
  readonly shape: BodyShape | 'none';
}

/** No more fields than this are looked at one by one; the whole query and body always are. */
const mostFields = 400;

function fieldOf(target: number, name: string, raw: string, plusIsSpace: boolean): Field {
  const { text, folded, traits } = normalise(raw, plusIsSpace);
  return { target, name, raw, text, folded, traits };
}

const plainSegments = /^[\w./~-]*$/;

function addPath(fields: Field[], path: string): void {
  const whole = fieldOf(targets.path, '', path, false);
  fields.push(whole);
  if (plainSegments.test(whole.text)) return;
  // What stands between two slashes may be a parameter of the application.
  let count = 0;
  for (const segment of path.split('/', 64)) {
    if (segment.length > 3 && !plainSegments.test(segment) && count < 8) {
      fields.push(fieldOf(targets.value, '', segment, false));
      count += 1;
    }
  }
}

function addPart(fields: Field[], part: BodyPart): void {
  if (fields.length >= mostFields) return;
  const target = part.kind === 'name' ? targets.name : part.kind === 'file' ? targets.file : targets.value;
  const field = fieldOf(target, part.name, part.raw, part.plusIsSpace);
  fields.push(field);
  if (part.kind !== 'value') return;
  const decoded = decodeBase64Text(field.text.trim());
  if (decoded !== null) fields.push(fieldOf(targets.value, part.name, decoded, false));
}

function addCookies(fields: Field[], header: string): void {
  let count = 0;
  for (const pair of header.split(';', 128)) {
    const equals = pair.indexOf('=');
    const name = (equals < 0 ? '' : pair.slice(0, equals)).trim();
    const value = equals < 0 ? pair.trim() : pair.slice(equals + 1);
    if (name.length > 0) fields.push(fieldOf(targets.cookie, '', name, false));
    if (value.length > 0) {
      fields.push(fieldOf(targets.cookie, name, value, false));
      const decoded = decodeBase64Text(value);
      if (decoded !== null) fields.push(fieldOf(targets.cookie, name, decoded, false));
    }
    count += 1;
    if (count >= 64) return;
  }
}

function partsOf(shape: BodyShape, contentType: string, body: string): Iterable<BodyPart> {
  if (shape === 'multipart') return multipartParts(contentType, body);
  if (shape === 'json') return jsonParts(body);
  if (shape === 'xml') return xmlParts(body);
  if (shape === 'form') return formParts(body);
  return [{ kind: 'value', name: '', raw: body, plusIsSpace: false }];
}

/** Headers whose values a client never chooses freely; looked at by the protocol rules alone. */
const fixedHeaders = new Set([
  'content-length',
  'connection',
  'host',
  'cookie',
  'user-agent',
  'referer',
  'accept-encoding',
  'keep-alive',
  'upgrade-insecure-requests',
  'if-modified-since',
  'date',
]);

/** Headers that browsers fill by themselves, of whose values nothing is looked at while they hold these characters alone. */
const browserHeader =
  /^(?:accept(?:-language|-encoding|-charset)?|cache-control|pragma|priority|te|dnt|if-none-match|sec-.{1,40}|upgrade|x-requested-with)$/;
const plainValue = /^[\w ,;:=.*/+"?-]{0,400}$/;

/**
 * An ordinary browser's agent: products and comments without a mark that any injection needs. Crawlers add an address.
 */
const plainAgent =
  /^Mozilla\/[45]\.0 \([\w .,;:/+@_-]{1,300}\)(?: (?:[\w./+:-]{1,60}|\([\w .,;:/+@-]{1,200}\))){0,12}$/;

const agents = new Remembered((agent): Field | null =>
  plainAgent.test(agent) ? null : fieldOf(targets.agent, 'user-agent', agent, false),
);
const referrers = new Remembered((referrer) => fieldOf(targets.referrer, 'referer', referrer, false));
const noHeaders: ReadonlyMap<string, string> = new Map();

/** The headers of an access log's line, each at most once. */
function isBareRequest({ headers }: WebRequest): boolean {
  if (headers.length > 2) return false;
  let first = '';
  for (const [name] of headers) {
    if ((name !== 'User-Agent' && name !== 'Referer') || name === first) return false;
    first = name;
  }
  return true;
}

/** The fields of the headers, and the headers by name. */
function addHeaders(fields: Field[], request: WebRequest): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const [name, value] of request.headers) {
    const key = name.toLowerCase();
    if (!headers.has(key)) headers.set(key, value);
    if (key === 'user-agent') addField(fields, agents.of(value));
    else if (key === 'referer') fields.push(referrers.of(value));
    else if (key === 'cookie') addCookies(fields, value);
    else if (browserHeader.test(key) ? !plainValue.test(value) : !fixedHeaders.has(key) || value.length > 200)
      fields.push(fieldOf(targets.header, key, value, false));
    if (fields.length >= mostFields) break;
  }
  return headers;
}

function addField(fields: Field[], field: Field | null): void {
  if (field !== null) fields.push(field);
}

/** Cuts and normalises a request. Bounded by `mostFields` fields beside the whole path, query and body. */
export function fieldsOf(request: WebRequest): RequestFields {
  const fields: Field[] = [];
  const isBare = isBareRequest(request);
  let headers = noHeaders;
  let referrer = '';
  if (isBare) {
    for (const [name, value] of request.headers) {
      if (name === 'User-Agent') addField(fields, agents.of(value));
      else {
        referrer = value;
        fields.push(referrers.of(value));
      }
    }
  } else {
    headers = addHeaders(fields, request);
    referrer = headers.get('referer') ?? '';
  }
  const question = request.path.indexOf('?');
  const path = question < 0 ? request.path : request.path.slice(0, question);
  addPath(fields, path);
  if (question >= 0) {
    const query = request.path.slice(question + 1);
    if (query.length > 0) {
      fields.push(fieldOf(targets.query, '', query, true));
      for (const part of formParts(query)) addPart(fields, part);
    }
  }
  if (request.body === '') return { fields, headers, referrer, isBare, shape: 'none' };
  const contentType = headers.get('content-type') ?? '';
  const shape = bodyShape(contentType, request.body);
  fields.push(fieldOf(targets.body, '', request.body, shape === 'form'));
  for (const part of partsOf(shape, contentType, request.body)) addPart(fields, part);
  return { fields, headers, referrer, isBare, shape };
}
