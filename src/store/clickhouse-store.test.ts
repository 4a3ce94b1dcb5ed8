import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { IdSource } from '../core/id.ts';
import { wentWell } from '../core/good-session.ts';
import type { Fact, Observation } from '../core/observation.ts';
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

it('gives the hours in which a source had good sessions, as the engine tells them', async () => {
  const hour = 3_600_000;
  const seen = (sequence: number, at: number, source: string, fact: Fact): Observation => {
    const { kind: _kind, ...head } = observation(sequence, source, 'telemetry');
    return { ...head, at, id: ids.next(at), ...fact };
  };
  const login = (outcome: 'success' | 'failure'): Fact => ({
    kind: 'login',
    service: 'ssh',
    user: 'ann',
    method: 'password',
    outcome,
  });
  const page = (status: number): Fact => ({
    kind: 'web-access',
    method: 'GET',
    path: '/',
    status,
    userAgent: '',
    referrer: '',
  });
  const day = start + 30 * 24 * hour;
  const rows = [
    seen(1, day, '203.0.113.20', login('success')),
    seen(2, day + 60_000, '203.0.113.20', page(200)),
    seen(3, day + 2 * hour, '203.0.113.20', page(304)),
    seen(4, day + hour, '203.0.113.21', login('failure')),
    seen(5, day + hour, '203.0.113.22', page(404)),
    seen(6, day + hour, '2001:db8::7', page(301)),
  ];
  await store.append(rows);
  expect(await store.goodHours(day - hour, 100)).toEqual([
    { source: '203.0.113.20', at: Math.floor(day / hour) * hour },
    { source: '2001:db8::/64', at: Math.floor(day / hour) * hour + hour },
    { source: '203.0.113.20', at: Math.floor(day / hour) * hour + 2 * hour },
  ]);
  expect(await store.goodHours(day - hour, 1)).toHaveLength(1);
  expect(rows.filter(wentWell).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 6]);
});
