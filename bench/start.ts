/** Start of `picket up` to the first accepted contact: from the call to the first byte of the SSH decoy's greeting; beside a bare Node server. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { Benchmark } from './benchmark.ts';
import { freePort } from '../test/support/free-port.ts';

const rounds = 5;
const budgetMilliseconds = 3_000;
const giveUpMilliseconds = 60_000;
const entry = join(import.meta.dirname, '../src/cli/main.ts');

/** True once the port has answered with a byte. */
function greeted(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('data', () => end(true));
    socket.on('error', () => end(false));
    socket.on('close', () => end(false));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

/** Milliseconds from the call to the first greeting on the port. */
async function timed(words: readonly string[], port: number): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, words, { stdio: 'ignore' });
  try {
    while (!(await greeted(port))) {
      if (child.exitCode !== null || performance.now() - began > giveUpMilliseconds)
        throw new Error('it did not start');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return performance.now() - began;
  } finally {
    await stop(child);
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;

export const start: Benchmark = {
  name: 'start',
  summary: `picket up to the first accepted contact, ${rounds} starts`,
  async run(report) {
    const folder = mkdtempSync(join(tmpdir(), 'picket-start-'));
    // Started as root, Picket's processes have user ids of their own.
    chmodSync(folder, 0o755);
    const own: number[] = [];
    const bare: number[] = [];
    try {
      for (let round = 0; round < rounds; round += 1) {
        const port = await freePort();
        const file = join(folder, `${round}.yaml`);
        // JSON is YAML.
        writeFileSync(
          file,
          JSON.stringify({
            state: join(folder, `state-${round}`),
            api: { port: await freePort() },
            sensor: { listen: '127.0.0.1', listeners: [{ decoy: 'ssh', port, persona: 'ubuntu-web' }] },
          }),
        );
        own.push(await timed([entry, 'up', '--config', file], port));
        const other = await freePort();
        const server = `require('net').createServer((socket) => socket.end('hello')).listen(${other}, '127.0.0.1')`;
        bare.push(await timed(['-e', server], other));
      }
      const value = median(own);
      const referenceValue = median(bare);
      report({
        metric: 'start_to_first_contact',
        unit: 'ms',
        value: Math.round(value),
        reference: 'a bare Node server that greets',
        referenceValue: Math.round(referenceValue),
        ratio: Number((value / referenceValue).toFixed(1)),
        budget: budgetMilliseconds,
        ok: value <= budgetMilliseconds,
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
