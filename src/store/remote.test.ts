import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, expect, it } from 'vitest';
import { IdSource } from '../core/id.ts';
import type { Observation } from '../core/observation.ts';
import { RemoteStore } from './remote.ts';
import { latestWithin } from './server.ts';

const folder = mkdtempSync(join(tmpdir(), 'picket-remote-'));
const socket = join(folder, 's.sock');
const ids = new IdSource();
let child: ChildProcess | null = null;

async function serve(): Promise<void> {
  const script = `import { serveStore } from ${JSON.stringify(join(import.meta.dirname, 'server.ts'))};
    await serveStore(${JSON.stringify({ socket, engine: { path: join(folder, 'data') } })}); console.log('ready');`;
  const started = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = started;
  await new Promise((resolve) => started.stdout.once('data', resolve));
}
async function kill(): Promise<void> {
  const running = child;
  if (running === null || running.exitCode !== null || running.signalCode !== null) return;
  const gone = new Promise((resolve) => running.once('exit', resolve));
  running.kill('SIGKILL');
  await gone;
}
afterEach(async () => {
  await kill();
  rmSync(folder, { recursive: true, force: true });
});

it('what was acknowledged is there after the store was killed, and the engine finds it again', async () => {
  const at = Date.UTC(2026, 4, 5);
  const rows = Array.from({ length: 3_000 }, (_, index): Observation => ({
    id: ids.next(at + index),
    at: at + index,
    sensor: 'north',
    sequence: index + 1,
    source: '203.0.113.9',
    sourcePort: 1,
    destination: '192.0.2.1',
    destinationPort: 23,
    transport: 'tcp',
    session: '',
    spoofable: true,
    kind: 'scan',
    probe: 'syn',
  }));
  const store = new RemoteStore(socket);
  await expect(store.count()).rejects.toMatchObject({ code: 'PICKET_STORE_UNAVAILABLE' });
  await serve();
  await store.append(rows);
  await kill();
  await expect(store.count()).rejects.toMatchObject({ code: 'PICKET_STORE_UNAVAILABLE' });
  await serve();
  expect(await store.count()).toBe(3_000);
  await store.append(rows);
  expect(await store.count()).toBe(3_000);
  expect(await store.highestSequences()).toEqual({ north: 3_000 });
  expect(await store.history('203.0.113.9', { limit: 1 })).toEqual([rows[2_999]]);
  await store.close();
});

it('answers a replay that is larger than a message with the latest that fit, in their order', () => {
  const all = [1, 2, 3].map((sequence) => ({ sequence, body: 'x'.repeat(1000) }));
  expect(latestWithin(2500, all).map(({ sequence }) => sequence)).toEqual([2, 3]);
  expect(latestWithin(10_000, all)).toEqual(all);
  expect(latestWithin(10, all)).toEqual([]);
});
