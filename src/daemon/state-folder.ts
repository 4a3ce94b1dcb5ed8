/** The folders of Picket's state, and who may enter which. */

import { chmodSync, chownSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { PicketError } from '../core/errors.ts';
import type { Configuration } from './configuration-type.ts';

export interface StateFolders {
  readonly sensor: string;
  readonly engine: string;
  readonly store: string;
  readonly telemetry: string;
  /** Sockets on which the engine hears the sensor, telemetry and the fence, and the store hears the engine. */
  readonly sensorLink: string;
  readonly telemetryLink: string;
  readonly fenceLink: string;
  readonly storeLink: string;
}

export function stateFolders(configuration: Configuration): StateFolders {
  const { state } = configuration;
  return {
    sensor: join(state, 'sensor'),
    engine: join(state, 'engine'),
    store: join(state, 'store'),
    telemetry: join(state, 'telemetry'),
    sensorLink: join(state, 'run', 'sensor', 'engine.sock'),
    telemetryLink: join(state, 'run', 'telemetry', 'engine.sock'),
    fenceLink: join(state, 'run', 'fence', 'engine.sock'),
    storeLink: join(state, 'run', 'store', 'store.sock'),
  };
}

/**
 * The folder with those above it; answers with the ones that it made, the highest first. One after another, because Node's own
 * `recursive` never returns where a parent is there but refuses to have children, as /proc does. Throws what `mkdir` throws.
 */
export function makeFolder(path: string): string[] {
  const missing: string[] = [];
  let at = resolve(path);
  while (!existsSync(at) && dirname(at) !== at) {
    missing.unshift(at);
    at = dirname(at);
  }
  if (missing.length === 0 && !statSync(at).isDirectory()) {
    throw Object.assign(new Error(`${at} is a file`), { code: 'ENOTDIR' });
  }
  for (const folder of missing) mkdirSync(folder);
  return missing;
}

/**
 * Makes the folders. As root each belongs to the process that writes it, and a link's folder can be entered by the two that
 * speak over it alone: owner the engine, group the other's.
 */
export function makeStateFolders(configuration: Configuration): StateFolders {
  const folders = stateFolders(configuration);
  const { sensorUid, engineUid, fenceUid, telemetryUid } = configuration.processes;
  const rows: readonly (readonly [path: string, uid: number, gid: number, mode: number])[] = [
    [configuration.state, 0, 0, 0o711],
    [join(configuration.state, 'run'), 0, 0, 0o711],
    [folders.sensor, sensorUid, sensorUid, 0o700],
    [folders.engine, engineUid, engineUid, 0o700],
    [folders.store, engineUid, engineUid, 0o700],
    [folders.telemetry, telemetryUid, telemetryUid, 0o700],
    [join(folders.sensorLink, '..'), engineUid, sensorUid, 0o2750],
    [join(folders.telemetryLink, '..'), engineUid, telemetryUid, 0o2750],
    [join(folders.fenceLink, '..'), engineUid, fenceUid, 0o2750],
    [join(folders.storeLink, '..'), engineUid, engineUid, 0o700],
  ];
  for (const [path, uid, gid, mode] of rows) {
    try {
      makeFolder(path);
      if (process.getuid?.() === 0) chownSync(path, uid, gid);
      chmodSync(path, mode);
    } catch (error) {
      const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      throw new PicketError(
        'PICKET_STATE_UNWRITABLE',
        `${path}: can't be made or given away (${why}); set "state" to a folder that you may write`,
        { cause: error },
      );
    }
  }
  return folders;
}
