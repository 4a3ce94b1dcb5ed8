/** The event store's process: ClickHouse (chDB) with its memory and its merges, apart from everything that must be quick. */

import process from 'node:process';
import { join } from 'node:path';
import { serveStore } from '../store/server.ts';
import type { Configuration } from './configuration-type.ts';
import { dropPrivileges } from './privileges.ts';
import { takePriority } from './priority.ts';
import type { Running } from './role.ts';
import { stateFolders } from './state-folder.ts';

export async function runStore(configuration: Configuration): Promise<Running> {
  const folders = stateFolders(configuration);
  takePriority('store');
  if (process.getuid?.() === 0) {
    // The library is optional, and large: loaded while its files can still be read. Where it is absent, opening the store says so.
    await import('chdb/connection').catch(() => null);
    const uid = configuration.processes.engineUid;
    dropPrivileges({ uid, gid: uid, networkAdmin: false });
  }
  const store = await serveStore({
    engine: { path: join(folders.store, 'chdb') },
    socket: folders.storeLink,
  });
  return { stop: () => store.close() };
}
