/** Events into the store and a source's history out of it, beside SQLite with the same rows in the same run. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { IdSource } from '../src/core/id.ts';
import type { Observation } from '../src/core/observation.ts';
import { ClickHouseStore } from '../src/store/clickhouse-store.ts';
import type { Benchmark } from './benchmark.ts';

const rows = 1_000_000;
const batch = 20_000;
const sources = 20_000;
const begin = Date.UTC(2026, 5, 1);
const sourceAt = (index: number): string => `203.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;

function* batches(): Iterable<Observation[]> {
  const ids = new IdSource();
  for (let from = 0; from < rows; from += batch) {
    yield Array.from({ length: batch }, (_, offset): Observation => {
      const index = from + offset;
      const at = begin + index * 100;
      return {
        id: ids.next(at),
        at,
        sensor: 'north',
        sequence: index + 1,
        source: sourceAt((index * 7_919) % sources),
        sourcePort: 40_000,
        destination: '192.0.2.1',
        destinationPort: 22,
        transport: 'tcp',
        session: `s${index}`,
        spoofable: false,
        kind: 'auth',
        service: 'ssh',
        user: 'root',
        method: 'password',
        password: `p${index}`,
        accepted: false,
      };
    });
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[values.length >> 1] ?? 0;

export const storeBenchmark: Benchmark = {
  name: 'store',
  summary: `${rows} events in, and the history of a source out, beside SQLite`,
  run: async (report) => {
    const folder = mkdtempSync(join(tmpdir(), 'picket-bench-store-'));
    try {
      const store = await ClickHouseStore.open({ engine: { path: join(folder, 'events') } });
      const sqlite = new DatabaseSync(join(folder, 'reference.db'));
      sqlite.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
        CREATE TABLE events (source TEXT, at INTEGER, observation TEXT); CREATE INDEX by_source ON events (source, at)`);
      const insert = sqlite.prepare('INSERT INTO events VALUES (?, ?, ?)');
      let stored = 0;
      let reference = 0;
      for (const list of batches()) {
        let from = performance.now();
        await store.append(list);
        stored += performance.now() - from;
        from = performance.now();
        sqlite.exec('BEGIN');
        for (const observation of list)
          insert.run(observation.source, observation.at, JSON.stringify(observation));
        sqlite.exec('COMMIT');
        reference += performance.now() - from;
      }
      const rate = (rows / stored) * 1_000;
      const referenceRate = (rows / reference) * 1_000;
      report({
        metric: 'events_in',
        unit: 'events/s',
        value: rate,
        reference: 'SQLite with an index',
        referenceValue: referenceRate,
        ratio: rate / referenceRate,
        budget: 100_000,
        ok: rate >= 100_000,
      });
      const select = sqlite.prepare(
        'SELECT observation FROM events WHERE source = ? ORDER BY at DESC LIMIT 100',
      );
      const own: number[] = [];
      const theirs: number[] = [];
      for (let round = 0; round < 50; round += 1) {
        const source = sourceAt((round * 397) % sources);
        let from = performance.now();
        const history = await store.history(source, { limit: 100 });
        own.push(performance.now() - from);
        from = performance.now();
        const found = select.all(source);
        theirs.push(performance.now() - from);
        if (history.length !== found.length)
          throw new Error(`${history.length} events of ${source}, ${found.length} in SQLite`);
      }
      report({
        metric: 'history_p50',
        unit: 'ms',
        value: median(own),
        reference: 'SQLite with an index',
        referenceValue: median(theirs),
        ratio: median(theirs) / median(own),
        budget: 100,
        ok: median(own) <= 100,
      });
      sqlite.close();
      await store.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
