import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { IdSource } from '../core/id.ts';
import type { Observation } from '../core/observation.ts';
import { ClickHouseStore } from './clickhouse-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'picket-store-'));
const ids = new IdSource();
const start = Date.UTC(2026, 0, 2);
const observation = (sequence: number, source: string, sensor = 'north'): Observation => ({
  id: ids.next(start + sequence * 1_000),
  at: start + sequence * 1_000,
  sensor,
  sequence,
  source,
  sourcePort: 4_000,
  destination: '192.0.2.1',
  destinationPort: 22,
  transport: 'tcp',
  session: 's',
  spoofable: false,
  kind: 'auth',
  service: 'ssh',
  user: `o'brien \\ "\u00e9"`,
  method: 'password',
  password: 'x',
  accepted: false,
});
let store: ClickHouseStore;

beforeAll(async () => {
  store = await ClickHouseStore.open({ engine: { path: folder } });
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

it('keeps what is appended once, and gives it back as it was', async () => {
  const first = [observation(1, '203.0.113.9'), observation(2, '2001:db8::1'), observation(3, '2001:db8::2')];
  await store.append(first);
  await store.append([...first, observation(4, '203.0.113.9'), observation(1, '203.0.113.9', 'south')]);
  expect(await store.count()).toBe(5);
  expect(await store.highestSequences()).toEqual({ north: 4, south: 1 });
  const all = await store.since(start, 100);
  expect(all.find((found) => found.id === first[0]?.id)).toEqual(first[0]);
});

it('answers a source by address and by key, the latest first, page by page', async () => {
  const history = await store.history('203.0.113.9', { limit: 10 });
  expect(history.map((found) => `${found.sensor} ${found.sequence}`)).toEqual([
    'north 4',
    'south 1',
    'north 1',
  ]);
  expect(await store.history('2001:db8::/64', { limit: 10 })).toHaveLength(2);
  expect(await store.history('2001:db8::2', { limit: 10 })).toHaveLength(1);
  const page = await store.query({ source: '203.0.113.9', limit: 1 });
  const next = await store.query({ source: '203.0.113.9', limit: 10, before: page[0]?.id ?? '' });
  expect([...page, ...next]).toEqual(history);
});

it('filters by each field, and takes no value for a query', async () => {
  expect(await store.query({ sensor: 'south', limit: 9 })).toHaveLength(1);
  expect(
    await store.query({ kind: 'auth', service: 'ssh', since: start + 2_000, until: start + 4_000, limit: 9 }),
  ).toHaveLength(2);
  expect(await store.query({ service: "ssh' OR '1'='1", limit: 9 })).toEqual([]);
  expect((await store.since(start, 2)).map((found) => found.sequence)).toEqual([3, 4]);
});
