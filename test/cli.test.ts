/**
 * Runs the pages of test/cli: after `$ ` a command as a person types it, then what appears on the terminal (standard output and
 * standard error as they come), then `[exit N]` where N is not 0. Commands run in the folder test/cli. Lines before the
 * first command are prose.
 */

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, 'cli');
const bin = resolve(import.meta.dirname, '../bin');

function terminal(command: string): string {
  const { stdout, status } = spawnSync('/bin/sh', ['-c', `exec 2>&1; ${command}`], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`, NO_COLOR: '1' },
  });
  return status === 0 ? stdout : `${stdout}[exit ${status}]\n`;
}

const pages = readdirSync(folder).filter((name) => name.endsWith('.txt'));

describe.each(pages)('the page %s', (page) => {
  const [, ...steps] = readFileSync(join(folder, page), 'utf8').split(/^\$ /m);
  it.each(steps.map((step) => [step.slice(0, step.indexOf('\n')), step] as const))('%s', (command, step) => {
    expect(terminal(command).trimEnd()).toBe(step.slice(step.indexOf('\n') + 1).trimEnd());
  });
});
