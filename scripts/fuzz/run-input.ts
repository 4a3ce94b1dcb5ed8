/** One run of one input, with what it may cost. */

import process from 'node:process';
import { getHeapStatistics } from 'node:v8';
import { Finding, type Target } from './target.ts';

/** That one input may add to the heap and to buffers; garbage that is not yet collected counts. */
const mostBytesGrown = 268_435_456;

const bytesHeld = (): number => {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
};

const milliseconds = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};

/** Runs it; throws what it threw, or that it cost too much. */
export async function runInput(target: Target, input: Uint8Array): Promise<ReadonlySet<string>> {
  const held = bytesHeld();
  const began = milliseconds();
  const labels = new Set(await target.run(Uint8Array.from(input)));
  const took = milliseconds() - began;
  if (took > target.milliseconds) throw new Finding(`took ${Math.round(took)} ms of processor time`);
  const grown = bytesHeld() - held;
  if (grown > mostBytesGrown) throw new Finding(`the heap grew by ${Math.round(grown / 1_048_576)} MiB`);
  return labels;
}
