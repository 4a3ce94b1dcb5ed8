/**
 * Envoy's external authorization over gRPC: `envoy.service.auth.v3.Authorization/Check`, the few fields that the gate asks for.
 *
 *     CheckRequest       { AttributeContext attributes = 1 }
 *     AttributeContext   { Peer source = 1, Request request = 4 }
 *     Peer               { Address address = 1 },  Address { SocketAddress socket_address = 1 },  SocketAddress { string address = 2 }
 *     Request            { HttpRequest http = 2 }
 *     HttpRequest        { string method = 2, map<string, string> headers = 3, string path = 4 (with the query), string host = 5,
 *                          HeaderMap header_map = 13 },  HeaderMap { repeated HeaderValue headers = 1 }
 *     HeaderValue        { string key = 1, string value = 2, bytes raw_value = 3 }
 */

import { Buffer } from 'node:buffer';
import type { Header } from '../core/observation.ts';
import { octets } from '../wire/big-endian.ts';
import { octetsOf, protobufField, readProtobuf, textOf, type ProtobufField } from '../wire/protobuf.ts';
import type { GateQuestion } from './question.ts';
import type { S3Error } from './s3-error.ts';

/** Headers of a request that are looked at. */
const mostHeaders = 256;

/** The message at the end of this way of field numbers; empty where there is none, null where it is broken. */
function inside(fields: readonly ProtobufField[], ...way: readonly number[]): ProtobufField[] | null {
  let at: ProtobufField[] | null = [...fields];
  for (const number of way) {
    const bytes: Uint8Array | null = octetsOf(at, number);
    if (bytes === null) return [];
    at = readProtobuf(bytes);
    if (at === null) return null;
  }
  return at;
}

/** Null where a header is broken. A map's entry has the key in field 1 and the value in field 2, as a HeaderValue does. */
function headersOf(http: readonly ProtobufField[]): Header[] | null {
  const raw = inside(http, 13);
  if (raw === null) return null;
  const entries = [
    ...http.filter(({ number }) => number === 3),
    ...raw.filter(({ number }) => number === 1),
  ].slice(0, mostHeaders);
  const headers: Header[] = [];
  for (const { value } of entries) {
    const entry = value instanceof Uint8Array ? readProtobuf(value) : null;
    if (entry === null) return null;
    const bytes = octetsOf(entry, 3);
    headers.push([
      textOf(entry, 1),
      bytes === null ? textOf(entry, 2) : Buffer.from(bytes).toString('latin1'),
    ]);
  }
  return headers;
}

/** Null where the message is broken. What Envoy has left out is empty. */
export function readCheckRequest(bytes: Uint8Array): GateQuestion | null {
  const request = readProtobuf(bytes);
  const attributes = request === null ? null : inside(request, 1);
  if (attributes === null) return null;
  const address = inside(attributes, 1, 1, 1);
  const http = inside(attributes, 4, 2);
  const headers = http === null ? null : headersOf(http);
  if (address === null || http === null || headers === null) return null;
  return {
    source: textOf(address, 2),
    method: textOf(http, 2),
    uri: textOf(http, 4),
    host: textOf(http, 5),
    userAgent: headers.find(([name]) => name.toLowerCase() === 'user-agent')?.[1] ?? '',
    headers,
  };
}

const permissionDenied = 7;

/**
 *     CheckResponse       { google.rpc.Status status = 1, DeniedHttpResponse denied_response = 2, OkHttpResponse ok_response = 3 }
 *     Status              { int32 code = 1 }
 *     DeniedHttpResponse  { HttpStatus status = 1, repeated HeaderValueOption headers = 2, string body = 3 }
 *     HttpStatus          { StatusCode code = 1 },  HeaderValueOption { HeaderValue header = 1 }
 */
export function writeCheckResponse(answer: 'pass' | S3Error): Uint8Array {
  if (answer === 'pass')
    return octets(protobufField(1, new Uint8Array(0)), protobufField(3, new Uint8Array(0)));
  const headers = answer.headers.map(([name, value]) =>
    protobufField(2, protobufField(1, octets(protobufField(1, name), protobufField(2, value)))),
  );
  const denied = octets(
    protobufField(1, protobufField(1, answer.status)),
    ...headers,
    ...(answer.body === '' ? [] : [protobufField(3, answer.body)]),
  );
  return octets(protobufField(1, protobufField(1, permissionDenied)), protobufField(2, denied));
}
