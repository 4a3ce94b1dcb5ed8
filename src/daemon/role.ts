/** What each of Picket's processes does around its work: says when it is ready, stops in order on a signal or when the supervisor is gone. */

import process from 'node:process';
import { log } from './log.ts';

export interface Running {
  stop(): Promise<void>;
}

/** Runs until told to stop. Resolves when it has stopped. */
export async function runUntilStopped(name: string, start: () => Running | Promise<Running>): Promise<void> {
  const say = log(name);
  const running = await started(start);
  process.send?.({ ready: name });
  await new Promise<void>((resolve) => {
    let stopping = false;
    const stop = (): void => {
      if (stopping) return;
      stopping = true;
      running.stop().then(resolve, (error: unknown) => {
        say(`stopping failed: ${error instanceof Error ? error.message : String(error)}`);
        process.exitCode = 1;
        resolve();
      });
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    // Without its supervisor nobody would start it again or stop it.
    process.on('disconnect', stop);
  });
  // Explicitly: a library's thread or handle must not keep a process that has done its work.
  process.exit();
}

async function started(start: () => Running | Promise<Running>): Promise<Running> {
  try {
    return await start();
  } catch (error) {
    // What it has opened (worker threads, the channel to its supervisor) must not keep a process that has failed; the error is said first.
    setTimeout(() => process.exit(), 50);
    throw error;
  }
}
