/** How fast new blocks reach the kernel, beside the `nft` command with the same elements; in a network namespace of its own. */

import { execFileSync, spawnSync } from 'node:child_process';
import process from 'node:process';
import type { Change } from '../src/core/enforcer.ts';
import { createNftables } from '../src/enforcers/nftables/nftables.ts';
import type { Benchmark, Figure } from './benchmark.ts';

const hour = 3_600_000;
const burst = 5_000;
const standing = 100_000;
const million = 1_000_000;

const address = (index: number): string =>
  `${11 + (index >>> 24)}.${(index >>> 16) & 255}.${(index >>> 8) & 255}.${index & 255}`;
const blocks = (from: number, count: number): Change[] =>
  Array.from({ length: count }, (_, index) => ({
    do: 'add',
    rule: { target: address(from + index), action: 'block', until: Date.now() + hour },
  }));
const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
const timed = (work: () => void): number => {
  const began = performance.now();
  work();
  return performance.now() - began;
};
const nft = (arguments_: readonly string[], input = ''): void => {
  execFileSync('nft', arguments_, { input, stdio: ['pipe', 'ignore', 'inherit'] });
};

/** Runs in the namespace: prints the figures as JSON lines. */
function measure(): void {
  const report = (figure: Figure): void => console.log(JSON.stringify(figure));
  const enforcer = createNftables();
  enforcer.start();
  let placed = 0;
  const load = (until: number): number =>
    timed(() => {
      for (; placed < until; placed += burst) {
        const { failed } = enforcer.apply(blocks(placed, burst), Date.now());
        if (failed.length > 0) throw new Error(`refused: ${failed[0]?.cause}`);
      }
    });
  const burstRate = (standing / load(standing)) * 1_000;

  // The same elements, in the same bursts, by a command that is started for each.
  nft(['add table inet reference']);
  nft(['add set inet reference blocks { type ipv4_addr; size 4194304; flags timeout; }']);
  const commandTime = timed(() => {
    for (let from = 0; from < standing; from += burst) {
      const elements = blocks(from, burst).map((change) =>
        change.do === 'add' ? `${change.rule.target} timeout 3600s` : '',
      );
      nft(['-f', '-'], `add element inet reference blocks { ${elements.join(', ')} }\n`);
    }
  });
  const commandRate = (standing / commandTime) * 1_000;
  report({
    metric: 'burst_rate',
    unit: 'blocks/s',
    value: burstRate,
    reference: 'nft -f for each burst',
    referenceValue: commandRate,
    ratio: burstRate / commandRate,
    budget: 50_000,
    ok: burstRate >= 50_000,
  });

  const single = Array.from({ length: 2_000 }, (_, index) =>
    timed(() => enforcer.apply(blocks(standing + 1_000_000 + index, 1), Date.now())),
  ).sort((left, right) => left - right);
  const started = Array.from({ length: 40 }, (_, index) =>
    timed(() =>
      nft([
        'add',
        'element',
        'inet',
        'reference',
        'blocks',
        `{ ${address(standing + 1_000_000 + index)} timeout 3600s }`,
      ]),
    ),
  ).sort((left, right) => left - right);
  for (const [name, share] of [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const) {
    const value = percentile(single, share);
    const reference = percentile(started, share);
    report({
      metric: `single_block_${name}`,
      unit: 'ms',
      value,
      reference: 'the nft command',
      referenceValue: reference,
      ratio: reference / value,
      budget: 1,
      ok: value <= 1,
    });
  }

  const rest = million - standing;
  const milliseconds = load(million);
  const rate = (rest / milliseconds) * 1_000;
  report({
    metric: 'standing_million_rate',
    unit: 'blocks/s',
    value: rate,
    budget: 50_000,
    ok: rate >= 50_000,
  });
  const full = Array.from({ length: 1_000 }, (_, index) =>
    timed(() => enforcer.apply(blocks(3_000_000 + index, 1), Date.now())),
  ).sort((left, right) => left - right);
  report({
    metric: 'single_block_p99_of_a_million',
    unit: 'ms',
    value: percentile(full, 0.99),
    budget: 1,
    ok: percentile(full, 0.99) <= 1,
  });
  enforcer.stop();
}

export const nftBenchmark: Benchmark = {
  name: 'nft',
  summary: 'new blocks into the kernel: in bursts, one by one beside 100,000, and a million standing',
  run: (report) => {
    const name = `picket-bench-${process.pid}`;
    execFileSync('ip', ['netns', 'add', name]);
    try {
      const command = ['netns', 'exec', name, process.execPath, import.meta.filename, 'measure'];
      const child = spawnSync('ip', command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
      if (child.status !== 0) throw new Error(`the measuring process ended with ${child.status}`);
      for (const line of child.stdout.trim().split('\n')) {
        const figure: Figure = JSON.parse(line);
        report(figure);
      }
    } finally {
      execFileSync('ip', ['netns', 'del', name]);
    }
    return Promise.resolve();
  },
};

if (process.argv[1] === import.meta.filename && process.argv[2] === 'measure') measure();
