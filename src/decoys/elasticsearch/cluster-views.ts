/** What the cluster says of itself: `/`, `_cat`, `_cluster`, `_nodes`, `_stats`. */

import { Buffer } from 'node:buffer';
import type { Persona } from '../../core/persona.ts';
import { hexDigits } from '../../core/random.ts';
import type { JsonObject, JsonValue } from '../../wire/json-value.ts';
import { drawnCount, type Node } from './release.ts';
import type { Index, Store } from './store.ts';

export function greeting(node: Node): JsonObject {
  const { release } = node;
  const tagline = 'You Know, for Search';
  if (release.major === 1) {
    return {
      status: 200,
      name: node.name,
      ...(release.number.startsWith('1.1') ? {} : { cluster_name: node.cluster }),
      version: {
        number: release.number,
        build_hash: release.hash,
        build_timestamp: release.built,
        build_snapshot: false,
        lucene_version: release.lucene,
      },
      tagline,
    };
  }
  const oldest = release.major >= 7;
  const version: JsonObject =
    release.major === 2
      ? {
          number: release.number,
          build_hash: release.hash,
          build_timestamp: release.built,
          build_snapshot: false,
          lucene_version: release.lucene,
        }
      : {
          number: release.number,
          ...(release.major >= 6 ? { build_flavor: 'default', build_type: 'deb' } : {}),
          build_hash: release.hash,
          build_date: release.built,
          build_snapshot: false,
          lucene_version: release.lucene,
          ...(release.major >= 6
            ? {
                minimum_wire_compatibility_version: oldest ? '6.8.0' : '5.6.0',
                minimum_index_compatibility_version: oldest ? '6.0.0-beta1' : '5.0.0',
              }
            : {}),
        };
  return { name: node.name, cluster_name: node.cluster, cluster_uuid: node.clusterId, version, tagline };
}

const shardsOf = (node: Node): number => (node.release.major >= 7 ? 1 : 5);

export function health(node: Node, store: Store): JsonObject {
  const shards = store.indices.size * shardsOf(node);
  return {
    cluster_name: node.cluster,
    status: 'yellow',
    timed_out: false,
    number_of_nodes: 1,
    number_of_data_nodes: 1,
    active_primary_shards: shards,
    active_shards: shards,
    relocating_shards: 0,
    initializing_shards: 0,
    unassigned_shards: shards,
    ...(node.release.major === 1
      ? {}
      : {
          delayed_unassigned_shards: 0,
          number_of_pending_tasks: 0,
          number_of_in_flight_fetch: 0,
          task_max_waiting_in_queue_millis: 0,
          active_shards_percent_as_number: 50,
        }),
  };
}

export function nodes(node: Node, persona: Persona): JsonObject {
  const address = `${persona.address}:9300`;
  const details: JsonObject = {
    name: node.name,
    transport_address: node.release.major === 1 ? `inet[/${address}]` : address,
    host: node.release.major >= 5 ? persona.address : persona.hostname,
    ip: persona.address,
    version: node.release.number,
    ...(node.release.major >= 5
      ? { build_hash: node.release.hash, roles: ['master', 'data', 'ingest'] }
      : { build: node.release.hash.slice(0, 7) }),
    settings: {
      cluster: { name: node.cluster },
      path: { home: '/usr/share/elasticsearch', logs: '/var/log/elasticsearch' },
    },
    os: {
      name: 'Linux',
      arch: 'amd64',
      version: persona.kernel.release,
      available_processors: persona.cpu.count,
    },
    process: {
      refresh_interval_in_millis: 1_000,
      id: 1_000 + drawnCount(persona, 'pid', 0, 3_000),
      mlockall: false,
    },
    jvm: {
      pid: 1_000 + drawnCount(persona, 'pid', 0, 3_000),
      version: node.release.major >= 7 ? '15.0.1' : '1.8.0_292',
      vm_name: 'OpenJDK 64-Bit Server VM',
    },
    http: {
      bound_address: ['0.0.0.0:9200'],
      publish_address: `${persona.address}:9200`,
      max_content_length_in_bytes: 104_857_600,
    },
  };
  return {
    ...(node.release.major >= 5 ? { _nodes: { total: 1, successful: 1, failed: 0 } } : {}),
    cluster_name: node.cluster,
    nodes: { [node.id]: details },
  };
}

const bytesOf = (index: Index): number =>
  [...index.documents.values()].reduce((sum, document) => sum + JSON.stringify(document).length + 120, 2_340);

const sized = (bytes: number): string =>
  bytes < 1_024
    ? `${bytes}b`
    : bytes < 1_048_576
      ? `${(bytes / 1_024).toFixed(1)}kb`
      : `${(bytes / 1_048_576).toFixed(1)}mb`;

const sorted = (store: Store): Index[] =>
  [...store.indices.values()].sort((a, b) => (a.name < b.name ? -1 : 1));

export const indexId = (persona: Persona, index: Index): string =>
  Buffer.from(hexDigits(persona.random(`elasticsearch index ${index.name}`), 32), 'hex')
    .toString('base64url')
    .slice(0, 22);

/** Columns as `_cat` pads them: numbers to the right, the rest to the left, no blank at the end but where a column is empty. */
function table(header: readonly string[], rows: readonly (readonly string[])[], withHeader: boolean): string {
  const lines = withHeader ? [header, ...rows] : rows;
  const widths = header.map((_, column) => Math.max(0, ...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map(
      (line) =>
        `${line.map((cell, column) => (/^(?:docs|store|pri$|rep$|pri\.|count|epoch|heap|ram|cpu|load)/.test(header[column] ?? '') ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join(' ')}\n`,
    )
    .join('');
}

const catPaths = [
  '/_cat/aliases',
  '/_cat/allocation',
  '/_cat/count',
  '/_cat/health',
  '/_cat/indices',
  '/_cat/master',
  '/_cat/nodes',
  '/_cat/shards',
];

/** `GET /_cat/…`; null for what there is not. */
export function cat(
  node: Node,
  persona: Persona,
  store: Store,
  name: string,
  verbose: boolean,
  now: number,
): string | null {
  const shards = shardsOf(node);
  const clock = new Date(now).toISOString().slice(11, 19);
  const epoch = String(Math.floor(now / 1_000));
  const count = sorted(store).reduce((sum, index) => sum + index.documents.size, 0);
  switch (name) {
    case '':
      return `=^.^=\n${catPaths.join('\n')}\n`;
    case 'indices': {
      const withId = node.release.major >= 5;
      const header = [
        'health',
        'status',
        'index',
        ...(withId ? ['uuid'] : []),
        'pri',
        'rep',
        'docs.count',
        'docs.deleted',
        'store.size',
        'pri.store.size',
      ];
      const rows = sorted(store).map((index) => {
        const counted = [
          String(shards),
          '1',
          String(index.documents.size),
          '0',
          sized(bytesOf(index)),
          sized(bytesOf(index)),
        ];
        return ['yellow', 'open', index.name].concat(withId ? [indexId(persona, index)] : [], counted);
      });
      return table(header, rows, verbose);
    }
    case 'nodes':
      return table(
        ['ip', 'heap.percent', 'ram.percent', 'cpu', 'load_1m', 'node.role', 'master', 'name'],
        [
          [
            persona.address,
            '37',
            '92',
            '3',
            '0.12',
            node.release.major >= 7 ? 'cdhilmrstw' : 'mdi',
            '*',
            node.name,
          ],
        ],
        verbose,
      );
    case 'health':
      return table(
        [
          'epoch',
          'timestamp',
          'cluster',
          'status',
          'node.total',
          'node.data',
          'shards',
          'pri',
          'relo',
          'init',
          'unassign',
        ],
        [
          [
            epoch,
            clock,
            node.cluster,
            'yellow',
            '1',
            '1',
            String(store.indices.size * shards),
            String(store.indices.size * shards),
            '0',
            '0',
            String(store.indices.size * shards),
          ],
        ],
        verbose,
      );
    case 'count':
      return table(['epoch', 'timestamp', 'count'], [[epoch, clock, String(count)]], verbose);
    case 'master':
      return table(
        ['id', 'host', 'ip', 'node'],
        [[node.id, persona.address, persona.address, node.name]],
        verbose,
      );
    case 'shards':
      return table(
        ['index', 'shard', 'prirep', 'state', 'docs', 'store', 'ip', 'node'],
        sorted(store).map((index) => [
          index.name,
          '0',
          'p',
          'STARTED',
          String(index.documents.size),
          sized(bytesOf(index)),
          persona.address,
          node.name,
        ]),
        verbose,
      );
    case 'aliases':
    case 'allocation':
    case 'plugins':
    case 'templates':
      return '';
    default:
      return null;
  }
}

export function stats(node: Node, indices: readonly Index[]): JsonObject {
  const of = (some: readonly Index[]): JsonObject => ({
    docs: { count: some.reduce((sum, index) => sum + index.documents.size, 0), deleted: 0 },
    store: { size_in_bytes: some.reduce((sum, index) => sum + bytesOf(index), 0) },
  });
  const total = indices.length * shardsOf(node);
  return {
    _shards: { total: total * 2, successful: total, failed: 0 },
    _all: { primaries: of(indices), total: of(indices) },
    indices: Object.fromEntries(
      indices.map((index) => [index.name, { primaries: of([index]), total: of([index]) }]),
    ),
  };
}

function typeOfValue(value: JsonValue | undefined, major: number): JsonObject {
  if (typeof value === 'number')
    return { type: Number.isInteger(value) ? 'long' : major >= 5 ? 'float' : 'double' };
  if (typeof value === 'boolean') return { type: 'boolean' };
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) return { type: 'date' };
  return major >= 5
    ? { type: 'text', fields: { keyword: { type: 'keyword', ignore_above: 256 } } }
    : { type: 'string' };
}

export function mappingOf(node: Node, index: Index): JsonObject {
  const first: JsonObject = index.documents.values().next().value ?? {};
  const properties = Object.fromEntries(
    Object.entries(first)
      .slice(0, 128)
      .map(([name, value]) => [name, typeOfValue(value, node.release.major)]),
  );
  const inner: JsonObject = Object.keys(properties).length === 0 ? {} : { properties };
  return node.release.major >= 7 ? { mappings: inner } : { mappings: { [index.type]: inner } };
}

export function settingsOf(node: Node, persona: Persona, index: Index): JsonObject {
  const { number } = node.release;
  const [major = 0, minor = 0, patch = 0] = number.split('.').map(Number);
  return {
    settings: {
      index: {
        creation_date: String(index.created),
        number_of_shards: String(shardsOf(node)),
        number_of_replicas: '1',
        uuid: indexId(persona, index),
        version: { created: String(major * 1_000_000 + minor * 10_000 + patch * 100 + 99) },
        ...(node.release.major >= 5 ? { provided_name: index.name } : {}),
        ...index.settings,
      },
    },
  };
}
