/** Contacts a second: connect, banner, client bytes, recorded durably; beside a bare C epoll server and a bare Node server. */

import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import type { Benchmark } from './benchmark.ts';
import { freePort } from '../test/support/free-port.ts';

/** Rounds in turn, so that what else the machine does falls on all; of a run of `--seconds` there is one, as long as that. */
const rounds = 5;
const roundMilliseconds = 2_000;
const openAtOnce = 128;
/** 750 million contacts a day. */
const contactsBudget = 8_681;
const shareOfEpollBudget = 0.5;

const peers = join(import.meta.dirname, 'peers');
const run = promisify(execFile);

interface Server {
  readonly port: number;
  readonly process: ChildProcess;
  readonly output: () => string;
}

async function startServer(command: string, words: (port: number) => string[]): Promise<Server> {
  const port = await freePort();
  const child = spawn(command, words(port), { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  if (!output.startsWith('ready')) throw new Error(`${command} did not start`);
  return { port, process: child, output: () => output };
}

async function stopServer(server: Server): Promise<void> {
  if (server.process.exitCode !== null || server.process.signalCode !== null) return;
  const exited = once(server.process, 'exit');
  server.process.kill('SIGTERM');
  await exited;
}

const median = (values: readonly number[]): number =>
  [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;

export const contact: Benchmark = {
  name: 'contact',
  summary: 'contacts a second with durable recording, beside a bare C epoll server and a bare Node server',
  async run(report, { seconds: wanted }) {
    const folder = mkdtempSync(join(tmpdir(), 'picket-contact-'));
    const servers: Server[] = [];
    try {
      for (const name of ['load', 'epoll-server']) {
        execFileSync('gcc', ['-O2', '-o', join(folder, name), join(peers, `${name}.c`)]);
      }
      const epoll = await startServer(join(folder, 'epoll-server'), (port) => [`${port}`]);
      servers.push(epoll);
      const bare = await startServer(process.execPath, (port) => [join(peers, 'node-server.ts'), `${port}`]);
      servers.push(bare);
      const sensor = await startServer(process.execPath, (port) => [
        ...(process.env['CPU_PROFILE'] === undefined
          ? []
          : ['--cpu-prof', '--cpu-prof-dir', process.env['CPU_PROFILE']]),
        join(peers, 'sensor-server.ts'),
        `${port}`,
        folder,
      ]);
      servers.push(sensor);

      const rates = new Map<Server, number[]>(servers.map((server) => [server, []]));
      let sensorCompleted = 0;
      for (let round = 0; round <= (wanted === null ? rounds : 1); round += 1) {
        for (const server of servers) {
          const milliseconds = wanted === null || round === 0 ? roundMilliseconds : wanted * 1_000;
          const words = [`${server.port}`, `${milliseconds}`, `${openAtOnce}`];
          const { stdout } = await run(join(folder, 'load'), words);
          const [counted = 0, completed = 0, failed = 0, seconds = 1] = stdout.trim().split(' ').map(Number);
          if (failed > completed / 1_000) throw new Error(`${failed} conversations failed: ${stdout}`);
          if (server === sensor) sensorCompleted += completed;
          // The first round warms up.
          if (round > 0) rates.get(server)?.push(counted / seconds);
        }
      }
      await stopServer(sensor);
      const written: { contacts: number; observed: number; committed: number; lostCount: number } =
        JSON.parse(sensor.output().split('\n')[1] ?? '{}');
      const [epollRate = 0, bareRate = 0, sensorRate = 0] = servers.map((server) =>
        median(rates.get(server) ?? []),
      );
      report({
        metric: 'contacts_per_second',
        unit: 'contacts/s',
        value: Math.round(sensorRate),
        reference: 'bare Node server',
        referenceValue: Math.round(bareRate),
        ratio: Number((sensorRate / bareRate).toFixed(3)),
        budget: contactsBudget,
        ok: sensorRate >= contactsBudget,
      });
      report({
        metric: 'share_of_epoll',
        unit: 'ratio',
        value: Number((sensorRate / epollRate).toFixed(3)),
        reference: 'bare C epoll server, contacts/s',
        referenceValue: Math.round(epollRate),
        ratio: Number((sensorRate / epollRate).toFixed(3)),
        budget: shareOfEpollBudget,
        ok: sensorRate / epollRate >= shareOfEpollBudget,
      });
      report({
        metric: 'observations_lost',
        unit: 'observations',
        value: written.observed - (written.committed - written.lostCount),
        reference: 'observations made',
        referenceValue: written.observed,
        budget: 0,
        ok: written.committed - written.lostCount >= written.observed,
      });
      report({
        metric: 'contacts_not_on_disk',
        unit: 'contacts',
        value: sensorCompleted - (written.committed - written.lostCount),
        budget: 0,
        ok: written.committed - written.lostCount >= sensorCompleted && written.lostCount === 0,
      });
    } finally {
      for (const server of servers) await stopServer(server);
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
