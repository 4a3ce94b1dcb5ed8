/** The examples in CONTRIBUTING.md are laid into a copy of the tree, where they must type-check and pass their own tests. */

import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const page = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
const examples = [...page.matchAll(/^```ts\n\/\/ (src\/\S+)\n([\s\S]*?)^```$/gm)].map((match) => ({
  path: match[1] ?? '',
  text: match[2] ?? '',
}));

let copy = '';

/** Links to everything of a folder, with room for the examples: folders that get one are made anew, and filled with links. */
function lay(path: string): void {
  mkdirSync(join(copy, path), { recursive: true });
  for (const entry of readdirSync(join(root, path))) {
    const child = path === '' ? entry : `${path}/${entry}`;
    if (entry.startsWith('.') || entry === 'CONTRIBUTING.md') continue;
    if (examples.some((example) => example.path.startsWith(`${child}/`))) lay(child);
    else symlinkSync(join(root, child), join(copy, child));
  }
}

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'picket-contributing-'));
  lay('');
  for (const { path, text } of examples) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), text);
  }
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

function run(...words: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    cwd: copy,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return status === 0 ? '' : `${stdout}${stderr}`;
}

describe('CONTRIBUTING.md', () => {
  it('has an example of each kind of part, with its test', () => {
    const folders = examples.map((example) => example.path.split('/')[1]);
    for (const folder of ['decoys', 'detectors', 'enforcers', 'telemetry']) {
      expect(folders.filter((name) => name === folder)).toHaveLength(2);
    }
  });

  it('has examples that type-check as the sources do', () => {
    const own = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
    const files = examples.map((example) => example.path);
    writeFileSync(join(copy, 'tsconfig.examples.json'), JSON.stringify({ ...own, include: [], files }));
    expect(run('node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.examples.json')).toBe('');
  });

  it('has examples that pass their own tests', () => {
    const tests = examples.map((example) => example.path).filter((path) => path.endsWith('.test.ts'));
    expect(run('node_modules/vitest/vitest.mjs', 'run', ...tests)).toBe('');
  });
});
