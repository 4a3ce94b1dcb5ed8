import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { needRoot } from '../../test/support/need.ts';

/** A house with a sensor, a scanner with several addresses, and a bystander, all on one bridge. */

const run = promisify(execFile);
const tools = ['ip', 'nft', 'nmap', 'curl', 'hping3', 'python3'];
const able = process.getuid?.() === 0;
const scanner = `picket-pv-${process.pid}`;
const house = `picket-ps-${process.pid}`;
const neighbour = `picket-pb-${process.pid}`;
const bystander = '10.77.0.3';
/** Another that drops what it did not ask for, without a word: our half-open sockets stay. */
const silent = '10.77.0.4';
const uid = 65_534;

interface Line {
  readonly kind?: string;
  readonly probe?: string;
  readonly source?: string;
  readonly destinationPort?: number;
  readonly spoofable?: boolean;
  readonly fingerprints?: { readonly ttl: number; readonly window: number };
  readonly second?: string;
  readonly ready?: number;
  readonly counters?: Record<string, number>;
}

let folder = '';
let supervisor: ChildProcess | null = null;
const lines: Line[] = [];

const ip = (...words: string[]): void => void execFileSync('ip', words, { stdio: 'ignore' });
const within = async (space: string, command: string, ...words: string[]): Promise<string> =>
  (
    await run('ip', ['netns', 'exec', space, command, ...words], {
      timeout: 120_000,
      maxBuffer: 33_554_432,
    })
  ).stdout;
const spoof = (name: string, mode: string, first: number, last: number): Promise<string> =>
  within(
    scanner,
    'python3',
    join(import.meta.dirname, '../../test/support/spoof-syn.py'),
    name,
    '10.77.0.2',
    `${first}`,
    `${last}`,
    mode,
  );

const until = async (condition: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 4_000 && !condition(); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(condition()).toBe(true);
};

const scansFrom = (source: string): Line[] =>
  lines.filter((line) => line.kind === 'scan' && line.source === source);
const provedFrom = (source: string): Line[] => scansFrom(source).filter((line) => line.spoofable === false);
const sensorProcess = (): number => lines.find((line) => line.ready !== undefined)?.ready ?? 0;
const counters = async (): Promise<Record<string, number>> => {
  const before = lines.length;
  process.kill(sensorProcess(), 'SIGUSR2');
  const found = (): Line | undefined => lines.slice(before).find((line) => line.counters !== undefined);
  await until(() => found() !== undefined);
  return found()?.counters ?? {};
};

beforeAll(async () => {
  if (!able) return;
  folder = mkdtempSync(join(tmpdir(), 'picket-probe-'));
  chmodSync(folder, 0o700);
  chownSync(folder, uid, uid);
  for (const space of [scanner, house, neighbour]) {
    ip('netns', 'add', space);
    ip('-n', space, 'link', 'set', 'lo', 'up');
  }
  ip('-n', scanner, 'link', 'add', 'br0', 'type', 'bridge');
  for (const [space, device, address] of [
    [house, 's0', '2'],
    [neighbour, 'b0', '3'],
  ] as const) {
    ip('-n', scanner, 'link', 'add', `v${address}`, 'type', 'veth', 'peer', 'name', device, 'netns', space);
    ip('-n', scanner, 'link', 'set', `v${address}`, 'master', 'br0', 'up');
    ip('-n', space, 'addr', 'add', `10.77.0.${address}/24`, 'dev', device);
    ip('-n', space, 'addr', 'add', `fd00:77::${address}/64`, 'dev', device, 'nodad');
    ip('-n', space, 'link', 'set', device, 'up');
  }
  ip('-n', neighbour, 'addr', 'add', `${silent}/24`, 'dev', 'b0');
  execFileSync('ip', ['netns', 'exec', neighbour, 'nft', '-f', '-'], {
    input: `table ip quiet {\n chain input {\n type filter hook input priority 0\n ip daddr ${silent} meta l4proto tcp drop\n }\n}\n`,
  });
  for (const address of ['1', '11', '12', '13', '14'])
    ip('-n', scanner, 'addr', 'add', `10.77.0.${address}/24`, 'dev', 'br0');
  ip('-n', scanner, 'addr', 'add', 'fd00:77::1/64', 'dev', 'br0', 'nodad');
  ip('-n', scanner, 'link', 'set', 'br0', 'up');
  supervisor = spawn(
    'ip',
    [
      'netns',
      'exec',
      house,
      process.execPath,
      join(import.meta.dirname, '../../test/support/probe-supervisor.ts'),
      folder,
      's0',
      `${uid}`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  supervisor.stdout?.on('data', (chunk) => {
    text += String(chunk);
    const parts = text.split('\n');
    text = parts.pop() ?? '';
    for (const part of parts) lines.push(JSON.parse(part));
  });
  await until(() => sensorProcess() !== 0);
});

afterAll(async () => {
  if (!able) return;
  await new Promise<void>((resolve) => {
    if (supervisor === null || supervisor.exitCode !== null) resolve();
    else {
      supervisor.once('exit', () => resolve());
      supervisor.kill('SIGTERM');
    }
  });
  for (const space of [scanner, house, neighbour]) ip('netns', 'del', space);
  rmSync(folder, { recursive: true, force: true });
});

describe('the probe watch', () => {
  needRoot(tools)(
    'reads through a socket that only root can make, one a machine, without a capability',
    () => {
      expect(lines.find((line) => line.second !== undefined)?.second).toBe('PICKET_PORT_TAKEN');
      expect(readFileSync(`/proc/${sensorProcess()}/status`, 'utf8')).toMatch(/^CapEff:\t0+$/m);
    },
  );

  needRoot(tools)(
    'sees half-open probes, and no probe in a conversation or at a port of its own',
    async () => {
      await within(scanner, 'nmap', '-n', '-Pn', '-sS', '-p', '81-84,2323,9', '10.77.0.2');
      expect(await within(neighbour, 'curl', '-s', 'http://10.77.0.2:8080/')).toBe('plain');
      await until(() => scansFrom('10.77.0.1').length >= 4);
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      expect(
        scansFrom('10.77.0.1')
          .map((line) => line.destinationPort ?? 0)
          .sort((left, right) => left - right),
      ).toEqual([81, 82, 83, 84]);
      expect(scansFrom('10.77.0.1')[0]).toMatchObject({
        probe: 'syn',
        spoofable: true,
        fingerprints: { window: 1_024 },
      });
      expect(scansFrom(bystander)).toEqual([]);
    },
  );

  needRoot(tools)('sees stealth probes of both families', async () => {
    for (const [option, probe] of [
      ['-sF', 'fin'],
      ['-sN', 'null'],
      ['-sX', 'xmas'],
      ['-sA', 'ack'],
    ] as const) {
      await within(
        scanner,
        'nmap',
        '-n',
        '-Pn',
        option,
        '--max-retries',
        '0',
        '-p',
        '4001-4003',
        '10.77.0.2',
      );
      await within(
        scanner,
        'nmap',
        '-6',
        '-n',
        '-Pn',
        option,
        '--max-retries',
        '0',
        '-p',
        '4001',
        'fd00:77::2',
      );
      await until(() => scansFrom('10.77.0.1').filter((line) => line.probe === probe).length === 3);
      await until(() => scansFrom('fd00:77::1').some((line) => line.probe === probe));
    }
  });

  for (const [option, source, ports] of [
    ['-T4', '10.77.0.11', '1-65535'],
    ['-T5', '10.77.0.12', '1-3000'],
    ['-T3', 'fd00:77::1', '1-3000'],
  ] as const) {
    needRoot(tools)(
      `proves the path of a half-open scan (nmap ${option} of ports ${ports} from ${source})`,
      async () => {
        await within(
          scanner,
          'nmap',
          '-n',
          '-Pn',
          '-sS',
          option,
          ...(source.includes(':') ? ['-6'] : []),
          '-p',
          ports,
          '-e',
          'br0',
          '-S',
          source,
          source.includes(':') ? 'fd00:77::2' : '10.77.0.2',
        );
        await until(() => provedFrom(source).length > 0);
        expect(provedFrom(source).length).toBeGreaterThan(32);
        expect(scansFrom(source).length).toBeLessThan(160);
      },
      120_000,
    );
  }

  needRoot(tools)(
    'never proves a bystander in whose name SYNs are sent once, twice, at random or stubbornly',
    async () => {
      const before = await counters();
      // First while there is room for half-open sockets: beyond, the kernel answers by cookies and keeps none.
      await spoof(silent, 'stubborn', 39_001, 39_200);
      for (const [index, mode] of ['once', 'twice', 'some', 'stubborn'].entries()) {
        await spoof(bystander, mode, 10_000 + index * 2_000, 11_999 + index * 2_000);
        await spoof(silent, mode, 40_000 + index * 2_000, 41_999 + index * 2_000);
      }
      await within(
        scanner,
        'hping3',
        '-q',
        '-S',
        '-a',
        bystander,
        '-p',
        '++20000',
        '-i',
        'u300',
        '-c',
        '2000',
        '10.77.0.2',
      ).catch(() => '');
      await until(() => scansFrom(bystander).length > 0);
      const after = await counters();
      expect((after['probes'] ?? 0) - (before['probes'] ?? 0)).toBeGreaterThan(30_000);
      expect(after['probesLost']).toBe(0);
      expect(after['pathsProved']).toBe(before['pathsProved']);
      expect([...provedFrom(bystander), ...provedFrom(silent)]).toEqual([]);
      expect(scansFrom(silent).length).toBeGreaterThan(0);
    },
    120_000,
  );

  needRoot(tools)('leaves the bystander his conversations, one that was withheld too', async () => {
    const answers: string[] = [];
    for (let first = 0; first < 60; first += 12) {
      answers.push(
        ...(await Promise.all(
          Array.from({ length: 12 }, (_, index) =>
            within(neighbour, 'curl', '-sS', '-m', '20', `http://10.77.0.2:${30_000 + first + index}/`),
          ),
        )),
      );
    }
    expect(answers.every((answer) => answer === 'plain')).toBe(true);
    expect(provedFrom(bystander)).toEqual([]);
  });
});
