/**
 * Memory of 50,000 idle connections that a decoy has greeted, beside a bare Node server that holds as many. Where the limit of open
 * files is lower, as many as it allows are held and the growth from half of them to all is carried on to 50,000; the
 * metric then ends in `_scaled`.
 */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { Benchmark } from './benchmark.ts';
import { freePort } from '../test/support/free-port.ts';

const connections = 50_000;
const budgetMebibytes = 1_536;
/** Files that a server has open beside its connections. */
const otherFiles = 500;
const peers = join(import.meta.dirname, 'peers');

/** Node raises its soft limit to the hard one by itself. */
function openFilesLimit(): number {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  return Number(/^Max open files\s+\d+\s+(\d+)/m.exec(limits)?.[1]);
}

const start = (program: string, words: readonly string[]): ChildProcess =>
  spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });

async function said(child: ChildProcess, pattern: RegExp): Promise<string> {
  let output = '';
  for await (const chunk of child.stdout ?? []) {
    output += String(chunk);
    const found = pattern.exec(output);
    if (found !== null) return found[1] ?? '';
  }
  throw new Error(`a process ended early: ${output}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** MiB that the server has in memory with this many connections held. */
async function held(number: number, words: (port: number) => readonly string[]): Promise<number> {
  const port = await freePort();
  const server = start(process.execPath, words(port));
  const children = [server];
  try {
    await said(server, /(ready)/);
    const holder = start('python3', [join(peers, 'hold.py'), `${port}`, `${number}`]);
    children.push(holder);
    const greeted = Number(await said(holder, /held (\d+)/));
    if (greeted !== number) throw new Error(`${greeted} of ${number} connections were greeted`);
    const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1_024;
  } finally {
    for (const child of children.toReversed()) await stop(child);
  }
}

async function measure(most: number, words: (port: number) => readonly string[]): Promise<number> {
  const all = await held(most, words);
  if (most === connections) return all;
  const half = await held(most / 2, words);
  return all + ((all - half) / (most / 2)) * (connections - most);
}

export const idle: Benchmark = {
  name: 'idle',
  summary: `memory of ${connections.toLocaleString('en')} idle connections; beside a bare Node server`,
  async run(report) {
    const folder = mkdtempSync(join(tmpdir(), 'picket-idle-'));
    try {
      const most = Math.min(connections, Math.floor((openFilesLimit() - otherFiles) / 1_000) * 1_000);
      const value = await measure(most, (port) => [join(peers, 'sensor-server.ts'), `${port}`, folder]);
      const referenceValue = await measure(most, (port) => [join(peers, 'node-server.ts'), `${port}`]);
      report({
        metric: most === connections ? 'idle_connections_memory' : 'idle_connections_memory_scaled',
        unit: 'MiB',
        value: Math.round(value),
        reference: 'a bare Node server',
        referenceValue: Math.round(referenceValue),
        ratio: Number((value / referenceValue).toFixed(2)),
        budget: budgetMebibytes,
        ok: value <= budgetMebibytes,
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
