import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyKept, type HttpRequestEvent, HttpRequestReader, requestLineLimit } from './http-request.ts';

function read(pieces: readonly Uint8Array[]): HttpRequestEvent[] {
  const reader = new HttpRequestReader();
  return pieces.flatMap((piece) => [...reader.push(piece)]);
}

const readText = (text: string): HttpRequestEvent[] => read([Buffer.from(text, 'latin1')]);

/** What becomes of a text: targets of the requests, or why one was refused. */
const outcome = (text: string): string[] =>
  readText(text).map((event) =>
    event.kind === 'request'
      ? `${event.request.method} ${event.request.target} ${event.request.body}`.trim()
      : event.kind === 'bad'
        ? `${event.bad.status} ${event.bad.reason}`
        : 'continue',
  );

const conversation =
  'GET /a?b=c HTTP/1.1\r\nHost: x\r\nX-Empty:\r\n\r\n' +
  'POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello' +
  '\r\nPOST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nWiki\r\n5\r\npedia\r\n0\r\nT: v\r\n\r\n' +
  'GET /old HTTP/1.0\n\n' +
  'GET wait\n' +
  'BROKEN\r\n\r\nGET /never HTTP/1.1\r\n\r\n';

describe('HTTP requests', () => {
  it('are read one after the other, with bodies, chunks and continue', () => {
    expect(outcome(conversation)).toEqual([
      'GET /a?b=c',
      'continue',
      'POST /p hello',
      'POST /c Wikipedia',
      'GET /old',
      'GET wait',
      '400 request-line',
    ]);
  });

  it('are read the same for any split of the bytes', () => {
    const bytes = Buffer.from(conversation, 'latin1');
    const whole = read([bytes]);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 40 }), (cuts) => {
        const ends = [...cuts.sort((one, other) => one - other), bytes.length];
        const pieces = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
        expect(read(pieces)).toEqual(whole);
      }),
    );
    expect(read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  it('are read the same for any split of bytes that only resemble them', () => {
    const piece = fc.constantFrom(
      'GET ',
      '/ ',
      'HTTP/1.1',
      '\r\n',
      '\n',
      ': ',
      'Content-Length',
      'Transfer-Encoding: chunked',
      '5',
      'a',
      '\0',
      'wait',
      'ÿ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), fc.nat(120), (parts, cut) => {
        const bytes = Buffer.from(parts.join(''), 'latin1');
        expect(read([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(read([bytes]));
      }),
    );
  });

  it('are refused with the reason that fits', () => {
    expect(outcome('\x16\x03\x01')).toEqual(['400 request-line']);
    expect(outcome('GET / HTTP/3.0\r\n')).toEqual(['505 version']);
    expect(outcome('GET / HTTP/1.1\r\nno colon\r\n\r\n')).toEqual(['400 header-line']);
    expect(outcome('POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n')).toEqual(['400 content-length']);
    expect(outcome('POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n')).toEqual([
      '400 content-length',
    ]);
    expect(outcome('POST / HTTP/1.1\r\nContent-Length: 1048577\r\n\r\n')).toEqual(['413 body-too-large']);
    expect(outcome('POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n')).toEqual(['501 transfer-encoding']);
    expect(outcome('POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n')).toEqual(['400 chunk']);
  });

  it('stay within their bounds however long the client goes on', () => {
    expect(outcome(`GET /${'a'.repeat(requestLineLimit)}`)).toEqual(['414 request-line-too-long']);
    expect(outcome(`GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(201)}`)).toEqual(['431 headers-too-large']);
    expect(outcome(`GET / HTTP/1.1\r\nA: ${'b'.repeat(70_000)}`)).toEqual(['431 headers-too-large']);
    const long = readText(`POST / HTTP/1.1\r\nContent-Length: 200000\r\n\r\n${'x'.repeat(200_000)}`);
    expect(long[0]?.kind === 'request' && [long[0].request.body.length, long[0].request.bodyLength]).toEqual([
      bodyKept,
      200_000,
    ]);
  });

  it('keep every byte of a body as Latin-1', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const head = Buffer.from('PUT /x HTTP/1.1\r\nContent-Length: 256\r\n\r\n', 'latin1');
    const [event] = read([Buffer.concat([head, bytes])]);
    expect(event?.kind === 'request' && Buffer.from(event.request.body, 'latin1').equals(bytes)).toBe(true);
  });
});
