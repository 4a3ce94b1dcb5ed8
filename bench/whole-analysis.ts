/** `picket analyze` on files, as the command runs it: reader, all detectors, judge, guards. */

import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { Analysis } from '../src/daemon/analyze.ts';
import { roomForObservations } from '../src/daemon/analysis-threads.ts';
import { parseConfiguration } from '../src/daemon/configuration.ts';
import { ParallelAnalysis } from '../src/daemon/parallel-analysis.ts';
import { recordedInput } from '../src/daemon/recorded-input.ts';
import type { Figure } from './benchmark.ts';

export interface Run {
  readonly records: number;
  /** By the clock. */
  readonly seconds: number;
  /** Processor time of the whole process, its helpers for garbage and compilation among it. */
  readonly processSeconds: number;
  /** Processor time of the reading thread and of each that judges; one alone does both. */
  readonly threadSeconds: readonly number[];
  /** Sources that are not `unknown`, as a check that something was judged. */
  readonly decisions: number;
}

const secondsOf = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1e6;

/** Reads and judges files. The time runs from the first byte to the last verdict of the judge, and not while threads start. */
export async function wholeAnalysis(paths: readonly string[], threads: number): Promise<Run> {
  roomForObservations();
  const options = {
    configuration: parseConfiguration('', 'the defaults'),
    own: [],
    lab: true,
    damaged: (): void => {},
  };
  const analysis =
    threads === 1 ? new Analysis(options) : new ParallelAnalysis({ ...options, lures: [], threads });
  if (analysis instanceof ParallelAnalysis) await analysis.start();
  const whole = process.cpuUsage();
  const own = process.threadCpuUsage();
  const started = performance.now();
  for (const path of paths) await analysis.read(recordedInput(path, 1_700_000_000_000), 'auto');
  await analysis.end();
  const seconds = (performance.now() - started) / 1000;
  const threadSeconds = [
    secondsOf(process.threadCpuUsage(own)),
    ...(analysis instanceof ParallelAnalysis ? analysis.spent.map((spent) => spent / 1e6) : []),
  ];
  const { records, decisions } = analysis;
  const run = {
    records,
    seconds,
    processSeconds: secondsOf(process.cpuUsage(whole)),
    threadSeconds,
    decisions,
  };
  await analysis.stop();
  return run;
}

/**
 * Records a second of the whole way on one core, the best of three. By the processor time of the whole process, its helpers among it, so
 * that it can also be told where others use the machine; the rate by the clock stands beside it.
 */
export async function wholeFigure(metric: string, path: string, budget: number): Promise<Figure> {
  let byClock = 0;
  let byProcessor = 0;
  for (let round = 0; round < 4; round += 1) {
    const { records, seconds, processSeconds } = await wholeAnalysis([path], 1);
    byClock = Math.max(byClock, records / seconds);
    byProcessor = Math.max(byProcessor, records / processSeconds);
  }
  const value = Math.round(byProcessor);
  return {
    metric: `${metric}_all_detectors`,
    unit: 'records/s',
    value,
    reference: 'the same by the clock',
    referenceValue: Math.round(byClock),
    budget,
    ok: value >= budget,
  };
}
