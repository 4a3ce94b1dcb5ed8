/**
 * One sshd log read and judged by whole programs, each as its user calls it: `picket analyze` beside fail2ban's `fail2ban-regex` with its stock
 * sshd filter. Start-up counts for both. (Time from line to block is in the benchmark `loop`.)
 */

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { below, seededRandom } from '../src/core/random.ts';
import type { Benchmark } from './benchmark.ts';

const lineCount = 100_000;
/** fail2ban reads some thousand lines a second. */
const referenceLines = 20_000;
const entry = join(import.meta.dirname, '../src/cli/main.ts');
const run = promisify(execFile);

function log(count: number): string {
  const random = seededRandom('blockers');
  return Array.from({ length: count }, (_, index) => {
    const clock = new Date(1_700_000_000_000 + index * 50).toISOString().slice(11, 19);
    const head = `Nov 14 ${clock} host sshd[${10_000 + below(random, 50_000)}]:`;
    const peer = `from 203.${below(random, 4)}.${below(random, 16)}.${below(random, 250)} port ${1024 + below(random, 60_000)}`;
    if (below(random, 3) === 0) return `${head} Invalid user user${below(random, 90)} ${peer}\n`;
    if (below(random, 2) === 0)
      return `${head} Accepted publickey for deploy ${peer} ssh2: ED25519 SHA256:abcdef\n`;
    return `${head} Failed password for root ${peer} ssh2\n`;
  }).join('');
}

/** Runs a program to its end: seconds, and the most memory that it held, MiB. */
const measured = [
  'import json,resource,subprocess,sys,time',
  'began=time.monotonic()',
  'subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL)',
  'used=resource.getrusage(resource.RUSAGE_CHILDREN)',
  'print(json.dumps({"seconds":time.monotonic()-began,"mebibytes":used.ru_maxrss/1024}))',
].join('\n');

async function measure(words: readonly string[]): Promise<{ seconds: number; mebibytes: number }> {
  const { stdout } = await run('python3', ['-c', measured, ...words]);
  const figures: { seconds: number; mebibytes: number } = JSON.parse(stdout);
  return figures;
}

export const blockers: Benchmark = {
  name: 'blockers',
  summary: `an sshd log of ${lineCount.toLocaleString('en')} lines through picket analyze; beside fail2ban-regex`,
  async run(report) {
    const folder = mkdtempSync(join(tmpdir(), 'picket-blockers-'));
    try {
      const file = join(folder, 'auth.log');
      const short = join(folder, 'short.log');
      writeFileSync(file, log(lineCount));
      writeFileSync(short, log(referenceLines));
      const near = ['--near', '2023-11-15T00:00:00Z'];
      const own = await measure([process.execPath, entry, 'analyze', '--json', ...near, file]);
      const other = await measure([
        'fail2ban-regex',
        '--print-no-missed',
        '--print-no-ignored',
        short,
        'sshd',
      ]);
      const version = (await run('fail2ban-regex', ['--version'])).stdout.trim().split('\n')[0] ?? '';
      const rate = lineCount / own.seconds;
      const referenceRate = referenceLines / other.seconds;
      report({
        metric: 'whole_program_lines_per_second',
        unit: 'lines/s',
        value: Math.round(rate),
        reference: version,
        referenceValue: Math.round(referenceRate),
        ratio: Number((rate / referenceRate).toFixed(1)),
        ok: rate > referenceRate,
      });
      report({
        metric: 'whole_program_memory',
        unit: 'MiB',
        value: Math.round(own.mebibytes),
        reference: `${version}, a fifth of the lines`,
        referenceValue: Math.round(other.mebibytes),
        ratio: Number((other.mebibytes / own.mebibytes).toFixed(2)),
        ok: true,
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
