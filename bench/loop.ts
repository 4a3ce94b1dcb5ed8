/**
 * Time to block, seen from outside: an attacker's last hostile byte to its first unanswered connection; beside fail2ban, whose
 * clock starts at the deciding log line.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attackerAddress, LoopNetwork } from '../test/loop/namespaces.ts';
import { LoopPicket } from '../test/loop/picket.ts';
import { quantile, timeToBlock, type Stimulus } from '../test/loop/time-to-block.ts';
import type { Benchmark } from './benchmark.ts';
import { Fail2ban, fail2banVersion } from './peers/fail2ban.ts';

const sources = 250;
const restedSources = 50;
/** After so long a pause the processors have forgotten the code, milliseconds. */
const rest = 200;
const referenceSources = 20;
const middleBudget = 2;
const highBudget = 20;
const httpPort = 8080;
const closedPort = 9;

async function measure(
  network: LoopNetwork,
  stimulus: Stimulus,
  names: readonly string[],
): Promise<number[]> {
  const results = await timeToBlock(network, stimulus, names);
  const missed = results.filter(({ milliseconds }) => milliseconds === null);
  const [first] = missed;
  if (first !== undefined || results.length < names.length) {
    throw new Error(
      `${names.length - results.length + missed.length} sources were not blocked: ${first?.error ?? ''}`,
    );
  }
  return results.flatMap(({ milliseconds }) => milliseconds ?? []);
}

function addresses(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => attackerAddress(first + index));
}

export const loop: Benchmark = {
  name: 'loop',
  summary: `last hostile byte to first dropped packet over ${sources} sources that come as fast as they are blocked, from the first after the start; beside fail2ban`,
  async run(report) {
    const network = new LoopNetwork(sources + restedSources + referenceSources);
    const folder = mkdtempSync(join(tmpdir(), 'picket-loop-'));
    const picket = new LoopPicket(network, folder);
    const fail2ban = new Fail2ban(network, folder);
    try {
      network.start();
      await picket.start({
        sensor: { listeners: [{ decoy: 'http', port: httpPort, persona: 'ubuntu-web' }] },
        guards: { lab: ['198.18.0.0/15'] },
      });
      const attack = { mode: 'request', port: httpPort, closedPort } as const;
      const times = await measure(network, attack, addresses(0, sources));
      const restedTimes = await measure(network, { ...attack, rest }, addresses(sources, restedSources));
      await picket.stop();

      const log = join(folder, 'auth.log');
      writeFileSync(log, '');
      await fail2ban.start([{ name: 'sshd', log, failures: 1 }]);
      const others = addresses(sources + restedSources, referenceSources);
      const stimulus = { mode: 'line', port: 0, closedPort, log } as const;
      const referenceTimes = await measure(network, stimulus, others);
      for (const [metric, share, budget] of [
        ['time_to_block_p50', 0.5, middleBudget],
        ['time_to_block_p99', 0.99, highBudget],
      ] as const) {
        const value = quantile(times, share);
        const referenceValue = quantile(referenceTimes, share);
        report({
          metric,
          unit: 'ms',
          value: Number(value.toFixed(2)),
          reference: `fail2ban ${fail2banVersion()}, log line to first dropped connection, ${referenceSources} sources`,
          referenceValue: Number(referenceValue.toFixed(1)),
          ratio: Number((referenceValue / value).toFixed(1)),
          budget,
          ok: value <= budget,
        });
      }
      report({
        metric: 'time_to_block_after_rest_p50',
        unit: 'ms',
        value: Number(quantile(restedTimes, 0.5).toFixed(2)),
        ok: true,
      });
    } finally {
      await fail2ban.stop();
      await picket.stop();
      await network.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
