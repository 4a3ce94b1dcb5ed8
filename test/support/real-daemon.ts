/** A real daemon beside a decoy: started for one test, on a free port of loopback. */

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

/** Waits until the child takes connections; it is killed when the test leaves the scope. */
export async function startDaemon(child: ChildProcess, port: number): Promise<AsyncDisposable> {
  for (let left = 200; left > 0 && child.exitCode === null && !(await accepts(port)); left -= 1)
    await sleep(50);
  if (child.exitCode !== null) throw new Error(`the daemon ended with ${child.exitCode}`);
  return {
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
