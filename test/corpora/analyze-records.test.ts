/** The whole of `picket analyze` on recorded records of clouds. Figures: test/corpora/README.md. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyzeFile, analyzeText } from '../support/analyze.ts';
import { corporaFolder, corpusLines, share } from '../support/corpora.ts';

const folder = corporaFolder();

interface Alarm {
  readonly 'Source IP': string;
}

interface RuleTest {
  readonly rule: string;
  readonly family: string;
  readonly name: string;
  readonly expect: boolean;
  readonly log: unknown;
}

/** The rules that ask what a source does; the others watch what an account's own people and machines change. */
const isAboutSources = ({ rule, family }: RuleTest): boolean =>
  family === 'aws_waf_rules' || rule === 'Standard.BruteForceByIP';

describe.skipIf(folder === null)('records of clouds (skipped where the corpora are absent)', () => {
  it('show who looked for a bucket that is a decoy', async () => {
    const wanted = new Set(corpusLines<Alarm>('s3-honeybucket.jsonl').map((alarm) => alarm['Source IP']));
    const { verdicts } = await analyzeFile(join(folder ?? '', 's3-honeybucket.jsonl'));
    const named = verdicts.filter(({ behaviors }) => behaviors.includes('enumeration:bucket'));
    console.info(`bucket probes: sources ${share(named.length, wanted.size)}`);
    expect(named.length / wanted.size).toBeGreaterThanOrEqual(0.95);
    // One question about one name is no search: it is shown and nothing is decided.
    expect(verdicts.filter(({ decision }) => decision !== null)).toEqual([]);
  });

  it('raise an alarm where the rules about sources do, and none where a rule must not', async () => {
    let wanted = 0;
    let found = 0;
    let harmless = 0;
    const wrong: string[] = [];
    const missed: string[] = [];
    for (const test of corpusLines<RuleTest>('panther-tests.jsonl')) {
      const { verdicts } = await analyzeText(`${JSON.stringify(test.log)}\n`, { near: Date.UTC(2024, 0, 1) });
      const isBlamed = verdicts.some(({ behaviors }) => behaviors.length > 0);
      if (!test.expect) {
        harmless += 1;
        if (isBlamed) wrong.push(`${test.rule}: ${test.name}`);
      } else if (isAboutSources(test)) {
        wanted += 1;
        if (isBlamed) found += 1;
        else missed.push(`${test.rule}: ${test.name}`);
      }
    }
    console.info(
      `panther: alarms about sources ${share(found, wanted)}; false alarms ${wrong.length} of ${harmless}`,
    );
    expect(wrong).toEqual([]);
    expect(found / wanted, missed.join('\n')).toBeGreaterThanOrEqual(0.95);
  });
});
