/** Runs the outside measurement of `time-to-block.py` and reads what it says. */

import { join } from 'node:path';
import { hostAddress, type LoopNetwork } from './namespaces.ts';

export interface TimeToBlock {
  readonly source: string;
  /** From the last hostile byte to the start of the first connect that stays unanswered; null where none did. */
  readonly milliseconds: number | null;
  readonly error?: string;
}

export interface Stimulus {
  readonly mode: 'request' | 'line';
  /** The HTTP decoy's port, for `request`. */
  readonly port: number;
  /** A port that neither a service nor a decoy has: the kernel refuses connections there at once. */
  readonly closedPort: number;
  /** The log file, for `line`. */
  readonly log?: string;
  /** Between a source and the next, milliseconds. Left out, they come as fast as they are blocked. */
  readonly rest?: number;
}

/** One source upon the other; at most 170 s in all. */
export async function timeToBlock(
  network: LoopNetwork,
  stimulus: Stimulus,
  sources: readonly string[],
): Promise<TimeToBlock[]> {
  const { mode, port, closedPort, log = '-', rest = 0 } = stimulus;
  const script = join(import.meta.dirname, 'time-to-block.py');
  const words = [script, mode, hostAddress, `${port}`, `${closedPort}`, log, `${rest}`, ...sources];
  const { output } = await network.run('attacker', 'python3', words, 170);
  const results = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): TimeToBlock => JSON.parse(line));
  if (results.length === 0) throw new Error(`nothing was measured: ${output.slice(0, 500)}`);
  return results;
}

/** The value below which this share of the values lies: nearest rank. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
