/** The event store over `@clickhouse/client` alone: a ClickHouse server, or chDB in this process, by the same queries. */

import { createClient, type ClickHouseClient } from '@clickhouse/client';
import { canonicalAddress, sourceKey } from '../core/address.ts';
import { PicketError } from '../core/errors.ts';
import type { Observation } from '../core/observation.ts';
import type { EventFilter, EventStore, GoodHour } from './event-store.ts';

export interface ClickHouseStoreOptions {
  /** `{ path }` for chDB in this process (one process a folder), `{ url }` for a server. */
  readonly engine: { readonly path: string } | { readonly url: string };
}

/**
 * Sorted by source and time: a source's history is one stretch of the table. The whole observation is kept as JSON
 * beside the few columns that are filtered by.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS events (
    source_key String,
    at Int64,
    id String,
    source String,
    sensor LowCardinality(String),
    sequence UInt64,
    kind LowCardinality(String),
    service LowCardinality(String),
    observation String CODEC(ZSTD(1))
  ) ENGINE = MergeTree
  PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(at))
  ORDER BY (source_key, at, id)
  SETTINGS index_granularity = 2048`;

type ClientConnection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>['connection']>;

const hourMilliseconds = 3_600_000;
/** As `wentWell` of core/good-session.ts says it; a test holds the two together. */
const wentWellInSql = `
  (kind = 'login' AND JSONExtractString(observation, 'outcome') = 'success')
  OR (kind = 'web-access' AND JSONExtractInt(observation, 'status') BETWEEN 200 AND 399)
  OR (kind = 'object-access' AND JSONExtractInt(observation, 'status') BETWEEN 200 AND 299)`;

const most = 10_000;
/** How many are asked for when replaying at most. */
const mostReplayed = 1_000_000;

export class ClickHouseStore implements EventStore {
  readonly #client: ClickHouseClient;
  /** Highest sequence by sensor; null where it has to be asked for (at first, and after a failed append). */
  #highest: Map<string, number> | null = null;
  /** Appends one after another: what is new is told by what stands. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(client: ClickHouseClient) {
    this.#client = client;
  }

  /** Opens the store and makes its table where it is missing. Rejects with `PICKET_STORE_UNAVAILABLE`. */
  static async open(options: ClickHouseStoreOptions): Promise<ClickHouseStore> {
    const { engine } = options;
    const client = 'url' in engine ? createClient({ url: engine.url }) : await chdbClient(engine.path);
    const store = new ClickHouseStore(client);
    await store.#asking(() => client.command({ query: schema }));
    return store;
  }

  append(observations: readonly Observation[]): Promise<void> {
    const run = this.#last.then(() => this.#append(observations));
    this.#last = run.catch(() => {});
    return run;
  }

  async highestSequences(): Promise<Record<string, number>> {
    const rows = await this.#rows<{ sensor: string; highest: string }>(
      'SELECT sensor, toString(max(sequence)) AS highest FROM events GROUP BY sensor',
      {},
    );
    return Object.fromEntries(rows.map((row) => [row.sensor, Number(row.highest)]));
  }

  history(
    source: string,
    options: { readonly since?: number; readonly limit: number },
  ): Promise<Observation[]> {
    return this.query({ ...options, source });
  }

  query(filter: EventFilter): Promise<Observation[]> {
    const conditions = ['1'];
    const parameters: Record<string, string | number> = { limit: bounded(filter.limit, most) };
    const where = (condition: string, name: string, value: string | number | undefined): void => {
      if (value === undefined) return;
      conditions.push(condition);
      parameters[name] = value;
    };
    if (filter.source !== undefined) {
      const address = canonicalAddress(filter.source);
      where('source_key = {key: String}', 'key', address === null ? filter.source : sourceKey(address));
      if (address !== null) where('source = {source: String}', 'source', address);
    }
    where('kind = {kind: String}', 'kind', filter.kind);
    where('service = {service: String}', 'service', filter.service);
    where('sensor = {sensor: String}', 'sensor', filter.sensor);
    where("JSONExtractString(observation, 'session') = {session: String}", 'session', filter.session);
    where('at >= {since: Int64}', 'since', filter.since);
    where('at < {until: Int64}', 'until', filter.until);
    // An id is a UUIDv7: its first 48 bits are the time.
    where(
      "(at, id) < (reinterpretAsInt64(reverse(unhex(concat('0000', substring(replaceAll({before: String}, '-', ''), 1, 12))))), {before: String})",
      'before',
      filter.before,
    );
    return this.#observations(
      `SELECT observation FROM events WHERE ${conditions.join(' AND ')} ORDER BY at DESC, id DESC LIMIT {limit: UInt32}`,
      parameters,
    );
  }

  async since(at: number, limit: number): Promise<Observation[]> {
    const found = await this.#observations(
      'SELECT observation FROM events WHERE at >= {at: Int64} ORDER BY at DESC, id DESC LIMIT {limit: UInt32}',
      { at, limit: bounded(limit, mostReplayed) },
    );
    return found.reverse();
  }

  async goodHours(since: number, limit: number): Promise<GoodHour[]> {
    const rows = await this.#rows<{ source: string; hour: string }>(
      `SELECT source_key AS source, toString(intDiv(at, ${hourMilliseconds})) AS hour FROM events
       WHERE at >= {since: Int64} AND kind IN ('login', 'web-access', 'object-access') AND (${wentWellInSql})
       GROUP BY source, intDiv(at, ${hourMilliseconds}) ORDER BY intDiv(at, ${hourMilliseconds}) LIMIT {limit: UInt32}`,
      { since, limit: bounded(limit, mostReplayed) },
    );
    return rows.map(({ source, hour }) => ({ source, at: Number(hour) * hourMilliseconds }));
  }

  async count(): Promise<number> {
    const rows = await this.#rows<{ count: string }>('SELECT toString(count()) AS count FROM events', {});
    return Number(rows[0]?.count ?? 0);
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#client.close();
  }

  async #append(observations: readonly Observation[]): Promise<void> {
    this.#highest ??= new Map(Object.entries(await this.highestSequences()));
    const highest = new Map(this.#highest);
    // In the order of the table's columns.
    const values: (string | number)[][] = [];
    for (const observation of observations) {
      if (observation.sequence <= (highest.get(observation.sensor) ?? 0)) continue;
      highest.set(observation.sensor, observation.sequence);
      values.push([
        sourceKey(observation.source),
        observation.at,
        observation.id,
        observation.source,
        observation.sensor,
        observation.sequence,
        observation.kind,
        'service' in observation ? observation.service : '',
        JSON.stringify(observation),
      ]);
    }
    if (values.length === 0) return;
    // Whether a failed append was kept is not known: the next one asks.
    this.#highest = null;
    await this.#asking(() => this.#client.insert({ table: 'events', values, format: 'JSONCompactEachRow' }));
    this.#highest = highest;
  }

  async #observations(query: string, parameters: Record<string, string | number>): Promise<Observation[]> {
    const rows = await this.#rows<{ observation: string }>(query, parameters);
    return rows.map((row): Observation => JSON.parse(row.observation));
  }

  #rows<Row>(query: string, parameters: Record<string, string | number>): Promise<Row[]> {
    return this.#asking(async () => {
      const result = await this.#client.query({ query, query_params: parameters, format: 'JSONEachRow' });
      return await result.json<Row>();
    });
  }

  async #asking<Result>(ask: () => Promise<Result>): Promise<Result> {
    try {
      return await ask();
    } catch (error) {
      const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
      throw new PicketError('PICKET_STORE_UNAVAILABLE', `the event store does not answer: ${why}`, {
        cause: error,
      });
    }
  }
}

function bounded(limit: number, highest: number): number {
  return Math.max(0, Math.min(highest, Math.floor(limit)));
}

async function chdbClient(path: string): Promise<ClickHouseClient> {
  try {
    const { createChdbConnection } = await import('chdb/connection');
    // The same interface, written down twice: chdb takes its types from client-common, the client from itself.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
    return createClient({ connection: createChdbConnection({ path }) as unknown as ClientConnection });
  } catch (error) {
    throw new PicketError(
      'PICKET_STORE_UNAVAILABLE',
      `the event store at ${path} cannot be opened: run "npm install chdb", see that no other process has the folder open, or configure a ClickHouse server or no store`,
      { cause: error },
    );
  }
}
