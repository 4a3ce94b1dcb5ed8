/** The settings of one connection. */

import { Buffer } from 'node:buffer';
import { postgresMessage, zeroText } from '../../wire/postgres-message.ts';
import type { PostgresInstance } from './instance.ts';

export function initialSettings(
  instance: PostgresInstance,
  user: string,
  application: string,
): Map<string, string> {
  const { major, version } = instance;
  const number = /^(\d+)(?:\.(\d+))?/.exec(version);
  return new Map([
    ['application_name', application],
    ['client_encoding', 'UTF8'],
    ['client_min_messages', 'notice'],
    ['config_file', `/etc/postgresql/${major}/main/postgresql.conf`],
    ['data_directory', `/var/lib/postgresql/${major}/main`],
    ['datestyle', 'ISO, MDY'],
    ['default_transaction_read_only', 'off'],
    ['extra_float_digits', '1'],
    ['hba_file', `/etc/postgresql/${major}/main/pg_hba.conf`],
    ['in_hot_standby', 'off'],
    ['integer_datetimes', 'on'],
    ['intervalstyle', 'postgres'],
    ['is_superuser', user === 'postgres' ? 'on' : 'off'],
    ['lc_collate', 'en_US.UTF-8'],
    ['listen_addresses', '*'],
    ['lock_timeout', '0'],
    ['idle_in_transaction_session_timeout', '0'],
    ['log_statement', 'none'],
    ['logging_collector', 'off'],
    ['max_connections', '100'],
    ['password_encryption', major < 14 ? 'md5' : 'scram-sha-256'],
    ['port', '5432'],
    ['row_security', 'on'],
    ['search_path', '"$user", public'],
    ['server_encoding', 'UTF8'],
    ['server_version', version],
    ['server_version_num', String(Number(number?.[1] ?? 13) * 10_000 + Number(number?.[2] ?? 0))],
    ['session_authorization', user],
    ['shared_buffers', '128MB'],
    ['shared_preload_libraries', ''],
    ['ssl', instance.persona.tls === null ? 'off' : 'on'],
    ['standard_conforming_strings', 'on'],
    ['statement_timeout', '0'],
    ['synchronize_seqscans', 'on'],
    ['timezone', 'Etc/UTC'],
    ['transaction_isolation', 'read committed'],
    ['transaction_read_only', 'off'],
    ['xmloption', 'content'],
    ['default_table_access_method', 'heap'],
    ['default_tablespace', ''],
    ['check_function_bodies', 'on'],
    ['quote_all_identifiers', 'off'],
  ]);
}

/** ParameterStatus of each setting that clients are told of: String name, String value. */
export function parameterStatus(instance: PostgresInstance, settings: ReadonlyMap<string, string>): Buffer {
  const names = [
    'application_name',
    'client_encoding',
    'DateStyle',
    ...(instance.major < 14 ? [] : ['default_transaction_read_only', 'in_hot_standby']),
    'integer_datetimes',
    'IntervalStyle',
    'is_superuser',
    'server_encoding',
    'server_version',
    'session_authorization',
    'standard_conforming_strings',
    'TimeZone',
  ];
  return Buffer.concat(
    names.map((name) =>
      postgresMessage('S', zeroText(name), zeroText(settings.get(name.toLowerCase()) ?? '')),
    ),
  );
}
