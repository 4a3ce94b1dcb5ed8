/** The tests run under a loader that reads more of TypeScript than Node does, which then would fail at its first start. */

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const { version }: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const plainly = (program: string, words: readonly string[], input = ''): string =>
  execFileSync(program, words, {
    cwd: root,
    input,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });

it('starts in plain Node, with all that it imports', () => {
  expect(plainly(join(root, 'bin', 'picket'), ['--version']).trim()).toContain(version);
  expect(plainly(join(root, 'bin', 'picket'), ['persona', 'list'])).toContain('ubuntu-web');
});

it('is made of sources that plain Node reads, also those that are loaded later', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => join(root, 'src', name));
  expect(sources.length).toBeGreaterThan(500);
  const script = `
    import { readFileSync } from 'node:fs';
    import { stripTypeScriptTypes } from 'node:module';
    import { SourceTextModule } from 'node:vm';
    for (const path of JSON.parse(readFileSync(0, 'utf8'))) {
      try {
        new SourceTextModule(stripTypeScriptTypes(readFileSync(path, 'utf8')), { identifier: path });
      } catch (error) {
        console.log(path + ': ' + error.message);
      }
    }`;
  const flags = ['--no-warnings', '--experimental-vm-modules', '--input-type=module', '-e', script];
  expect(plainly(process.execPath, flags, JSON.stringify(sources))).toBe('');
});
