/** Variables and status counters. */

import { hexDigits } from '../../core/random.ts';
import type { MysqlInstance } from './instance.ts';
import { isAtLeast } from './identity.ts';

/** What clients may not set. */
const readOnly = new Set([
  'version',
  'version_comment',
  'version_compile_os',
  'version_compile_machine',
  'hostname',
  'basedir',
  'datadir',
  'plugin_dir',
  'secure_file_priv',
  'port',
  'socket',
  'license',
  'protocol_version',
  'server_uuid',
  'have_ssl',
  'have_openssl',
  'log_bin',
  'lower_case_table_names',
  'pid_file',
  'tmpdir',
  'skip_networking',
  'skip_name_resolve',
  'character_set_system',
  'system_time_zone',
  'innodb_version',
]);

export function isReadOnly(name: string): boolean {
  return readOnly.has(name);
}

/** All variables by name, in the order of the alphabet. */
export function variablesOf(instance: MysqlInstance): Map<string, string> {
  const { identity, persona } = instance;
  const { isMariaDb, version } = identity;
  const isNew = identity.method === 'caching_sha2_password';
  const isWide = identity.collation === 45 || identity.collation === 255;
  const charset = isWide ? 'utf8mb4' : 'latin1';
  const collation =
    identity.collation === 255 ? 'utf8mb4_0900_ai_ci' : isWide ? 'utf8mb4_general_ci' : 'latin1_swedish_ci';
  const plain: Record<string, string> = {
    auto_increment_increment: '1',
    auto_increment_offset: '1',
    autocommit: 'ON',
    back_log: isMariaDb ? '80' : '151',
    basedir: isMariaDb ? '/usr' : '/usr/',
    bind_address: '0.0.0.0',
    character_set_client: 'utf8mb4',
    character_set_connection: 'utf8mb4',
    character_set_database: charset,
    character_set_filesystem: 'binary',
    character_set_results: 'utf8mb4',
    character_set_server: charset,
    character_set_system: isMariaDb && isAtLeast(version, 10, 6) ? 'utf8mb3' : 'utf8',
    character_sets_dir: '/usr/share/mysql/charsets/',
    collation_connection: isNew ? 'utf8mb4_0900_ai_ci' : 'utf8mb4_general_ci',
    collation_database: collation,
    collation_server: collation,
    connect_timeout: '10',
    datadir: '/var/lib/mysql/',
    default_storage_engine: 'InnoDB',
    default_week_format: '0',
    div_precision_increment: '4',
    event_scheduler: isNew ? 'ON' : 'OFF',
    expire_logs_days: isMariaDb ? '10' : '0',
    flush: 'OFF',
    foreign_key_checks: 'ON',
    general_log: 'OFF',
    general_log_file: isMariaDb ? `${persona.hostname}.log` : `/var/lib/mysql/${persona.hostname}.log`,
    group_concat_max_len: isMariaDb ? '1048576' : '1024',
    have_dynamic_loading: 'YES',
    have_openssl: identity.offersTls || isMariaDb ? 'YES' : 'DISABLED',
    have_ssl: identity.offersTls ? 'YES' : 'DISABLED',
    hostname: persona.hostname,
    init_connect: '',
    innodb_buffer_pool_size: '134217728',
    innodb_file_per_table: 'ON',
    innodb_flush_log_at_trx_commit: '1',
    innodb_version: /^\d+\.\d+\.\d+/.exec(version)?.[0] ?? version,
    interactive_timeout: '28800',
    license: 'GPL',
    local_infile: isNew ? 'OFF' : 'ON',
    log_bin: isNew ? 'ON' : 'OFF',
    log_error: isMariaDb ? '' : '/var/log/mysql/error.log',
    log_output: 'FILE',
    long_query_time: '10.000000',
    lower_case_file_system: 'OFF',
    lower_case_table_names: '0',
    max_allowed_packet: isNew ? '67108864' : isMariaDb ? '16777216' : '4194304',
    max_connect_errors: '100',
    max_connections: '151',
    net_buffer_length: '16384',
    net_read_timeout: '30',
    net_write_timeout: '60',
    performance_schema: isMariaDb ? 'OFF' : 'ON',
    pid_file: isMariaDb ? '/run/mysqld/mysqld.pid' : '/var/run/mysqld/mysqld.pid',
    plugin_dir: identity.pluginFolder,
    port: '3306',
    protocol_version: '10',
    read_only: 'OFF',
    secure_file_priv: identity.secureFolder ?? '',
    server_id: '1',
    skip_name_resolve: isMariaDb && !isAtLeast(version, 10, 11) ? 'OFF' : 'ON',
    skip_networking: 'OFF',
    slow_query_log: 'OFF',
    socket: isMariaDb ? '/run/mysqld/mysqld.sock' : '/var/run/mysqld/mysqld.sock',
    sql_mode: isMariaDb
      ? 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION'
      : isNew
        ? 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'
        : 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION',
    sql_safe_updates: 'OFF',
    storage_engine: 'InnoDB',
    system_time_zone: 'UTC',
    table_open_cache: isMariaDb ? '2000' : '4000',
    time_zone: 'SYSTEM',
    tmpdir: '/tmp',
    [isNew ? 'transaction_isolation' : 'tx_isolation']: 'REPEATABLE-READ',
    [isNew ? 'transaction_read_only' : 'tx_read_only']: 'OFF',
    unique_checks: 'ON',
    version,
    version_comment: identity.comment,
    version_compile_machine: persona.kernel.machine,
    version_compile_os: identity.compiledFor,
    wait_timeout: '28800',
  };
  if (!isMariaDb) {
    const random = persona.random('mysql uuid');
    plain['server_uuid'] =
      `${hexDigits(random, 8)}-${hexDigits(random, 4)}-11ee-${hexDigits(random, 4)}-${persona.mac.replaceAll(':', '').toLowerCase().slice(0, 12)}`;
    plain['default_authentication_plugin'] = identity.method;
  } else {
    plain['query_cache_size'] = '1048576';
    plain['query_cache_type'] = 'OFF';
  }
  if (!isNew) {
    plain['query_cache_limit'] = '1048576';
    plain['query_cache_size'] ??= '16777216';
  }
  for (const [name, value] of instance.settings) plain[name] = value;
  return new Map(Object.entries(plain).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Status counters, in the order of the alphabet. */
export function statusOf(instance: MysqlInstance, now: number): Map<string, string> {
  const uptime = String(Math.max(1, Math.floor((now - instance.startedAt) / 1000)));
  const questions = String(instance.questions);
  return new Map([
    ['Aborted_clients', '14'],
    ['Aborted_connects', String(instance.blindGuesses + 9)],
    ['Bytes_received', String(instance.questions * 143)],
    ['Bytes_sent', String(instance.questions * 871)],
    ['Com_insert', String(Math.floor(instance.questions / 19))],
    ['Com_select', String(Math.floor(instance.questions / 3))],
    ['Connections', String(instance.threads)],
    ['Created_tmp_tables', String(Math.floor(instance.questions / 41))],
    ['Innodb_page_size', '16384'],
    ['Max_used_connections', '7'],
    ['Open_files', '23'],
    ['Open_tables', '41'],
    ['Opened_tables', '58'],
    ['Queries', questions],
    ['Questions', questions],
    ['Slow_queries', '0'],
    ['Ssl_cipher', ''],
    ['Ssl_version', ''],
    ['Threads_cached', '0'],
    ['Threads_connected', '1'],
    ['Threads_created', '7'],
    ['Threads_running', '1'],
    ['Uptime', uptime],
    ['Uptime_since_flush_status', uptime],
  ]);
}
