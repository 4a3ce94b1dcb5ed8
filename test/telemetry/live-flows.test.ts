/**
 * Picket with telemetry alone, no decoy: it hears a real exporter's flows, the kernel's connection tracking and log files that are rotated
 * under it, and decides on who scans or guesses, and on nobody else.
 */

import type { ChildProcess } from 'node:child_process';
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import {
  attackerAddress,
  bystanderAddress,
  hostAddress,
  hostInterface,
  LoopNetwork,
  stopGroup,
  within,
} from '../loop/namespaces.ts';
import { LoopPicket } from '../loop/picket.ts';
import { needRoot } from '../support/need.ts';

const test = needRoot(['ip', 'nft', 'nmap', 'masscan', 'curl', 'softflowd', 'conntrack', 'unshare']);
const scanner = attackerAddress(0);
const guesser = attackerAddress(1);
const laterGuesser = attackerAddress(2);
const messenger = attackerAddress(3);
const tracked = attackerAddress(4);
const absentGuesser = attackerAddress(5);
const massScanner = attackerAddress(6);
const ownPort = 80;
const exportPort = 2055;
const syslogPort = 5514;

const network = new LoopNetwork(8);
let folder = '';
let log = '';
let picket: LoopPicket;
let ownService: ChildProcess | null = null;
let exporter: ChildProcess | null = null;
let bystander: ChildProcess | null = null;
let bystanderSaid = '';
let able = false;

async function program(place: 'host' | 'bystander', name: string, ...words: string[]): Promise<ChildProcess> {
  const child = network.spawn(place, process.execPath, [
    join(import.meta.dirname, '../loop', name),
    ...words,
  ]);
  let said = '';
  child.stdout?.on('data', (chunk) => {
    said += String(chunk);
  });
  expect(await within(20, () => said.includes('ready'))).toBe(true);
  return child;
}

async function answers(source: string): Promise<boolean> {
  const words = [
    '-s',
    '-o',
    '/dev/null',
    '-m',
    '2',
    '--interface',
    source,
    `http://${hostAddress}:${ownPort}/`,
  ];
  return (await network.run('attacker', 'curl', words)).code === 0;
}

const guesses = (source: string, count: number): string =>
  Array.from({ length: count }, (_, index) => {
    const user = `user${index}`;
    return `${new Date().toISOString()} host sshd[${4000 + index}]: Failed password for invalid user ${user} from ${source} port ${50_000 + index} ssh2\n`;
  }).join('');

const start = (telemetry: readonly unknown[]): Promise<void> =>
  picket.start(
    {
      sensor: { listeners: [] },
      guards: { lab: ['198.18.0.0/15', '2001:db8::/32'], own: [`${hostAddress}/32`] },
      telemetry,
    },
    ['--json'],
  );

const isBlocked = (source: string): Promise<boolean> =>
  within(40, async () => (await picket.blocked()).has(source));

describe('live telemetry', () => {
  beforeAll(async () => {
    able = process.getuid?.() === 0;
    if (!able) return;
    folder = mkdtempSync(join(tmpdir(), 'picket-telemetry-'));
    log = join(folder, 'auth.log');
    writeFileSync(log, guesses('198.18.9.9', 40), { mode: 0o644 });
    picket = new LoopPicket(network, folder);
    network.start();
    ownService = await program('host', 'own-service.ts', `${ownPort}`);
    await network.run('host', 'sysctl', ['-q', '-w', 'net.netfilter.nf_conntrack_acct=1']);
    bystander = await program('bystander', 'bystander.ts', `http://${hostAddress}:${ownPort}/`);
    bystander.stdout?.on('data', (chunk) => {
      bystanderSaid += String(chunk);
    });
    await start([
      { flow: { listen: `127.0.0.1:${exportPort}` } },
      { file: log },
      { syslog: { udp: `127.0.0.1:${syslogPort}`, tcp: `127.0.0.1:${syslogPort}` } },
    ]);
    const timeouts = ['general=2', 'tcp=2', 'tcp.rst=1', 'tcp.fin=1', 'maxlife=5', 'expint=1'];
    exporter = network.spawn('host', 'softflowd', [
      '-i',
      hostInterface,
      '-n',
      `127.0.0.1:${exportPort}`,
      '-v',
      '9',
      '-d',
      '-p',
      join(folder, 'softflowd.pid'),
      '-c',
      join(folder, 'softflowd.ctl'),
      ...timeouts.flatMap((timeout) => ['-t', timeout]),
    ]);
  }, 120_000);

  afterAll(async () => {
    if (!able) return;
    if (exporter !== null) await stopGroup(exporter);
    await picket.stop();
    for (const child of [bystander, ownService]) if (child !== null) await stopGroup(child);
    await network.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  test('its process has a user id of its own, no right, and begins nothing', async () => {
    const rules = (await network.run('host', 'nft', ['list', 'ruleset'])).output;
    expect(rules).toMatch(/table inet picket_telemetry_[0-9a-f]{8} \{[^}]*skuid 47004/);
    for (const thread of picket.rights('telemetry')) {
      expect(new Set(thread.uids)).toEqual(new Set([47_004]));
      if (thread.isMain) {
        expect([thread.effective, thread.permitted, thread.bounding]).toEqual([0n, 0n, 0n]);
        expect(thread.noNewPrivileges).toBe(true);
      }
    }
  });

  test('blocks who scans the host, by what a real exporter says of it', async () => {
    expect(await answers(scanner)).toBe(true);
    network.attackFrom(scanner);
    await network.run('attacker', 'nmap', [
      '-n',
      '-Pn',
      '-sS',
      '-p',
      '1-300',
      '--max-retries',
      '1',
      hostAddress,
    ]);
    expect(await isBlocked(scanner), picket.said.slice(-3000)).toBe(true);
    expect(await answers(scanner)).toBe(false);
    expect(await picket.ask('explain', scanner)).toContain('scan');
  }, 120_000);

  test('blocks a scanner that has a network stack of its own', async () => {
    const host = (
      await network.run('host', 'cat', [`/sys/class/net/${hostInterface}/address`])
    ).output.trim();
    const own = ['--adapter', 'eth0', '--adapter-ip', massScanner, '--router-mac', host];
    const pace = ['--rate', '300', '--wait', '1', '--seed', '7'];
    const scan = await network.run('attacker', 'masscan', [...own, ...pace, '-p', '1-600', hostAddress], 60);
    expect(await isBlocked(massScanner), `${scan.output}\n${picket.said.slice(-3000)}`).toBe(true);
    expect(await answers(massScanner)).toBe(false);
    expect(await picket.ask('explain', massScanner)).toContain('scan');
  }, 120_000);

  test('follows a log from its end, and over a rotation', async () => {
    appendFileSync(log, guesses(guesser, 20));
    expect(await isBlocked(guesser), picket.said.slice(-3000)).toBe(true);
    renameSync(log, `${log}.1`);
    // A writer that has the old file open still writes there for a moment.
    appendFileSync(`${log}.1`, guesses(laterGuesser, 3));
    writeFileSync(log, guesses(laterGuesser, 20), { mode: 0o644 });
    expect(await isBlocked(laterGuesser), picket.said.slice(-3000)).toBe(true);
    // What stood there before the start is of the past.
    expect(await picket.blocked()).not.toContain('198.18.9.9');
  }, 120_000);

  test('hears syslog, and counts what it can not read', async () => {
    const lines = guesses(messenger, 20).trim().split('\n');
    const framed = lines.map((line) => `<86>${line}`).map((line) => `${Buffer.byteLength(line)} ${line}`);
    writeFileSync(join(folder, 'messages'), `${framed.join('')}999999 `);
    const sent = await network.run('host', 'bash', [
      '-c',
      `cat ${join(folder, 'messages')} > /dev/tcp/127.0.0.1/${syslogPort}`,
    ]);
    expect(sent.code, sent.output).toBe(0);
    expect(await isBlocked(messenger), picket.said.slice(-3000)).toBe(true);
    await network.run('host', 'bash', ['-c', `printf nonsense > /dev/udp/127.0.0.1/${exportPort}`]);
    const metrics = async (): Promise<string> =>
      (await network.run('host', 'curl', ['-s', 'http://127.0.0.1:8910/metrics'])).output;
    expect(
      await within(15, async () => /counter="flow0\.damaged"[^\n]* 1\b/.test(await metrics())),
      await metrics(),
    ).toBe(true);
  }, 120_000);

  test('hears of the honest visitor, and holds nothing against it', async () => {
    const told = (): Promise<string> => picket.ask('explain', bystanderAddress);
    const isKnown = await within(20, async () => (await told()).includes('is held to be'));
    expect(isKnown, picket.said.slice(-3000)).toBe(true);
    expect(await told()).toMatch(/held to be (?:benign|unknown), score 0\.0/);
  }, 60_000);

  test('goes on after a restart where it was in a log, and hears the kernel’s connection tracking', async () => {
    if (exporter !== null) await stopGroup(exporter);
    exporter = null;
    await picket.stop();
    appendFileSync(log, guesses(absentGuesser, 20));
    await start([{ file: log }, { conntrack: true }]);
    expect(await isBlocked(absentGuesser), picket.said.slice(-3000)).toBe(true);
    network.attackFrom(tracked);
    const words = ['-n', '-Pn', '-sT', '-p', '1-300', '--max-retries', '1', hostAddress];
    const scan = network.spawn('attacker', 'nmap', words);
    expect(await isBlocked(tracked), picket.said.slice(-3000)).toBe(true);
    await stopGroup(scan, 'SIGKILL');
  }, 120_000);

  test('leaves the honest visitor alone', async () => {
    if (bystander !== null) await stopGroup(bystander);
    const line = bystanderSaid.split('\n').find((part) => part.startsWith('{')) ?? '{}';
    const outcome: { fetched?: number; failures?: string[] } = JSON.parse(line);
    expect(outcome.failures).toEqual([]);
    expect(outcome.fetched).toBeGreaterThan(100);
    expect([...(await picket.blocked())]).not.toContain(bystanderAddress);
  });
});
