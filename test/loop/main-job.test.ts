/**
 * The main job, end to end, on real input: attackers' own tools against Picket as its command line starts it, seen from outside.
 * The steps stand on each other and run in this order.
 */

import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { createPersona } from '../../src/personas/index.ts';
import { needRoot } from '../support/need.ts';
import { Capture } from './capture.ts';
import {
  attackerAddress,
  attackerAddress6,
  bystanderAddress,
  hostAddress,
  hostAddress6,
  hostInterface,
  LoopNetwork,
  scannerAddress,
  stopGroup,
  within,
} from './namespaces.ts';
import { LoopPicket, type Role } from './picket.ts';
import { quantile, timeToBlock } from './time-to-block.ts';

const tools = ['ip', 'nft', 'hydra', 'nmap', 'curl', 'tcpdump', 'python3'];
const test = needRoot(tools);
const timedSources = 250;
/** Addresses of the attacker that the steps use by name come first. */
const guesser = attackerAddress(0);
const portScanner = attackerAddress(1);
const loader = attackerAddress(2);
const exploiter = attackerAddress(3);
const firstTimed = 10;
const ownPort = 80;
const closedPort = 9;
const httpPort = 8080;
const seed = 'loop';
const phpunit = '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php';

const network = new LoopNetwork(firstTimed + timedSources);
let folder = '';
let picket: LoopPicket;
let capture: Capture;
let ownService: ChildProcess | null = null;
let bystander: ChildProcess | null = null;
let bystanderSaid = '';
let able = false;

/** Starts a TypeScript program of this folder and waits for its first word. */
async function program(place: 'host' | 'bystander', name: string, ...words: string[]): Promise<ChildProcess> {
  const child = network.spawn(place, process.execPath, [join(import.meta.dirname, name), ...words]);
  let said = '';
  child.stdout?.on('data', (chunk) => {
    said += String(chunk);
  });
  expect(await within(20, () => said.includes('ready'))).toBe(true);
  return child;
}

/** Whether the host's own service lets this address of the attacker connect. */
async function answers(source: string, host = hostAddress): Promise<boolean> {
  const words = ['-s', '-o', '/dev/null', '-m', '2', '--interface', source, `http://${host}:${ownPort}/`];
  return (await network.run('attacker', 'curl', words)).code === 0;
}

/** The live lines about a source: what the engine has heard and judged. */
const livesOf = (source: string): string[] =>
  picket.said.split('\n').filter((line) => line.includes(`"source":"${source}"`));

/** Runs a tool that would go on for long, until its source is blocked; then stops it. */
async function untilBlocked(source: string, command: string, words: readonly string[]): Promise<string> {
  expect(await answers(source)).toBe(true);
  network.attackFrom(source);
  const child = network.spawn('attacker', command, words);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      said += String(chunk);
    });
  }
  const blocked = await within(60, async () => (await picket.blocked()).has(source));
  await stopGroup(child, 'SIGKILL');
  expect(blocked, `${command} was not blocked: ${said}\n${picket.said.slice(-3000)}`).toBe(true);
  expect(await answers(source)).toBe(false);
  return said;
}

describe('the main job', () => {
  beforeAll(async () => {
    able = process.getuid?.() === 0;
    if (!able) return;
    folder = mkdtempSync(join(tmpdir(), 'picket-loop-'));
    picket = new LoopPicket(network, folder);
    capture = new Capture(network, join(folder, 'bridge.pcap'));
    network.start();
    ownService = await program('host', 'own-service.ts', `${ownPort}`);
    bystander = await program('bystander', 'bystander.ts', `http://${hostAddress}:${ownPort}/`);
    bystander.stdout?.on('data', (chunk) => {
      bystanderSaid += String(chunk);
    });
    await capture.start();
    await picket.start(
      {
        sensor: {
          seed,
          listeners: [
            { decoy: 'ssh', port: 22, persona: 'ubuntu-web' },
            { decoy: 'telnet', port: 23, persona: 'tplink-router' },
            { decoy: 'http', port: httpPort, persona: 'ubuntu-web' },
          ],
          anyPort: { interface: hostInterface, except: [ownPort, closedPort] },
        },
        guards: { lab: ['198.18.0.0/15', '2001:db8::/32'], allow: [scannerAddress] },
      },
      ['--json'],
    );
  }, 120_000);

  afterAll(async () => {
    if (!able) return;
    await picket.stop();
    await capture.stop();
    for (const child of [bystander, ownService]) if (child !== null) await stopGroup(child);
    await network.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  test('its processes have no right but the fence’s one', () => {
    const uids: Record<Exclude<Role, 'telemetry'>, number> = {
      sensor: 47_001,
      engine: 47_002,
      store: 47_002,
      fence: 47_003,
    };
    for (const role of ['sensor', 'engine', 'store', 'fence'] as const) {
      const allowed = role === 'fence' ? 0x1000n : 0n;
      for (const thread of picket.rights(role)) {
        expect(new Set(thread.uids), role).toEqual(new Set([uids[role]]));
        if (thread.isMain) {
          expect([thread.effective, thread.permitted, thread.bounding], role).toEqual([
            allowed,
            allowed,
            allowed,
          ]);
          expect(thread.noNewPrivileges, role).toBe(true);
        } else expect([thread.effective & ~allowed, thread.permitted & ~allowed], role).toEqual([0n, 0n]);
      }
    }
  });

  test('drops whom hydra guesses SSH passwords for', async () => {
    const passwords = Array.from({ length: 200 }, (_, index) => `password${index}`);
    writeFileSync(join(folder, 'passwords'), passwords.join('\n'));
    const words = ['-I', '-l', 'root', '-P', join(folder, 'passwords'), '-t', '4', `ssh://${hostAddress}`];
    await untilBlocked(guesser, 'hydra', words);
    expect(await picket.ask('explain', guesser)).toMatch(/credential-guessing|guess/);
  }, 120_000);

  test('drops whom nmap scans half-open for, once answers are proved to reach him', async () => {
    const words = ['-sS', '-p-', '-Pn', '-n', '--max-retries', '2', '-T4', hostAddress];
    await untilBlocked(portScanner, 'nmap', words);
  }, 120_000);

  test('drops the loader of a botnet in the middle of its work', async () => {
    const [user = '', password = ''] =
      createPersona('tplink-router', `${seed} tplink-router`, { now: Date.now() }).login.accepted[0] ?? [];
    const script = join(import.meta.dirname, 'telnet-loader.ts');
    const said = await untilBlocked(loader, process.execPath, [script, hostAddress, loader, user, password]);
    // It was let in before it was dropped.
    expect(said).toContain('answered 2');
  }, 120_000);

  test('drops whoever curls an exploit, over IPv4 and over IPv6', async () => {
    expect(await answers(exploiter)).toBe(true);
    const words = ['-s', '-m', '3', '-d', '<?php echo md5("phpunit"); ?>'];
    await network.run('attacker', 'curl', [
      ...words,
      '--interface',
      exploiter,
      `http://${hostAddress}:${httpPort}${phpunit}`,
    ]);
    await network.run('attacker', 'curl', [
      ...words,
      '--interface',
      attackerAddress6,
      `http://[${hostAddress6}]:8888${phpunit}`,
    ]);
    const blocked = await within(20, async () => {
      const standing = [...(await picket.blocked())];
      return standing.includes(exploiter) && standing.some((target) => target.startsWith('2001:db8:0:66:'));
    });
    expect(blocked, picket.said.slice(-3000)).toBe(true);
    expect(await answers(exploiter)).toBe(false);
    const again = ['-s', '-m', '2', '--interface', attackerAddress6, `http://[${hostAddress6}]:8888/`];
    expect((await network.run('attacker', 'curl', again)).code).toBe(28);
    expect(await picket.ask('explain', exploiter)).toContain('CVE-2017-9841');
  });

  test('never blocks the allowed scanner, whatever it does', async () => {
    network.attackFrom(scannerAddress);
    await network.run(
      'attacker',
      'nmap',
      ['-sS', '-p', '1-2000', '-Pn', '-n', '--max-retries', '1', hostAddress],
      60,
    );
    const words = ['-s', '-m', '3', '--interface', scannerAddress, '-d', '<?php phpinfo(); ?>'];
    await network.run('attacker', 'curl', [...words, `http://${hostAddress}:${httpPort}${phpunit}`]);
    const judged = (): boolean => livesOf(scannerAddress).some((line) => line.includes('CVE-2017-9841'));
    expect(await within(20, judged)).toBe(true);
    expect(await within(2, async () => (await picket.blocked()).has(scannerAddress))).toBe(false);
    expect(await answers(scannerAddress)).toBe(true);
  }, 120_000);

  test('blocks nobody for SYNs that another sent in his name', async () => {
    const script = join(import.meta.dirname, '../support/spoof-syn.py');
    const spoofed = await network.run('attacker', 'python3', [
      script,
      bystanderAddress,
      hostAddress,
      '1000',
      '1800',
      'twice',
    ]);
    expect(spoofed.code, spoofed.output).toBe(0);
    expect(
      (await capture.packets(`src host ${bystanderAddress} and dst portrange 1000-1800`)).length,
    ).toBeGreaterThan(1500);
    expect(await within(10, () => livesOf(bystanderAddress).length > 0)).toBe(true);
    expect(await within(3, async () => (await picket.blocked()).has(bystanderAddress))).toBe(false);
  }, 60_000);

  test(`blocks each of ${timedSources} sources after its one hostile request`, async () => {
    const sources = Array.from({ length: timedSources }, (_, index) => attackerAddress(firstTimed + index));
    const results = await timeToBlock(network, { mode: 'request', port: httpPort, closedPort }, sources);
    const times = results.flatMap(({ milliseconds }) => (milliseconds === null ? [] : [milliseconds]));
    expect(results.filter((result) => result.milliseconds === null)).toEqual([]);
    expect(times).toHaveLength(timedSources);
    const standing = await picket.blocked();
    expect(sources.filter((source) => !standing.has(source))).toEqual([]);
    const [middle, high] = [quantile(times, 0.5), quantile(times, 0.99)];
    process.stdout.write(
      `time to block over ${times.length} sources: p50 ${middle.toFixed(2)} ms, p99 ${high.toFixed(2)} ms\n`,
    );
  }, 180_000);

  test('the bystander has worked throughout', async () => {
    if (bystander !== null) await stopGroup(bystander);
    const line = bystanderSaid.split('\n').find((part) => part.startsWith('{')) ?? '{}';
    const outcome: { fetched?: number; failures?: string[] } = JSON.parse(line);
    expect(outcome.failures).toEqual([]);
    expect(outcome.fetched).toBeGreaterThan(100);
    expect([...(await picket.blocked())]).not.toContain(bystanderAddress);
  });

  test('the host began nothing: neither connection, nor datagram, nor ping', async () => {
    await capture.stop();
    // The capture saw the conversations, and the loader did ask for a download from outside.
    expect(
      (await capture.packets(`src host ${hostAddress} and tcp[tcpflags] & tcp-syn != 0`)).length,
    ).toBeGreaterThan(100);
    expect(await capture.begunByHost()).toEqual([]);
  });
});
