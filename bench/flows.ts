/**
 * Flow records read and judged: VPC flow log text → observations → evidence, beside a bare split of the same lines; and IPFIX datagrams on
 * the same way.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { seededRandom, below } from '../src/core/random.ts';
import { flowGuessing } from '../src/detectors/flow-guessing.ts';
import { portScan } from '../src/detectors/port-scan.ts';
import { DetectorRunner } from '../src/detectors/runner.ts';
import type { Reader } from '../src/core/reader.ts';
import { netflow } from '../src/telemetry/netflow.ts';
import { vpcFlow } from '../src/telemetry/vpc-flow.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { flowExports } from './flow-exports.ts';
import { wholeFigure } from './whole-analysis.ts';

const records = 1_000_000;
const budget = 400_000;
const binaryBudget = 500_000;
const chunkBytes = 65_536;

/** A day's mixture: 4,000 clients of 60 servers, each answered; 2 % of the records by 20 scanners, refused. */
export function flowLog(count: number): Buffer {
  const random = seededRandom('flows');
  const lines: string[] = [];
  let time = 1_700_000_000;
  while (lines.length < count) {
    if (below(random, 50) === 0) time += 1;
    const head = '2 123456789010 eni-0f00000000000001';
    if (below(random, 50) === 0) {
      lines.push(
        `${head} 198.51.100.${below(random, 20)} 10.0.${below(random, 4)}.${below(random, 250)} ${40_000 + below(random, 9_000)} ${1 + below(random, 9_000)} 6 1 40 ${time} ${time} REJECT OK`,
      );
      continue;
    }
    const client = `203.${below(random, 4)}.${below(random, 4)}.${below(random, 250)}`;
    const server = `10.0.0.${below(random, 60)}`;
    const port = 32_768 + below(random, 28_000);
    const size = 10 + below(random, 40);
    lines.push(
      `${head} ${client} ${server} ${port} 443 6 ${size} ${size * 300} ${time} ${time + 2} ACCEPT OK`,
      `${head} ${server} ${client} 443 ${port} 6 ${size} ${size * 900} ${time} ${time + 2} ACCEPT OK`,
    );
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}

/** The bytes in pieces as a file stream gives them. */
export async function* pieces(bytes: Buffer): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

async function readAndJudge(reader: Reader, bytes: Buffer): Promise<{ records: number; evidence: number }> {
  const runner = new DetectorRunner([portScan, flowGuessing]);
  const context = { sensor: 'bench', near: 0, damaged: (): void => {} };
  let count = 0;
  let evidence = 0;
  for await (const batch of reader.read(pieces(bytes), context)) {
    count += batch.recordCount;
    for (const observation of batch.observations) {
      evidence += runner.run(observation).length;
    }
  }
  return { records: count, evidence };
}

async function splitOnly(bytes: Buffer): Promise<number> {
  let fields = 0;
  for await (const piece of pieces(bytes)) {
    for (const line of Buffer.from(piece).toString('latin1').split('\n')) fields += line.split(' ').length;
  }
  return fields;
}

/** The better of three. */
async function binary(report: (figure: Figure) => void): Promise<void> {
  const bytes = flowExports(records);
  await readAndJudge(netflow, bytes.subarray(0, 20_000_000));
  let best = 0;
  for (let round = 0; round < 3; round += 1) {
    const started = performance.now();
    const { records: count, evidence } = await readAndJudge(netflow, bytes);
    best = Math.max(best, (count / (performance.now() - started)) * 1000);
    if (evidence === 0 || count < records) throw new Error('the scanners went unseen, or records were lost');
  }
  report({
    metric: 'binary_flow_records_per_second',
    unit: 'records/s',
    value: Math.round(best),
    budget: binaryBudget,
    ok: best >= binaryBudget,
  });
}

export const flows: Benchmark = {
  name: 'flows',
  summary: `${records.toLocaleString('en')} flow records read and judged on one core, from VPC flow logs and from IPFIX`,
  async run(report: (figure: Figure) => void): Promise<void> {
    const bytes = flowLog(records);
    await readAndJudge(vpcFlow, bytes.subarray(0, 20_000_000));
    await splitOnly(bytes.subarray(0, 20_000_000));
    let best = 0;
    let reference = 0;
    // The better of three, alternating: other work on the machine only ever slows.
    for (let round = 0; round < 3; round += 1) {
      const started = performance.now();
      const { records: count, evidence } = await readAndJudge(vpcFlow, bytes);
      best = Math.max(best, (count / (performance.now() - started)) * 1000);
      if (evidence === 0) throw new Error('the scanners went unseen');
      const splitting = performance.now();
      await splitOnly(bytes);
      reference = Math.max(reference, (count / (performance.now() - splitting)) * 1000);
    }
    report({
      metric: 'flow_records_per_second',
      unit: 'records/s',
      value: Math.round(best),
      reference: 'split of the same lines into fields, Node',
      referenceValue: Math.round(reference),
      ratio: best / reference,
      budget,
      ok: best >= budget,
    });
    await binary(report);
    const folder = mkdtempSync(join(tmpdir(), 'picket-bench-'));
    try {
      const file = join(folder, 'flows');
      writeFileSync(file, bytes);
      report(await wholeFigure('flow_records_per_second', file, budget));
      writeFileSync(file, flowExports(records));
      report(await wholeFigure('binary_flow_records_per_second', file, binaryBudget));
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
