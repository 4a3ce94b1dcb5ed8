/** Searches targets one after another, in a thread of its own that can be stopped where an input has no end. */

import { parentPort, workerData } from 'node:worker_threads';
import { readCorpus } from './corpus.ts';
import { Coverage } from './coverage.ts';
import { search } from './loop.ts';
import { longestInput } from './mutate.ts';
import { isJob, type SearchMessage, sharedOf } from './search-message.ts';
import { selection } from './selection.ts';

const coverage = new Coverage();
coverage.start();
const { targets } = await import('./targets.ts');
const { counters, bytes } = sharedOf(workerData);
const port = parentPort;
if (port === null) throw new Error('this file is a worker');
const say = (message: SearchMessage): void => port.postMessage(message);

function announce(input: Uint8Array): void {
  bytes.set(input.subarray(0, longestInput));
  Atomics.store(counters, 1, Math.min(input.length, longestInput));
  Atomics.add(counters, 0, 1);
}

port.on('message', (job: unknown) => {
  if (!isJob(job)) throw new Error('no job');
  void (async () => {
    const target = targets.find(({ name }) => name === job.target);
    if (target === undefined) throw new Error(`no target ${job.target}`);
    coverage.begin();
    const { own, borrowed } = readCorpus(target);
    const result = await search(target, {
      seed: job.seed,
      milliseconds: job.milliseconds,
      inputs: [...own, ...borrowed, ...job.more],
      coverage,
      announce,
      found: (input, error) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        say({ what: 'found', target: target.name, input, text });
      },
    });
    const keep = await selection(target, coverage, announce, own, result.interesting);
    say({ what: 'done', target: target.name, runs: result.runs, ranges: result.ranges, keep });
  })();
});
say({ what: 'ready' });
