import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WebRequest } from '../../signatures/request.ts';
import type { LureDocument, LureRequest } from '../document.ts';
import { sampleRequest } from '../sample-request.ts';
import { RequestPattern, SeenRequest } from './request-pattern.ts';
import { bind } from './text-pattern.ts';

const lure = (request: LureRequest, more: Partial<LureDocument> = {}): LureDocument => ({
  lure: 1,
  name: 'test',
  summary: 'A test',
  product: 'test',
  cves: [],
  class: 'other',
  steps: [{ request }],
  ...more,
});

const seen = (path: string, more: Partial<WebRequest> = {}): SeenRequest =>
  new SeenRequest({ method: 'GET', path, headers: [], body: '', ...more });

/** What the holes caught, or null where the request is another. */
function caught(
  request: LureRequest,
  given: SeenRequest,
  more: Partial<LureDocument> = {},
): Record<string, string> | null {
  const document = lure(request, more);
  const found = new RequestPattern(request, document).match(given);
  if (found === null) return null;
  const values = new Map<string, string>();
  bind(found, { variables: new Map(Object.entries(document.variables ?? {})), choices: new Map() }, values);
  return Object.fromEntries(values);
}

describe('the request of a lure', () => {
  it('is found whatever its escapes, its case and the order of its parameters', () => {
    const request: LureRequest = { path: '/a/../b.php', query: 'file=../../etc/passwd&x=1' };
    expect(caught(request, seen('/a/%2e%2e/b.php?x=1&file=..%2f..%2Fetc/passwd'))).toEqual({});
    expect(caught(request, seen('/A/../B.PHP?file=../../etc/passwd&x=1&more=2'))).toEqual({});
    expect(caught(request, seen('/a/../b.php?file=../../etc/passwd'))).toBeNull();
    expect(caught(request, seen('/b.php?file=../../etc/passwd&x=1'))).toBeNull();
  });

  it('gives what its holes caught', () => {
    const request: LureRequest = { path: '/login.do', query: 'message={{first}}*{{second}}' };
    const variables = { first: '{{rand_int(1000, 9999)}}', second: '{{rand_int(1000, 9999)}}' };
    expect(caught(request, seen('/login.do?message=984*89'), { variables })).toEqual({
      first: '984',
      second: '89',
    });
    // A number is no word.
    expect(caught(request, seen('/login.do?message=x*y'), { variables })).toBeNull();
  });

  it('looks through variables that hold variables, and through Base64', () => {
    const request: LureRequest = { method: 'POST', path: '/run', body: '{"cmd":"{{base64(payload)}}"}' };
    const variables = { payload: 'echo {{marker}} | rev', marker: '{{rand_base(8)}}' };
    const body = `{"cmd":"${Buffer.from('echo Ab3dEf7h | rev').toString('base64')}"}`;
    expect(caught(request, seen('/run', { method: 'POST', body }), { variables })).toMatchObject({
      marker: 'Ab3dEf7h',
    });
  });

  it('keeps what can not be undone under its own spelling', () => {
    const request: LureRequest = { path: '/x', query: 'h={{md5(number)}}' };
    expect(caught(request, seen('/x?h=c8c605999f3d8352d7bb792cf3fdb25b'))).toEqual({
      'md5(number)': 'c8c605999f3d8352d7bb792cf3fdb25b',
    });
  });

  it('demands headers and single cookies', () => {
    const request: LureRequest = {
      path: '/',
      headers: { Cookie: 'lang=../../etc; id={{id}}', 'X-Off': 'off' },
    };
    const headers = [
      ['cookie', 'other=1; id=77; lang=../../etc'],
      ['x-off', 'off'],
    ] as const;
    expect(caught(request, seen('/', { headers }))).toEqual({ id: '77' });
    expect(caught(request, seen('/', { headers: headers.slice(0, 1) }))).toBeNull();
  });

  it('compares forms by their parameters and other bodies as a whole', () => {
    const form: LureRequest = { method: 'POST', path: '/f', body: 'a=1&b={{b}}' };
    expect(caught(form, seen('/f', { method: 'POST', body: 'b=two+words&a=1&c=3' }))).toEqual({
      b: 'two words',
    });
    const text: LureRequest = { method: 'POST', path: '/f', body: ['<a>', '{{b}}', '</a>'] };
    expect(caught(text, seen('/f', { method: 'POST', body: '<a>\r\nB\r\n</a>\r\n' }))).toEqual({ b: 'B' });
    expect(caught(text, seen('/f', { method: 'POST', body: '<a>B</a>' }))).toBeNull();
  });

  it('takes characters beyond ASCII as UTF-8, and bytes as they are', () => {
    const request: LureRequest = { method: 'POST', path: '/ü', body: '{{hex_decode("aced0005")}}' };
    const body = '\u00ac\u00ed\u0000\u0005';
    expect(caught(request, seen('/%c3%bc', { method: 'POST', body }))).toEqual({});
  });

  it('is found in its own sample, whatever it is made of', () => {
    const piece = fc.constantFrom(
      'a',
      'b/',
      '%2e',
      '..',
      '{{x}}',
      '{{randstr}}',
      '{{rand_int(10, 99)}}',
      '{{base64(x)}}',
      '=',
      '+',
      ' ',
      '<',
      '"',
      '{',
      '}}',
      'ü',
      '\n',
      ';',
    );
    const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, text, text, (anyPath, anyQuery, body) => {
        // A path ends at its query, a query has its separators; and two holes with nothing between can't be told apart.
        const path = anyPath.replaceAll(/[?\n]/g, '');
        const query = anyQuery.replaceAll(/[&;\n]/g, '');
        fc.pre(![path, query, body].some((part) => /\}\}[a-z0-9+=]*\{\{/i.test(part)));
        const request: LureRequest = { method: 'POST', path: `/${path}`, query, body: `x:${body}` };
        const document = lure(request);
        const pattern = new RequestPattern(request, document);
        expect(pattern.match(new SeenRequest(sampleRequest(document, request)))).not.toBeNull();
      }),
      { numRuns: 200 },
    );
  });

  it('stands any request that there is', () => {
    const request: LureRequest = { path: '/{{a}}/{{b}}.php', query: 'q={{c}}x{{d}}', body: '{{e}}y{{f}}' };
    const pattern = new RequestPattern(request, lure(request));
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (path, name, body) => {
        pattern.match(new SeenRequest({ method: 'GET', path, headers: [[name, body]], body }));
      }),
      { numRuns: 200 },
    );
    const long = 'x'.repeat(60_000);
    expect(pattern.match(seen(`/a/${long}`, { body: long }))).toBeNull();
  });
});
