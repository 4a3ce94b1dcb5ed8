/** The whole of `picket analyze` on recorded requests of scanners, rule tests and visitors. Figures: test/corpora/README.md. */

import { describe, expect, it } from 'vitest';
import { analyzeText, type Analyzed } from '../support/analyze.ts';
import { corporaFolder, corpusLines, share } from '../support/corpora.ts';

const folder = corporaFolder();

interface RecordedRequest {
  readonly source?: string;
  readonly time?: string;
  readonly status?: number;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** The requests as `http-jsonl`, each with its place as id. */
const analyzeRequests = (requests: readonly RecordedRequest[]): Promise<Analyzed> =>
  analyzeText(
    requests.map((request, index) => JSON.stringify({ id: String(index), ...request })).join('\n'),
    {
      format: 'http-jsonl',
    },
  );

interface NucleiRequest {
  readonly id: string;
  readonly cve: string | null;
  readonly kev: boolean;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly unresolved: readonly string[];
}

interface RuleTest {
  readonly id: string;
  readonly file: string;
  readonly method: string;
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: string | null;
  readonly encoded_request: string | null;
  readonly expect: string;
}

interface Visit {
  readonly src: string;
  readonly kind: string;
  readonly label: string;
  readonly ip?: string | null;
  readonly ts?: string | null;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | null;
  readonly status?: number;
}

interface PatchTest {
  readonly test: string;
  readonly cve: string | null;
  readonly requests: readonly string[];
}

interface Payload {
  readonly label: 'attack' | 'benign';
  readonly set: string;
  /** Absent where the corpus gives a place in a request instead of a text. */
  readonly payload?: string;
}

/** A request as a person writes it: request line, headers, an empty line, body. */
function requestOf(text: string): RecordedRequest {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => /^[A-Z]+ /.test(line));
  const end = lines.indexOf('', first);
  const [method = '', ...rest] = (lines[first] ?? '').split(' ');
  return {
    method,
    path: rest.join(' ').replace(/ HTTP\/[\d.]+\s*$/, ''),
    headers: lines.slice(first + 1, end < 0 ? undefined : end).map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
    body:
      end < 0
        ? ''
        : lines
            .slice(end + 1)
            .join('\n')
            .trim(),
  };
}

/** The rule files that stand for attacks in requests, and the classes that answer to each. */
const classesOfFile: Readonly<Record<string, readonly string[]>> = {
  '921': ['protocol'],
  '930': ['lfi', 'other'],
  '931': ['rfi', 'ssrf'],
  '932': ['rce'],
  '933': ['php', 'rce', 'deserialization', 'lfi'],
  '934': ['js', 'ssrf', 'ssti', 'php', 'rce', 'deserialization', 'other'],
  '941': ['xss'],
  '942': ['sqli'],
  '943': ['other', 'protocol', 'auth-bypass'],
  '944': ['java', 'rce', 'deserialization', 'ssti'],
};

const requestKey = ({ method, path, body, headers }: RecordedRequest): string =>
  JSON.stringify([method, path, body, headers]);

/** `17/May/2015:10:05:03 +0000` as ISO 8601. */
function isoOf(text: string): string {
  const [, day, month, year, clock] = /^(\d+)\/(\w+)\/(\d+):(\S+)/.exec(text) ?? [];
  return new Date(`${day} ${month} ${year} ${clock} UTC`).toISOString();
}

describe.skipIf(folder === null)('picket analyze of requests (skipped where the corpora are absent)', () => {
  it('names the weakness that a scanner’s request tries', async () => {
    const requests = corpusLines<NucleiRequest>('nuclei-http.jsonl');
    const { records } = await analyzeRequests(
      requests.map(({ method, path, headers, body }) => ({ method, path, headers, body })),
    );
    expect(records.length).toBe(requests.length);
    // The same request may stand for many weaknesses: each of them is right.
    const acceptable = new Map<string, Set<string>>();
    for (const request of requests) {
      const key = requestKey(request);
      const cves = acceptable.get(key) ?? new Set();
      acceptable.set(key, cves);
      if (request.cve !== null) cves.add(request.cve.toUpperCase());
    }
    const tally = { all: 0, attack: 0, cve: 0, named: 0, wrong: 0, kev: 0, kevNamed: 0 };
    const templates = new Map<string, boolean>();
    for (const [index, request] of requests.entries()) {
      const record = records[index];
      if (record === undefined) continue;
      tally.all += 1;
      if (record.behaviors.some((name) => name.startsWith('exploit:'))) tally.attack += 1;
      if (request.cve === null) continue;
      const right = acceptable.get(requestKey(request)) ?? new Set();
      const isNamed = record.cves.some((cve) => right.has(cve));
      tally.cve += 1;
      if (isNamed) tally.named += 1;
      else if (record.cves.length > 0) tally.wrong += 1;
      if (request.kev) {
        tally.kev += 1;
        if (isNamed) tally.kevNamed += 1;
      }
      templates.set(request.cve, (templates.get(request.cve) ?? false) || isNamed);
    }
    const namedTemplates = [...templates.values()].filter((named) => named).length;
    console.info(
      [
        `nuclei requests: attacks seen ${share(tally.attack, tally.all)}`,
        `  with a CVE: rightly named ${share(tally.named, tally.cve)}, only others named ${share(tally.wrong, tally.cve)}`,
        `  on the KEV list: rightly named ${share(tally.kevNamed, tally.kev)}`,
        `  CVEs with at least one request named: ${share(namedTemplates, templates.size)}`,
      ].join('\n'),
    );
    expect(tally.attack / tally.all).toBeGreaterThanOrEqual(0.32);
    expect(tally.kevNamed / tally.kev).toBeGreaterThanOrEqual(0.77);
    expect(tally.wrong / tally.cve).toBeLessThanOrEqual(0.035);
  });

  it('sees the class of attack in the rule set’s tests', async () => {
    const tests = corpusLines<RuleTest>('crs-ftw.jsonl').filter(
      ({ file, expect: wanted, encoded_request: encoded }) =>
        wanted === 'match' && encoded === null && classesOfFile[/\d{3}/.exec(file)?.[0] ?? ''] !== undefined,
    );
    const { records } = await analyzeRequests(
      tests.map(({ method, uri, headers, data }) => ({
        method: method ?? 'GET',
        path: uri ?? '/',
        headers: Object.entries(headers ?? {}),
        body: data ?? '',
      })),
    );
    const byFile = new Map<string, [any: number, fitting: number, all: number]>();
    for (const [index, { file }] of tests.entries()) {
      const number = /\d{3}/.exec(file)?.[0] ?? '';
      const counts = byFile.get(number) ?? [0, 0, 0];
      byFile.set(number, counts);
      const classes = (records[index]?.behaviors ?? [])
        .filter((name) => name.startsWith('exploit:'))
        .map((name) => name.slice('exploit:'.length));
      counts[2] += 1;
      if (classes.length > 0) counts[0] += 1;
      if (classes.some((name) => classesOfFile[number]?.includes(name))) counts[1] += 1;
    }
    let any = 0;
    let fitting = 0;
    for (const [number, counts] of [...byFile].sort(([left], [right]) => Number(left) - Number(right))) {
      any += counts[0];
      fitting += counts[1];
      console.info(
        `  CRS ${number}: attack ${share(counts[0], counts[2])}, class ${share(counts[1], counts[2])}`,
      );
    }
    console.info(
      `CRS tests: attack ${share(any, tests.length)}, fitting class ${share(fitting, tests.length)}`,
    );
    expect(any / tests.length).toBeGreaterThanOrEqual(0.89);
    expect(fitting / tests.length).toBeGreaterThanOrEqual(0.87);
  });

  it('sees the exploits of the hub’s virtual patches', async () => {
    const tests = corpusLines<PatchTest>('crowdsec-appsec.jsonl').filter(({ cve }) => cve !== null);
    let seen = 0;
    let named = 0;
    const missed: string[] = [];
    for (const { cve, test, requests } of tests) {
      const { records } = await analyzeRequests(requests.map((text) => requestOf(text)));
      if (records.some(({ behaviors }) => behaviors.length > 0)) seen += 1;
      else missed.push(test);
      if (records.some(({ cves }) => cves.includes(cve ?? ''))) named += 1;
    }
    console.info(
      `hub virtual patches: attack ${share(seen, tests.length)}, CVE named ${share(named, tests.length)}`,
    );
    expect(seen / tests.length, missed.join('\n')).toBeGreaterThanOrEqual(0.9);
    expect(named / tests.length).toBeGreaterThanOrEqual(0.8);
  });

  it('tells payloads from texts that only look like them', async () => {
    const payloads = corpusLines<Payload>('waf-payloads.jsonl').filter(
      ({ payload }) => typeof payload === 'string',
    );
    const { records } = await analyzeRequests(
      payloads.map(({ payload }) => ({
        method: 'POST',
        path: '/form',
        headers: [['Content-Type', 'application/x-www-form-urlencoded']],
        body: `text=${encodeURIComponent((payload ?? '').toWellFormed())}`,
      })),
    );
    const flagged = (label: Payload['label']): number =>
      payloads.filter((each, index) => each.label === label && (records[index]?.behaviors.length ?? 0) > 0)
        .length;
    const attacks = payloads.filter(({ label }) => label === 'attack').length;
    const harmless = payloads.length - attacks;
    console.info(
      `payloads in a form: attacks ${share(flagged('attack'), attacks)}, harmless ${share(flagged('benign'), harmless)}`,
    );
    expect(flagged('attack') / attacks).toBeGreaterThanOrEqual(0.93);
    expect(flagged('benign')).toBe(0);
  });

  it('leaves visitors, crawlers and automation alone', async () => {
    const visits = corpusLines<Visit>('benign-http.jsonl').filter(({ label }) => label !== 'scanner');
    const { records, verdicts } = await analyzeRequests(
      visits.map(({ ip, ts, status, method, path, headers, body }, index) => ({
        // Those without an address are given one each: a client of one request.
        source: ip ?? `44.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`,
        ...(ts === undefined || ts === null ? {} : { time: isoOf(ts) }),
        ...(status === undefined ? {} : { status }),
        method,
        path,
        headers,
        body: body ?? '',
      })),
    );
    const flagged = records.filter(({ behaviors }) => behaviors.length > 0);
    const decided = verdicts.filter(({ decision }) => decision !== null);
    const blocked = decided.filter(({ decision }) => decision?.action === 'block');
    console.info(
      `benign requests: flagged ${share(flagged.length, records.length)}; sources limited ${share(decided.length, verdicts.length)}, of them blocked ${blocked.length}`,
    );
    const shown = flagged.map(({ index, behaviors, cves }) => {
      const visit = visits[index];
      return `${behaviors.join()} ${cves.join()} ${visit?.kind} ${visit?.method} ${visit?.path.slice(0, 120)}`;
    });
    expect(blocked.map(({ source, behaviors }) => `${source} ${behaviors.join()}`)).toEqual([]);
    expect(flagged.length / records.length, shown.join('\n')).toBeLessThanOrEqual(0.002);
  });
});
