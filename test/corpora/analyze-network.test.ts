/** The whole of `picket analyze` on recorded flows and logs of others. Figures: test/corpora/README.md. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonicalAddress, parseAddress, sourceKey } from '../../src/core/address.ts';
import type { VerdictLine } from '../../src/daemon/analyze.ts';
import { analyzeFile, analyzeText } from '../support/analyze.ts';
import { corporaFolder, corpusLines, share } from '../support/corpora.ts';

const folder = corporaFolder();
const decidedOn = (verdict: VerdictLine): boolean => verdict.decision?.action === 'block';

interface Scenario {
  readonly file: string;
  readonly attacker: string | null;
  readonly cls: string;
}

const behaviorOfClass: Readonly<Record<string, string>> = {
  horizontal: 'scan:horizontal',
  vertical: 'scan:vertical',
  icmp: 'scan:sweep',
  ssh: 'bruteforce:ssh',
};

interface LogLine {
  readonly service: string;
  readonly line: string;
  readonly match: boolean;
  readonly host: string | null;
}

interface HubTest {
  readonly test: string;
  readonly kind: string;
  readonly log: string;
  readonly expected: readonly {
    readonly scenario: string;
    readonly sources: readonly string[];
    readonly behaviors: string;
  }[];
}

/** Which behaviors answer to a label of the hub. */
function fits(label: string, behaviors: readonly string[]): boolean {
  if (/brute|user-enum/.test(label)) return behaviors.some((name) => /^(?:bruteforce|spray):/.test(name));
  if (/scan|exploit|dos|unusual/.test(label))
    return behaviors.some((name) => /^(?:exploit|enumeration|scan|flood|bruteforce):?/.test(name));
  return behaviors.length > 0;
}

describe.skipIf(folder === null)('picket analyze (skipped where the corpora are absent)', () => {
  it('finds the attacker of each flow scenario and calls nobody else malicious', async () => {
    const scenarios: readonly Scenario[] = JSON.parse(
      readFileSync(join(folder ?? '', 'flow-scenarios.json'), 'utf8'),
    );
    let wanted = 0;
    let found = 0;
    const wrong: string[] = [];
    for (const { file, attacker, cls } of scenarios) {
      const { verdicts } = await analyzeFile(join(folder ?? '', file));
      const behavior = behaviorOfClass[/^[a-z]+/.exec(cls)?.[0] ?? ''];
      const malicious = verdicts.filter(({ classification }) => classification === 'malicious');
      const fitting = malicious.filter(
        ({ source, behaviors }) =>
          behavior !== undefined &&
          behaviors.includes(behavior) &&
          (attacker === null || source === attacker),
      );
      if (behavior !== undefined) {
        wanted += 1;
        if (fitting.length > 0) found += 1;
      }
      const others = malicious.filter((verdict) => !fitting.includes(verdict));
      wrong.push(...others.map(({ source, behaviors }) => `${file}: ${source} ${behaviors.join()}`));
      expect(fitting.every(decidedOn), file).toBe(true);
    }
    console.info(`flow scenarios: attackers ${share(found, wanted)}, others malicious ${wrong.length}`);
    expect(found).toBe(wanted);
    expect(wrong).toEqual([]);
  });

  it('tells the attacker of single log lines, and blames nobody else', async () => {
    const lines = corpusLines<LogLine>('fail2ban-lines.jsonl');
    let wanted = 0;
    let found = 0;
    let clear = 0;
    const wrong: string[] = [];
    const missed = new Map<string, number>();
    for (const { line, match, host, service } of lines) {
      const { verdicts } = await analyzeText(`${line}\n`, { near: Date.UTC(2013, 6, 1) });
      const blamed = verdicts.filter(({ behaviors }) => behaviors.length > 0).map(({ source }) => source);
      const address = host === null ? null : canonicalAddress(host);
      const right = match && address !== null ? [address, sourceKey(address)] : [];
      if (match && address !== null) {
        wanted += 1;
        if (blamed.some((source) => right.includes(source))) found += 1;
        else missed.set(service, (missed.get(service) ?? 0) + 1);
      } else if (!match) clear += 1;
      // A line that names a host by its name alone has no address to be right about.
      if (match && address === null) continue;
      const others = blamed.filter((source) => !right.includes(source));
      wrong.push(...others.map((source) => `${service}: ${source}, not ${host}: ${line}`));
    }
    console.info(
      `fail2ban lines: hosts ${share(found, wanted)}; wrongly blamed ${wrong.length} (of ${clear} harmless lines and ${wanted} others)`,
    );
    expect(wrong, wrong.join('\n')).toEqual([]);
    expect(found / wanted, [...missed].join(' ')).toBeGreaterThanOrEqual(0.88);
  });

  it('finds the sources of the hub’s log scenarios', async () => {
    const tests = corpusLines<HubTest>('crowdsec-hub.jsonl').filter(({ kind }) => kind === 'scenario');
    const byKind = new Map<string, [found: number, malicious: number, wanted: number]>();
    const missed: string[] = [];
    const unread: string[] = [];
    for (const { test, log, expected } of tests) {
      const { verdicts, known } = await analyzeFile(join(folder ?? '', log));
      if (!known) unread.push(test);
      const seen = new Set<string>();
      for (const { sources, behaviors: label } of expected) {
        for (const source of sources) {
          if (parseAddress(source) === null || seen.has(`${source} ${label}`)) continue;
          seen.add(`${source} ${label}`);
          const verdict = verdicts.find(
            (each) => each.source === canonicalAddress(source) || each.source === sourceKey(source),
          );
          const counts = byKind.get(label) ?? [0, 0, 0];
          byKind.set(label, counts);
          counts[2] += 1;
          if (verdict !== undefined && fits(label, verdict.behaviors)) {
            counts[0] += 1;
            if (verdict.classification === 'malicious') counts[1] += 1;
          } else
            missed.push(
              `${test} ${source} ${label} ${verdict?.behaviors.join() ?? (known ? '-' : 'format unknown')}`,
            );
        }
      }
    }
    let found = 0;
    let malicious = 0;
    let wanted = 0;
    for (const counts of byKind.values()) {
      found += counts[0];
      malicious += counts[1];
      wanted += counts[2];
    }
    console.info(
      `hub scenarios: sources ${share(found, wanted)}, of them malicious ${malicious}; files of no known format ${unread.length} of ${tests.length}`,
    );
    for (const [label, counts] of byKind) console.info(`  ${label}: ${share(counts[0], counts[2])}`);
    expect(found / wanted, missed.join('\n')).toBeGreaterThanOrEqual(0.95);
    expect(malicious / wanted).toBeGreaterThanOrEqual(0.67);
  });
});
