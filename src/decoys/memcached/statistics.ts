/** What `stats` tells. */

import type { MemcachedInstance } from './instance.ts';

type Line = readonly [name: string, value: string | number];

function general(instance: MemcachedInstance, now: number): Line[] {
  const { counts } = instance;
  const uptime = Math.max(1, Math.floor((now - instance.startedAt) / 1000));
  return [
    ['pid', instance.processId],
    ['uptime', uptime],
    ['time', Math.floor(now / 1000)],
    ['version', instance.version],
    ['libevent', '2.1.12-stable'],
    ['pointer_size', 64],
    ['rusage_user', (uptime / 9000).toFixed(6)],
    ['rusage_system', (uptime / 7000).toFixed(6)],
    ['max_connections', 1024],
    ['curr_connections', 2],
    ['total_connections', counts.connections],
    ['rejected_connections', 0],
    ['connection_structures', 6],
    ['cmd_get', counts.get],
    ['cmd_set', counts.set],
    ['cmd_flush', counts.flush],
    ['cmd_touch', counts.touch],
    ['cmd_meta', 0],
    ['get_hits', counts.hits],
    ['get_misses', counts.get - counts.hits],
    ['bytes_read', counts.set * 211],
    ['bytes_written', counts.get * 167],
    ['limit_maxbytes', 67_108_864],
    ['accepting_conns', 1],
    ['threads', 4],
    ['hash_power_level', 16],
    ['hash_bytes', 524_288],
    ['hash_is_expanding', 0],
    ['bytes', instance.octets],
    ['curr_items', instance.items.size],
    ['total_items', counts.total],
    ['evictions', 0],
    ['reclaimed', 0],
  ];
}

const settings = (): Line[] => [
  ['maxbytes', 67_108_864],
  ['maxconns', 1024],
  ['tcpport', 11_211],
  ['udpport', 11_211],
  ['inter', '0.0.0.0'],
  ['verbosity', 0],
  ['oldest', 0],
  ['evictions', 'on'],
  ['domain_socket', 'NULL'],
  ['umask', 700],
  ['growth_factor', '1.25'],
  ['chunk_size', 48],
  ['num_threads', 4],
  ['detail_enabled', 'no'],
  ['cas_enabled', 'yes'],
  ['tcp_backlog', 1024],
  ['auth_enabled_sasl', 'no'],
  ['item_size_max', 1_048_576],
];

/** All values lie in one class here, as small ones do. */
const slabClass = 5;

/** The lines of a topic; null where there is no such topic. */
export function statisticsOf(
  instance: MemcachedInstance,
  topic: string,
  now: number,
): readonly Line[] | null {
  const count = instance.items.size;
  const [oldest] = instance.items.values();
  switch (topic) {
    case '':
      return general(instance, now);
    case 'settings':
      return settings();
    case 'items':
      if (oldest === undefined) return [];
      return [
        [`items:${slabClass}:number`, count],
        [`items:${slabClass}:age`, Math.max(0, Math.floor((now - oldest.setAt) / 1000))],
        [`items:${slabClass}:evicted`, 0],
        [`items:${slabClass}:outofmemory`, 0],
      ];
    case 'slabs':
      return [
        [`${slabClass}:chunk_size`, 240],
        [`${slabClass}:chunks_per_page`, 4369],
        [`${slabClass}:total_pages`, 1],
        [`${slabClass}:used_chunks`, count],
        ['active_slabs', 1],
        ['total_malloced', 1_048_576],
      ];
    case 'sizes':
      return [['sizes_status', 'disabled']];
    case 'conns':
    case 'detail':
      return [];
    default:
      return null;
  }
}

/** `stats cachedump class limit`: the keys that are there. */
export function dumpLines(instance: MemcachedInstance, limit: number, now: number): string[] {
  const most = limit === 0 ? instance.items.size : limit;
  const until = Math.floor(now / 1000);
  return [...instance.items]
    .slice(0, Math.min(most, 2000))
    .map(
      ([key, item]) =>
        `ITEM ${key} [${item.value.length} b; ${item.expires === 0 ? 0 : Math.max(until, Math.floor(item.expires / 1000))} s]`,
    );
}
