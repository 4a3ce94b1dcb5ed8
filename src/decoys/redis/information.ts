/** The text of INFO, by version: the fields of each section in their order. */

import { Buffer } from 'node:buffer';
import type { Call } from './call.ts';
import { redisAtLeast } from './version.ts';

/** `1.07M`, as bytesToHuman writes it. */
function human(octets: number): string {
  if (octets < 1024) return `${octets}B`;
  const power = Math.min(3, Math.floor(Math.log2(octets) / 10));
  return `${(octets / 1024 ** power).toFixed(2)}${'BKMG'.charAt(power)}`;
}

function server(call: Call): string[] {
  const { instance, now } = call;
  const { persona } = instance;
  const seven = redisAtLeast(instance.version, 7, 0);
  const uptime = Math.max(0, Math.floor((now - instance.startedAt) / 1000));
  const debian = persona.osRelease.includes('bookworm') || seven ? '12.2.0' : '10.2.1';
  const fields = [
    `redis_version:${instance.version}`,
    'redis_git_sha1:00000000',
    'redis_git_dirty:0',
    // Of the package, the same on all machines with it.
    `redis_build_id:${seven ? 'ae4d7c971a948f0' : 'a3fdef44459b3ad6'}`,
    'redis_mode:standalone',
    `os:Linux ${persona.kernel.release} ${persona.kernel.machine}`,
    'arch_bits:64',
  ];
  if (seven) fields.push('monotonic_clock:POSIX clock_gettime');
  fields.push('multiplexing_api:epoll', `atomicvar_api:${seven ? 'c11-builtin' : 'atomic-builtin'}`);
  fields.push(`gcc_version:${debian}`, `process_id:${instance.processId}`);
  if (seven) fields.push('process_supervised:systemd');
  fields.push(`run_id:${instance.runId}`, `tcp_port:${instance.configuration.get('port')}`);
  if (seven) fields.push(`server_time_usec:${now * 1000}`);
  fields.push(
    `uptime_in_seconds:${uptime}`,
    `uptime_in_days:${Math.floor(uptime / 86_400)}`,
    'hz:10',
    'configured_hz:10',
    `lru_clock:${Math.floor(now / 1000) & 0xffffff}`,
    `executable:/usr/bin/redis-server`,
    'config_file:/etc/redis/redis.conf',
  );
  if (seven) fields.push('io_threads_active:0');
  return fields;
}

function clients(call: Call): string[] {
  const seven = redisAtLeast(call.instance.version, 7, 0);
  const fields = ['connected_clients:1'];
  if (seven) fields.push('cluster_connections:0', 'maxclients:10000');
  fields.push(
    'client_recent_max_input_buffer:0',
    'client_recent_max_output_buffer:0',
    'blocked_clients:0',
    'tracking_clients:0',
    'clients_in_timeout_table:0',
  );
  return fields;
}

function memory(call: Call): string[] {
  const { instance } = call;
  const seven = redisAtLeast(instance.version, 7, 0);
  const used = 870_000 + (Number.parseInt(instance.runId.slice(0, 4), 16) % 9000) * 8 + instance.octets;
  const peak = used + 40_960;
  const resident = 12_365_824;
  const total = instance.persona.memoryKilobytes * 1024;
  const fields = [
    `used_memory:${used}`,
    `used_memory_human:${human(used)}`,
    `used_memory_rss:${resident}`,
    `used_memory_rss_human:${human(resident)}`,
    `used_memory_peak:${peak}`,
    `used_memory_peak_human:${human(peak)}`,
    `used_memory_peak_perc:${((used / peak) * 100).toFixed(2)}%`,
    `used_memory_overhead:${used - 61_440}`,
    'used_memory_startup:803152',
    'used_memory_dataset:61440',
    `used_memory_dataset_perc:${((61_440 / (used - 803_152 + 61_440)) * 100).toFixed(2)}%`,
    `allocator_allocated:${used + 120_320}`,
    `allocator_active:${used + 491_520}`,
    `allocator_resident:${used + 3_400_000}`,
    `total_system_memory:${total}`,
    `total_system_memory_human:${human(total)}`,
    `used_memory_lua:${seven ? 31_744 : 41_984}`,
  ];
  if (seven) {
    fields.push(
      'used_memory_vm_eval:31744',
      'used_memory_lua_human:31.00K',
      'used_memory_scripts_eval:0',
      `number_of_cached_scripts:${instance.scripts.size}`,
      'number_of_functions:0',
      'number_of_libraries:0',
      'used_memory_vm_functions:33792',
      'used_memory_vm_total:65536',
      'used_memory_vm_total_human:64.00K',
      'used_memory_functions:200',
      'used_memory_scripts:200',
      'used_memory_scripts_human:200B',
    );
  } else {
    fields.push(
      'used_memory_lua_human:41.00K',
      'used_memory_scripts:0',
      'used_memory_scripts_human:0B',
      `number_of_cached_scripts:${instance.scripts.size}`,
    );
  }
  fields.push(
    `maxmemory:${instance.configuration.get('maxmemory')}`,
    'maxmemory_human:0B',
    `maxmemory_policy:${instance.configuration.get('maxmemory-policy')}`,
    'allocator_frag_ratio:1.38',
    'allocator_frag_bytes:371200',
    'allocator_rss_ratio:3.14',
    'allocator_rss_bytes:2908480',
    'rss_overhead_ratio:2.88',
    'rss_overhead_bytes:8072824',
    `mem_fragmentation_ratio:${(resident / used).toFixed(2)}`,
    `mem_fragmentation_bytes:${resident - used}`,
    'mem_not_counted_for_evict:0',
    'mem_replication_backlog:0',
  );
  if (seven) fields.push('mem_total_replication_buffers:0');
  fields.push('mem_clients_slaves:0', `mem_clients_normal:${seven ? 1800 : 20_504}`);
  if (seven) fields.push('mem_cluster_links:0');
  fields.push(
    'mem_aof_buffer:0',
    `mem_allocator:jemalloc-5.${seven ? '3.0' : '2.1'}`,
    'active_defrag_running:0',
    'lazyfree_pending_objects:0',
  );
  if (seven) fields.push('lazyfreed_objects:0');
  return fields;
}

function persistence(call: Call): string[] {
  const { instance } = call;
  const seven = redisAtLeast(instance.version, 7, 0);
  const saved = [
    `rdb_changes_since_last_save:${instance.changes}`,
    'rdb_bgsave_in_progress:0',
    `rdb_last_save_time:${Math.floor(instance.lastSave / 1000)}`,
    'rdb_last_bgsave_status:ok',
    'rdb_last_bgsave_time_sec:0',
    'rdb_current_bgsave_time_sec:-1',
  ];
  const log = [
    'aof_enabled:0',
    'aof_rewrite_in_progress:0',
    'aof_rewrite_scheduled:0',
    'aof_last_rewrite_time_sec:-1',
    'aof_current_rewrite_time_sec:-1',
    'aof_last_bgrewrite_status:ok',
  ];
  if (!seven) {
    return [
      'loading:0',
      ...saved,
      'rdb_last_cow_size:409600',
      ...log,
      'aof_last_write_status:ok',
      'aof_last_cow_size:0',
      'module_fork_in_progress:0',
      'module_fork_last_cow_size:0',
    ];
  }
  return [
    'loading:0',
    'async_loading:0',
    'current_cow_peak:0',
    'current_cow_size:0',
    'current_cow_size_age:0',
    'current_fork_perc:0.00',
    'current_save_keys_processed:0',
    'current_save_keys_total:0',
    ...saved,
    'rdb_saves:0',
    'rdb_last_cow_size:0',
    'rdb_last_load_keys_expired:0',
    'rdb_last_load_keys_loaded:0',
    ...log,
    'aof_rewrites:0',
    'aof_rewrites_consecutive_failures:0',
    'aof_last_write_status:ok',
    'aof_last_cow_size:0',
    'module_fork_in_progress:0',
    'module_fork_last_cow_size:0',
  ];
}

const sevenStatistics =
  'total_net_repl_input_bytes total_net_repl_output_bytes instantaneous_input_kbps instantaneous_output_kbps instantaneous_input_repl_kbps instantaneous_output_repl_kbps rejected_connections sync_full sync_partial_ok sync_partial_err expired_keys expired_stale_perc expired_time_cap_reached_count expire_cycle_cpu_milliseconds evicted_keys evicted_clients total_eviction_exceeded_time current_eviction_exceeded_time keyspace_hits keyspace_misses pubsub_channels pubsub_patterns pubsubshard_channels latest_fork_usec total_forks migrate_cached_sockets slave_expires_tracked_keys active_defrag_hits active_defrag_misses active_defrag_key_hits active_defrag_key_misses total_active_defrag_time current_active_defrag_time tracking_total_keys tracking_total_items tracking_total_prefixes unexpected_error_replies total_error_replies dump_payload_sanitizations total_reads_processed total_writes_processed io_threaded_reads_processed io_threaded_writes_processed reply_buffer_shrinks reply_buffer_expands';
const sixStatistics =
  'instantaneous_input_kbps instantaneous_output_kbps rejected_connections sync_full sync_partial_ok sync_partial_err expired_keys expired_stale_perc expired_time_cap_reached_count expire_cycle_cpu_milliseconds evicted_keys keyspace_hits keyspace_misses pubsub_channels pubsub_patterns latest_fork_usec migrate_cached_sockets slave_expires_tracked_keys active_defrag_hits active_defrag_misses active_defrag_key_hits active_defrag_key_misses tracking_total_keys tracking_total_items tracking_total_prefixes unexpected_error_replies total_reads_processed total_writes_processed io_threaded_reads_processed io_threaded_writes_processed';

function statistics(call: Call): string[] {
  const { instance } = call;
  const names = redisAtLeast(instance.version, 7, 0) ? sevenStatistics : sixStatistics;
  return [
    `total_connections_received:${instance.connections}`,
    `total_commands_processed:${instance.commands}`,
    'instantaneous_ops_per_sec:0',
    `total_net_input_bytes:${instance.commands * 31}`,
    `total_net_output_bytes:${instance.commands * 74}`,
    ...names
      .split(' ')
      .map((name) => `${name}:${name.endsWith('kbps') || name.endsWith('perc') ? '0.00' : '0'}`),
  ];
}

function replication(call: Call): string[] {
  const { instance } = call;
  const seven = redisAtLeast(instance.version, 7, 0);
  const fields = [`role:${instance.master === null ? 'master' : 'slave'}`];
  if (instance.master !== null) {
    fields.push(
      `master_host:${instance.master.host}`,
      `master_port:${instance.master.port}`,
      'master_link_status:down',
      'master_last_io_seconds_ago:-1',
      'master_sync_in_progress:0',
    );
    if (seven) fields.push('slave_read_repl_offset:0');
    fields.push(
      `slave_repl_offset:${instance.replicationOffset}`,
      `master_link_down_since_seconds:${Math.max(0, Math.floor((call.now - instance.master.since) / 1000))}`,
      'slave_priority:100',
      'slave_read_only:1',
    );
    if (seven) fields.push('replica_announced:1');
  }
  fields.push('connected_slaves:0');
  if (seven) fields.push('master_failover_state:no-failover');
  fields.push(
    `master_replid:${instance.replicationId}`,
    `master_replid2:${'0'.repeat(40)}`,
    `master_repl_offset:${instance.replicationOffset}`,
    'second_repl_offset:-1',
    'repl_backlog_active:0',
    'repl_backlog_size:1048576',
    'repl_backlog_first_byte_offset:0',
    'repl_backlog_histlen:0',
  );
  return fields;
}

function processor(call: Call): string[] {
  const seconds = Math.max(0, (call.now - call.instance.startedAt) / 1000);
  const [system, user] = [(seconds * 0.00091).toFixed(6), (seconds * 0.00084).toFixed(6)];
  const fields = [
    `used_cpu_sys:${system}`,
    `used_cpu_user:${user}`,
    'used_cpu_sys_children:0.004112',
    'used_cpu_user_children:0.001937',
  ];
  if (redisAtLeast(call.instance.version, 7, 0)) {
    fields.push(`used_cpu_sys_main_thread:${system}`, `used_cpu_user_main_thread:${user}`);
  }
  return fields;
}

function keyspace(call: Call): string[] {
  return call.instance.databases.flatMap((database, index) => {
    const size = database.size(call.now);
    return size === 0 ? [] : [`db${index}:keys=${size},expires=${database.expiring},avg_ttl=0`];
  });
}

const sections: readonly (readonly [
  title: string,
  read: (call: Call) => string[],
  shownBy: 'default' | 'all' | 'seven',
])[] = [
  ['Server', server, 'default'],
  ['Clients', clients, 'default'],
  ['Memory', memory, 'default'],
  ['Persistence', persistence, 'default'],
  ['Stats', statistics, 'default'],
  ['Replication', replication, 'default'],
  ['CPU', processor, 'default'],
  ['Modules', () => [], 'default'],
  ['Commandstats', () => [], 'all'],
  ['Errorstats', () => [], 'seven'],
  ['Cluster', () => ['cluster_enabled:0'], 'default'],
  ['Keyspace', keyspace, 'default'],
];

/** INFO [section …]; Latin-1 text. */
export function informationText(call: Call): string {
  const wanted = new Set(call.words.slice(1).map((each) => each.toLowerCase()));
  const all = wanted.has('all') || wanted.has('everything');
  const usual = wanted.size === 0 || wanted.has('default');
  const seven = redisAtLeast(call.instance.version, 7, 0);
  const shown = sections.filter(([title, , by]) => {
    if (by === 'seven' && !seven) return false;
    return wanted.has(title.toLowerCase()) || all || (usual && by !== 'all');
  });
  const text = shown
    .map(
      ([title, read]) =>
        `# ${title}\r\n${read(call)
          .map((line) => `${line}\r\n`)
          .join('')}`,
    )
    .join('\r\n');
  return Buffer.from(text, 'utf8').toString('latin1');
}
