import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { needTools } from '../support/need.ts';
import { dialects, hashOf, ownAnswer, realAnswers, recordPath, scriptsFor } from './oracle.ts';

/** Every nth script is asked of the real shell again, so that the record cannot drift from it. */
const asked = 60;

/** The shares reached, rounded down: a change that loses scripts fails. */
const floors = { bash: 0.991, dash: 0.992, ash: 0.994 } as const;

describe('the interpreter against real shells', () => {
  const it = needTools(['bwrap', 'perl', 'bash', 'dash', 'busybox']);
  for (const dialect of dialects)
    it(`says what ${dialect} says, on both streams and with its status`, async () => {
      const recorded = new Map(
        readFileSync(recordPath(dialect), 'utf8')
          .trimEnd()
          .split('\n')
          .map((line) => [line.slice(0, 16), line.slice(17)] as const),
      );
      const scripts = scriptsFor(dialect).filter((script) => recorded.has(hashOf([script])));
      expect(scripts.length).toBeGreaterThanOrEqual(3_000);
      const sample = scripts.filter((_, index) => index % asked === 0);
      const real = realAnswers(dialect, sample);
      const different = scripts.filter(
        (script) => hashOf(ownAnswer(dialect, script)) !== recorded.get(hashOf([script])),
      );
      const answers = await real;
      const drifted = sample.filter((script, index) => {
        const answer = answers[index];
        return answer === undefined || hashOf(answer) !== recorded.get(hashOf([script]));
      });
      expect(drifted, 'the record is not what the shell says: node test/shell/record.ts').toEqual([]);
      const share = 1 - different.length / scripts.length;
      console.log(`${dialect}: ${(share * 100).toFixed(2)} % of ${scripts.length} scripts`);
      expect(share, different.slice(0, 20).join('\n----\n')).toBeGreaterThanOrEqual(floors[dialect]);
    });
});
