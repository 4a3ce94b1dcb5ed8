/** What a second thread that judges is worth to `picket analyze`: the same files on one and on two, flows and lines of sshd. */

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Benchmark, Figure } from './benchmark.ts';
import { flowLog } from './flows.ts';
import { sshLog } from './lines.ts';
import type { Run } from './whole-analysis.ts';

const rounds = 3;
const budget = 1.7;
/** The same file again: threads are for large inputs, where the first seconds of a process, in which its code is slow, are a small part. */
const passes = 3;
const program = fileURLToPath(new URL('analysis-process.ts', import.meta.url));

const sum = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0);

/**
 * Seconds on two processors that nobody else uses: all of the work shared, or that of the thread which has most. By processor time, so
 * that it can also be told on a machine that is not idle.
 */
const secondsOnTwo = ({ threadSeconds }: Run): number => Math.max(...threadSeconds, sum(threadSeconds) / 2);

/** In a process of its own, as the command is run: in one that has judged before, the reading thread's code would be fast and that of threads new. */
async function analyzed(file: string, threads: number): Promise<Run> {
  const paths = Array.from({ length: passes }, () => file);
  const { stdout } = await promisify(execFile)(process.execPath, [program, String(threads), ...paths]);
  return JSON.parse(stdout);
}

export const threads: Benchmark = {
  name: 'threads',
  summary: 'recorded input on two judging threads, beside one',
  async run(report: (figure: Figure) => void): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'picket-bench-'));
    try {
      for (const [name, bytes] of [
        ['flows', flowLog(1_000_000)],
        ['lines', sshLog(300_000)],
      ] as const) {
        const file = join(folder, name);
        writeFileSync(file, bytes);
        let one = Number.POSITIVE_INFINITY;
        let two = Number.POSITIVE_INFINITY;
        let oneByProcessor = Number.POSITIVE_INFINITY;
        let twoByProcessor = Number.POSITIVE_INFINITY;
        for (let round = 0; round < rounds; round += 1) {
          const alone = await analyzed(file, 1);
          const shared = await analyzed(file, 2);
          if (alone.decisions !== shared.decisions) throw new Error('two threads decide otherwise than one');
          one = Math.min(one, alone.seconds);
          two = Math.min(two, shared.seconds);
          oneByProcessor = Math.min(oneByProcessor, sum(alone.threadSeconds));
          twoByProcessor = Math.min(twoByProcessor, secondsOnTwo(shared));
        }
        const figure = (metric: string, value: number, referenceValue: number): Figure => ({
          metric,
          unit: 's',
          value,
          reference: 'one thread',
          referenceValue,
          ratio: referenceValue / value,
          budget,
          ok: referenceValue / value >= budget,
        });
        report(figure(`${name}_on_two_threads`, two, one));
        report(figure(`${name}_on_two_threads_by_processor_time`, twoByProcessor, oneByProcessor));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
