/** The folders of Picket's state, and who may enter which. */

import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { PicketError } from '../core/errors.ts';
import type { Configuration } from './configuration.ts';

export interface StateFolders {
  readonly sensor: string;
  readonly engine: string;
  readonly store: string;
  /** Sockets on which the engine hears the sensor and the fence, and the store hears the engine. */
  readonly sensorLink: string;
  readonly fenceLink: string;
  readonly storeLink: string;
}

export function stateFolders(configuration: Configuration): StateFolders {
  const { state } = configuration;
  return {
    sensor: join(state, 'sensor'),
    engine: join(state, 'engine'),
    store: join(state, 'store'),
    sensorLink: join(state, 'run', 'sensor', 'engine.sock'),
    fenceLink: join(state, 'run', 'fence', 'engine.sock'),
    storeLink: join(state, 'run', 'store', 'store.sock'),
  };
}

/**
 * Makes the folders. As root each belongs to the process that writes it, and a link's folder can be entered by the two that
 * speak over it alone: owner the engine, group the other's.
 */
export function makeStateFolders(configuration: Configuration): StateFolders {
  const folders = stateFolders(configuration);
  const { sensorUid, engineUid, fenceUid } = configuration.processes;
  const rows: readonly (readonly [path: string, uid: number, gid: number, mode: number])[] = [
    [configuration.state, 0, 0, 0o711],
    [join(configuration.state, 'run'), 0, 0, 0o711],
    [folders.sensor, sensorUid, sensorUid, 0o700],
    [folders.engine, engineUid, engineUid, 0o700],
    [folders.store, engineUid, engineUid, 0o700],
    [join(folders.sensorLink, '..'), engineUid, sensorUid, 0o2750],
    [join(folders.fenceLink, '..'), engineUid, fenceUid, 0o2750],
    [join(folders.storeLink, '..'), engineUid, engineUid, 0o700],
  ];
  for (const [path, uid, gid, mode] of rows) {
    try {
      mkdirSync(path, { recursive: true });
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
