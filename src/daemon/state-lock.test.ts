import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { expect, it } from 'vitest';
import { StateLock } from './state-lock.ts';

it('lets one Picket have a state folder, and takes over what a crash has left', async () => {
  const state = mkdtempSync(join(tmpdir(), 'picket-lock-'));
  // A process that looks like a supervisor.
  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)', 'src/cli/main.ts'], {
    stdio: 'ignore',
  });
  await once(other, 'spawn');
  writeFileSync(join(state, 'pid'), `${other.pid}\n`);
  const lock = new StateLock(state);
  expect(() => lock.take()).toThrow(`(process ${other.pid})`);
  other.kill('SIGKILL');
  await once(other, 'exit');
  lock.take();
  lock.release();
  new StateLock(state).take();
  rmSync(state, { recursive: true });
});
