import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { LoopNetwork, within } from '../loop/namespaces.ts';
import { needRoot } from '../support/need.ts';
import { Installation, roles } from './installation.ts';
import { acknowledgedAndMissing, readSpool, readStore, unstatedGaps } from './records.ts';

const shown = needRoot(['ip', 'nft', 'curl', 'mount']);
const minutes = 60_000;

let network: LoopNetwork;
let picket: Installation;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'picket-stop-'));
  network = new LoopNetwork(900);
  network.start();
  picket = new Installation(network, folder);
});

afterEach(async () => {
  await picket.stop();
  await network.stop();
  try {
    execFileSync('umount', [join(picket.state, 'sensor')], { stdio: 'ignore' });
  } catch {
    // Only one test mounts there.
  }
  rmSync(folder, { recursive: true, force: true });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const tablesOf = async (): Promise<string[]> =>
  (await picket.nft('list', 'tables')).split('\n').filter((line) => line !== '');

describe('the end of a Picket', () => {
  shown(
    'a stop in order keeps everything, ends all processes and leaves the blocks to their timeouts',
    async () => {
      await picket.start();
      const attack = picket.attack(0, 199, 10);
      await within(30, () => attack.answered.length >= 100);
      const pids = [picket.supervisor, ...roles.map((role) => picket.pid(role) ?? 0)];
      expect(pids.every((pid) => pid > 0 && alive(pid))).toBe(true);
      expect((await tablesOf()).length).toBeGreaterThan(1);
      // In mid-attack.
      expect(await picket.stop(), picket.said).toBe(0);
      await attack.through;
      expect(pids.filter(alive)).toEqual([]);
      expect(await tablesOf()).toEqual(['table inet picket']);
      const left = await picket.blocked();
      expect(left.size).toBeGreaterThanOrEqual(90);
      for (const seconds of left.values()) expect(Number.isFinite(seconds)).toBe(true);
      const spooled = readSpool(picket.state);
      const stored = await readStore(picket.state);
      expect(acknowledgedAndMissing(spooled, stored)).toEqual([]);
      expect(unstatedGaps(spooled)).toEqual([]);
      const there = new Set(stored.map((event) => event.sequence));
      expect(spooled.sequences.filter((sequence) => !there.has(sequence))).toEqual([]);
    },
    2 * minutes,
  );

  shown(
    'the other processes end by themselves when the supervisor was killed',
    async () => {
      await picket.start();
      const pids = roles.map((role) => picket.pid(role) ?? 0);
      expect(pids.every((pid) => pid > 0)).toBe(true);
      process.kill(picket.supervisor, 'SIGKILL');
      expect(await within(20, () => !pids.some(alive)), String(pids.filter(alive))).toBe(true);
    },
    2 * minutes,
  );
});

describe('a full disk', () => {
  shown(
    'leaves decoys and blocks at work, is told, and loses nothing silently',
    async () => {
      const sensor = join(picket.state, 'sensor');
      mkdirSync(sensor, { recursive: true });
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=0700', 'tmpfs', sensor]);
      await picket.start();
      const before = picket.attack(0, 19, 10);
      await before.through;
      expect(before.answered.length).toBe(20);
      const ballast = join(sensor, 'ballast');
      const { bavail, bsize } = statfsSync(sensor);
      writeFileSync(ballast, Buffer.alloc(bavail * bsize));
      const during = picket.attack(20, 419, 10);
      await during.through;
      expect(during.answered.length).toBe(400);
      expect(await within(20, () => picket.said.includes('PICKET_SPOOL_FULL')), picket.said).toBe(true);
      expect(
        await within(
          20,
          async () =>
            (await picket.health())?.problems.some((line) => line.includes('PICKET_SPOOL_FULL')) === true,
        ),
        JSON.stringify(await picket.health()),
      ).toBe(true);
      const blocked = await picket.blocked();
      expect(during.answered.filter(({ source }) => !blocked.has(source))).toEqual([]);

      unlinkSync(ballast);
      expect(await within(30, async () => (await picket.health())?.status === 'ok'), picket.said).toBe(true);
      const after = picket.attack(500, 519, 10);
      await after.through;
      expect(after.answered.length).toBe(20);
      expect(await picket.stop(), picket.said).toBe(0);
      const spooled = readSpool(picket.state);
      const stored = await readStore(picket.state);
      expect(unstatedGaps(spooled)).toEqual([]);
      expect(acknowledgedAndMissing(spooled, stored)).toEqual([]);
      const seen = new Set(stored.map((event) => `${event.source} ${event.sourcePort}`));
      const all = [...before.answered, ...during.answered, ...after.answered];
      expect(all.filter(({ source, port }) => !seen.has(`${source} ${port}`))).toEqual([]);
    },
    3 * minutes,
  );
});
