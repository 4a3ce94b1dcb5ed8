/**
 * Ten million sources, of which nearly all come once: memory, how many are wrongly taken for ones that were forgotten, and whether
 * scanners are found who come so seldom that they are forgotten each time. The room is a quarter of the usual, so that ten million are
 * ten times what is remembered; the same with the usual room, for memory alone.
 */

import { formatIpv4 } from '../src/core/address.ts';
import { IdSource } from '../src/core/id.ts';
import type { Observation } from '../src/core/observation.ts';
import { Pipeline } from '../src/daemon/pipeline.ts';
import { Judge } from '../src/decide/judge.ts';
import { defaultPolicy } from '../src/decide/policy.ts';
import { detectors } from '../src/detectors/index.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { held } from './sources.ts';

const sources = 10_000_000;
const scanners = 20;
/** Others between two visits: more than the first observations that are kept. */
const between = 1_050_000;
const room = 250_000;
const budgetMebibytes = 512;
const statedShare = 0.0028;
const mebibyte = 1_048_576;

/** Spread over the address space, in no order, and each once. */
const addressOf = (index: number): string => formatIpv4((Math.imul(index, 0x9e3779b1) ^ 0x5bd1e995) >>> 0);

class Flood {
  readonly #ids = new IdSource();
  #at = 1_700_000_000_000;

  probe(source: string, target: number): Observation {
    this.#at += 1;
    return {
      id: this.#ids.next(this.#at),
      at: this.#at,
      sensor: 'bench',
      sequence: 1,
      source,
      sourcePort: 40_000,
      destination: `198.51.100.${target % 250}`,
      destinationPort: 1 + (target % 5_000),
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

interface Flooded {
  readonly mebibytes: number;
  readonly whole: number;
  readonly found: number;
}

function flood(maximumSources: number): Flooded {
  const before = held();
  const policy = { ...defaultPolicy, maximumSources };
  const pipeline = new Pipeline(new Judge({ policy, guards: [] }), detectors);
  const traffic = new Flood();
  const found = new Set<string>();
  const isScanner = new Set(Array.from({ length: scanners }, (_, index) => addressOf(sources + index)));
  for (let index = 0; index < sources; index += 1) {
    if (index % between === 0) {
      for (const scanner of isScanner)
        pipeline.observe(traffic.probe(scanner, index / between), ({ target, action }) => {
          if (action === 'block' && isScanner.has(target)) found.add(target);
        });
    }
    pipeline.observe(traffic.probe(addressOf(index), index * 7), () => {});
  }
  const mebibytes = (held() - before) / mebibyte;
  return {
    mebibytes,
    whole: pipeline.judge.sources.size + pipeline.judge.sources.evicted,
    found: found.size,
  };
}

export const tail: Benchmark = {
  name: 'tail',
  summary: `${sources.toLocaleString('en')} sources, more than are remembered`,
  run(report: (figure: Figure) => void): Promise<void> {
    const small = flood(room);
    report({
      metric: 'tail_scanners_found',
      unit: 'sources',
      value: small.found,
      reference: 'scanners who come once in a million others',
      referenceValue: scanners,
      budget: scanners,
      ok: small.found === scanners,
    });
    const share = (small.whole - scanners) / (sources - room * 4);
    report({
      metric: 'tail_mistaken_share',
      unit: '',
      value: Number(share.toFixed(6)),
      reference: 'stated',
      referenceValue: statedShare,
      budget: statedShare,
      ok: share <= statedShare,
    });
    const { mebibytes } = flood(defaultPolicy.maximumSources);
    report({
      metric: 'tail_memory',
      unit: 'MiB',
      value: Math.round(mebibytes),
      reference: `with room for ${room.toLocaleString('en')}`,
      referenceValue: Math.round(small.mebibytes),
      budget: budgetMebibytes,
      ok: mebibytes <= budgetMebibytes,
    });
    return Promise.resolve();
  },
};
