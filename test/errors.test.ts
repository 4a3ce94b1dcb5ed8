import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../src/core/errors.ts';

const root = resolve(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');
const explained = [...page.matchAll(/^## `([A-Z_]+)`$/gm)].map((match) => match[1]);

/** The list itself, and the command line, which chooses exit codes by it. */
const apart = new Set(['core/errors.ts', 'cli/program.ts']);
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !apart.has(name))
  .map((name) => readFileSync(join(root, 'src', name), 'utf8'));

describe('error codes', () => {
  it('are explained in docs/errors.md, in the order of the list, and nothing else is', () => {
    expect(explained).toEqual([...errorCodes]);
  });

  it.each(errorCodes)('%s can be met: some part raises it', (code) => {
    expect(sources.some((text) => text.includes(`'${code}'`))).toBe(true);
  });
});
