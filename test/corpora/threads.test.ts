import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyzeInThreads } from '../support/analyze.ts';
import { corporaFolder } from '../support/corpora.ts';

const folder = corporaFolder();

const files = (inside: string): string[] =>
  readdirSync(inside)
    .map((name) => join(inside, name))
    .filter((path) => statSync(path).isFile())
    .toSorted();

describe.skipIf(folder === null)(
  'recorded input on two threads (skipped where the corpora are absent)',
  () => {
    const root = folder ?? '';
    it.each([
      ['flows', (): string[] => files(join(root, 'flows'))],
      ['logs', (): string[] => files(join(root, 'crowdsec-logs'))],
      ['the rest', (): string[] => files(root)],
    ] as const)('comes to the same to the byte: %s', { timeout: 240_000 }, async (_, paths) => {
      const alone = await analyzeInThreads(paths(), 1);
      expect(alone.verdicts.length).toBeGreaterThan(0);
      const shared = await analyzeInThreads(paths(), 2);
      expect(shared.totals).toEqual(alone.totals);
      expect(JSON.stringify(shared)).toBe(JSON.stringify(alone));
    });
  },
);
