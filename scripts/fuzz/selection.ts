/** Which inputs are worth keeping: few and small ones that together reach what all of them reach. */

import { mostKept, mostKeptBytes } from './corpus.ts';
import type { Coverage } from './coverage.ts';
import { runInput } from './run-input.ts';
import type { Target } from './target.ts';

const mostCandidates = 400;

type Announce = (input: Uint8Array) => void;

async function reachedBy(
  target: Target,
  coverage: Coverage,
  announce: Announce,
  input: Uint8Array,
): Promise<string[]> {
  announce(input);
  try {
    const labels = await runInput(target, input);
    return [...coverage.ranges(), ...Array.from(labels, (label) => `label ${label}`)];
  } catch {
    coverage.ranges();
    return [];
  }
}

/** The inputs to add to a corpus that holds `own` already: the one that reaches most beyond the others first. */
export async function selection(
  target: Target,
  coverage: Coverage,
  announce: Announce,
  own: readonly Uint8Array[],
  found: readonly Uint8Array[],
): Promise<Uint8Array[]> {
  const reached = new Set<string>();
  coverage.ranges();
  for (const input of own)
    for (const range of await reachedBy(target, coverage, announce, input)) reached.add(range);
  const candidates: { input: Uint8Array; ranges: string[] }[] = [];
  const small = found
    .filter(({ length }) => length <= mostKeptBytes)
    .sort((left, right) => left.length - right.length);
  for (const input of small.slice(0, mostCandidates)) {
    candidates.push({ input, ranges: await reachedBy(target, coverage, announce, input) });
  }
  const chosen: Uint8Array[] = [];
  while (own.length + chosen.length < mostKept) {
    let best: Uint8Array | null = null;
    let most = 0;
    for (const candidate of candidates) {
      candidate.ranges = candidate.ranges.filter((range) => !reached.has(range));
      if (candidate.ranges.length <= most) continue;
      most = candidate.ranges.length;
      best = candidate.input;
    }
    if (best === null) break;
    chosen.push(best);
    for (const range of candidates.find(({ input }) => input === best)?.ranges ?? []) reached.add(range);
  }
  return chosen;
}
