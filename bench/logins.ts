/** Logins and requests a second of the decoys behind a sensor that records all of it, beside the real servers with the same clients. */

import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { sshString } from '../src/wire/ssh-bytes.ts';
import { freePort } from '../test/support/free-port.ts';
import { startDaemon } from '../test/support/real-daemon.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import {
  httpRequests,
  rateOf,
  sshLogin,
  telnetLogin,
  type ClientKey,
  type Converse,
} from './conversation-load.ts';

const rounds = 3;
const roundMilliseconds = 3_000;
const loginsAtOnce = 16;
const requestsAtOnce = 32;
/** Three times what the most used honeypot of this kind does on such a machine. */
const loginsBudget = 420;
const redisRequests = 20_000;
const run = promisify(execFile);

const median = (values: readonly number[]): number =>
  [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;

async function startSensor(
  folder: string,
): Promise<{ child: ChildProcess; ports: number[]; output: () => string }> {
  const profile = process.env['CPU_PROFILE'];
  const child = spawn(
    process.execPath,
    [
      ...(profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profile]),
      join(import.meta.dirname, 'peers', 'decoy-server.ts'),
      folder,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  while (!output.includes('\n') && child.exitCode === null) {
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  }
  if (!output.startsWith('ready ')) throw new Error('the sensor did not start');
  return { child, ports: output.slice(6).trim().split(' ').map(Number), output: () => output };
}

/** The real daemon with a key of its own, and one that root may log in with: a password costs it more. */
async function startSshd(folder: string): Promise<{ daemon: AsyncDisposable; port: number; key: ClientKey }> {
  const port = await freePort();
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'host')]);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const blob = Buffer.concat([sshString('ssh-ed25519'), sshString(point)]);
  writeFileSync(join(folder, 'client.pub'), `ssh-ed25519 ${blob.toString('base64')}\n`);
  const configuration = join(folder, 'sshd_config');
  writeFileSync(
    configuration,
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${join(folder, 'host')}`,
      `AuthorizedKeysFile ${join(folder, 'client.pub')}`,
      `PidFile ${join(folder, 'sshd.pid')}`,
      'StrictModes no',
      'UsePAM no',
      'PermitRootLogin yes',
      'MaxStartups 1000:30:1000',
      'LogLevel QUIET',
      // What this machine's root has its shell do at a start is no part of a login.
      `SetEnv HOME=${folder}`,
      '',
    ].join('\n'),
  );
  // Where it drops its rights; its package makes it at the start of the service.
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', configuration], { stdio: 'ignore' });
  return { daemon: await startDaemon(child, port), port, key: { privateKey, blob } };
}

const pageOf = (port: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', path: '/' }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => void parts.push(part));
      response.on('end', () => resolve(Buffer.concat(parts)));
    }).on('error', reject);
  });

/** nginx with the same page, its access log and two workers as the package configures it on two processors. */
async function startNginx(folder: string, page: Buffer): Promise<{ daemon: AsyncDisposable; port: number }> {
  const port = await freePort();
  mkdirSync(join(folder, 'page'));
  writeFileSync(join(folder, 'page', 'index.html'), page);
  const configuration = join(folder, 'nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  writeFileSync(
    configuration,
    `daemon off; user root; worker_processes auto; pid ${join(folder, 'nginx.pid')};
events { worker_connections 1024; }
http {
  access_log ${join(folder, 'access')};
  ${temporary.map((name) => `${name}_temp_path ${join(folder, name)};`).join(' ')}
  server { listen 127.0.0.1:${port}; root ${join(folder, 'page')}; }
}
`,
  );
  const child = spawn('nginx', ['-c', configuration, '-e', join(folder, 'error')], { stdio: 'ignore' });
  const daemon = await startDaemon(child, port);
  return {
    port,
    daemon: {
      // Its workers outlive a master that is killed.
      async [Symbol.asyncDispose]() {
        const exited = once(child, 'exit');
        child.kill('SIGTERM');
        await exited;
        await daemon[Symbol.asyncDispose]();
      },
    },
  };
}

/** GET and SET a second, by the client that comes with Redis, without pipelining. */
async function redisRate(port: number): Promise<number> {
  const words = [
    '-h',
    '127.0.0.1',
    '-p',
    `${port}`,
    '-c',
    '50',
    '-n',
    `${redisRequests}`,
    '-t',
    'set,get',
    '--csv',
  ];
  const { stdout } = await run('redis-benchmark', words);
  const rates = [...stdout.matchAll(/^"(?:SET|GET)","([\d.]+)"/gm)].map(([, rate]) => Number(rate));
  if (rates.length !== 2) throw new Error(`redis-benchmark said ${stdout}`);
  return rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
}

/** Rounds of both by turns, so that neither has the quieter machine; the first warms up. */
async function beside(
  ours: () => Promise<number>,
  theirs: (() => Promise<number>) | null,
): Promise<{ value: number; reference: number }> {
  const values: number[] = [];
  const references: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const value = await ours();
    const reference = theirs === null ? 0 : await theirs();
    if (round > 0) values.push(value);
    if (round > 0) references.push(reference);
  }
  return { value: median(values), reference: median(references) };
}

function figureOf(
  metric: string,
  unit: string,
  { value, reference }: { value: number; reference: number },
  name: string,
  budget?: number,
): Figure {
  return {
    metric,
    unit,
    value: Math.round(value),
    ...(name === ''
      ? {}
      : {
          reference: name,
          referenceValue: Math.round(reference),
          ratio: Number((value / reference).toFixed(2)),
        }),
    ...(budget === undefined ? {} : { budget }),
    ok: budget === undefined || value >= budget,
  };
}

export const logins: Benchmark = {
  name: 'logins',
  summary:
    'logins with a command over SSH and telnet, requests over HTTP and Redis; beside sshd, nginx and redis-server',
  async run(report) {
    const folder = mkdtempSync(join(tmpdir(), 'picket-logins-'));
    const stack = new AsyncDisposableStack();
    stack.defer(() => rmSync(folder, { recursive: true, force: true }));
    try {
      const sensor = await startSensor(folder);
      stack.defer(() => void sensor.child.kill('SIGKILL'));
      const [ssh = 0, telnet = 0, http = 0, redis = 0] = sensor.ports;
      const rate = (port: number, atOnce: number, converse: Converse) => (): Promise<number> =>
        rateOf({ port, milliseconds: roundMilliseconds, atOnce }, converse);

      const sshd = await startSshd(folder);
      stack.use(sshd.daemon);
      const overSsh = await beside(
        rate(ssh, loginsAtOnce, sshLogin(null, 'uname -a')),
        rate(sshd.port, loginsAtOnce, sshLogin(sshd.key, 'uname -a')),
      );
      report(figureOf('ssh_logins_per_second', 'logins/s', overSsh, 'sshd, with a key', loginsBudget));

      const overTelnet = await beside(rate(telnet, loginsAtOnce, telnetLogin), null);
      report(figureOf('telnet_logins_per_second', 'logins/s', overTelnet, '', loginsBudget));

      const nginx = await startNginx(folder, await pageOf(http));
      stack.use(nginx.daemon);
      const overHttp = await beside(
        rate(http, requestsAtOnce, httpRequests),
        rate(nginx.port, requestsAtOnce, httpRequests),
      );
      report(figureOf('http_requests_per_second', 'requests/s', overHttp, 'nginx, the same page'));

      const realPort = await freePort();
      const words = ['--port', `${realPort}`, '--bind', '127.0.0.1', '--save', '', '--dir', folder];
      stack.use(await startDaemon(spawn('redis-server', words, { stdio: 'ignore' }), realPort));
      const overRedis = await beside(
        () => redisRate(redis),
        () => redisRate(realPort),
      );
      report(figureOf('redis_requests_per_second', 'requests/s', overRedis, 'redis-server'));

      const exited = once(sensor.child, 'exit');
      sensor.child.kill('SIGTERM');
      await exited;
      const written: { observations: number; committed: number; lostCount: number } = JSON.parse(
        sensor.output().split('\n')[1] ?? '{}',
      );
      const lost = written.observations - (written.committed - written.lostCount);
      report({
        metric: 'observations_lost',
        unit: 'observations',
        value: lost,
        reference: 'observations made',
        referenceValue: written.observations,
        budget: 0,
        ok: lost <= 0,
      });
    } finally {
      await stack.disposeAsync();
    }
  },
};
