import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { proxyLine } from './proxy-line.ts';

const a = '203.0.113.9';

it.each([
  [
    'an application load balancer of AWS',
    `https 2026-01-10T10:00:00.186641Z app/api/490d ${a}:44740 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 "GET https://www.example.com:443/robots.txt?a HTTP/1.1" "curl \\"7\\"" ECDHE TLSv1.2 arn:aws:x "Root=1-58" "www.example.com" "arn" 1 2026-01-10T10:00:00.000000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-"`,
    { address: a, method: 'GET', path: '/robots.txt?a', status: 200 },
  ],
  [
    'a classic load balancer of AWS',
    `2026-01-10T10:00:00.945958Z elb ${a}:2817 10.0.0.1:80 0.000073 0.001048 0.000057 404 404 0 29 "GET http://www.example.com:80/x HTTP/1.1" "curl/7.38.0" - -`,
    { address: a, path: '/x', status: 404, userAgent: 'curl/7.38.0' },
  ],
  [
    'HAProxy',
    `${a}:14853 [14/Jan/2026:12:48:57.127] https-in~ be/node_1 170/0/0/3/173 403 739 - - --NN 0/0/0/0/0 0/0 {agent|x} "GET /.env HTTP/1.1"`,
    { address: a, method: 'GET', path: '/.env', status: 403 },
  ],
  [
    'HAProxy over IPv6',
    `2001:db8::5:14853 [14/Jan/2026:12:48:57.127] in be/<NOSRV> -1/-1/-1/-1/0 401 248 - - PR-- 0/0/0/0/0 0/0 "GET / HTTP/1.1"`,
    { address: '2001:db8::5', status: 401 },
  ],
  [
    'Zoraxy',
    `2026/01/10 10:00:00 [2026-01-10 10:00:00.417736] [router:host-http] [origin:x.example] [client: ${a}] [useragent: x] GET /y 200] GET /z 404`,
    { address: a, path: '/z', status: 404 },
  ],
  [
    'Nginx Proxy Manager',
    `[24/Jan/2026:16:51:02 +0000] - 404 404 - GET http x.example "/a\\x22b" [Client ${a}] [Length 192] [Gzip 3.10] [Sent-to x] "agent" "-"`,
    { address: a, path: '/a"b', status: 404, userAgent: 'agent' },
  ],
  [
    'NPMplus',
    `[10/Feb/2026:21:23:40 +0100] x.example ${a} 0.002 "GET /w HTTP/1.1" 401 77 935 - Uptime-Kuma/1.23.11`,
    { address: a, path: '/w', status: 401, userAgent: 'Uptime-Kuma/1.23.11' },
  ],
])('reads a line of %s', (_, line, expected) => {
  const found = proxyLine(line, 0);
  expect(found).toMatchObject(expected);
});

it('takes any text in its stride', () => {
  const pieces = [
    '[client: ',
    '] [useragent: ',
    '[router:',
    '"',
    '[',
    ']',
    ' ',
    '/',
    `${a}:1`,
    '{',
    '}',
    '\\',
    '1',
    '-',
    'GET / HTTP/1.1',
  ];
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 8 })), { maxLength: 60 }),
      (parts) => {
        const found = proxyLine(parts.join(''), 0);
        if (found !== null) expect(Number.isFinite(found.at)).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});
