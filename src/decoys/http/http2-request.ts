/** A request out of the fields of a header block (RFC 9113 §8.3), as nginx takes it or refuses it. */

import type { Header } from '../../core/observation.ts';
import { bodyLimit } from '../../wire/http-request.ts';

export interface Http2Request {
  readonly method: string;
  readonly target: string;
  /** Without the pseudo-header fields; `:authority` is `host` ahead of the others where they have none. */
  readonly headers: readonly Header[];
  /** Of the body as it is announced, or null. */
  readonly contentLength: number | null;
  /** The status that refuses it; null for a good one. */
  readonly refused: 400 | 413 | null;
}

const pseudo: ReadonlySet<string> = new Set([':method', ':scheme', ':path', ':authority']);
/** The record of a request has room for no more. */
const mostHeaders = 200;

/** §8.2.1: fields that are malformed end the stream, before anybody looks at the request. */
const isMalformed = ([name, value]: Header): boolean =>
  // A pseudo-header field is judged by its name below.
  /[\0-\x20\x7fA-Z]/.test(name) || name.includes(':', 1) || name === '' || /[\0\r\n]/.test(value);

/** Null where the stream has to be reset. */
export function readRequest(fields: readonly Header[]): Http2Request | null {
  const found = new Map<string, string>();
  const headers: Header[] = [];
  let isBad = false;
  for (const field of fields) {
    const [name, value] = field;
    if (isMalformed(field)) return null;
    if (name.startsWith(':')) {
      if (!pseudo.has(name) || found.has(name) || value === '') isBad = true;
      if (!found.has(name)) found.set(name, value);
    } else if (headers.length < mostHeaders) headers.push(field);
  }
  const method = found.get(':method') ?? '';
  const target = found.get(':path') ?? '';
  const authority = found.get(':authority') ?? '';
  const hasHost = headers.some(([name]) => name === 'host');
  if (authority !== '' && !hasHost) headers.unshift(['host', authority]);
  if (!/^[A-Z_-]{1,32}$/.test(method) || !/^[A-Za-z][A-Za-z0-9+.-]*$/.test(found.get(':scheme') ?? ''))
    isBad = true;
  if (!target.startsWith('/') || /[\0-\x20\x7f]/.test(target) || (authority === '' && !hasHost)) isBad = true;
  const lengths = headers.filter(([name]) => name === 'content-length');
  const length = lengths[0]?.[1] ?? null;
  if (length !== null && (!/^\d{1,15}$/.test(length) || lengths.length > 1)) isBad = true;
  const contentLength = length === null || isBad ? null : Number(length);
  const refused = isBad ? 400 : contentLength !== null && contentLength > bodyLimit ? 413 : null;
  return { method: method.slice(0, 32), target: target.slice(0, 16_384), headers, contentLength, refused };
}
