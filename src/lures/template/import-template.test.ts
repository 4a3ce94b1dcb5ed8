import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf, type LureDocument } from '../document.ts';
import { isLure, readLure } from '../read-lure.ts';
import { isTemplate, readTemplate } from './read-template.ts';

const head = `id: CVE-2031-0001
info:
  name: A product - a weakness
  severity: high
  tags: cve,cve2031,aproduct,rce
  classification:
    cve-id: CVE-2031-0001
    cwe-id: CWE-78
  metadata: { vendor: maker, product: a_product }
`;

function imported(source: string): LureDocument {
  const read = readLure(head + source);
  if (!isLure(read)) throw new Error(`line ${read.line}: ${read.why}`);
  return read;
}

const answerOf = (
  document: LureDocument,
  step = 0,
): { status: number; headers: string; body: string; delay: number } => {
  const answer = document.steps[step]?.answer;
  return {
    status: answer?.status ?? 200,
    headers: (answer?.headers ?? []).map((line) => line.join(': ')).join('\n'),
    body: linesOf(answer?.body),
    delay: answer?.delaySeconds ?? 0,
  };
};

describe('a template becomes a lure', () => {
  it('with what it is, and the product by every name that a persona may have for it', () => {
    const document = imported(
      'http:\n  - path: ["{{BaseURL}}/x"]\n    matchers: [{type: status, status: [200]}]\n',
    );
    expect(document).toMatchObject({
      name: 'cve-2031-0001',
      product: 'a-product',
      alsoKnownAs: ['maker-a-product', 'aproduct'],
      cves: ['CVE-2031-0001'],
      cwes: ['CWE-78'],
      class: 'rce',
      origin: 'nuclei:CVE-2031-0001',
    });
  });

  it('whose answer has the words, the status and the headers', () => {
    const document = imported(`http:
  - method: GET
    path: ["{{BaseURL}}/a/b.php?f=../../etc/passwd"]
    headers: { User-Agent: "Mozilla/5.0 (X11)", X-Own: "1" }
    matchers-condition: and
    matchers:
      - { type: word, words: ["<b>one", two], condition: and }
      - { type: word, part: header, words: ["Content-Disposition: attachment; filename=all.csv"] }
      - { type: word, part: content_type, words: [text/csv] }
      - { type: status, status: [500, 200] }
`);
    const [step] = document.steps;
    expect(step?.request).toEqual({
      path: '/a/b.php',
      query: 'f=../../etc/passwd',
      headers: { 'X-Own': '1' },
    });
    const { status, headers, body } = answerOf(document);
    expect(status).toBe(200);
    expect(headers).toContain('Content-Disposition: attachment; filename=all.csv');
    expect(headers).toContain('Content-Type: text/csv');
    expect(body).toContain('<b>one');
    expect(body).toContain('two');
    expect(document.unproven).toBeUndefined();
  });

  it('that shows the machine’s own files and commands where the scanner asks for them', () => {
    const passwd = imported(`http:
  - path: ["{{BaseURL}}/x?f=/etc/passwd"]
    matchers: [{ type: regex, regex: ["root:.*:0:0:"] }]
`);
    expect(answerOf(passwd).body).toBe('{{like("root:.*:0:0:", file("/etc/passwd"))}}');
    const id = imported(`http:
  - path: ["{{BaseURL}}/x?c=id"]
    matchers: [{ type: word, words: ["uid=0(root)"] }]
`);
    // A machine whose web server is no root shows the word itself.
    expect(answerOf(id).body).toContain('uid=0(root)');
  });

  it('that echoes and computes what the request draws by chance', () => {
    const document = imported(`variables:
  first: "{{rand_int(1000, 9999)}}"
  second: "{{rand_int(1000, 9999)}}"
  result: "{{to_number(first)*to_number(second)}}"
  fixed: CVE-2031-0001
http:
  - path: ["{{BaseURL}}/x?a={{first}}*{{second}}&b={{fixed}}&c={{randstr}}"]
    matchers-condition: and
    matchers:
      - { type: word, words: ["{{result}}", "{{md5(fixed)}}", "{{md5(randstr)}}"], condition: and }
`);
    expect(document.steps[0]?.request.query).toBe('a={{first}}*{{second}}&b=CVE-2031-0001&c={{randstr}}');
    expect(answerOf(document).body).toContain('{{result}}');
    // What is known at the import is computed there, the rest when the request has come.
    expect(answerOf(document).body).toContain(createHash('md5').update('CVE-2031-0001').digest('hex'));
    expect(answerOf(document).body).toContain('{{md5(randstr)}}');
    expect(document.variables).toMatchObject({ first: '{{rand_int(1000, 9999)}}' });
    expect(document.unproven).toBeUndefined();
  });

  it('of several steps, each with what the next one needs', () => {
    const document = imported(`http:
  - raw:
      - |
        GET /login HTTP/1.1
        Host: {{Hostname}}
      - |
        POST /login HTTP/1.1
        Host: {{Hostname}}
        Content-Type: application/x-www-form-urlencoded

        token={{csrf}}&user={{username}}
      - |
        GET /admin/x HTTP/1.1
        Host: {{Hostname}}
    extractors:
      - { type: regex, name: csrf, group: 1, internal: true, regex: ['name="token" value="([a-f0-9]{32})"'] }
    matchers:
      - type: dsl
        condition: and
        dsl: ["status_code_2 == 302", "contains(body_3, 'pwned')", "!contains(body_3, 'Denied')", "contains(tolower(header_2), 'location')"]
`);
    expect(answerOf(document, 0).body).toContain('{{like("name=\\"token\\" value=\\"([a-f0-9]{32})\\"")}}');
    expect(answerOf(document, 1).status).toBe(302);
    expect(answerOf(document, 2).body).toContain('pwned');
    expect(document.steps[2]?.answer?.avoid).toEqual(['denied']);
    expect(document.unproven).toBeUndefined();
  });

  it('of a version that is weak', () => {
    const document = imported(`http:
  - path: ["{{BaseURL}}/readme.txt"]
    extractors:
      - { type: regex, name: version, group: 1, internal: true, regex: ['Stable tag: ([0-9.]+)'] }
    matchers:
      - type: dsl
        condition: and
        dsl: ["compare_versions(version, '>= 1.3', '< 1.4.3')", "contains(body, 'A Plugin')"]
`);
    const version = /Stable tag: ([0-9.]+)/.exec(answerOf(document).body)?.[1] ?? '';
    expect(['1.3', '1.3.1', '1.4', '1.4.0', '1.4.2']).toContain(version);
    expect(document.unproven).toBeUndefined();
  });

  it('that is JSON where the scanner reads JSON', () => {
    const document = imported(`http:
  - path: ["{{BaseURL}}/api"]
    extractors:
      - { type: json, name: token, internal: true, json: ['.data.items[0].token'] }
    matchers-condition: and
    matchers:
      - { type: word, words: ['success":true', '"role":'], condition: and }
      - { type: word, part: content_type, words: [application/json] }
  - path: ["{{BaseURL}}/next?t={{token}}"]
    matchers: [{ type: status, status: [200] }]
`);
    const body = answerOf(document).body.replaceAll(/\{\{.*?\}\}/g, 'filled');
    expect(JSON.parse(body)).toMatchObject({ success: true, data: { items: [{ token: 'filled' }] } });
  });

  it('that sleeps where the scanner measures time, and only recognises where it waits for a call', () => {
    const slow = imported(`http:
  - path: ["{{BaseURL}}/x?id=1+and+sleep(7)"]
    matchers: [{ type: dsl, condition: and, dsl: ["duration>=7", "status_code == 200"] }]
`);
    expect(answerOf(slow).delay).toBe(7);
    const waiting = imported(`http:
  - path: ["{{BaseURL}}/x?u=http://{{interactsh-url}}/"]
    matchers: [{ type: word, part: interactsh_protocol, words: [http] }]
`);
    expect(waiting).toMatchObject({
      outOfBand: true,
      steps: [{ request: { query: 'u=http://{{interactsh-url}}/' } }],
    });
  });

  it('for each of its payloads', () => {
    const document = imported(`http:
  - raw:
      - |
        GET {{path}}x.php HTTP/1.1
        Host: {{Hostname}}
    payloads: { path: ["/", "/app/"], only: [alone] }
    matchers: [{ type: word, words: ["{{only}}"] }]
`);
    expect(document.choices).toEqual({ path: ['/', '/app/'] });
    expect(answerOf(document).body).toContain('alone');
  });
});

describe('a file that is no template', () => {
  it.each<readonly [string, number, string]>([
    ['a: [1', 1, 'is not closed'],
    ['id: x\ninfo: {}\ndns:\n  - name: x\n', 3, 'only HTTP'],
    [
      'id: x\nhttp:\n  - path: ["/"]\n    matchers:\n      - type: nonsense\n        words: [a]\n',
      5,
      'unknown type "nonsense"',
    ],
    ['id: x\nhttp:\n  - method: GET\n', 3, 'without a request'],
    ['just words', 1, 'no id'],
    [`id: x\nhttp: ${'['.repeat(5_000)}`, 1, 'deeply'],
    [
      'a: &a [x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nid: [*c,*c,*c,*c,*c,*c,*c,*c]\n',
      1,
      'alias',
    ],
  ])('is refused with the line and the reason: %#', (source, line, why) => {
    const read = readTemplate(source);
    expect(isTemplate(read)).toBe(false);
    if (!isTemplate(read)) {
      expect(read.why.toLowerCase()).toContain(why.toLowerCase());
      expect(read.line).toBe(line);
    }
  });

  it('never throws, whatever it holds', () => {
    const whole = `${head}variables:
  a: "{{rand_int(1,2)}}"
http:
  - raw:
      - |
        POST /x?{{a}} HTTP/1.1
        Host: {{Hostname}}

        b={{base64(a)}}
    payloads: { p: [1, 2] }
    matchers:
      - { type: dsl, dsl: ["contains(body_1, md5(a)) && status_code == 200 || len(body) > 3"] }
      - { type: regex, part: header, regex: ["X-([a-z]+): (?P<v>.*)$"], negative: true }
`;
    fc.assert(
      fc.property(
        fc.nat(whole.length),
        fc.nat(40),
        fc.string({ maxLength: 12, unit: fc.constantFrom(...'{}[]"\':&*-\n |>!%@`a1(),'.split('')) }),
        (at, cut, put) => {
          readLure(whole.slice(0, at) + put + whole.slice(at + cut));
        },
      ),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (source) => {
        readLure(source);
      }),
      { numRuns: 100 },
    );
  });

  it('of any structure gives a lure or a reason', () => {
    const value = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string({ maxLength: 8 }),
        fc.integer(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
      ),
    })).value;
    const matcher = fc.record({
      type: fc.constantFrom('word', 'regex', 'status', 'dsl', 'binary', 'size', 'xpath'),
      words: value,
      regex: value,
      status: value,
      dsl: value,
      binary: value,
      part: value,
      condition: value,
      negative: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(matcher, { maxLength: 3 }),
        value,
        value,
        value,
        (matchers, path, variables, payloads) => {
          const source = JSON.stringify({
            id: 'x',
            http: [{ path: ['{{BaseURL}}/y', path], payloads, matchers }],
            variables,
          });
          const read = readLure(source);
          expect(typeof read).toBe('object');
        },
      ),
      { numRuns: 150 },
    );
  });
});
