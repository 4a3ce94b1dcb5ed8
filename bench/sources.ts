/**
 * Memory of a million sources: nine of ten are seen once, as most that ever come, one of ten comes back five times; all detectors on.
 * Beside a plain map from address to count and time, the least that any blocker keeps.
 */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { formatIpv4 } from '../src/core/address.ts';
import { IdSource } from '../src/core/id.ts';
import type { Observation } from '../src/core/observation.ts';
import { Pipeline } from '../src/daemon/pipeline.ts';
import { Judge } from '../src/decide/judge.ts';
import { defaultPolicy } from '../src/decide/policy.ts';
import { detectors } from '../src/detectors/index.ts';
import type { Benchmark, Figure } from './benchmark.ts';

const sources = 1_000_000;
const returning = 10;
const visits = 5;
const budgetMebibytes = 512;
const mebibyte = 1_048_576;

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

/** Bytes held by this process's heap and by typed arrays. */
export function held(): number {
  for (let round = 0; round < 3; round += 1) if (typeof collect === 'function') collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Spread over the whole address space, in no order. */
const addressOf = (index: number): string => formatIpv4(((index * 0x9e3779b1) ^ 0x5bd1e995) >>> 0);

function* observations(): Iterable<Observation> {
  const ids = new IdSource();
  let at = 1_700_000_000_000;
  for (let visit = 0; visit < visits; visit += 1) {
    for (let index = 0; index < sources; index += 1) {
      if (visit > 0 && index % returning !== 0) continue;
      at += 1;
      yield {
        id: ids.next(at),
        at,
        sensor: 'bench',
        sequence: 1,
        source: addressOf(index),
        sourcePort: 40_000,
        destination: `198.51.100.${(index + visit) % 250}`,
        destinationPort: 1 + ((index * 7 + visit) % 5_000),
        transport: 'tcp',
        session: '',
        spoofable: true,
        kind: 'flow',
        packets: 1,
        bytes: 40,
        duration: 0,
        action: 'reject',
        protocol: 6,
        tcpFlags: 2,
      };
    }
  }
}

export const sourcesBench: Benchmark = {
  name: 'sources',
  summary: `memory of ${sources.toLocaleString('en')} tracked sources`,
  run(report: (figure: Figure) => void): Promise<void> {
    const empty = held();
    const map = new Map<string, { count: number; last: number }>();
    for (let index = 0; index < sources; index += 1)
      map.set(addressOf(index), { count: 1, last: index + 0.5 });
    const referenceValue = (held() - empty) / mebibyte;
    map.clear();
    const before = held();
    const judge = new Judge({ policy: { ...defaultPolicy, maximumSources: sources }, guards: [] });
    const pipeline = new Pipeline(judge, detectors);
    for (const observation of observations()) pipeline.observe(observation, () => {});
    const value = (held() - before) / mebibyte;
    if (pipeline.size !== sources) throw new Error(`${pipeline.size} sources are known`);
    report({
      metric: 'tracked_sources_memory',
      unit: 'MiB',
      value: Math.round(value),
      reference: 'a map from address to a count and a time',
      referenceValue: Math.round(referenceValue),
      ratio: Number((value / referenceValue).toFixed(2)),
      budget: budgetMebibytes,
      ok: value <= budgetMebibytes,
    });
    return Promise.resolve();
  },
};
