/** What the reader of HTTP requests refuses, and the bounds that it keeps to exactly. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BadRequest,
  bodyLimit,
  headerBytesLimit,
  headerCountLimit,
  type HttpRequest,
  type HttpRequestEvent,
  HttpRequestReader,
  requestLineLimit,
} from './http-request.ts';

const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');

function read(...pieces: readonly (string | Uint8Array)[]): HttpRequestEvent[] {
  const reader = new HttpRequestReader();
  return pieces.flatMap((piece) =>
    Array.from(reader.push(typeof piece === 'string' ? bytesOf(piece) : piece)),
  );
}

const requests = (events: readonly HttpRequestEvent[]): HttpRequest[] =>
  events.flatMap((event) => (event.kind === 'request' ? [event.request] : []));

/** The refusal that these bytes end in; fails where there is none. */
function refusal(...pieces: readonly string[]): BadRequest {
  const last = read(...pieces).at(-1);
  if (last?.kind !== 'bad') throw new Error(`not refused: ${JSON.stringify(last)}`);
  return last.bad;
}

const head = (...lines: readonly string[]): string => ['GET / HTTP/1.1', ...lines, '', ''].join('\r\n');

describe('the reader of HTTP requests refuses', () => {
  it.each([
    ['a request line without a version that is no GET', 'POST /\r\n', 400, 'request-line'],
    ['a word that is no version', 'GET / HTTZ/1.1\r\n', 400, 'request-line'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505, 'version'],
    ['a space ahead of the colon', head('Content-Length : 3'), 400, 'header-line'],
    ['a folded header (obs-fold)', head('A: b', ' c: d'), 400, 'header-line'],
    ['a length in hex', head('Content-Length: 0x10'), 400, 'content-length'],
    ['a signed length', head('Content-Length: +1'), 400, 'content-length'],
    ['a list of lengths', head('Content-Length: 3, 3'), 400, 'content-length'],
    ['chunked said twice', head('Transfer-Encoding: chunked, chunked'), 501, 'transfer-encoding'],
    ['a chunk longer than its size', `${head('Transfer-Encoding: chunked')}1\r\nabc\r\n`, 400, 'chunk'],
  ] as const)('%s', (_case, text, status, reason) => {
    expect(refusal(text)).toMatchObject({ status, reason });
  });

  it.each([
    ['length and chunks', head('Content-Length: 4', 'Transfer-Encoding: chunked')],
    ['chunks and length', head('Transfer-Encoding: chunked', 'Content-Length: 4')],
    ['two transfer codings', head('Transfer-Encoding: chunked', 'Transfer-Encoding: identity')],
    ['chunks in HTTP/1.0', 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ])('what two servers would cut differently: %s (RFC 9112 §6.1)', (_case, text) => {
    const events = read(`${text}0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n`);
    expect(events).toHaveLength(1);
    expect(refusal(text)).toMatchObject({ status: 400, reason: 'transfer-encoding' });
  });

  it('one byte or header above a bound, and nothing at the bound', () => {
    const room = requestLineLimit - 'GET / HTTP/1.1'.length;
    expect(requests(read(`GET /${'a'.repeat(room)} HTTP/1.1\r\n\r\n`))).toHaveLength(1);
    expect(refusal(`GET /${'a'.repeat(room + 1)} HTTP/1.1\r\n\r\n`)).toMatchObject({ status: 414 });
    expect(refusal('GET / HTTP/1.1\r\n', 'x'.repeat(headerBytesLimit + 2))).toMatchObject({ status: 431 });
    const many = Array.from({ length: headerCountLimit + 1 }, (_, index) => `A${index}: b`);
    expect(requests(read(head(...many.slice(1))))[0]?.headers).toHaveLength(headerCountLimit);
    expect(refusal(head(...many))).toMatchObject({ status: 431 });
    const [request] = requests(read(head(`Content-Length: ${bodyLimit}`), Buffer.alloc(bodyLimit, 'a')));
    expect(request?.bodyLength).toBe(bodyLimit);
    const chunk = (bodyLimit + 1).toString(16);
    expect(refusal(`${head('Transfer-Encoding: chunked')}${chunk}\r\n`)).toMatchObject({ status: 413 });
  });

  it('everything that follows a refusal', () => {
    const reader = new HttpRequestReader();
    expect([...reader.push(bytesOf('\0'))]).toHaveLength(1);
    expect([...reader.push(bytesOf('GET / HTTP/1.1\r\n\r\n'))]).toEqual([]);
  });
});

describe('the reader of HTTP requests', () => {
  it('waits with 100 Continue only for HTTP/1.1 with a body', () => {
    const lines = 'Expect: 100-Continue\r\nContent-Length: 3\r\n\r\n';
    expect(read(`POST / HTTP/1.1\r\n${lines}`)).toEqual([{ kind: 'continue' }]);
    expect(read(`POST / HTTP/1.0\r\n${lines}abc`).map(({ kind }) => kind)).toEqual(['request']);
    expect(read(head('Expect: 100-continue')).map(({ kind }) => kind)).toEqual(['request']);
  });

  it('keeps a space that an exploit left in its target', () => {
    expect(requests(read('GET /a?cmd=cat /etc/passwd HTTP/1.1\r\n\r\n'))[0]?.target).toBe(
      '/a?cmd=cat /etc/passwd',
    );
  });

  it('is idle only between requests', () => {
    const reader = new HttpRequestReader();
    expect(reader.idle).toBe(true);
    expect([...reader.push(bytesOf('G'))]).toEqual([]);
    expect(reader.idle).toBe(false);
    expect([...reader.push(bytesOf('ET / HTTP/1.1\r\n\r\n'))]).toHaveLength(1);
    expect(reader.idle).toBe(true);
  });

  it('gives for any beginning of a stream the beginning of its events', () => {
    // Whole lines, good and bad, so that random joins reach every state.
    const line = fc.constantFrom(
      'GET / HTTP/1.1\r\n',
      'POST /a?b=c HTTP/1.1\r\n',
      'HEAD / HTTP/1.0\n',
      'GET /old\r\n',
      'Expect: 100-continue\r\n',
      'Content-Length: 7\r\n',
      'Content-Length: 0\r\n',
      'Transfer-Encoding: chunked\r\n',
      ' folded\r\n',
      'X: y\n',
      '\r\n',
      '\n',
      '3\r\nabc\r\n',
      '0\r\n\r\n',
      '1;x=y\r\n\n\r\n',
      'abcdefg',
      '\r',
      'ÿ',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 24 }), fc.nat(), (lines, place) => {
        const bytes = bytesOf(lines.join(''));
        const cut = place % (bytes.length + 1);
        const whole = read(bytes);
        const part = read(bytes.subarray(0, cut));
        expect(part).toEqual(whole.slice(0, part.length));
        expect(read(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(whole);
        expect(read(...Array.from(bytes, (_, index) => bytes.subarray(index, index + 1)))).toEqual(whole);
      }),
      { numRuns: 1_000 },
    );
  });
});
