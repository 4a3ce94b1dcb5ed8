/** The search over one target: changed inputs in batches, and a batch that reached something new is looked at one by one. */

import { below, seededRandom } from '../../src/core/random.ts';
import type { Coverage } from './coverage.ts';
import { mutate } from './mutate.ts';
import { runInput } from './run-input.ts';
import type { Target } from './target.ts';

const batchSize = 64;
const mostInputs = 2_000;
const mostLabels = 10_000;
/** Findings of one target after which it is left: the rest is most often the same one again. */
const mostFindings = 5;

export interface LoopOptions {
  readonly seed: string;
  readonly milliseconds: number;
  /** Inputs to begin with. */
  readonly inputs: readonly Uint8Array[];
  readonly coverage: Coverage;
  /** Called ahead of each run, so that an endless one is known by its input. */
  readonly announce: (input: Uint8Array) => void;
  readonly found: (input: Uint8Array, error: unknown) => void;
}

export interface LoopResult {
  readonly runs: number;
  readonly ranges: number;
  /** Inputs that reached something new, in the order in which they were found; those to begin with first. */
  readonly interesting: readonly Uint8Array[];
}

export async function search(target: Target, options: LoopOptions): Promise<LoopResult> {
  const { coverage } = options;
  const random = seededRandom(`${options.seed} ${target.name}`);
  const labels = new Set<string>();
  const interesting: Uint8Array[] = [];
  const end = performance.now() + options.milliseconds;
  let runs = 0;
  let findings = 0;

  const run = async (input: Uint8Array): Promise<ReadonlySet<string>> => {
    options.announce(input);
    runs += 1;
    try {
      return await runInput(target, input);
    } catch (error) {
      findings += 1;
      options.found(input, error);
      return new Set();
    }
  };
  const keep = (input: Uint8Array): void => {
    if (interesting.length < mostInputs) interesting.push(input);
  };
  /** Runs these, and finds those that reach something new by halves: to ask for the coverage takes longer than most runs. */
  const look = async (inputs: readonly Uint8Array[]): Promise<void> => {
    for (const input of inputs) {
      if (findings >= mostFindings) return;
      const before = labels.size;
      for (const label of await run(input)) if (labels.size < mostLabels) labels.add(label);
      if (labels.size > before) keep(input);
    }
    const ranges = coverage.ranges();
    if (coverage.countNew(ranges) === 0) return;
    const [first] = inputs;
    if (inputs.length === 1 && first !== undefined) keep(first);
    else if (performance.now() < end || inputs.length <= 4) {
      const half = inputs.length >>> 1;
      await look(inputs.slice(0, half));
      await look(inputs.slice(half));
    }
    coverage.note(ranges);
  };

  coverage.ranges();
  await look([new Uint8Array()]);
  const goesOn = (): boolean => performance.now() < end && findings < mostFindings;
  for (let at = 0; at === 0 || (at < options.inputs.length && goesOn()); at += batchSize) {
    await look(options.inputs.slice(at, at + batchSize));
  }
  const others =
    options.inputs.length > 0 ? options.inputs : [Uint8Array.from({ length: 64 }, (_, index) => index)];
  while (goesOn()) {
    const pool = interesting.length === 0 || (random.next() & 3) === 0 ? others : interesting;
    const batch = Array.from({ length: batchSize }, () =>
      mutate(random, pool[below(random, pool.length)] ?? new Uint8Array(), pool),
    );
    await look(batch);
  }
  return { runs, ranges: coverage.size, interesting };
}
