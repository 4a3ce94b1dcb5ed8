/** The databases that there are. */

import { isAtLeast } from './identity.ts';
import type { MysqlInstance } from './instance.ts';

/** Names of the databases that every server has, in the order of SHOW DATABASES. */
export function systemDatabases(instance: MysqlInstance): string[] {
  const { isMariaDb, version } = instance.identity;
  const hasSys = isMariaDb ? isAtLeast(version, 10, 6) : isAtLeast(version, 5, 7);
  return ['information_schema', 'mysql', 'performance_schema', ...(hasSys ? ['sys'] : [])];
}

export function databaseNames(instance: MysqlInstance): string[] {
  const names = [...new Set([...systemDatabases(instance), ...instance.space.databases.keys()])].sort();
  if (instance.identity.method === 'caching_sha2_password') return names;
  // Before MySQL 8 the list of directories follows the one that is none.
  return ['information_schema', ...names.filter((name) => name !== 'information_schema')];
}

export function isSystemDatabase(instance: MysqlInstance, name: string): boolean {
  return systemDatabases(instance).includes(name.toLowerCase());
}
