/** Log lines read and judged, beside `grep -c` over the same file. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { below, seededRandom, type Random } from '../src/core/random.ts';
import type { Reader } from '../src/core/reader.ts';
import { credentialGuessing } from '../src/detectors/credential-guessing.ts';
import { DetectorRunner } from '../src/detectors/runner.ts';
import { systemLog } from '../src/telemetry/login-log.ts';
import { webAccess } from '../src/telemetry/web-access.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { pieces } from './flows.ts';
import { wholeFigure } from './whole-analysis.ts';

const lineCount = 300_000;
const budget = 100_000;

const address = (random: Random): string =>
  `203.${below(random, 4)}.${below(random, 16)}.${below(random, 250)}`;

function sshLine(random: Random, index: number): string {
  const clock = new Date(1_700_000_000_000 + index * 100).toISOString().slice(11, 19);
  const head = `Nov 14 ${clock} host sshd[${10_000 + below(random, 50_000)}]:`;
  const peer = `from ${address(random)} port ${1024 + below(random, 60_000)}`;
  if (below(random, 3) === 0) return `${head} Invalid user user${below(random, 90)} ${peer}`;
  if (below(random, 2) === 0)
    return `${head} Accepted publickey for deploy ${peer} ssh2: ED25519 SHA256:abcdef`;
  return `${head} Failed password for root ${peer} ssh2`;
}

function accessLogLine(random: Random): string {
  return `${address(random)} - - [14/Nov/2023:10:00:00 +0000] "GET /page/${below(random, 5_000)}?q=${below(random, 99)} HTTP/1.1" 200 ${below(random, 90_000)} "https://example.org/" "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0"`;
}

export function sshLog(count: number): Buffer {
  const random = seededRandom('lines');
  return Buffer.from(`${Array.from({ length: count }, (_, index) => sshLine(random, index)).join('\n')}\n`);
}

async function rate(reader: Reader, bytes: Buffer): Promise<number> {
  const runner = new DetectorRunner([credentialGuessing]);
  const context = { sensor: 'bench', near: 1_700_000_000_000, damaged: (): void => {} };
  const started = performance.now();
  let records = 0;
  for await (const batch of reader.read(pieces(bytes), context)) {
    records += batch.recordCount;
    for (const observation of batch.observations) runner.run(observation);
  }
  return (records / (performance.now() - started)) * 1000;
}

export const lines: Benchmark = {
  name: 'lines',
  summary: `${lineCount.toLocaleString('en')} lines of sshd and of a web server read and judged on one core`,
  async run(report: (figure: Figure) => void): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'picket-bench-'));
    try {
      const random = seededRandom('lines');
      const inputs: readonly (readonly [string, Reader, readonly string[], string])[] = [
        [
          'ssh_lines_per_second',
          systemLog,
          Array.from({ length: lineCount }, (_, index) => sshLine(random, index)),
          'Failed password .* from',
        ],
        [
          'web_lines_per_second',
          webAccess,
          Array.from({ length: lineCount }, () => accessLogLine(random)),
          '"GET .*" 200 ',
        ],
      ];
      for (const [metric, reader, text, pattern] of inputs) {
        const bytes = Buffer.from(`${text.join('\n')}\n`);
        const file = join(folder, metric);
        writeFileSync(file, bytes);
        let best = 0;
        let reference = 0;
        for (let round = 0; round < 3; round += 1) {
          best = Math.max(best, await rate(reader, bytes));
          const started = performance.now();
          execFileSync('grep', ['-c', '-E', pattern, file], { env: { LC_ALL: 'C' } });
          reference = Math.max(reference, (lineCount / (performance.now() - started)) * 1000);
        }
        report({
          metric,
          unit: 'lines/s',
          value: Math.round(best),
          reference: 'grep -c -E of one pattern',
          referenceValue: Math.round(reference),
          ratio: best / reference,
          budget,
          ok: best >= budget,
        });
        report(await wholeFigure(metric, file, budget));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
