/**
 * Requests judged by every signature, generic and CVE, in a second on one core; beside JSON.parse of the same requests.
 * The requests are made here: nine ordinary ones in ten, and one attack.
 */

import { classifyRequest } from '../src/signatures/classify.ts';
import { matchCveSignatures } from '../src/signatures/cve/index.ts';
import type { WebRequest } from '../src/signatures/request.ts';
import type { Benchmark, Figure } from './benchmark.ts';

const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
] as const;

const attacks = [
  '/item?id=1%27%20union%20select%20user,password%20from%20accounts--',
  '/download?file=..%2f..%2f..%2f..%2fetc%2fpasswd',
  '/search?q=%3Cscript%3Ealert(1)%3C/script%3E',
  '/ping?host=127.0.0.1;cat%20/etc/passwd',
] as const;

/** Ordinary requests with a browser's headers, or an access log's two; every tenth is an attack. */
function makeRequests(count: number, browser: boolean): WebRequest[] {
  return Array.from({ length: count }, (_, index): WebRequest => {
    const agent = agents[index % agents.length] ?? agents[0];
    const referrer = `https://www.example.com/category/${index % 40}?page=${index % 9}&sort=price`;
    const path =
      index % 10 === 9
        ? (attacks[((index / 10) % attacks.length) | 0] ?? attacks[0])
        : index % 3 === 0
          ? `/assets/images/product-${index}.webp?v=${index % 7}`
          : `/shop/item/${index}?colour=dark%20green&size=xl&utm_source=newsletter&utm_campaign=spring`;
    const log: [string, string][] = [
      ['User-Agent', agent],
      ['Referer', referrer],
    ];
    return {
      method: 'GET',
      path,
      body: '',
      headers: browser
        ? [
            ['Host', 'www.example.com'],
            [
              'Accept',
              'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
            ],
            ['Accept-Language', 'en-GB,en;q=0.5'],
            ['Accept-Encoding', 'gzip, deflate, br'],
            ['Connection', 'keep-alive'],
            [
              'Cookie',
              `session=${(index * 7_919).toString(36)}abcdef; consent=true; _ga=GA1.2.${index}.1700000000`,
            ],
            ...log,
          ]
        : log,
    };
  });
}

/** Runs the work over the requests until two seconds have passed, after one round to warm up; items a second. */
function rate<Item>(items: readonly Item[], work: (item: Item) => unknown): number {
  for (const item of items) work(item);
  const start = performance.now();
  let done = 0;
  while (performance.now() - start < 2_000) {
    for (const item of items) work(item);
    done += items.length;
  }
  return (done / (performance.now() - start)) * 1_000;
}

const budget = 50_000;

export const signatures: Benchmark = {
  name: 'signatures',
  summary: 'requests judged by all signatures on one core, beside JSON.parse of the same requests',
  async run(report: (figure: Figure) => void): Promise<void> {
    await Promise.resolve();
    const logged = makeRequests(5_000, false);
    const texts = logged.map((request) => JSON.stringify(request));
    const reference = 'JSON.parse of the same requests';
    const referenceValue = rate(texts, (text) => JSON.parse(text) as unknown);
    const figure = (metric: string, value: number, against: number): Figure => ({
      metric,
      unit: 'requests/s',
      value,
      reference,
      referenceValue: against,
      ratio: value / against,
      budget,
      ok: value >= budget,
    });
    report(figure('generic_signatures', rate(logged, classifyRequest), referenceValue));
    report(
      figure(
        'all_signatures',
        rate(logged, (request) => classifyRequest(request).length + matchCveSignatures(request).length),
        referenceValue,
      ),
    );
    const browsed = makeRequests(5_000, true);
    const browsedTexts = browsed.map((request) => JSON.stringify(request));
    report(
      figure(
        'all_signatures_with_headers',
        rate(browsed, (request) => classifyRequest(request).length + matchCveSignatures(request).length),
        rate(browsedTexts, (text) => JSON.parse(text) as unknown),
      ),
    );
  },
};
