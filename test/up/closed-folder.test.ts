import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { Installation, roles } from '../faults/installation.ts';
import { readStore } from '../faults/records.ts';
import { hostInterface, LoopNetwork, within } from '../loop/namespaces.ts';
import { needRoot } from '../support/need.ts';

let network: LoopNetwork;
let picket: Installation;
let folder: string;
let closed: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'picket-closed-'));
  // `mkdtemp` makes it for its owner alone; the state is elsewhere, because the processes have to reach that.
  closed = mkdtempSync(join(tmpdir(), 'picket-checkout-'));
  network = new LoopNetwork(50);
  network.start();
  picket = new Installation(network, folder);
});

afterEach(async () => {
  await picket.stop();
  await network.stop();
  try {
    execFileSync('umount', ['-l', join(closed, 'checkout')], { stdio: 'ignore' });
  } finally {
    // Never through a mount that is still there.
    rmSync(folder, { recursive: true, force: true });
    execFileSync('rmdir', ['--ignore-fail-on-non-empty', join(closed, 'checkout'), closed]);
  }
});

describe('a checkout in a folder that only root may enter', () => {
  needRoot(['ip', 'nft', 'curl', 'mount', 'umount'])(
    'runs as root with any port on, its processes under their own users',
    async () => {
      const checkout = join(closed, 'checkout');
      mkdirSync(checkout);
      execFileSync('mount', ['--bind', resolve(import.meta.dirname, '../..'), checkout]);
      await picket.start(
        {
          sensor: {
            listeners: [{ decoy: 'redis', port: 6379 }],
            anyPort: { interface: hostInterface },
          },
        },
        join(checkout, 'src/cli/main.ts'),
      );
      const uids = (): (string | undefined)[] =>
        roles.map((role) => {
          const status = readFileSync(`/proc/${picket.pid(role) ?? 0}/status`, 'utf8');
          return /^Uid:\s+(\d+)/m.exec(status)?.[1];
        });
      // The store is the last to be ready.
      await expect.poll(uids, { timeout: 20_000 }).toEqual(['47002', '47002', '47003', '47001']);
      const attack = picket.attack(0, 9, 20);
      await attack.through;
      expect(attack.answered.length, picket.said).toBe(10);
      expect(
        await within(20, async () => {
          const blocked = await picket.blocked();
          return attack.answered.every(({ source }) => blocked.has(source));
        }),
        picket.said,
      ).toBe(true);
      expect(await picket.stop(), picket.said).toBe(0);
      const sources = new Set((await readStore(picket.state)).map((event) => event.source));
      expect(attack.answered.filter(({ source }) => !sources.has(source))).toEqual([]);
    },
    120_000,
  );
});
