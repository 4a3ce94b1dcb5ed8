/**
 * Runs each folder of test/cases as a person would: `picket analyze --json <arguments> <input…>` inside the folder, where
 * `case.yaml` gives `summary` and `arguments`. Each line of `expected.jsonl` names what must hold of the line in its place;
 * keys that it leaves out are free.
 */

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Case {
  readonly summary: string;
  readonly arguments: readonly string[];
}

const root = resolve(import.meta.dirname, '..');
const folder = join(import.meta.dirname, 'cases');
const cases = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());

const jsonLines = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));

describe('the case', () => {
  it.each(cases.map((entry) => entry.name))('%s', async (name) => {
    const read = (file: string): string => readFileSync(join(folder, name, file), 'utf8');
    const { summary, arguments: words }: Case = parse(read('case.yaml'));
    const { stdout, stderr } = await promisify(execFile)(
      join(root, 'bin/picket'),
      ['analyze', '--json', ...words],
      { cwd: join(folder, name) },
    );
    expect(stderr, summary).toBe('');
    const expected = jsonLines(read('expected.jsonl'));
    const lines = jsonLines(stdout);
    expect(lines, summary).toMatchObject(expected);
    expect(lines.length, summary).toBe(expected.length);
  });
});
