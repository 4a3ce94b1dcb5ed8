import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { corporaFolder } from '../support/corpora.ts';
import { runShell } from '../support/run-shell.ts';

const folder = corporaFolder();

interface Recorded {
  readonly test: string;
  readonly input: readonly string[];
  readonly expect_no_prompt: string;
}

describe('recorded shell inputs', () => {
  if (folder === null) {
    it.skip('are answered as real bash answers them (skipped: no corpora folder)', () => {});
    return;
  }
  const cases = readFileSync(join(folder, 'cowrie-shell.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line): Recorded => JSON.parse(line));
  it.each(cases.map((recorded) => [recorded.test, recorded] as const))(
    '%s is answered as real bash answers it',
    (_, recorded) => {
      expect(runShell('linux-gnu', recorded.input.join('')).output).toBe(recorded.expect_no_prompt);
    },
  );
});
